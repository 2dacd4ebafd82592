"""Due dates from terms of payment, and the accounts that documents use when none is named."""

from __future__ import annotations

import datetime as dt
from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.lists.change import create
from subledger_quickbooks_desktop.simulator.quickbooks.lists.kinds import KINDS
from subledger_quickbooks_desktop.simulator.quickbooks.lists.references import by_name

from .draft import Draft

_STANDARD_NAMES = {
    "AccountsReceivable": "Accounts Receivable",
    "AccountsPayable": "Accounts Payable",
}
SALES_TAX_PAYABLE = "Sales Tax Payable"
UNDEPOSITED = "Undeposited Funds"


def set_due_date(books: Books, draft: Draft, entity_tag: str, days_without_terms: int) -> None:
    """Fill TermsRef from the customer or vendor, and DueDate from the terms."""
    fields = draft.fields
    entity = books.object(fields[entity_tag]["ListID"]) if fields.get(entity_tag) else None
    if not fields.get("TermsRef") and entity is not None and draft.old is None:
        fields["TermsRef"] = entity.body.get("TermsRef")
    if fields.get("DueDate"):
        return
    terms = books.object(fields["TermsRef"]["ListID"]) if fields.get("TermsRef") else None
    days = int(terms.body.get("StdDueDays", 0)) if terms else days_without_terms
    due = dt.date.fromisoformat(draft.date) + dt.timedelta(days=days)
    fields["DueDate"] = due.isoformat()


def standard_account(books: Books, account_type: str) -> dict[str, Any]:
    """The first account of that type, made with its usual name when there is none."""
    found = books.objects("kind='Account' AND type=? AND active=1", (account_type,))
    if found:
        return {"ListID": found[0].id}
    return named_account(books, _STANDARD_NAMES[account_type], account_type)


def named_account(books: Books, name: str, account_type: str) -> dict[str, Any]:
    """An account that QuickBooks makes by itself when it is first needed."""
    found = by_name(books, ("Account",), name)
    if found is None:
        found = create(books, KINDS["Account"], {"Name": name, "AccountType": account_type})
    return {"ListID": found.id}
