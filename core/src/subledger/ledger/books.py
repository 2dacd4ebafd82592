"""What is known of the books: list entries, documents read back, and the questions to ask."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from attrs import define, evolve, field
from sqlalchemy.dialects import sqlite

from subledger.ledger.upsert import upsert
from subledger.model.kinds import Kind
from subledger.ports import BookDocument, BookEntry, Query, Question
from subledger.store.schema import CONNECTION, DOCUMENT, ENTRY, FLOW, QUESTION

_PUT_ENTRY = upsert(ENTRY, "name", "active", "subtype", "guard", "number", "email")
_PUT_DOCUMENT = upsert(
    DOCUMENT,
    *("date", "amount", "currency", "guard", "key", "number", "memo", "party"),
    *("deleted", "question"),
)
_OPEN: sa.ColumnElement[str] = sa.literal_column("'open'")
"""A literal, not a parameter: only so does SQLite take the partial index over open questions."""
_QUESTION = (
    sa.select(QUESTION)
    .where(QUESTION.c.connection == sa.bindparam("connection"), QUESTION.c.state == _OPEN)
    .order_by(QUESTION.c.id)
    .limit(1)
)
_QUESTION_OF = _QUESTION.where(QUESTION.c.query == sa.bindparam("sort"))
_ENTRY = sa.select(ENTRY).where(
    ENTRY.c.connection == sa.bindparam("connection"),
    ENTRY.c.kind == sa.bindparam("kind"),
    ENTRY.c.id == sa.bindparam("id"),
)
_ENTRIES = sa.select(ENTRY).where(
    ENTRY.c.connection == sa.bindparam("connection"),
    ENTRY.c.kind == sa.bindparam("kind"),
    ENTRY.c.id.in_(sa.select(sa.func.json_each(sa.bindparam("ids")).table_valued("value").c.value)),
)
_MOVE_ON = (
    sa.update(QUESTION)
    .where(QUESTION.c.id == sa.bindparam("question"))
    .values(position=sa.bindparam("to"), state=sa.bindparam("becomes"), answered=sa.bindparam("at"))
)
_LISTS_READ = upsert(CONNECTION, "lists_read")
_GROW = sqlite.insert(CONNECTION).on_conflict_do_update(
    index_elements=["name"], set_={"books_version": CONNECTION.c.books_version + 1}
)
_VERSION = sa.select(CONNECTION.c.books_version).where(
    CONNECTION.c.name == sa.bindparam("connection")
)
_STATE = sa.select(CONNECTION.c.closing_date, CONNECTION.c.books_version).where(
    CONNECTION.c.name == sa.bindparam("connection")
)
_CLOSING_DATE = sa.select(CONNECTION.c.closing_date).where(
    CONNECTION.c.name == sa.bindparam("connection")
)


DELETED: Final = "deleted"
"""The subtype of an entry that the books deleted, or merged into another one."""


def folded(name: str) -> str:
    """A name as the books compare it: case and outer spaces aside, at each level."""
    return ":".join(part.strip() for part in name.split(":")).casefold()


@define
class BookIndex:
    """The lists of one set of books, indexed for exact look-up; read-only once built."""

    entries: Sequence[BookEntry] = ()
    closing_date: dt.date | None = None
    version: int = 0
    _by_name: dict[tuple[Kind, str], list[BookEntry]] = field(factory=dict, init=False)
    _by_leaf: dict[tuple[Kind, str], list[BookEntry]] = field(factory=dict, init=False)
    _by_id: dict[tuple[Kind, str], BookEntry] = field(factory=dict, init=False)
    _by_number: dict[tuple[Kind, str], list[BookEntry]] = field(factory=dict, init=False)
    _by_email: dict[tuple[Kind, str], list[BookEntry]] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        for entry in self.entries:
            name = folded(entry.name)
            self._by_name.setdefault((entry.kind, name), []).append(entry)
            self._by_leaf.setdefault((entry.kind, name.rsplit(":", 1)[-1]), []).append(entry)
            self._by_id[entry.kind, entry.id] = entry
            if entry.number:
                self._by_number.setdefault((entry.kind, entry.number), []).append(entry)
            if entry.email:
                self._by_email.setdefault((entry.kind, entry.email.casefold()), []).append(entry)

    def find(self, kind: Kind, name: str) -> Sequence[BookEntry]:
        """Entries whose full name equals ``name``, case and outer spaces aside."""
        return self._by_name.get((kind, folded(name)), ())

    def find_leaf(self, kind: Kind, name: str) -> Sequence[BookEntry]:
        """Entries whose last part of the name equals ``name``, case and outer spaces aside."""
        return self._by_leaf.get((kind, folded(name)), ())

    def find_number(self, kind: Kind, number: str) -> Sequence[BookEntry]:
        """Entries with exactly this number or SKU."""
        return self._by_number.get((kind, number), ())

    def find_email(self, kind: Kind, email: str) -> Sequence[BookEntry]:
        """Parties with this e-mail address, case aside."""
        return self._by_email.get((kind, email.strip().casefold()), ())

    def get(self, kind: Kind, id: str) -> BookEntry | None:  # noqa: A002 - the field's own name
        """The entry with this id."""
        return self._by_id.get((kind, id))


def version(c: sa.Connection, connection: str) -> int:
    """A number that grows whenever a list entry or the closing date changes."""
    return c.execute(_VERSION, {"connection": connection}).scalar() or 0


def state(c: sa.Connection, connection: str) -> tuple[str, int]:
    """The closing date (ISO, or empty) and the number that grows with every change."""
    row = c.execute(_STATE, {"connection": connection}).first()
    return (row.closing_date or "", row.books_version or 0) if row else ("", 0)


def load(c: sa.Connection, connection: str) -> BookIndex:
    """The index of the lists as they are known now."""
    rows = c.execute(sa.select(ENTRY).where(ENTRY.c.connection == connection)).all()
    state = c.execute(sa.select(CONNECTION).where(CONNECTION.c.name == connection)).first()
    closing = state.closing_date if state else ""
    return BookIndex(
        entries=[_entry(row) for row in rows],
        closing_date=dt.date.fromisoformat(closing) if closing else None,
        version=state.books_version if state else 0,
    )


def _changed(c: sa.Connection, connection: str) -> None:
    c.execute(_GROW, {"name": connection, "books_version": 1})


def offer_entries(c: sa.Connection, connection: str, entries: Iterable[BookEntry]) -> int:
    """Stores list entries; returns how many were new or different in name, activity or type."""
    rows = {(entry.kind, entry.id): entry for entry in entries}
    if not rows:
        return 0
    news = []
    different = 0
    stored = _known(c, connection, rows)
    for key, new in rows.items():
        known = stored.get(key)
        if known == new:
            continue
        news.append(new)
        different += known is None or evolve(known, guard=new.guard) != new
    if news:
        c.execute(_PUT_ENTRY, [_entry_row(connection, new) for new in news])
    if different:
        _changed(c, connection)
    return different


def _known(
    c: sa.Connection, connection: str, keys: Iterable[tuple[Kind, str]]
) -> Mapping[tuple[Kind, str], BookEntry]:
    """What is stored of some entries; one statement for each kind."""
    by_kind: dict[Kind, list[str]] = {}
    for kind, identifier in keys:
        by_kind.setdefault(kind, []).append(identifier)
    found = {}
    for kind, identifiers in by_kind.items():
        bound = {"connection": connection, "kind": kind, "ids": json.dumps(identifiers)}
        for row in c.execute(_ENTRIES, bound):
            found[kind, row.id] = _entry(row)
    return found


def _entry_row(connection: str, entry: BookEntry) -> dict[str, object]:
    return {
        "connection": connection,
        "kind": entry.kind,
        "id": entry.id,
        "name": entry.name,
        "active": entry.active,
        "subtype": entry.subtype,
        "guard": entry.guard,
        "number": entry.number,
        "email": entry.email,
    }


def offer_documents(
    c: sa.Connection, connection: str, question: int, documents: Iterable[BookDocument]
) -> None:
    """Stores documents read back; ``question`` is the read that saw them."""
    rows = [
        {
            "connection": connection,
            "type": document.type,
            "id": document.id,
            "date": document.date.isoformat(),
            "account": document.account,
            "amount": document.amount.minor,
            "currency": document.amount.currency,
            "guard": document.guard,
            "key": document.key,
            "number": document.number,
            "memo": document.memo,
            "party": document.party,
            "deleted": document.deleted,
            "question": question,
        }
        for document in documents
    ]
    if rows:
        c.execute(_PUT_DOCUMENT, rows)


def set_closing_date(c: sa.Connection, connection: str, date: dt.date | None) -> None:
    """Records the last day of the closed period."""
    text = date.isoformat() if date else ""
    known = c.execute(_CLOSING_DATE, {"connection": connection}).scalar()
    if (known or "") != text:
        _changed(c, connection)
        c.execute(
            sa.update(CONNECTION).where(CONNECTION.c.name == connection).values(closing_date=text)
        )


def ask(
    c: sa.Connection,
    connection: str,
    query: Query,
    now: int,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    account: str = "",
    flow: str = "",
) -> int:
    """Puts a question to the books, unless the same one is open; returns its number.

    A ``flow`` that is named waits for the answer before it posts anything.
    """
    values: Mapping[str, str] = {
        "connection": connection,
        "query": query.value,
        "since": since.isoformat() if since else "",
        "until": until.isoformat() if until else "",
        "account": account,
        "flow": flow,
        "state": "open",
    }
    same = [QUESTION.c[name] == value for name, value in values.items()]
    open_one: int | None = c.execute(sa.select(QUESTION.c.id).where(*same)).scalar()
    if open_one is not None:
        return open_one
    asked: int = c.execute(
        sa.insert(QUESTION).values(**values, position="", asked=now).returning(QUESTION.c.id)
    ).scalar_one()
    return asked


_OF_FLOW = sa.select(QUESTION.c.id, QUESTION.c.kinds, QUESTION.c.whole).where(
    QUESTION.c.connection == sa.bindparam("connection"),
    QUESTION.c.flow == sa.bindparam("flow"),
    QUESTION.c.state == _OPEN,
)


def ask_for_records(c: sa.Connection, connection: str, asked: Question, now: int) -> int:
    """Puts the question of a flow, which begins at its ``position``; returns its number.

    A flow has one open question at a time. One that asks for other kinds takes its place.
    """
    words = {"kinds": _words(asked.kinds), "whole": _words(asked.whole)}
    row = c.execute(_OF_FLOW, {"connection": connection, "flow": asked.flow}).first()
    if row is not None:
        if {"kinds": row.kinds, "whole": row.whole} == words:
            return int(row.id)
        c.execute(sa.delete(QUESTION).where(QUESTION.c.id == row.id))
    values: Mapping[str, Any] = {
        **words,
        "connection": connection,
        "query": Query.RECORDS.value,
        "flow": asked.flow,
        "since": asked.since.isoformat() if asked.since else "",
        "until": asked.until.isoformat() if asked.until else "",
        "position": asked.position,
        "state": "open",
        "asked": now,
    }
    number: int = c.execute(
        sa.insert(QUESTION).values(**values).returning(QUESTION.c.id)
    ).scalar_one()
    return number


def _words(kinds: Iterable[Kind]) -> str:
    return " ".join(sorted(kinds))


def _kinds(words: str) -> frozenset[Kind]:
    return frozenset(Kind(word) for word in words.split())


def entry(c: sa.Connection, connection: str, kind: Kind, identifier: str) -> BookEntry | None:
    """One list entry."""
    row = c.execute(_ENTRY, {"connection": connection, "kind": kind, "id": identifier}).first()
    return None if row is None else _entry(row)


_GONE = sa.select(ENTRY.c.id).where(
    ENTRY.c.connection == sa.bindparam("connection"),
    ENTRY.c.kind == sa.bindparam("kind"),
    ENTRY.c.id == sa.bindparam("id"),
    ENTRY.c.subtype == DELETED,
)


def is_gone(c: sa.Connection, connection: str, kind: Kind, identifier: str) -> bool:
    """Whether the books told that a list entry was deleted, or merged into another one."""
    found = c.execute(_GONE, {"connection": connection, "kind": kind, "id": identifier})
    return found.first() is not None


def _entry(row: sa.Row[Any]) -> BookEntry:
    return BookEntry(
        kind=Kind(row.kind),
        id=row.id,
        name=row.name,
        active=row.active,
        subtype=row.subtype,
        guard=row.guard,
        number=row.number,
        email=row.email,
    )


def next_question(c: sa.Connection, connection: str, query: Query | None = None) -> Question | None:
    """The oldest open question, of one sort or of any."""
    if query is None:
        row = c.execute(_QUESTION, {"connection": connection}).first()
    else:
        row = c.execute(_QUESTION_OF, {"connection": connection, "sort": query.value}).first()
    if row is None:
        return None
    return Question(
        id=row.id,
        query=Query(row.query),
        since=dt.date.fromisoformat(row.since) if row.since else None,
        until=dt.date.fromisoformat(row.until) if row.until else None,
        account=row.account,
        position=row.position,
        flow=row.flow,
        kinds=_kinds(row.kinds),
        whole=_kinds(row.whole),
    )


def answered(
    c: sa.Connection,
    connection: str,
    question: Question,
    position: str | None,
    now: int,
    *,
    cursor: str | None = None,
) -> None:
    """Moves a question on, or closes it where ``position`` is None.

    The ``cursor`` of a flow that asked is kept for its next question.
    """
    done = position is None
    c.execute(
        _MOVE_ON,
        {
            "question": question.id,
            "to": position or "",
            "becomes": "done" if done else "open",
            "at": now if done else None,
        },
    )
    if done and question.query is Query.LISTS:
        c.execute(_LISTS_READ, {"name": connection, "lists_read": now})
    if done and question.flow and cursor is not None:
        c.execute(sa.update(FLOW).where(FLOW.c.name == question.flow).values(cursor=cursor))
