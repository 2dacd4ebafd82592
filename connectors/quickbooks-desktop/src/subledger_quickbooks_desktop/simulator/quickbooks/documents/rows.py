"""Documents as rows: saving, reading, looking up."""

from __future__ import annotations

import json
from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks import links
from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.check import LINES
from subledger_quickbooks_desktop.simulator.quickbooks.ledger import post

from .draft import Draft
from .registry import KINDS

_COLUMNS = "id, kind, number, created, modified, cents, voided, body"


def save(books: Books, draft: Draft) -> None:
    """Write the document, its postings and its links."""
    fields = {key: value for key, value in draft.fields.items() if value not in (None, "", [])}
    body = {"fields": fields, LINES: draft.lines, "main": draft.main_line}
    books.store.execute(
        "INSERT OR REPLACE INTO document VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            draft.id,
            draft.kind.name,
            draft.number,
            draft.created,
            draft.modified,
            draft.date,
            fields.get("RefNumber"),
            draft.reference(draft.kind.account),
            draft.reference(draft.kind.entity),
            draft.cents,
            draft.voided,
            fields.get("ExternalGUID"),
            json.dumps(body),
        ),
    )
    post(books, draft.id, draft.postings)
    touch(books, links.save(books.store, draft.id, draft.links))


def touch(books: Books, documents: set[str]) -> None:
    """Note on documents that something linked to them was changed."""
    if books.settings.linked_changes_touch:
        books.store.execute_all(
            "UPDATE document SET modified=? WHERE id=?", [(books.now, one) for one in documents]
        )


def load(books: Books, identity: str) -> Draft | None:
    """A document by id."""
    row = books.store.one(f"SELECT {_COLUMNS} FROM document WHERE id=?", (identity,))
    return from_row(row) if row else None


def load_many(books: Books, ids: list[str]) -> list[Draft]:
    """Documents by ids in that order, without those that are gone."""
    found: dict[str, Draft] = {}
    size = 500
    for start in range(0, len(ids), size):
        part = ids[start : start + size]
        marks = ",".join("?" * len(part))
        rows = books.store.all(f"SELECT {_COLUMNS} FROM document WHERE id IN ({marks})", part)
        found.update((row[0], from_row(row)) for row in rows)
    return [found[identity] for identity in ids if identity in found]


def from_row(row: tuple[Any, ...]) -> Draft:
    """A stored row as a document."""
    body = json.loads(row[7])
    return Draft(
        kind=KINDS[row[1]],
        id=row[0],
        number=row[2],
        created=row[3],
        modified=row[4],
        cents=row[5],
        voided=bool(row[6]),
        fields=body["fields"],
        lines=[(tag, fields) for tag, fields in body[LINES]],
        main_line=body["main"],
    )
