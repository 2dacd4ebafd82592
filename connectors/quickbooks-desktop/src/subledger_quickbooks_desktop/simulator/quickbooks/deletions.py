"""What was deleted in the last ninety days (TxnDeletedQuery, ListDeletedQuery)."""

from __future__ import annotations

from typing import Any

from .answer import Outcome, Printer, of_query
from .books import Books
from .filters import modified_between
from .iterators import page
from .parse import Request

_WINDOW = 90 * 24 * 3600


def transactions(books: Books, request: Request) -> Outcome:
    """Answer TxnDeletedQuery; a voided document is not deleted and does not appear."""
    return _query(books, request, "transaction", "Txn", "RefNumber")


def list_objects(books: Books, request: Request) -> Outcome:
    """Answer ListDeletedQuery."""
    return _query(books, request, "list", "List", "FullName")


def _query(books: Books, request: Request, section: str, prefix: str, label: str) -> Outcome:
    kinds = request.fields[f"{prefix}DelType"]
    between = request.fields.get("DeletedDateRangeFilter") or {}
    renamed = {key.replace("Deleted", "Modified"): value for key, value in between.items()}
    sql = [
        "section=?",
        f"kind IN ({','.join('?' * len(kinds))})",
        "deleted>=?",
        *(c.replace("modified", "deleted") for c, _ in modified_between(books, renamed)),
    ]
    bound: list[Any] = [section, *kinds, books.now - _WINDOW]
    for _, values in modified_between(books, renamed):
        bound += values
    rows = books.store.all(
        "SELECT kind, id, created, deleted, label FROM deleted WHERE "
        f"{' AND '.join(sql)} ORDER BY deleted, rowid",
        bound,
    )
    found = page(books.iterators, request, lambda: [str(place) for place in range(len(rows))])
    printer = Printer(version=books.version, name=books.name)
    data: list[str] = []
    for place in found.ids:
        kind, identity, created, deleted, name = rows[int(place)]
        values_of = {
            f"{prefix}DelType": kind,
            f"{prefix}ID": identity,
            "TimeCreated": books.stamp(created),
            "TimeDeleted": books.stamp(deleted),
            label: name or "",
        }
        data += printer.object(f"{prefix}DeletedRet", values_of, request.include)
    return of_query(found, data)
