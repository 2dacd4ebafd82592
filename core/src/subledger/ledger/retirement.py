"""What becomes of a known record that the source takes back, or that cannot be read any more."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from attrs import frozen

from subledger.findings import Finding
from subledger.ledger import effects, findings
from subledger.ledger.effects import LINKED, State
from subledger.manifest import Operation
from subledger.model.kinds import Kind
from subledger.store.schema import CONNECTION, EFFECT, FLOW, LINK, POSTING, RECORD

Removals = Mapping[str, Mapping[Kind, Operation]]
"""What each flow does to a posted document whose record is gone, by kind."""

_CHUNK = 500
_MADE = (
    sa.select(EFFECT)
    .join(LINK, LINK.c.effect == EFFECT.c.id)
    .where(
        LINK.c.source == sa.bindparam("source"),
        LINK.c.kind == sa.bindparam("kind"),
        LINK.c.id == sa.bindparam("record"),
        EFFECT.c.flow == sa.bindparam("flow"),
        EFFECT.c.code != LINKED,
    )
)
_LINKED = (
    sa.select(LINK.c.target)
    .where(
        LINK.c.connection.in_(sa.select(CONNECTION.c.name)),
        LINK.c.source == sa.bindparam("source"),
        LINK.c.kind == sa.bindparam("kind"),
        LINK.c.id == sa.bindparam("record"),
    )
    .limit(1)
)
"""All connections are named, so that SQLite finds the link by the primary key."""
_FORMER = (
    sa.select(EFFECT.c.operation)
    .where(
        EFFECT.c.flow == sa.bindparam("flow"),
        EFFECT.c.kind == sa.bindparam("kind"),
        EFFECT.c.record == sa.bindparam("record"),
        EFFECT.c.operation.in_([Operation.VOID, Operation.DELETE]),
        EFFECT.c.state.in_([State.PLANNED, State.HELD, State.REJECTED]),
    )
    .order_by(EFFECT.c.id.desc())
    .limit(1)
)
_SENT = (
    sa.select(EFFECT.c.id)
    .where(
        EFFECT.c.flow.in_(sa.select(FLOW.c.name)),
        EFFECT.c.kind == sa.bindparam("kind"),
        EFFECT.c.record == sa.bindparam("record"),
        EFFECT.c.source == sa.bindparam("source"),
        EFFECT.c.state.in_([sa.literal_column(f"'{s}'") for s in (State.SENT, State.UNKNOWN)]),
    )
    .limit(1)
)


@frozen(kw_only=True)
class Lost:
    """A known record as it was read now: ``amount`` is what it moves now, None if nobody can tell.

    ``finding`` says why it cannot be read; without one it moves nothing any more. ``kinds`` are the
    kinds it was of, where the source numbers its kinds separately; ``key`` tells it from others.
    """

    id: str
    key: str
    kinds: frozenset[Kind] = frozenset()
    version: str
    amount: int | None
    finding: Finding | None = None


def retire(
    c: sa.Connection,
    connection: str,
    flows: Removals,
    lost: Sequence[Lost],
    *,
    unreadable: str,
    now: int,
) -> tuple[int, frozenset[str]]:
    """Forgets such records where nothing of them is in the books.

    Else their documents are removed, where the flow says so and they are ours, or there is a
    finding. Returns how many changed, and the identifiers of those that have a document in the
    books or on its way there: these stay. ``unreadable`` is the kind of records that could never
    be read.
    """
    changed = 0
    kept = set()
    for row, record in _known(c, connection, unreadable, lost):
        if _in_books(c, connection, row):
            kept.add(record.key)
            if row.version != record.version:
                changed += 1
                _note(c, connection, flows, row, record, now=now)
        elif _on_its_way(c, connection, row):
            kept.add(record.key)
            if record.finding is None and row.version != record.version:
                changed += 1
                _remember(c, connection, flows, row, record, now=now)
        else:
            changed += record.finding is None
            _forget(c, connection, flows, row)
    return changed, frozenset(kept)


def _known(
    c: sa.Connection, connection: str, unreadable: str, lost: Sequence[Lost]
) -> list[tuple[sa.Row[Any], Lost]]:
    found: list[tuple[sa.Row[Any], Lost]] = []
    by_id: dict[str, list[Lost]] = {}
    for record in lost:
        by_id.setdefault(record.id, []).append(record)
    ids = list(by_id)
    for start in range(0, len(ids), _CHUNK):
        rows = c.execute(
            sa.select(RECORD).where(
                RECORD.c.connection == connection,
                RECORD.c.kind != unreadable,
                RECORD.c.id.in_(ids[start : start + _CHUNK]),
            )
        )
        found += [
            (row, record)
            for row in rows
            for record in by_id[row.id]
            if not record.kinds or row.kind in record.kinds
        ]
    return found


def _in_books(c: sa.Connection, connection: str, row: sa.Row[Any]) -> bool:
    mine = {"source": connection, "kind": row.kind, "record": row.id}
    return c.execute(_LINKED, mine).first() is not None


def _on_its_way(c: sa.Connection, connection: str, row: sa.Row[Any]) -> bool:
    mine = {"source": connection, "kind": row.kind, "record": row.id}
    return c.execute(_SENT, mine).first() is not None


def _remember(
    c: sa.Connection,
    connection: str,
    flows: Removals,
    row: sa.Row[Any],
    record: Lost,
    *,
    now: int,
) -> None:
    """Stores what is known now; what is gone is judged once its document is not on its way."""
    c.execute(
        sa.update(RECORD)
        .where(RECORD.c.connection == connection, RECORD.c.kind == row.kind, RECORD.c.id == row.id)
        .values(
            version=record.version,
            amount=row.amount if record.amount is None else record.amount,
            changed=now,
        )
    )
    if record.finding is None:
        for posting in _standing(c, flows, row):
            _set(c, posting, version=effects.TAKEN_BACK)


def _note(
    c: sa.Connection,
    connection: str,
    flows: Removals,
    row: sa.Row[Any],
    record: Lost,
    *,
    now: int,
) -> None:
    _remember(c, connection, flows, row, record, now=now)
    finding = record.finding or gone_in_source(row.kind, row.id)
    for posting in _standing(c, flows, row):
        _withdraw(c, posting)
        operation = flows[posting.flow].get(Kind(row.kind)) if record.finding is None else None
        if operation is not None and _remove(c, connection, posting, operation, now):
            _set(c, posting, state="planned", finding=None, changed=now)
            continue
        number = findings.report(c, finding, now, flow=posting.flow)
        _set(c, posting, state="posted", finding=number, changed=now)


def gone_in_source(kind: str, record: str) -> Finding:
    """What a person should know of a posted record that the source took back."""
    return Finding(
        category="gone_in_source",
        subject=f"{kind} {record}",
        message=f"{kind.replace('_', ' ')} {record} was posted, but it moves nothing in the "
        "source any more",
    )


def remove_again(
    c: sa.Connection, source: str, posting: sa.Row[Any], asked: Operation | None, now: int
) -> bool:
    """Judges a record again that is gone: plans to remove its document, or withdraws all plans.

    It is removed as ``asked``, else as it was to be before. False where nobody asked for it, or
    where the flow did not make the document.
    """
    mine = {"flow": posting.flow, "kind": posting.kind, "record": posting.id}
    former = c.execute(_FORMER, mine).scalar()
    _withdraw(c, posting)
    operation = asked or (Operation(former) if former else None)
    return operation is not None and _remove(c, source, posting, operation, now)


def _remove(
    c: sa.Connection, connection: str, posting: sa.Row[Any], operation: Operation, now: int
) -> bool:
    """Plans the removal of the document that the flow made; whether there is one."""
    mine = {"source": connection, "kind": posting.kind, "record": posting.id}
    planned = False
    for effect in c.execute(_MADE, {**mine, "flow": posting.flow}).all():
        effects.plan_removal(c, effect, operation, now)
        planned = True
    return planned


def _forget(c: sa.Connection, connection: str, flows: Removals, row: sa.Row[Any]) -> None:
    for posting in _postings(c, flows, row):
        _withdraw(c, posting)
        c.execute(sa.delete(POSTING).where(*_is(posting)))
    c.execute(
        sa.delete(RECORD).where(
            RECORD.c.connection == connection, RECORD.c.kind == row.kind, RECORD.c.id == row.id
        )
    )


def _postings(c: sa.Connection, flows: Removals, row: sa.Row[Any]) -> Sequence[sa.Row[Any]]:
    mine = (POSTING.c.flow.in_(list(flows)), POSTING.c.kind == row.kind, POSTING.c.id == row.id)
    return c.execute(sa.select(POSTING).where(*mine)).all()


def _standing(c: sa.Connection, flows: Removals, row: sa.Row[Any]) -> list[sa.Row[Any]]:
    """Those that no person undid: what was undone is out of the books, or on its way out."""
    found = _postings(c, flows, row)
    return [posting for posting in found if posting.version != effects.WITHDRAWN]


def _withdraw(c: sa.Connection, posting: sa.Row[Any]) -> None:
    planned = c.execute(
        sa.select(EFFECT.c.connection).where(
            EFFECT.c.flow == posting.flow,
            EFFECT.c.kind == posting.kind,
            EFFECT.c.record == posting.id,
            EFFECT.c.state.in_([State.PLANNED, State.HELD]),
        )
    ).first()
    if planned is not None:
        effects.supersede(c, planned.connection, posting.flow, posting.kind, posting.id)


def _is(posting: sa.Row[Any]) -> tuple["sa.ColumnElement[bool]", ...]:
    return (
        POSTING.c.flow == posting.flow,
        POSTING.c.kind == posting.kind,
        POSTING.c.id == posting.id,
    )


def _set(c: sa.Connection, posting: sa.Row[Any], **values: object) -> None:
    c.execute(sa.update(POSTING).where(*_is(posting)).values(**values))
