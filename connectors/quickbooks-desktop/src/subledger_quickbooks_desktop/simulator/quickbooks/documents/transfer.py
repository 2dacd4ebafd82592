"""Transfers between two balance sheet accounts."""

from __future__ import annotations

from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.ledger import (
    BALANCE_SHEET_CREDIT,
    BALANCE_SHEET_DEBIT,
    Posting,
    account_cents,
    natural,
)
from subledger_quickbooks_desktop.simulator.quickbooks.money import amount, cents
from subledger_quickbooks_desktop.simulator.quickbooks.status import bad_value, missing

from .draft import DocumentKind, Draft
from .lines import PAYABLE, RECEIVABLE, require_type

_FROM = "TransferFromAccountRef"
_TO = "TransferToAccountRef"
_TYPES = tuple(sorted((BALANCE_SHEET_DEBIT | BALANCE_SHEET_CREDIT) - {RECEIVABLE, PAYABLE}))


def _prepare(books: Books, draft: Draft) -> None:
    for tag in (_FROM, _TO):
        if not draft.fields.get(tag):
            raise missing(tag)
    source = require_type(books, draft, _FROM, *_TYPES)
    target = require_type(books, draft, _TO, *_TYPES)
    draft.cents = cents(draft.fields.get("Amount"))
    if draft.cents < 0 or source == target:
        raise bad_value(
            "Amount", amount(draft.cents), "A transfer needs two accounts and a positive amount."
        )
    class_id = draft.reference("ClassRef")
    draft.postings = [
        Posting(account=source, cents=-draft.cents, line=draft.main_line, class_id=class_id),
        Posting(account=target, cents=draft.cents, class_id=class_id),
    ]


def _refresh(books: Books, draft: Draft, fields: dict[str, Any]) -> None:
    for tag, balance in ((_FROM, "FromAccountBalance"), (_TO, "ToAccountBalance")):
        account = books.object(fields[tag]["ListID"])
        if account is not None:
            held = account_cents(books.store, account.id)
            fields[balance] = amount(natural(account.type, held))
    fields["Amount"] = amount(draft.cents)


TRANSFER = DocumentKind(
    name="Transfer", total="Amount", account=_FROM, prepare=_prepare, refresh=_refresh
)
