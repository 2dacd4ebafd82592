"""Writes that a connector makes: payments, customers, products, invoices."""

import pytest


def pay(account, **fields):
    """A payment through the API, by the landmark payer."""
    return account.send("POST", "payments", {"customer_id": account.mark("payer"), **fields})


def truth_of(account, made):
    return account.truth()["payments"][str(made["payment"]["id"])]


def test_a_payment_without_invoice_is_store_credit(account):
    """Nothing is applied: the whole amount becomes the customer's credit."""
    made = pay(account, amount_cents=30_000, payment_method="Check", ref_num="7")
    assert made["payment"]["invoice_ids"] == [None]
    assert made["payment"]["payment_amount"] == 300
    assert truth_of(account, made)["unapplied"] == 30_000


def test_a_payment_for_one_invoice_keeps_the_rest_as_credit(account):
    """What exceeds the invoice's balance is credit."""
    number = account.mark("split_two")
    made = pay(account, amount_cents=5_000, invoice_id=number)
    row = truth_of(account, made)
    assert row["applied"] == {str(number): 2_000}
    assert row["unapplied"] == 3_000
    assert account.invoice("split_two")["is_paid"] is True


def test_a_payment_may_name_the_invoice_by_number(account):
    """The number of an invoice is enough, even without a customer."""
    shown = account.invoice("declined")
    made = account.send(
        "POST", "payments", {"invoice_number": shown["number"], "amount_cents": 9_900}
    )
    assert made["payment"]["invoice_ids"] == [shown["id"]]


