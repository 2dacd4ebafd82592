"""Purchases (card, cheque, cash), bills, vendor credits and purchase orders."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from subledger_quickbooks_online.simulator.company import faults, standard
from subledger_quickbooks_online.simulator.company.accounts import (
    BANK,
    CREDIT_CARD,
    CURRENT_ASSET,
    PAYABLE,
)
from subledger_quickbooks_online.simulator.company.books import Books, Draft, Stored, ref
from subledger_quickbooks_online.simulator.company.ledger import Entry
from subledger_quickbooks_online.simulator.company.money import cents

from . import expense_lines, header, numbers

_PAID_FROM = {
    "CreditCard": frozenset({CREDIT_CARD}),
    "Check": frozenset({BANK}),
    "Cash": frozenset({BANK, CURRENT_ASSET}),
}


def prepare_purchase(books: Books, draft: Draft) -> None:
    """An expense that is paid at once; with Credit, money that comes back to a card."""
    body = draft.body
    header.prepare(books, draft)
    kind = standard.account_type(books, ref(body, "AccountRef"))
    if kind not in _PAID_FROM[body["PaymentType"]]:
        raise faults.wrong_account_type(
            f"An account of type {kind} cannot pay a purchase of type {body['PaymentType']}"
        )
    if body["PaymentType"] == "CreditCard":
        body.setdefault("Credit", False)
    elif body.pop("Credit", False):
        raise faults.business("Only a credit card purchase can be a credit.", "Credit")
    body["TotalAmt"] = expense_lines.prepare(books, draft)
    header.require_amount(books, body["TotalAmt"])
    header.number_lines(draft, with_numbers=False)
    body.setdefault("PrintStatus", "NotSet")
    numbers.settle(books, draft)


def purchase_entries(books: Books, stored: Stored) -> Iterator[Entry]:
    """The paying account against the lines."""
    body = stored.body
    sign = -1 if body.get("Credit") else 1
    total = cents(Decimal(body["TotalAmt"])) * sign
    party = ref(body, "EntityRef")
    yield Entry(account=ref(body, "AccountRef"), cents=-total, name=party)
    yield from expense_lines.entries(books, stored, sign, name=party)


def prepare_bill(books: Books, draft: Draft) -> None:
    """A bill, a vendor credit or a purchase order."""
    body = draft.body
    header.prepare(books, draft)
    body["TotalAmt"] = expense_lines.prepare(books, draft)
    header.require_amount(books, body["TotalAmt"])
    header.number_lines(draft)
    account = ref(body, "APAccountRef")
    if not account:
        account = standard.party_account(books, standard.PAYABLE, body)
        body["APAccountRef"] = {"value": account}
    kind = standard.account_type(books, account)
    if kind != PAYABLE:
        raise faults.wrong_account_type(f"Not an Accounts Payable account: {kind}", "APAccountRef")
    numbers.settle(books, draft)
    if draft.entity == "PurchaseOrder":
        body.setdefault("POStatus", "Open")
        body["_closed"] = body["POStatus"] == "Closed"
        body.setdefault("EmailStatus", "NotSet")
        return
    body["Balance"] = body["TotalAmt"]
    body.pop("LinkedTxn", None)
    if draft.entity == "Bill":
        vendor = books.list_object("Vendor", ref(body, "VendorRef"))
        if draft.old is None and vendor is not None and ref(vendor.body, "TermRef"):
            body.setdefault("SalesTermRef", vendor.body["TermRef"])
        due = header.due_date(books, body["TxnDate"], ref(body, "SalesTermRef"))
        body.setdefault("DueDate", due)


def bill_entries(books: Books, stored: Stored) -> Iterator[Entry]:
    """Payables against the lines."""
    body = stored.body
    sign = -1 if stored.entity == "VendorCredit" else 1
    total = cents(Decimal(body["TotalAmt"])) * sign
    vendor = ref(body, "VendorRef")
    yield Entry(
        account=ref(body, "APAccountRef"),
        cents=-total,
        name=vendor,
        department=ref(body, "DepartmentRef"),
    )
    yield from expense_lines.entries(books, stored, sign, name=vendor)


def movements(books: Books, stored: Stored) -> Iterator[tuple[str, Decimal]]:
    """Stock that comes in, or goes back to the vendor."""
    if stored.entity != "PurchaseOrder":
        back = stored.entity == "VendorCredit" or bool(stored.body.get("Credit"))
        yield from expense_lines.movements(books, stored, -1 if back else 1)
