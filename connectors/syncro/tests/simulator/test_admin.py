"""What people do in the web pages, through the simulator's own door."""

import json

import pytest

from subledger_syncro.simulator import Request, Simulation, Throttle, answer


def test_an_invoice_lives_and_dies(account):
    """Made, edited, paid, refunded, voided, deleted: each step is seen through the API."""
    customer = account.mark("customer")
    line = {"item": "A", "price_cents": 25_000}
    made = account.admin("POST", "invoices", {"customer_id": customer, "lines": [line]})["id"]
    assert account.get(f"invoices/{made}")["invoice"]["total"] == "270.63"
    lines = [{**line, "quantity": "2", "discount_percent": "10"}]
    account.admin("POST", f"invoices/{made}", {"lines": lines, "note": "twice"})
    assert account.get(f"invoices/{made}")["invoice"]["total"] == "487.13"
    account.admin("POST", f"invoices/{made}/pay", {"cents": 10_000})
    account.admin("POST", f"invoices/{made}/pay")
    assert account.get(f"invoices/{made}")["invoice"]["is_paid"] is True
    refund = account.admin("POST", f"invoices/{made}/refund", {"cents": 10_000})["id"]
    assert account.get(f"invoices/{refund}")["invoice"]["total"] == "-108.25"
    account.admin("DELETE", f"invoices/{made}")
    assert account.call("GET", f"invoices/{made}")[0] == 404
    account.admin("POST", f"invoices/{account.mark('tax_group')}/void")
    assert account.invoice("tax_group")["total"] == "0.0"


def test_a_payment_is_made_moved_and_deleted(account):
    """Parts go where they are told to, and nowhere when nothing is told."""
    one, two = account.mark("declined"), account.mark("moved_from")
    body = {"customer_id": account.mark("payer"), "cents": 9_000, "applied": {str(one): 9_000}}
    made = account.admin("POST", "payments", body)["id"]
    account.admin("POST", f"payments/{made}/move", {"applied": {str(two): 7_700}})
    row = account.truth()["payments"][str(made)]
    assert (row["applied"], row["unapplied"]) == ({str(two): 7_700}, 1_300)
    account.admin("POST", f"payments/{made}/move", {})
    assert account.truth()["payments"][str(made)]["unapplied"] == 9_000
    account.admin("DELETE", f"payments/{made}")
    assert account.call("GET", f"payments/{made}")[0] == 404


def test_store_credit_is_used(account):
    """Credit pays an invoice and becomes less."""
    payer = str(account.mark("payer"))
    before = account.truth()["store_credit"][payer]
    account.admin("POST", f"invoices/{account.mark('moved_from')}/use_credit", {"cents": 7_700})
    assert account.invoice("moved_from")["is_paid"] is True
    assert account.truth()["store_credit"][payer] == before - 7_700


def test_dates_can_be_forced(account):
    """The day of a document and the moment of its making are changed at will."""
    number, payment = account.mark("overpaid"), account.mark("overpayment")
    moment = "2025-12-31T10:00:00.000Z"
    account.admin("POST", f"invoices/{number}", {"date": "2025-12-31", "created_at": moment})
    account.admin("POST", f"payments/{payment}", {"applied_at": "2025-12-30"})
    shown = account.invoice("overpaid")
    assert (shown["date"], shown["created_at"]) == ("2025-12-31T00:00:00.000Z", moment)
    paid = account.get(f"payments/{payment}")["payment"]
    assert paid["applied_at"] == "2025-12-30T00:00:00.000Z"
    assert shown["updated_at"] == account.admin("GET", "state")["now"]


def test_an_order_is_made_received_and_finished(account):
    """Stock rises by what is received, and only once."""
    product, vendor = 23_096_009, 798_001
    before = account.get(f"products/{product}")["product"]["quantity"]
    body = {"vendor_id": vendor, "lines": [[product, 3]], "shipping_cents": 500}
    made = account.admin("POST", "orders", body)["id"]
    account.admin("POST", f"orders/{made}/receive", {})
    account.admin("POST", f"orders/{made}/finish")
    assert account.get(f"products/{product}")["product"]["quantity"] == before + 3
    order = account.get(f"purchase_orders/{made}")["purchase_order"]
    assert (order["status"], order["line_items"][0]["received"]) == ("Finished", True)
    assert account.truth()["orders"][str(made)]["is_finished"] is True


