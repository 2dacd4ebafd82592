"""The person in the books, and the addresses that steer the simulation."""

import json
from decimal import Decimal

import pytest

from subledger_quickbooks_online.simulator import REALM, CompanyFault, Request, answer

BOOKS = f"companies/{REALM}"


def test_edit_void_delete(app, bill):
    """A person changes documents without knowing their SyncTokens."""
    made = app.post("bill", bill)["Bill"]
    place = {"entity": "Bill", "id": made["Id"]}
    edited = app.order("POST", f"{BOOKS}/edit", {**place, "changes": {"PrivateNote": "x"}})
    assert (edited["PrivateNote"], edited["SyncToken"]) == ("x", "1")
    assert app.get(f"bill/{made['Id']}")["Bill"]["PrivateNote"] == "x"
    app.order("POST", f"{BOOKS}/delete", place)
    assert app.code("GET", f"bill/{made['Id']}") == (400, "610")


def test_enter_something(app, bill):
    """A person enters documents too."""
    made = app.order("POST", f"{BOOKS}/create", {"entity": "Bill", "body": bill})
    assert app.get(f"bill/{made['Id']}")["Bill"]["Id"] == made["Id"]


def test_names_are_made_inactive(app):
    """Deleting a list object by hand makes it inactive; it can be made active again."""
    made = app.post("vendor", {"DisplayName": "Paper"})["Vendor"]
    place = {"entity": "Vendor", "id": made["Id"]}
    app.order("POST", f"{BOOKS}/delete", place)
    stored = app.get(f"vendor/{made['Id']}")["Vendor"]
    assert (stored["Active"], stored["DisplayName"]) == (False, "Paper (deleted)")
    app.order("POST", f"{BOOKS}/reactivate", place)
    assert app.get(f"vendor/{made['Id']}")["Vendor"]["Active"] is True


def test_closing_the_books(app, bill):
    """After closing, older documents are refused; lifting the date lets them in again."""
    body = {**bill, "TxnDate": "2026-01-31"}
    app.order("POST", f"{BOOKS}/close-books", {"date": "2026-01-31"})
    assert app.code("POST", "bill", body)[1] == "6200"
    app.order("POST", f"{BOOKS}/close-books", {"date": "2026-01-31", "password": True})
    assert app.code("POST", "bill", body)[1] == "6210"
    app.order("POST", f"{BOOKS}/close-books", {"date": None})
    assert app.post("bill", body)["Bill"]["TxnDate"] == "2026-01-31"


def test_matching_to_the_bank(app, bill):
    """A matched document is locked until it is unmatched."""
    made = app.post("bill", bill)["Bill"]
    app.order("POST", f"{BOOKS}/match", {"id": made["Id"]})
    stub = {"Id": made["Id"], "SyncToken": made["SyncToken"]}
    assert app.code("POST", "bill", stub, operation="delete")[1] == "6480"
    app.order("POST", f"{BOOKS}/match", {"id": made["Id"], "matched": False})
    assert app.post("bill", stub, operation="delete")["Bill"]["status"] == "Deleted"


def test_the_subscription_over_http(app):
    """The subscription ends and begins again by orders."""
    app.order("POST", f"{BOOKS}/end-subscription")
    assert app.code("GET", "preferences")[1] == "6190"
    app.order("POST", f"{BOOKS}/end-subscription", {"ended": False})
    assert app.get("preferences")


def test_disconnecting_over_http(app):
    """Every app is disconnected."""
    app.order("POST", f"{BOOKS}/disconnect")
    assert app.code("GET", "preferences") == (401, "3200")


def test_what_quickbooks_refuses(app):
    """A Fault comes back where QuickBooks would not let the person do it."""
    with pytest.raises(CompanyFault, match="610"):
        app.person.edit("Vendor", "999", {})
    body = json.dumps({"entity": "Vendor", "id": "999", "changes": {}}).encode()
    response = answer(
        app.simulation, Request(method="POST", path=f"/simulator/{BOOKS}/edit", body=body)
    )
    assert response.status == 400
    assert json.loads(response.body)["Fault"]["Error"][0]["code"] == "610"


