"""Lists: pages, filters, order, and what shifts between two pages."""

import pytest


def ids(rows):
    return [row["id"] for row in rows]


def test_invoices_come_newest_first_and_all_of_them(account):
    """Every invoice is on exactly one page, the newest first."""
    found = ids(account.pages("invoices", "invoices"))
    assert found == sorted(account.simulation.world.invoices, reverse=True)


@pytest.mark.parametrize(
    ("path", "name", "size", "meta"),
    [
        ("invoices", "invoices", 25, {"total_pages", "page"}),
        ("payments", "payments", 25, {"total_pages", "page"}),
        ("customers", "customers", 25, {"total_pages", "page", "total_entries", "per_page"}),
        ("products", "products", 25, None),
        ("vendors", "vendors", 100, None),
        ("purchase_orders", "purchase_orders", 20, None),
        ("schedules", "schedules", 25, None),
    ],
)
def test_page_sizes_are_fixed(make_account, path, name, size, meta):
    """Each list has its own page size, and some tell nothing about their pages."""
    account = make_account(invoices=900)
    body = account.get(f"{path}?per_page=3&page_size=3")
    assert len(body[name]) == min(size, len(account.pages(path, name)))
    assert (set(body["meta"]) if "meta" in body else None) == meta


@pytest.mark.parametrize(("switch", "expected"), [("empty", 0), ("repeat", 5)])
def test_a_page_past_the_end(account, switch, expected):
    """A list without meta ends with an empty page, or with the last page again."""
    account.admin("POST", "behaviour", {"past_the_end": switch})
    assert len(account.get("vendors?page=2")["vendors"]) == expected


def test_page_sizes_can_be_changed(account):
    """A test makes pages small instead of making many records."""
    account.admin("POST", "behaviour", {"page_sizes": {"vendors": 2}})
    assert [len(account.get(f"vendors?page={n}")["vendors"]) for n in (1, 2, 3, 4)] == [2, 2, 1, 0]


def test_a_strange_page_is_the_first(account):
    """Zero, negative numbers and words are the first page."""
    first = account.get("invoices")
    for page in ("0", "-1", "x", ""):
        assert account.get(f"invoices?page={page}") == first


def test_since_updated_at_includes_its_instant(account):
    """Only invoices changed at or after the instant come; an offset is understood."""
    rows = account.pages("invoices", "invoices")
    moment = rows[40]["updated_at"]
    later = {row["id"] for row in rows if row["updated_at"] >= moment}
    assert 0 < len(later) < len(rows)
    for text in (moment, moment.replace("Z", "%2B00:00"), moment.replace("Z", "+00:00")):
        found = account.pages(f"invoices?since_updated_at={text}", "invoices")
        assert set(ids(found)) == later


@pytest.mark.parametrize(("switch", "is_all"), [("ignored", True), ("utc", False)])
def test_a_date_without_a_time_cannot_be_relied_on(account, switch, is_all):
    """A bare date filters nothing, or by midnight UTC, as a switch says."""
    account.admin("POST", "behaviour", {"date_only_since": switch})
    found = account.pages("invoices?since_updated_at=2026-04-01", "invoices")
    assert (len(found) == len(account.simulation.world.invoices)) is is_all


def test_a_payment_brings_its_invoice_forward(account):
    """Paying touches the invoice, so that reading by change finds it again."""
    number = account.mark("moved_from")
    account.admin("POST", "clock", {"hours": 1})
    since = account.admin("GET", "state")["now"]
    address = f"invoices?since_updated_at={since}"
    assert account.get(address)["invoices"] == []
    account.admin("POST", f"invoices/{number}/pay")
    assert ids(account.get(address)["invoices"]) == [number]


def test_invoices_by_payment_and_ticket(account):
    """Paid, unpaid and a ticket's invoices can be asked for."""
    paid = account.pages("invoices?paid=true", "invoices")
    unpaid = account.pages("invoices?unpaid=true", "invoices")
    assert all(row["is_paid"] for row in paid)
    assert not any(row["is_paid"] for row in unpaid)
    assert len(paid) + len(unpaid) == len(account.simulation.world.invoices)
    ticket = account.pages("invoices?ticket_id=90001", "invoices")
    assert ticket
    assert {row["ticket_id"] for row in ticket} == {90_001}


def test_customers_are_filtered_and_sorted(account):
    """Disabled customers come only when asked for; order, ids, name and e-mail are filters."""
    everyone = account.pages("customers?include_disabled=true", "customers")
    usual = account.pages("customers", "customers")
    disabled = {row["id"] for row in everyone if row["disabled"]}
    assert disabled
    assert {row["id"] for row in usual} == {row["id"] for row in everyone} - disabled
    newest = account.pages("customers?sort=updated_at%20DESC", "customers")
    moments = [row["updated_at"] for row in newest]
    assert moments == sorted(moments, reverse=True)
    one, two = usual[0]["id"], usual[1]["id"]
    assert set(ids(account.get(f"customers?id[]={one}&id[]={two}")["customers"])) == {one, two}
    assert one not in ids(account.pages(f"customers?not_id[]={one}", "customers"))
    found = account.get("customers?email=NON.LATIN@landmark.example")["customers"]
    assert ids(found) == [account.mark("non_latin")]
    assert account.get("customers?query=nobody-like-this")["customers"] == []


