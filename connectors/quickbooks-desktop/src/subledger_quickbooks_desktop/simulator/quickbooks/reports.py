"""What an accountant would read from the books: balances and documents, by name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .documents.draft import Draft
from .documents.rows import from_row
from .ledger import account_cents, balances
from .money import CENT
from .store import Store
from .text import folded

_DOCUMENTS = "SELECT id, kind, number, created, modified, cents, voided, body FROM document"


class UnknownAccountError(KeyError):
    """No account of that name."""


def decimal(value: int) -> Decimal:
    """Cents as an exact amount."""
    return (Decimal(value) * CENT).quantize(CENT)


def names(store: Store) -> dict[str, str]:
    """Full names of all list objects by ListID."""
    return dict(store.all("SELECT id, full_name FROM list_object"))


def balance(store: Store, account: str) -> Decimal:
    """An account's own balance, debit positive."""
    row = store.one(
        "SELECT id FROM list_object WHERE space='account' AND name_key=?", (folded(account),)
    )
    if row is None:
        raise UnknownAccountError(account)
    return decimal(account_cents(store, row[0]))


def trial_balance(store: Store) -> dict[str, Decimal]:
    """Every account's balance by full name, debit positive; the sum is nothing."""
    sums = balances(store)
    rows = store.all("SELECT id, full_name FROM list_object WHERE space='account'")
    return {name: decimal(sums.get(identity, 0)) for identity, name in sorted(rows, key=_by_name)}


def postings(store: Store, txn_id: str) -> list[tuple[str, Decimal]]:
    """The double entry behind a document: account by full name, and amount, debit positive."""
    rows = store.all(
        "SELECT full_name, cents FROM posting JOIN list_object ON posting.account = list_object.id"
        " WHERE document=? ORDER BY posting.rowid",
        (txn_id,),
    )
    return [(name, decimal(int(cents))) for name, cents in rows]


def _by_name(row: tuple[str, str]) -> str:
    return row[1]


def documents(store: Store) -> list[dict[str, Any]]:
    """Every document in the order of dates, with its lines; amounts are Decimal."""
    known = names(store)
    rows = store.all(f"{_DOCUMENTS} ORDER BY date, number")
    return [_document(from_row(row), known) for row in rows]


def _document(draft: Draft, known: dict[str, str]) -> dict[str, Any]:
    fields = draft.fields
    account, entity = draft.reference(draft.kind.account), draft.reference(draft.kind.entity)
    return {
        "type": draft.kind.name,
        "txn_id": draft.id,
        "date": draft.date,
        "account": known.get(account or "", ""),
        "payee": known.get(entity or "", ""),
        "amount": decimal(draft.cents),
        "ref_number": fields.get("RefNumber", ""),
        "memo": fields.get("Memo", ""),
        "guid": fields.get("ExternalGUID", ""),
        "voided": draft.voided,
        "edit_sequence": str(draft.modified),
        "lines": [_line(tag, line, known) for tag, line in draft.lines],
    }


def _line(tag: str, line: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    value = Decimal(line.get("Amount", "0"))
    found = {
        "line_id": line["TxnLineID"],
        "amount": -value if tag == "JournalCreditLine" else value,
        "memo": line.get("Memo") or line.get("Desc", ""),
    }
    for name in ("Account", "Class", "Customer", "Entity", "Item"):
        reference = line.get(f"{name}Ref")
        found[name.lower()] = known.get(reference["ListID"], "") if reference else ""
    return found