def test_the_books_can_be_read(app, bill):
    """Trial balance, documents and postings are shown, and agree."""
    made = app.post("bill", bill)["Bill"]
    balance = app.order("GET", f"{BOOKS}/trial-balance")
    assert sum(balance.values()) == 0
    documents = app.order("GET", f"{BOOKS}/documents")
    assert made["Id"] in {document["Id"] for document in documents}
    postings = app.order("GET", f"{BOOKS}/postings")[made["Id"]]
    assert sorted(posting["amount"] for posting in postings) == [-10, 10]


def test_switches_and_behaviour(app):
    """Switches of the door and of the company are set by name."""
    shown = app.order("PUT", "switches", {"per_second": 3, "webhook_pace": Decimal("0.5")})
    assert (shown["per_second"], shown["webhook_pace"]) == (3, Decimal("0.5"))
    assert app.simulation.switches.webhook_pace == 0.5
    assert (
        app.order("PUT", f"{BOOKS}/behaviour", {"tax_rounding": "line"})["tax_rounding"] == "line"
    )


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "switches", {"per_secnd": 3}, 400),
        ("PUT", "switches", {"per_second": "3"}, 400),
        ("PUT", "switches", {"consent": "maybe"}, 400),
        ("PUT", "switches", {"localised": 1}, 400),
        ("PUT", "switches", [], 400),
        ("POST", "clock", {"hours": -1}, 400),
        ("POST", "connect", {"realm": "1"}, 400),
        ("PUT", "chosen-company", {"realm": "1"}, 400),
        ("POST", f"{BOOKS}/edit", {"entity": "Vendor"}, 400),
        ("POST", "companies/1/edit", {}, 404),
        ("POST", f"{BOOKS}/explode", {}, 404),
        ("GET", "nonsense", None, 404),
        ("POST", "state", None, 404),
        ("GET", "trial-balance", None, 400),
    ],
)
def test_wrong_orders(app, method, path, body, status):
    """A wrong order is refused with its reason, an unknown one is not there."""
    data = b"" if body is None else json.dumps(body).encode()
    response = answer(app.simulation, Request(method=method, path=f"/simulator/{path}", body=data))
    assert response.status == status
    assert json.loads(response.body)["error"]


def test_the_addresses_are_told(app):
    """Whoever guesses an address is told all that there are, and the right one of a company's."""
    known = app.order("GET", "")["addresses"]
    assert f"GET /simulator/{BOOKS}/trial-balance" in known
    response = answer(app.simulation, Request(method="GET", path="/simulator/trial-balance"))
    told = json.loads(response.body)
    assert f"/simulator/{BOOKS}/trial-balance" in told["error"]
    assert told["addresses"] == known
    request = Request(method="POST", path=f"/simulator/{BOOKS}/edit", body=b'{"entity": "Vendor"}')
    assert json.loads(answer(app.simulation, request).body) == {"error": "the body has no 'id'"}


def test_connecting_without_a_page(app):
    """An order gives tokens at once, and another ends every access token."""
    tokens = app.order("POST", "connect")
    assert tokens["realmId"] == app.realm
    app.token = tokens["access_token"]
    assert app.get("preferences")
    app.order("POST", "expire-tokens")
    assert app.code("GET", "preferences") == (401, "3200")


def test_the_state(app):
    """One look shows time, companies, switches and faults."""
    app.order("POST", "clock", {"days": 1, "minutes": 30})
    app.order("PUT", "faults", {"plan": "slow=2@1"})
    state = app.order("GET", "state")
    assert state["now"] == "2026-03-03T17:30:00+00:00"
    assert list(state["companies"]) == [app.realm]
    assert state["faults"][0]["name"] == "slow"
    assert "lost-answer" in state["known_faults"]


def test_faults_do_not_strike_orders(app):
    """Orders are neither counted nor struck."""
    app.simulation.faults.set("dropped")
    assert app.order("GET", "state")
    assert app.send("GET", "preferences").lost
