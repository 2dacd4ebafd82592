"""Short lists: classes, departments, terms, payment methods, tax agencies, currencies."""

from __future__ import annotations

from subledger_quickbooks_online.simulator.company import faults
from subledger_quickbooks_online.simulator.company.books import Books, Draft, Stored, ref

from . import naming

_SUB = {"Class": "SubClass", "Department": "SubDepartment"}
_CURRENCIES = {
    "AUD": "Australian Dollar",
    "CAD": "Canadian Dollar",
    "EUR": "Euro",
    "GBP": "British Pound Sterling",
    "JPY": "Japanese Yen",
    "USD": "United States Dollar",
}


def prepare_tree(books: Books, draft: Draft) -> str:
    """A class or a department."""
    key = naming.settle(books, draft, ":\t\n\r")
    draft.body[_SUB[draft.entity]] = bool(ref(draft.body, "ParentRef"))
    naming.place(books, draft)
    return key


def prepare_term(books: Books, draft: Draft) -> str:
    """Terms of so many days, or until a day of the month."""
    body = draft.body
    if "DueDays" not in body and "DayOfMonthDue" not in body:
        raise faults.missing("DueDays")
    body["Type"] = "STANDARD" if "DueDays" in body else "DATE_DRIVEN"
    return naming.settle(books, draft, "")


def prepare_payment_method(books: Books, draft: Draft) -> str:
    """A payment method."""
    draft.body.setdefault("Type", "NON_CREDIT_CARD")
    return naming.settle(books, draft, "")


def prepare_agency(books: Books, draft: Draft) -> str:
    """A tax agency; its liability account "<name> Payable" is made with the first tax code."""
    body = draft.body
    body.setdefault("TaxTrackedOnSales", True)
    body.setdefault("TaxTrackedOnPurchases", False)
    key = naming.settle(books, draft, "")
    body.pop("Active")
    return key


def prepare_currency(books: Books, draft: Draft) -> str:
    """An active currency of the company."""
    draft.body["Name"] = currency_name(str(draft.body["Code"]))
    return naming.settle(books, draft, "")


def currency_name(code: str) -> str:
    """A currency in words, its code where they are not known."""
    return _CURRENCIES.get(code, code)


def keep(books: Books, stored: Stored) -> None:
    """Nothing follows from a change of a short list."""
    del books, stored