@pytest.mark.parametrize(("switch", "factor"), [("cents", 1), ("dollars", 100)])
def test_a_payment_is_split_as_asked(account, switch, factor):
    """``apply_payments`` tells each invoice's part, in cents or in dollars as a switch says."""
    account.admin("POST", "behaviour", {"apply_in": switch})
    one, two = account.mark("declined"), account.mark("moved_from")
    parts = {str(one): 9_900 // factor, str(two): 7_700 // factor}
    made = pay(account, amount_cents=17_600, apply_payments=parts)
    assert truth_of(account, made)["applied"] == {str(one): 9_900, str(two): 7_700}


@pytest.mark.parametrize(
    "fields",
    [
        {"amount_cents": 0},
        {"amount_cents": -5},
        {"amount_cents": None},
        {"amount_cents": 100, "customer_id": 1},
        {"amount_cents": 100, "invoice_id": 1},
        {"amount_cents": 100, "apply_payments": {"{mine}": 101}},
        {"amount_cents": 100, "apply_payments": {"{other}": 100}},
        {"amount_cents": 100, "apply_payments": {"{mine}": -1}},
    ],
)
def test_a_wrong_payment_changes_nothing(account, fields):
    """A payment that cannot be is refused with a list of errors, and leaves no trace."""
    mine, other = str(account.mark("declined")), str(account.mark("voided"))
    if "apply_payments" in fields:
        ((key, value),) = fields["apply_payments"].items()
        key = key.replace("{mine}", mine).replace("{other}", other)
        fields = {**fields, "apply_payments": {key: value}}
    before = account.truth()
    status, body = account.call(
        "POST", "payments", {"customer_id": account.mark("payer"), **fields}
    )
    assert status == 422
    assert isinstance(body["errors"], list)
    after = account.truth()
    assert after["payments"] == before["payments"]
    assert after["invoices"] == before["invoices"]


def test_a_payment_is_not_recognised_when_it_comes_again(account):
    """There is no idempotency: the same request twice is two payments."""
    first = pay(account, amount_cents=100, ref_num="same")["payment"]["id"]
    second = pay(account, amount_cents=100, ref_num="same")["payment"]["id"]
    assert first != second


def test_payments_are_dated_in_the_account_s_time_zone(account):
    """A payment made late in the evening bears the day of the account, not of UTC."""
    account.admin("POST", "clock", {"to": "2026-04-11T02:00:00Z"})
    made = pay(account, amount_cents=100)
    assert made["payment"]["applied_at"] == "2026-04-10T00:00:00.000Z"
    assert made["payment"]["created_at"] == "2026-04-11T02:00:00.000Z"


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_payments_cannot_be_changed(account, method):
    """The API has neither a change nor a deletion of a payment."""
    address = f"payments/{account.mark('overpayment')}"
    assert account.call(method, address, {})[0] == 404
    assert account.get(address)


def test_a_customer_is_made_and_changed(account):
    """A change leaves what it does not name; a phone number loses its form."""
    made = account.send(
        "POST",
        "customers",
        {"business_name": "Zażółć", "phone": "+1 (512) 555-01", "tax_rate_id": 903},
    )["customer"]
    assert made["phone"] == "151255501"
    assert made["business_then_name"] == "Zażółć"
    changed = account.send("PUT", f"customers/{made['id']}", {"city": "Łódź"})["customer"]
    assert (changed["city"], changed["tax_rate_id"]) == ("Łódź", 903)
    assert account.get(f"customers/{made['id']}")["customer"] == changed
    assert account.get("customers/latest")["customer"]["id"] == made["id"]


def test_an_email_belongs_to_one_customer(account):
    """The same address a second time is refused, unless a switch allows it."""
    body = {"business_name": "Second", "email": "Parent@landmark.example"}
    status, refused = account.call("POST", "customers", body)
    assert (status, refused["success"], refused["params"]) == (422, False, body)
    account.admin("POST", "behaviour", {"unique_email": False})
    assert account.send("POST", "customers", body)


def test_a_deleted_customer_leaves_invoices_behind(account):
    """The customer is not found any more; the invoice has none."""
    number = account.mark("child")
    assert "deleted" in account.send("DELETE", f"customers/{number}", None)["message"]
    assert account.call("GET", f"customers/{number}")[0] == 404
    assert account.invoice("child_invoice")["customer"] is None


def test_a_product_loses_the_booleans_that_are_left_out(account):
    """A change turns off the booleans that it does not name, unless a switch forbids it."""
    account.admin("POST", "behaviour", {"put_resets_booleans": False})
    body = {"name": "N", "description": "D", "taxable": True, "price_retail": "12.5"}
    made = account.send("POST", "products", body)["product"]
    assert str(made["price_retail"]) == "12.5"
    address = f"products/{made['id']}"
    assert account.send("PUT", address, {"name": "M"})["product"]["taxable"] is True
    account.admin("POST", "behaviour", {"put_resets_booleans": True})
    assert account.send("PUT", address, {"name": "O"})["product"]["taxable"] is False


def test_a_vendor_s_number_is_written_as_value_and_read_as_sku(account):
    """The field has two names."""
    skus = [{"vendor_id": 798_001, "value": "ABC"}]
    body = {"name": "N", "description": "D", "product_skus_attributes": skus}
    made = account.send("POST", "products", body)["product"]
    assert "product_skus" not in made
    (read,) = account.get(f"products/{made['id']}")["product"]["product_skus"]
    assert read["sku"] == "ABC"


def new_invoice(account, **fields):
    body = {"customer_id": account.mark("customer"), "number": "X1", "date": "2026-04-10"}
    return account.send("POST", "invoices", {**body, **fields})["invoice"]


def test_lines_in_a_new_invoice_are_ignored(account):
    """Lines are added one by one; a product fills in price and text, and sums follow."""
    made = new_invoice(account, line_items=[{"item": "A", "name": "B", "price": 5}], total="9.0")
    assert made["total"] == "0.0"
    address = f"invoices/{made['id']}/line_items"
    line = account.send("POST", address, {"product_id": 23_096_001, "quantity": 5})["line_item"]
    assert (line["item"], line["price"], line["quantity"]) == ("Managed workstation", "50.0", "5.0")
    detail = account.get(f"invoices/{made['id']}")["invoice"]
    assert (detail["subtotal"], detail["tax"], detail["total"]) == ("250.0", "20.63", "270.63")
    assert [row["id"] for row in detail["line_items"]] == [line["id"]]


def test_a_number_is_taken_once(account):
    """An invoice's number is unique; a missing customer or date is refused by name."""
    new_invoice(account)
    body = {"customer_id": account.mark("customer"), "number": "X1", "date": "2026-04-10"}
    status, refused = account.call("POST", "invoices", body)
    assert (status, refused) == (422, {"errors": ["Number has already been taken"]})
    assert len(account.call("POST", "invoices", {})[1]["errors"]) == 3


def test_an_update_does_not_set_sums(account):
    """Sums in a change are not looked at; dates and notes are."""
    number = account.mark("overpaid")
    body = {"total": "1.0", "date": "2026-04-02T00:00:00Z", "note": "new"}
    shown = account.send("PUT", f"invoices/{number}", body)["invoice"]
    assert (shown["total"], shown["note"]) == ("270.63", "new")
    assert shown["date"] == "2026-04-02T00:00:00.000Z"


def test_a_line_of_a_paid_invoice_stays(account):
    """The answer is 200 and a text, and nothing has changed."""
    before = account.invoice("paid_in_two")
    address = f"invoices/{before['id']}/line_items/{before['line_items'][0]['id']}"
    assert account.send("PUT", address, {"price": 1}) == {"message": "The invoice is already paid"}
    assert account.invoice("paid_in_two") == before


def test_deleting_an_invoice_is_answered_200_whatever_happens(account):
    """A paid invoice stays, a missing one too, an unpaid one goes: all are 200."""
    paid, unpaid = account.mark("paid_in_two"), account.mark("tax_group")
    for number in (paid, unpaid, 1):
        assert account.call("DELETE", f"invoices/{number}")[0] == 200
    assert account.call("GET", f"invoices/{paid}")[0] == 200
    assert account.call("GET", f"invoices/{unpaid}")[0] == 404
