"""What invoices and payments come to: the hand-made cases, to the cent."""

import pytest


def sums(account, name):
    """Subtotal, tax and total of an invoice as its address shows them."""
    shown = account.invoice(name)
    return shown["subtotal"], shown["tax"], shown["total"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("zero_invoice", ("0.0", "0.0", "0.0")),
        ("empty_invoice", ("0.0", "0.0", "0.0")),
        ("paid_in_two", ("250.0", "20.63", "270.63")),
        ("discounts", ("177.5", "14.64", "192.14")),
        ("fractional_quantity", ("199.49", "16.46", "215.95")),
        ("mixed_rates", ("300.0", "10.25", "310.25")),
        ("tax_group", ("333.33", "27.49", "360.82")),
        ("compound_tax", ("333.33", "49.92", "383.25")),
        ("exempt", ("100.0", "0.0", "100.0")),
        ("voided", ("0.0", "0.0", "0.0")),
        ("refund_invoice", ("-250.0", "-20.63", "-270.63")),
        ("refund_as_credit", ("-50.0", "-4.13", "-54.13")),
    ],
)
def test_sums_are_exact(account, name, expected):
    """Discounts, quantities, groups and compound taxes come to the cent, as text."""
    assert sums(account, name) == expected


def test_a_group_is_rounded_by_its_parts(account):
    """A tax group is charged part by part: a cent less here than one rate of the same percent."""
    row = account.truth()["invoices"][str(account.mark("tax_group"))]
    assert row["tax_by_name"] == {"State": 2083, "Austin": 333, "Transit": 333}
    assert round(33_333 * 825 / 10_000) == 2750


def test_an_invoice_paid_in_two_parts(account):
    """Two payments settle an invoice; each tells the invoice, not its part."""
    shown = account.invoice("paid_in_two")
    first, second = account.mark("first_part"), account.mark("second_part")
    assert shown["is_paid"] is True
    assert [row["id"] for row in shown["payments"]] == [first, second]
    one, two = (account.get(f"payments/{number}")["payment"] for number in (first, second))
    assert (str(one["payment_amount"]), str(two["payment_amount"])) == ("100", "170.63")
    assert one["invoice_ids"] == two["invoice_ids"] == [shown["id"]]


def test_an_overpayment_leaves_store_credit(account):
    """What exceeds the balance is the customer's credit, and nothing in the payment says so."""
    payment = account.get(f"payments/{account.mark('overpayment')}")["payment"]
    assert payment["payment_amount"] == 300
    assert payment["invoice_ids"] == [account.mark("overpaid")]
    truth = account.truth()
    assert truth["payments"][str(payment["id"])]["unapplied"] == 2_937
    assert truth["invoices"][str(account.mark("overpaid"))]["balance"] == 0


def test_a_split_payment_hides_its_parts(account):
    """One payment over two invoices names both; only the truth knows how much went to each."""
    payment = account.get(f"payments/{account.mark('split_payment')}")["payment"]
    one, two = account.mark("split_one"), account.mark("split_two")
    assert payment["invoice_ids"] == [one, two]
    assert "applied" not in payment
    applied = account.truth()["payments"][str(payment["id"])]["applied"]
    assert applied == {str(one): 12_000, str(two): 18_000}
    assert account.invoice("split_two")["is_paid"] is False


@pytest.mark.parametrize(("switch", "expected"), [("null", [None]), ("none", [])])
def test_an_unapplied_payment_comes_in_two_ways(account, switch, expected):
    """Store credit paid in shows a list with null, or an empty one."""
    account.admin("POST", "behaviour", {"unapplied_ids": switch})
    payment = account.get(f"payments/{account.mark('store_credit')}")["payment"]
    assert payment["invoice_ids"] == expected


def test_store_credit_pays_without_money(account):
    """Credit that is used is a payment by the method Store Credit and lowers the credit."""
    used = account.get(f"payments/{account.mark('credit_used')}")["payment"]
    assert used["payment_method"] == "Store Credit"
    assert account.invoice("paid_by_credit")["is_paid"] is True
    # 500.00 paid in and 33.00 freed by a deleted invoice of another customer; 80.00 used
    assert account.truth()["store_credit"][str(account.mark("payer"))] == 50_000 - 8_000


