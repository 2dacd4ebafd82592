"""Customers, vendors and employees: one space of names."""

from __future__ import annotations

from subledger_quickbooks_online.simulator.company import currencies, faults
from subledger_quickbooks_online.simulator.company.books import JSON, Books, Draft, Stored, ref
from subledger_quickbooks_online.simulator.company.ledger import name_cents
from subledger_quickbooks_online.simulator.company.money import money

from . import naming

_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
_SHOWN_DIGITS = 4


def prepare(books: Books, draft: Draft) -> str:
    """Compose the name, fill in the defaults, and return the key of the name."""
    body = draft.body
    if not body.get("DisplayName"):
        body["DisplayName"] = " ".join(body[part] for part in _PARTS if body.get(part))
    if not body["DisplayName"]:
        raise faults.no_name()
    key = naming.settle(books, draft, ":\t\n\r")
    if draft.entity == "Customer":
        _customer(books, draft)
    elif draft.entity == "Vendor":
        body.setdefault("Vendor1099", False)
        if "TaxIdentifier" in draft.sent:
            body["TaxIdentifier"] = _masked(str(body["TaxIdentifier"]))
    body.setdefault("PrintOnCheckName", body.get("CompanyName") or body["DisplayName"])
    if draft.entity != "Employee":
        currencies.keep(books, draft)
    if not body["Active"] and draft.old is not None and draft.old.active:
        _check_balance(books, draft)
    return key


def computed(books: Books, stored: Stored) -> JSON:
    """What is read from the ledger."""
    if stored.entity == "Customer":
        own = name_cents(books, "Accounts Receivable", stored.id)
        below = sum(_below(books, stored.id))
        level = stored.body.get("_level")
        return {
            **({"Level": level} if level else {}),
            "Balance": money(own if stored.body.get("Job") else own + below),
            "BalanceWithJobs": money(own + below),
        }
    if stored.entity == "Vendor":
        return {"Balance": money(-name_cents(books, "Accounts Payable", stored.id))}
    return {}


def _below(books: Books, parent: str) -> list[int]:
    found = []
    for child in books.find("entity='Customer' AND parent=?", (parent,)):
        found.append(name_cents(books, "Accounts Receivable", child.id))
        found.extend(_below(books, child.id))
    return found


def _customer(books: Books, draft: Draft) -> None:
    body = draft.body
    body.setdefault("Taxable", True)
    body.setdefault("Job", bool(ref(body, "ParentRef")))
    body.setdefault("BillWithParent", False)
    body.setdefault("PreferredDeliveryMethod", "Print")
    if body["Job"] and not ref(body, "ParentRef"):
        raise faults.missing("ParentRef")
    naming.place(books, draft)


def _check_balance(books: Books, draft: Draft) -> None:
    if draft.entity == "Vendor" and name_cents(books, "Accounts Payable", draft.id):
        raise faults.has_balance("vendor")
    if draft.entity == "Customer":
        owed = name_cents(books, "Accounts Receivable", draft.id)
        refused = books.behaviour.customer_with_balance == "refuse"
        if owed and (owed < 0 or refused or currencies.is_foreign(books, draft.body)):
            raise faults.has_balance("customer")


def _masked(number: str) -> str:
    return "X" * max(0, len(number) - _SHOWN_DIGITS) + number[-_SHOWN_DIGITS:]
