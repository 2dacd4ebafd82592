"""Voiding and deleting documents."""

from __future__ import annotations

from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks import links
from subledger_quickbooks_desktop.simulator.quickbooks.answer import Outcome
from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.ledger import Posting
from subledger_quickbooks_desktop.simulator.quickbooks.money import amount
from subledger_quickbooks_desktop.simulator.quickbooks.parse import Request
from subledger_quickbooks_desktop.simulator.quickbooks.status import (
    RefusedError,
    cannot_delete,
    caused,
    no_object,
)
from subledger_quickbooks_desktop.simulator.quickbooks.text import escaped

from .draft import Draft
from .rows import load, save, touch
from .write import check_free, check_open

_LINKED = "The transaction is linked to another transaction."
_DEPOSITED = "The payment has been deposited. Remove it from the deposit first."


def void(books: Books, request: Request) -> Outcome:
    """Carry out TxnVoid: every amount becomes nothing, the document stays."""
    kind, identity = request.fields["TxnVoidType"], request.fields["TxnID"]
    draft = _found(books, kind, identity)
    void_document(books, draft)
    number = draft.fields.get("RefNumber", "")
    return _outcome(
        draft,
        ("TxnVoidType", kind),
        ("TxnID", identity),
        ("TimeCreated", books.stamp(draft.created)),
        ("TimeModified", books.stamp(draft.modified)),
        ("RefNumber", number),
    )


def delete(books: Books, request: Request) -> Outcome:
    """Carry out TxnDel."""
    kind, identity = request.fields["TxnDelType"], request.fields["TxnID"]
    draft = _found(books, kind, identity)
    delete_document(books, draft)
    number = draft.fields.get("RefNumber", "")
    return _outcome(
        draft,
        ("TxnDelType", kind),
        ("TxnID", identity),
        ("TimeDeleted", books.stamp(books.now)),
        ("RefNumber", number),
    )


def void_document(books: Books, draft: Draft) -> None:
    """Void one document; raises 3175, 3185 and the closed-books status."""
    check_free(books, draft.id)
    check_open(
        books, draft.date, books.settings.closed_modify_code, f"modify the {draft.kind.name}"
    )
    if links.is_deposited(books.store, draft.id):
        raise RefusedError(3185, caused(f"Cannot void the {draft.kind.name}.", _DEPOSITED))
    if draft.voided:
        return
    touch(books, links.drop(books.store, draft.id))
    rows = books.store.all(
        "SELECT line, account, entity, class FROM posting WHERE document=?", (draft.id,)
    )
    draft.postings = [
        Posting(account=row[1], cents=0, line=row[0], entity=row[2], class_id=row[3])
        for row in rows
    ]
    draft.cents, draft.voided, draft.modified = 0, True, books.now
    draft.lines = [(tag, _emptied(line)) for tag, line in draft.lines]
    prefix = books.settings.void_memo_prefix
    draft.fields = {
        **_emptied(draft.fields),
        "Memo": f"{prefix}{draft.fields.get('Memo', '')}".strip(),
        "AppliedToTxn": [],
    }
    save(books, draft)


def delete_document(books: Books, draft: Draft) -> None:
    """Delete one document; raises 3160, 3175 and the closed-books status."""
    check_free(books, draft.id)
    code = books.settings.closed_delete_code
    check_open(books, draft.date, code, f"delete the {draft.kind.name}")
    store = books.store
    if links.is_deposited(store, draft.id):
        raise cannot_delete(draft.id, _DEPOSITED)
    if books.settings.delete_linked == "refuse" and links.dependents(store, draft.id):
        raise cannot_delete(draft.id, _LINKED)
    touch(books, links.drop(store, draft.id))
    store.execute("DELETE FROM posting WHERE document=?", (draft.id,))
    store.execute("DELETE FROM document WHERE id=?", (draft.id,))
    store.execute("DELETE FROM data_ext WHERE object=?", (draft.id,))
    store.execute(
        "INSERT INTO deleted VALUES('transaction',?,?,?,?,?)",
        (draft.kind.name, draft.id, draft.created, books.now, draft.fields.get("RefNumber")),
    )


def _found(books: Books, kind: str, identity: str) -> Draft:
    draft = load(books, identity)
    if draft is None or draft.kind.name != kind:
        raise no_object(identity)
    return draft


def _emptied(fields: dict[str, Any]) -> dict[str, Any]:
    nothing = amount(0)
    return {
        key: nothing
        if key.endswith(("Amount", "Total", "total")) and isinstance(value, str)
        else value
        for key, value in fields.items()
    }


def _outcome(draft: Draft, *fields: tuple[str, str]) -> Outcome:
    data = tuple(f"<{tag}>{escaped(value)}</{tag}>" for tag, value in fields if value)
    return Outcome(data=data, identity=(("TxnID", draft.id), ("EditSequence", str(draft.modified))))