def test_a_declined_payment_pays_nothing(account):
    """A declined attempt is listed with success false, and the invoice stays open."""
    payment = account.get(f"payments/{account.mark('declined_payment')}")["payment"]
    assert payment["success"] is False
    assert account.invoice("declined")["is_paid"] is False


def test_a_moved_payment_is_on_the_other_invoice(account):
    """After a move both invoices and the payment show it, and all have changed."""
    left, right = account.invoice("moved_from"), account.invoice("moved_to")
    payment = account.get(f"payments/{account.mark('moved_payment')}")["payment"]
    assert payment["invoice_ids"] == [right["id"]]
    assert (left["is_paid"], right["is_paid"]) == (False, True)
    assert left["payments"] == []
    assert payment["updated_at"] > payment["created_at"]
    assert left["updated_at"] == right["updated_at"] == payment["updated_at"]


def test_a_refund_returns_the_money(account):
    """A refund invoice is negative and settled by a negative payment."""
    refund = account.invoice("refund_invoice")
    assert refund["is_paid"] is True
    (row,) = refund["payments"]
    payment = account.get(f"payments/{row['id']}")["payment"]
    assert str(payment["payment_amount"]) == "-270.63"


def test_deleted_ones_are_not_found(account):
    """Invoices, payments and customers that were deleted answer 404 and are in no list."""
    for address, name in (
        (f"invoices/{account.mark('deleted')}", "invoice"),
        (f"payments/{account.mark('deleted_payment')}", "payment"),
        (f"customers/{account.mark('deleted_customer')}", "customer"),
    ):
        assert account.call("GET", address) == (404, {"message": "Not found"}), name
    listed = {row["id"] for row in account.pages("invoices", "invoices")}
    assert account.mark("deleted") not in listed
    freed = account.get(f"payments/{account.mark('freed_payment')}")["payment"]
    assert freed["invoice_ids"] == [None]


def test_a_voided_invoice_says_so_in_its_note(account):
    """There is no state for void: the invoice is brought to zero and its note tells."""
    shown = account.invoice("voided")
    assert shown["note"].startswith("VOID")
    assert [row["quantity"] for row in shown["line_items"]] == ["0.0"]


def test_names_keep_their_letters(account):
    """Names and lines in any script come as they are."""
    shown = account.invoice("non_latin_invoice")
    assert shown["customer"]["business_then_name"] == "株式会社ランドマーク"
    assert shown["line_items"][0]["name"] == "月次保守 — 三月 ☕"


def test_two_customers_may_have_one_name(account):
    """Names are not unique, ids are."""
    ids = {account.mark("double_one"), account.mark("double_two")}
    found = account.get("customers?business_name=landmark%20twins")["customers"]
    assert {row["id"] for row in found} == ids
    assert len({row["business_then_name"] for row in found}) == 1


@pytest.mark.parametrize("where", ["ref_customer_id", "properties", "absent"])
def test_a_child_tells_its_parent(account, where):
    """Where a branch names its parent is a switch, as nothing documents it."""
    account.admin("POST", "behaviour", {"parent_field": where})
    child = account.get(f"customers/{account.mark('child')}")["customer"]
    parent = account.mark("parent")
    assert child["ref_customer_id"] == (parent if where == "ref_customer_id" else None)
    told = child["properties"].get("parent_customer_id")
    assert told == (parent if where == "properties" else None)


def test_orders_are_open_received_or_finished(account):
    """A purchase order tells dollars, its lines cents, and its status how far it is."""
    marks = ("open_order", "part_received_order", "received_order", "finished_order")
    orders = [
        account.get(f"purchase_orders/{account.mark(name)}")["purchase_order"] for name in marks
    ]
    assert [one["status"] for one in orders] == ["Open", "Open", "Received", "Finished"]
    finished = orders[-1]
    assert str(finished["shipping"]) == "12.5"
    cents = sum(row["total_cents"] for row in finished["line_items"])
    assert finished["total"] * 100 == cents + 1250
    assert [row["received_quantity"] for row in orders[1]["line_items"]] == [1, 2]
