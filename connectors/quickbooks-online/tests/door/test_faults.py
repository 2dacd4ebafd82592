"""Faults on purpose, as a client meets them."""

import json

import pytest

from subledger_quickbooks_online.simulator import Request, answer


def test_without_a_plan_nothing_goes_wrong(app, bill):
    """Control: the same calls all succeed when no fault is set."""
    for _ in range(3):
        response = app.send("POST", "bill", bill)
        assert (response.status, response.lost, response.delay) == (200, False, 0)
    assert app.count("Bill") == 3


def test_a_lost_answer(app, bill):
    """The bill is stored although its answer never came; the requestid finds it again."""
    app.simulation.faults.set("lost-answer~POST bill@1")
    assert app.send("POST", "bill", bill, requestid="k").lost
    assert app.count("Bill") == 1
    [stored] = app.query("select * from Bill")["Bill"]
    assert app.post("bill", bill, requestid="k")["Bill"]["Id"] == stored["Id"]
    assert app.count("Bill") == 1


def test_a_dropped_connection(app, bill):
    """Nothing is stored when the connection closes before."""
    app.simulation.faults.set("dropped~POST bill@1")
    assert app.send("POST", "bill", bill).lost
    assert app.count("Bill") == 0


@pytest.mark.parametrize(
    ("plan", "status", "stored"),
    [
        ("error-before@1", 503, 0),
        ("error-before=500@1", 500, 0),
        ("error-after@1", 504, 1),
        ("error-after=502@1", 502, 1),
    ],
)
def test_errors_of_the_service(app, bill, plan, status, stored):
    """An HTML page comes instead of an answer, before or after the bill was stored."""
    app.simulation.faults.set(plan)
    response = app.send("POST", "bill", bill)
    assert response.status == status
    assert response.headers["Content-Type"].startswith("text/html")
    assert response.body.startswith(b"<html>")
    assert app.count("Bill") == stored


@pytest.mark.parametrize(("value", "code"), [("", "10000"), ("=6000", "6000")])
def test_a_fault_inside_200(app, bill, value, code):
    """Status 200 may hold a Fault, and nothing is stored."""
    app.simulation.faults.set(f"fault-inside-200{value}@1")
    status, body = app.call("POST", "bill", bill)
    assert status == 200
    assert body["Fault"]["Error"][0]["code"] == code
    assert app.count("Bill") == 0


def test_two_errors_in_one_fault(app):
    """A refusal may hold more than one error."""
    app.simulation.faults.set("two-errors@1")
    _, body = app.call("GET", "vendor/999")
    assert [error["code"] for error in body["Fault"]["Error"]] == ["610", "2020"]


@pytest.mark.parametrize(("plan", "seconds"), [("slow@1", 1), ("slow=130@1", 130)])
def test_a_slow_answer(app, plan, seconds):
    """The answer says for how long it is held back."""
    app.simulation.faults.set(plan)
    assert [app.send("GET", "preferences").delay for _ in "12"] == [seconds, 0]


def test_a_storm_of_429(app):
    """Calls two to four are throttled, the fifth is not."""
    app.simulation.faults.set("throttle@2-4")
    assert [app.send("GET", "preferences").status for _ in range(5)] == [200, 429, 429, 429, 200]


def test_the_token_endpoint_is_throttled_too(simulation):
    """A storm may strike the token endpoint."""
    simulation.faults.set("throttle~POST oauth2*@1")
    request = Request(method="POST", path="/oauth2/v1/tokens/bearer")
    assert [answer(simulation, request).status for _ in "12"] == [429, 401]


def test_the_token_expires_in_the_middle(app):
    """From the given call on the token is refused, until there is a new one."""
    app.simulation.faults.set("expired-token@2")
    assert [app.send("GET", "preferences").status for _ in "123"] == [200, 401, 401]
    app.token = app.simulation.connect()["access_token"]
    assert app.send("GET", "preferences").status == 200


def test_a_person_deletes_it_at_once(app, bill):
    """What the call wrote is gone before the next call."""
    app.simulation.faults.set("remote-delete@1")
    made = app.post("bill", bill)["Bill"]
    assert app.code("GET", f"bill/{made['Id']}") == (400, "610")
    app.post("bill", bill)
    assert app.count("Bill") == 1


@pytest.mark.parametrize("entity", ["bill", "vendor"])
def test_a_person_edits_it_at_once(app, bill, entity):
    """What the call wrote has another SyncToken by the next call."""
    app.simulation.faults.set("remote-edit@1")
    body = bill if entity == "bill" else {"DisplayName": "Other"}
    [made] = [v for k, v in app.post(entity, body).items() if k != "time"]
    assert app.code("POST", entity, made) == (400, "5010")


def test_a_plan_over_http(app, bill):
    """The plan can be set from outside; the log tells what was struck."""
    app.order("PUT", "faults", {"plan": "lost-answer@1"})
    app.send("POST", "bill", bill)
    log = app.order("GET", "requests")
    assert [(entry["status"], entry["faults"]) for entry in log][-1] == (0, ["lost-answer"])


def test_a_wrong_plan_over_http(app):
    """A misspelt fault is refused with the ones that exist."""
    request = Request(method="PUT", path="/simulator/faults", body=b'{"plan": "lost@1"}')
    response = answer(app.simulation, request)
    assert response.status == 400
    assert "known: lost-answer" in json.loads(response.body)["error"]
