"""requestid: nothing is done twice."""

from datetime import timedelta

import pytest

BODY = {"DisplayName": "Northwind Paper"}


def test_the_same_id_gives_the_first_answer(app, bill):
    """Two creates with one requestid make one bill, and both answers are the same."""
    first = app.post("bill", bill, requestid="key-1")
    assert app.post("bill", bill, requestid="key-1")["Bill"] == first["Bill"]
    assert app.count("Bill") == 1


def test_another_id_does_it_again(app, bill):
    """Control: without a requestid, or with another, there are more bills."""
    for options in ({}, {}, {"requestid": "a"}, {"requestid": "b"}):
        app.post("bill", bill, **options)
    assert app.count("Bill") == 4


def test_the_answer_may_be_asked_for_in_xml(app):
    """The remembered answer comes in the form that the second request wants."""
    app.post("vendor", BODY, requestid="key-1")
    headers = {"accept": "text/xml"}
    response = app.send("POST", "vendor", BODY, headers=headers, requestid="key-1")
    assert b"<DisplayName>Northwind Paper</DisplayName>" in response.body
    assert app.count("Vendor") == 1


def test_every_write_is_covered(app, bill):
    """Update, delete and void are not done twice either."""
    made = app.post("bill", bill)["Bill"]
    stub = {"Id": made["Id"], "SyncToken": "0"}
    body = {**stub, "sparse": True, "PrivateNote": "x"}
    assert [app.post("bill", body, requestid="u")["Bill"]["SyncToken"] for _ in "12"] == ["1"] * 2
    assert app.code("POST", "bill", body) == (400, "5010")
    stub["SyncToken"] = "1"
    for _ in "12":
        gone = app.post("bill", stub, operation="delete", requestid="d")["Bill"]
        assert gone["status"] == "Deleted"
    assert app.code("POST", "bill", stub, operation="delete") == (400, "610")


def test_a_deleted_document_is_replayed(app, bill):
    """The trap: after a deletion in the books the old answer still comes, with its dead Id."""
    made = app.post("bill", bill, requestid="key-1")["Bill"]
    app.person.delete("Bill", made["Id"])
    assert app.post("bill", bill, requestid="key-1")["Bill"] == made
    assert app.count("Bill") == 0


def test_a_refusal_is_not_remembered(app):
    """What was refused is judged anew under the same requestid."""
    app.post("vendor", BODY)
    assert app.code("POST", "vendor", BODY, requestid="key-1") == (400, "6240")
    [vendor] = app.query("select * from Vendor")["Vendor"]
    app.person.edit("Vendor", vendor["Id"], {"DisplayName": "Renamed"})
    assert app.post("vendor", BODY, requestid="key-1")["Vendor"]["DisplayName"] == "Northwind Paper"


@pytest.mark.parametrize(("switch", "expected"), [("replay", (200, "")), ("refuse", (400, "600"))])
def test_another_body_under_the_same_id(app, switch, expected):
    """By a switch the first answer comes, or error 600; nothing is done in either case."""
    app.simulation.set(repeated_request=switch)
    app.post("vendor", BODY, requestid="key-1")
    status, answered = app.call("POST", "vendor", {"DisplayName": "Other"}, requestid="key-1")
    code = answered["Fault"]["Error"][0]["code"] if "Fault" in answered else ""
    assert (status, code) == expected
    assert app.count("Vendor") == 1


def test_a_strict_door_still_replays(app):
    """Control: with the same body the strict switch changes nothing."""
    app.simulation.set(repeated_request="refuse")
    assert [app.post("vendor", BODY, requestid="k")["Vendor"]["Id"] for _ in "12"] == [
        app.query("select * from Vendor")["Vendor"][0]["Id"]
    ] * 2


def test_ids_can_be_forgotten_after_a_while(app, bill):
    """A switch limits how long a requestid is remembered."""
    app.simulation.set(request_life=3600, access_life=7200)
    app.token = app.simulation.connect()["access_token"]
    app.post("bill", bill, requestid="k")
    app.simulation.clock.advance(timedelta(minutes=59))
    app.post("bill", bill, requestid="k")
    assert app.count("Bill") == 1
    app.simulation.clock.advance(timedelta(minutes=1))
    app.post("bill", bill, requestid="k")
    assert app.count("Bill") == 2


def test_ids_can_be_forgotten_at_a_call(app, bill):
    """A fault forgets every requestid before a call."""
    app.simulation.faults.set("forget-requestids@3")
    for _ in range(3):
        app.post("bill", bill, requestid="k")
    assert app.count("Bill") == 2


def test_fifty_characters(app):
    """A requestid of 50 characters is taken, a longer one refused with 2130."""
    app.post("vendor", BODY, requestid="k" * 50)
    assert app.code("POST", "vendor", {"DisplayName": "x"}, requestid="k" * 51) == (400, "2130")
    assert app.count("Vendor") == 1
