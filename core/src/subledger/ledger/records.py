"""Seam 1: the records of a page, what each flow has to do about them, and the cursor."""

from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa
from attrs import frozen
from sqlalchemy.dialects import sqlite

from subledger.findings import Finding
from subledger.ledger import findings
from subledger.ledger.retirement import Lost, retire
from subledger.ledger.upsert import upsert
from subledger.model.kinds import Kind
from subledger.store.schema import POSTING, RECORD

UNREADABLE = Kind("unreadable")
"""Kind of a record that the connector could not turn into entities."""

GONE = Kind("gone")
"""Kind of a record that moves nothing in the books, whatever it did before."""

_ANY_UNREADABLE = (
    sa.select(RECORD.c.id)
    .where(
        RECORD.c.connection == sa.bindparam("connection"),
        RECORD.c.kind == sa.literal_column("'unreadable'"),
    )
    .limit(1)
)
_PUT_RECORD = upsert(RECORD, "version", "entity", "amount", "currency", "date", "changed")
_PUT_POSTING = upsert(
    POSTING, "state", "version", "finding", "amount", "currency", "date", "changed"
)


@frozen(kw_only=True)
class Staged:
    """One normalised record on its way into the store. ``raw`` is the source's identifier.

    ``finding`` is set where the record was rejected; ``entity`` is then empty.
    """

    raw: str
    kind: Kind
    id: str
    version: str
    entity: str
    amount: int | None
    currency: str
    date: str
    finding: Finding | None = None


@frozen(kw_only=True)
class Subscriber:
    """A flow that reads from the connection."""

    flow: str
    kinds: frozenset[Kind]


def stage(
    c: sa.Connection,
    connection: str,
    subscribers: Sequence[Subscriber],
    page: Iterable[Staged],
    now: int,
) -> int:
    """Stores what is new or changed and marks it for the flows; returns how many records."""
    whole = list(page)
    _forget_unreadable(c, connection, subscribers, whole)
    taken_back, records = _without_lost(c, connection, subscribers, whole, now)
    known = _versions(c, connection, records)
    changed = [r for r in records if known.get((r.kind, r.id)) != r.version]
    if not changed:
        return taken_back
    c.execute(_PUT_RECORD, [_record_row(connection, record, now) for record in changed])
    rows = [
        _posting_row(c, subscriber.flow, record, now)
        for subscriber in subscribers
        for record in changed
        if record.kind in subscriber.kinds or record.kind == UNREADABLE
    ]
    if rows:
        c.execute(_PUT_POSTING, rows)
    return taken_back + len(changed)


def _without_lost(
    c: sa.Connection,
    connection: str,
    subscribers: Sequence[Subscriber],
    page: Sequence[Staged],
    now: int,
) -> tuple[int, list[Staged]]:
    """The page without what was taken back; and without what has a document all the same."""
    lost = {
        record.id: Lost(
            id=record.id, version=record.version, amount=record.amount, finding=record.finding
        )
        for record in page
        if record.kind in (GONE, UNREADABLE)
    }
    if not lost:
        return 0, list(page)
    flows = [subscriber.flow for subscriber in subscribers]
    changed, kept = retire(c, connection, flows, lost, unreadable=UNREADABLE, now=now)
    return changed, [
        record
        for record in page
        if record.kind != GONE and not (record.kind == UNREADABLE and record.id in kept)
    ]


def _versions(
    c: sa.Connection, connection: str, records: Sequence[Staged]
) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    by_kind: dict[str, list[str]] = {}
    for record in records:
        by_kind.setdefault(record.kind, []).append(record.id)
    for kind, ids in by_kind.items():
        for start in range(0, len(ids), 500):
            rows = c.execute(
                sa.select(RECORD.c.id, RECORD.c.version).where(
                    RECORD.c.connection == connection,
                    RECORD.c.kind == kind,
                    RECORD.c.id.in_(ids[start : start + 500]),
                )
            )
            found.update({(kind, row.id): row.version for row in rows})
    return found


def _forget_unreadable(
    c: sa.Connection, connection: str, subscribers: Sequence[Subscriber], records: Sequence[Staged]
) -> None:
    """What can be read now, changed or as it was before, is not unreadable any more."""
    if c.execute(_ANY_UNREADABLE, {"connection": connection}).first() is None:
        return
    ids = [record.raw for record in records if record.kind != UNREADABLE]
    gone = c.execute(
        sa.delete(RECORD).where(
            RECORD.c.connection == connection, RECORD.c.kind == UNREADABLE, RECORD.c.id.in_(ids)
        )
    )
    if gone.rowcount:
        c.execute(
            sa.delete(POSTING).where(
                POSTING.c.flow.in_([subscriber.flow for subscriber in subscribers]),
                POSTING.c.kind == UNREADABLE,
                POSTING.c.id.in_(ids),
            )
        )


def _record_row(connection: str, record: Staged, now: int) -> dict[str, object]:
    return {
        "connection": connection,
        "kind": record.kind,
        "id": record.id,
        "version": record.version,
        "entity": record.entity,
        "amount": record.amount,
        "currency": record.currency,
        "date": record.date,
        "first_seen": now,
        "changed": now,
    }


def _posting_row(c: sa.Connection, flow: str, record: Staged, now: int) -> dict[str, object]:
    finding = record.finding
    return {
        "flow": flow,
        "kind": record.kind,
        "id": record.id,
        "state": "staged" if finding is None else "rejected",
        "version": record.version,
        "finding": None if finding is None else findings.report(c, finding, now, flow=flow),
        "amount": record.amount,
        "currency": record.currency,
        "date": record.date,
        "changed": now,
    }


def adopt(c: sa.Connection, connection: str, flow: str, kinds: Collection[Kind]) -> int:
    """Marks what is stored already for a flow that is new, or that takes new kinds."""
    stored = sa.select(
        sa.literal(flow),
        *(RECORD.c.kind, RECORD.c.id, sa.literal("staged"), RECORD.c.version),
        *(RECORD.c.amount, RECORD.c.currency, RECORD.c.date, RECORD.c.changed),
    ).where(RECORD.c.connection == connection, RECORD.c.kind.in_(kinds))
    columns = ["flow", "kind", "id", "state", "version", "amount", "currency", "date", "changed"]
    added = c.execute(sqlite.insert(POSTING).from_select(columns, stored).on_conflict_do_nothing())
    return added.rowcount