def test_products_are_found_by_number_and_category(account):
    """A vendor's number, a name, a category and ids are filters; disabled ones come too."""
    rows = account.pages("products", "products")
    assert any(row["disabled"] for row in rows)
    sku = next(row["product_skus"][0]["sku"] for row in rows if row["product_skus"])
    assert len(account.get(f"products?sku={sku}")["products"]) == 1
    twins = account.get("products?name=patch%20cable")["products"]
    assert len({row["id"] for row in twins}) == 2
    assert len({row["name"] for row in twins}) == 1
    hardware = account.get("products?category_id=3")["products"]
    assert {row["product_category"] for row in hardware} == {"Hardware"}
    by_name = account.get("products?sort=name%20ASC")["products"]
    names = [row["name"] for row in by_name]
    assert names == sorted(names)


def test_payments_are_found_by_reference(account):
    """A client can look for the reference number it wrote, unless the search ignores it."""
    found = account.get("payments?query=11006")["payments"]
    assert account.mark("overpayment") in ids(found)
    assert len(found) < len(account.simulation.world.payments)
    account.admin("POST", "behaviour", {"payment_query": "ignored"})
    ignored = account.pages("payments?query=11006", "payments")
    assert len(ignored) == len(account.simulation.world.payments)


def test_a_search_may_lag(account):
    """With a lagging index a new payment is listed, but not found yet."""
    account.admin("POST", "behaviour", {"search_lag_seconds": 30})
    body = {"customer_id": account.mark("payer"), "amount_cents": 100, "ref_num": "marker-1"}
    made = account.send("POST", "payments", body)["payment"]["id"]
    assert account.get("payments?query=marker-1")["payments"] == []
    assert made in ids(account.get("payments")["payments"])
    account.admin("POST", "clock", {"seconds": 30})
    assert ids(account.get("payments?query=marker-1")["payments"]) == [made]


def test_contacts_and_schedules_of_a_customer(account):
    """Both lists can be asked for one customer."""
    for path in ("contacts", "schedules"):
        owner = account.get(path)[path][0]["customer_id"]
        found = account.pages(f"{path}?customer_id={owner}", path)
        assert {row["customer_id"] for row in found} == {owner}


def test_estimates_by_status(account):
    """Approved and declined estimates can be asked for."""
    found = account.pages("estimates?status=approved", "estimates")
    assert {row["status"] for row in found} == {"Approved"}
    assert all(row["invoice_id"] for row in found)


def test_an_invoice_is_found_by_its_number(account):
    """The address of an invoice takes its number as well as its id."""
    shown = account.invoice("overpaid")
    assert account.get(f"invoices/{shown['number']}")["invoice"]["id"] == shown["id"]


def test_pages_shift_under_the_reader(account):
    """A deletion between two pages makes one row slip through: the control finds it missing."""
    account.admin("POST", "faults", {"change_at": [2]})
    before = set(account.simulation.world.invoices)
    found = {row["id"] for row in account.pages("invoices", "invoices")}
    newest = max(before)
    assert newest in found
    assert newest not in account.simulation.world.invoices
    assert max(account.simulation.world.invoices) not in found


def test_customer_purchases_need_their_switch(account):
    """No document names their address: it is there only when switched on."""
    assert account.get("settings/tabs")["tabs"]["customer_purchases"] is False
    number = account.mark("customer_purchase")
    for path in ("customer_purchases", f"customer_purchases/{number}"):
        assert account.call("GET", path)[0] == 404
    account.admin("POST", "behaviour", {"customer_purchases": True})
    assert account.get("settings/tabs")["tabs"]["customer_purchases"] is True
    (row,) = (one for one in account.pages("customer_purchases", "customer_purchases")
              if one["id"] == number)  # fmt: skip
    shown = account.get(f"customer_purchases/{number}")["customer_purchase"]
    assert "line_items" not in row
    assert {**row, "line_items": shown["line_items"]} == shown
    assert (shown["total"], shown["status"]) == ("223.44", "Purchase")
    assert [(one["quantity"], one["cost"]) for one in shown["line_items"]] == [
        ("1.0", "123.45"),
        ("3.0", "33.33"),
    ]
    assert account.call("GET", "customer_purchases/1")[0] == 404


@pytest.mark.parametrize(
    ("tells", "listed", "alone"),
    [("list", True, None), ("totals", False, False), ("nothing", None, None)],
)
def test_customer_purchases_may_tell_less(account, tells, listed, alone):
    """Lines come with the list, or not at all; purchases have an address of their own, or none."""
    account.admin("POST", "behaviour", {"customer_purchases": True, "purchases_tell": tells})
    number = account.mark("customer_purchase")
    status, body = account.call("GET", "customer_purchases")
    found = "line_items" in body["customer_purchases"][0] if status == 200 else None
    assert found is listed
    status, body = account.call("GET", f"customer_purchases/{number}")
    found = "line_items" in body["customer_purchase"] if status == 200 else None
    assert found is alone