def test_a_customer_purchase_is_offered_bought_and_deleted(account):
    """An offer is an estimate until it is final; its lines can be changed; then it is gone."""
    account.admin("POST", "behaviour", {"customer_purchases": True})
    line = {"name": "Used phone", "cost_cents": 4_005, "quantity": 2}
    body = {"customer_id": account.mark("customer"), "lines": [line], "date": "2026-04-01"}
    made = account.admin("POST", "purchases", body)["id"]
    shown = account.get(f"customer_purchases/{made}")["customer_purchase"]
    assert (shown["status"], shown["total"], shown["date"]) == (
        "Estimate",
        "80.1",
        "2026-04-01T00:00:00.000Z",
    )
    account.admin("POST", f"purchases/{made}", {"lines": [{**line, "quantity": 1}]})
    account.admin("POST", f"purchases/{made}/finish")
    row = account.truth()["purchases"][str(made)]
    assert (row["cents"], row["is_final"]) == (4_005, True)
    account.admin("DELETE", f"purchases/{made}")
    assert account.call("GET", f"customer_purchases/{made}")[0] == 404


@pytest.mark.parametrize(
    ("kind", "body", "address", "wrapper"),
    [
        ("customers", {"business_name": "A"}, "customers", "customer"),
        ("vendors", {"name": "A"}, "vendors", "vendor"),
        ("products", {"name": "A", "description": "B", "retail_cents": 5}, "products", "product"),
    ],
)
def test_lists_are_filled_by_hand(account, kind, body, address, wrapper):
    """Customers, vendors and products are made, changed and deleted by their fields."""
    made = account.admin("POST", kind, body)["id"]
    assert account.get(f"{address}/{made}")[wrapper]["id"] == made
    name = "business_name" if kind == "customers" else "name"
    account.admin("POST", f"{kind}/{made}", {name: "C"})
    assert account.get(f"{address}/{made}")[wrapper][name] == "C"
    account.admin("DELETE", f"{kind}/{made}")
    assert account.call("GET", f"{address}/{made}")[0] == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("invoices/1/void", {}, 404),
        ("nothing", {}, 404),
        ("clock", {"to": "2020-01-01T00:00:00Z"}, 400),
        ("behaviour", {"oops": 1}, 400),
        ("faults", {"oops": 1}, 400),
        ("invoices", {"customer_id": 1}, 400),
        ("customers", {"oops": 1}, 400),
    ],
)
def test_a_wrong_order_is_explained(account, path, body, status):
    """What cannot be done is answered with a reason, and the simulator goes on."""
    response = answer(account.simulation, Request.to("POST", f"/_simulator/{path}", json=body))
    assert response.status == status
    assert json.loads(response.body)["error"]


def test_the_request_log_can_be_read_and_emptied(account):
    """Requests to the API are logged with path, query and status; orders are not."""
    account.ask("GET", "invoices?page=2")
    (row,) = account.admin("GET", "requests")
    assert (row["path"], row["query"], row["status"]) == (
        "/api/v1/invoices", [["page", "2"]], 200,
    )  # fmt: skip
    account.admin("DELETE", "requests")
    assert account.admin("GET", "requests") == []


def test_the_rates_are_told_only_here(account):
    """Names and parts of the tax rates can be asked of the simulator, not of the API."""
    rates = {row["id"]: row for row in account.admin("GET", "tax_rates")}
    assert [part["name"] for part in rates[903]["components"]] == ["State", "Austin", "Transit"]
    assert rates[902]["components"] == []
    account.admin("POST", "behaviour", {"line_tax_rate": True})
    lines = account.invoice("mixed_rates")["line_items"]
    assert [row["tax_rate_id"] for row in lines] == [None, 906, None]


def test_counts_and_landmarks(account):
    """Counts by kind and the ids of the hand-made cases are told."""
    assert account.admin("GET", "counts")["invoice"] == len(account.simulation.world.invoices)
    assert account.admin("GET", "landmarks")["overpaid"] == account.mark("overpaid")


def test_a_harness_brings_its_own_clock(make_account):
    """A clock that the harness owns cannot be moved from outside."""
    template = make_account().simulation
    moments = iter([template.now])
    own = Simulation(
        world=template.world,
        clock=lambda: next(moments, template.now),
        throttle=Throttle(monotonic=lambda: 0.0),
        tokens=dict(template.tokens),
    )
    request = Request.to("POST", "/_simulator/clock", json={"days": 1})
    assert answer(own, request).status == 409
    assert answer(own, Request.to("GET", "/api/v1/me", token="demo-token")).status == 200
