"""The closing date."""

import datetime as dt

import pytest

CLOSED = dt.date(2025, 1, 31)


@pytest.mark.parametrize(("password", "code"), [(False, "6200"), (True, "6210")])
def test_nothing_can_be_written_into_a_closed_period(desk, password, code):
    """On or before the closing date every write is refused; the day after is open."""
    desk.company.close_books(CLOSED, password=password)
    assert desk.refused(desk.purchase, TxnDate="2025-01-31").code == code
    assert desk.purchase(TxnDate="2025-02-01")["TxnDate"] == "2025-02-01"


def test_a_document_of_a_closed_period_cannot_be_touched(desk):
    """Neither moved out, nor edited, nor deleted, nor voided; nor can an open one move in."""
    inside = desk.invoice(desk.customer(), TxnDate="2025-01-15")
    outside = desk.purchase(TxnDate="2025-02-15")
    desk.company.close_books(CLOSED)
    refusals = [
        desk.refused(desk.change, "Invoice", inside, TxnDate="2025-02-15"),
        desk.refused(desk.change, "Invoice", inside, PrivateNote="x"),
        desk.refused(desk.change, "Purchase", outside, TxnDate="2025-01-15"),
        desk.refused(desk.company.delete, "Invoice", desk.token("Invoice", inside)),
        desk.refused(desk.company.void, "Invoice", desk.token("Invoice", inside)),
    ]
    assert [fault.code for fault in refusals] == ["6200"] * 5


def test_a_closed_invoice_can_be_paid_in_an_open_period(desk):
    """The payment's date counts, not the invoice's."""
    customer = desk.customer()
    inside = desk.invoice(customer, TxnDate="2025-01-15")
    desk.company.close_books(CLOSED)
    desk.payment(customer, "100", (inside, "Invoice", "100"))
    assert desk.again("Invoice", inside)["Balance"] == 0


def test_documents_that_post_nothing_are_free(desk):
    """Estimates and purchase orders may lie in a closed period."""
    desk.company.close_books(CLOSED)
    assert desk.sale("Estimate", desk.customer(), TxnDate="2025-01-15")
    assert desk.purchase_like("PurchaseOrder", desk.vendor(), "5", TxnDate="2025-01-15")


def test_books_can_be_opened_again(desk):
    """Without a closing date everything can be written."""
    desk.company.close_books(CLOSED)
    desk.company.close_books(None)
    assert desk.purchase(TxnDate="2025-01-15")


def test_the_closing_date_can_be_read_but_not_written(desk):
    """Preferences show it; an update through the API leaves it."""
    desk.company.close_books(CLOSED)
    shown = desk.company.read("Preferences", "1")
    assert shown["AccountingInfoPrefs"]["BookCloseDate"] == "2025-01-31"
    body = {
        "Id": "1",
        "SyncToken": shown["SyncToken"],
        "sparse": True,
        "AccountingInfoPrefs": {"BookCloseDate": "2020-01-01", "TrackDepartments": False},
    }
    again = desk.company.update("Preferences", body)
    assert again["AccountingInfoPrefs"]["BookCloseDate"] == "2025-01-31"
    assert again["AccountingInfoPrefs"]["TrackDepartments"] is False


def test_a_matched_document_is_locked(desk):
    """Matched to a bank line, a document cannot be changed or deleted (6480) until unmatched."""
    shown = desk.purchase()
    desk.company.match(shown["Id"])
    assert desk.refused(desk.change, "Purchase", shown, PrivateNote="x").code == "6480"
    assert (
        desk.refused(desk.company.delete, "Purchase", desk.token("Purchase", shown)).code == "6480"
    )
    desk.company.match(shown["Id"], matched=False)
    assert desk.change("Purchase", shown, PrivateNote="x")
