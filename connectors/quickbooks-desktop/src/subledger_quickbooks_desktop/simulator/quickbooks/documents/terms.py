"""Due dates from terms of payment."""

from __future__ import annotations

import datetime as dt

from subledger_quickbooks_desktop.simulator.quickbooks.books import Books

from .draft import Draft


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
