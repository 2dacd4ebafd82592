"""Seam 1: the records of a page, what each flow has to do about them, and the cursor."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa
from attrs import field, frozen
from sqlalchemy.dialects import sqlite

from subledger.findings import Finding
from subledger.ledger import findings
from subledger.ledger.effects import TAKEN_BACK, WITHDRAWN
from subledger.ledger.retirement import Lost, retire
from subledger.ledger.upsert import upsert
from subledger.manifest import Operation
from subledger.model.kinds import Kind
from subledger.store.schema import POSTING, RECORD

UNREADABLE = Kind("unreadable")
"""Kind of a record that the connector could not turn into entities."""

GONE = Kind(TAKEN_BACK)
"""Kind of a record that moves nothing in the books, whatever it did before."""

_ANY_UNREADABLE = (
    sa.select(RECORD.c.id)
    .where(
        RECORD.c.connection == sa.bindparam("connection"),
        RECORD.c.kind == sa.literal_column("'unreadable'"),
    )
    .limit(1)
)
_PAGE = sa.func.json_each(sa.bindparam("page")).table_valued("key", "value")
_DIFFERENT = (
    sa.select(_PAGE.c.key)
    .select_from(
        _PAGE.outerjoin(
            RECORD,
            sa.and_(
                RECORD.c.connection == sa.bindparam("connection"),
                RECORD.c.kind == sa.bindparam("kind"),
                RECORD.c.id == _PAGE.c.key,
            ),
        )
    )
    .where(RECORD.c.version.is_distinct_from(_PAGE.c.value))
)
"""Of a page, JSON of versions by id, the ids of those that are new or have another version."""
_PUT_RECORD = upsert(RECORD, "version", "entity", "amount", "currency", "date", "changed")
_PUT_POSTING = upsert(
    *(POSTING, "state", "version", "finding", "amount", "currency", "date", "changed"),
    keep=("state", "version", "finding"),
    where=POSTING.c.version == sa.literal_column(f"'{WITHDRAWN}'"),
)
"""What a person undid stays undone, whatever becomes of its record."""


@frozen(kw_only=True)
class Staged:
    """One normalised record on its way into the store. ``raw`` is the source's identifier.

    ``finding`` is set where the record was rejected; ``entity`` is then empty. ``makes`` are the
    kinds that a rejected record may be of, or those that are gone; empty means any.
    """

    raw: str
    makes: frozenset[Kind] = frozenset()
    kind: Kind
    id: str
    version: str
    entity: str
    amount: int | None
    currency: str
    date: str
    finding: Finding | None = None

    @property
    def key(self) -> str:
        """Tells raw records apart where the source numbers its kinds separately."""
        return raw_key(self.raw, self.makes)


def raw_key(raw: str, makes: frozenset[Kind]) -> str:
    """The identifier of a raw record among those of all kinds."""
    return f"{'/'.join(sorted(makes))}:{raw}" if makes else raw


@frozen(kw_only=True)
class Subscriber:
    """A flow that reads from the connection.

    ``removal`` is what it does to a posted document whose record is gone, by kind.
    """

    flow: str
    kinds: frozenset[Kind]
    removal: Mapping[Kind, Operation] = field(factory=dict)


ByKind = dict[Kind, dict[str, Staged]]
"""A page's records by kind and id."""


def stage(
    c: sa.Connection,
    connection: str,
    subscribers: Sequence[Subscriber],
    page: Iterable[Staged],
    now: int,
) -> int:
    """Stores what is new or changed and marks it for the flows; returns how many records."""
    by_kind: defaultdict[Kind, dict[str, Staged]] = defaultdict(dict)
    for record in page:
        by_kind[record.kind][record.id] = record
    _forget_unreadable(c, connection, subscribers, by_kind)
    taken_back = _take_back(c, connection, subscribers, by_kind, now)
    changed = [
        record
        for kind, records in by_kind.items()
        for record in _different(c, connection, kind, records)
    ]
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


def _take_back(
    c: sa.Connection, connection: str, subscribers: Sequence[Subscriber], page: ByKind, now: int
) -> int:
    """Removes from the page what was taken back, and what has a document all the same."""
    unreadable = page.get(UNREADABLE, {})
    lost = [
        Lost(
            id=record.raw,
            key=record.id,
            kinds=record.makes,
            version=record.version,
            amount=record.amount,
            finding=record.finding,
        )
        for record in (*page.pop(GONE, {}).values(), *unreadable.values())
    ]
    if not lost:
        return 0
    flows = {subscriber.flow: subscriber.removal for subscriber in subscribers}
    changed, kept = retire(c, connection, flows, lost, unreadable=UNREADABLE, now=now)
    for identifier in kept & unreadable.keys():
        del unreadable[identifier]
    return changed


def _different(
    c: sa.Connection, connection: str, kind: Kind, page: Mapping[str, Staged]
) -> list[Staged]:
    """What is new or has another version than the stored one."""
    versions = json.dumps({identifier: record.version for identifier, record in page.items()})
    given = {"connection": connection, "kind": kind, "page": versions}
    return [page[row.key] for row in c.execute(_DIFFERENT, given)]


def _forget_unreadable(
    c: sa.Connection, connection: str, subscribers: Sequence[Subscriber], page: ByKind
) -> None:
    """What can be read now, changed or as it was before, is not unreadable any more."""
    if c.execute(_ANY_UNREADABLE, {"connection": connection}).first() is None:
        return
    ids = [
        record.key
        for kind, records in page.items()
        if kind != UNREADABLE
        for record in records.values()
    ]
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
