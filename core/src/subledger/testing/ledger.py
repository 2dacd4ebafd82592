"""What became durable: a look into the store of a workplace, in values that a test can read."""

from typing import Any

import sqlalchemy as sa
from attrs import frozen

from subledger.ledger import findings
from subledger.ledger.effects import State
from subledger.manifest import Operation
from subledger.model.kinds import Kind
from subledger.model.marker import marker
from subledger.model.stored import load
from subledger.money import Money
from subledger.ports import Delivery
from subledger.store.schema import EFFECT, ENTRY, LINK, METADATA, POSTING, RECORD

_MOMENTS = ("changed", "planned_at", "sent_at", "settled_at", "not_before")
_CONTENT = [
    sa.select(*(column for column in table.c if column.name not in _MOMENTS))
    for table in (RECORD, POSTING, EFFECT, LINK, ENTRY)
]
_EFFECTS = sa.select(EFFECT).order_by(EFFECT.c.id)
_RECORDS = sa.select(POSTING).order_by(POSTING.c.kind, POSTING.c.id)


@frozen(kw_only=True)
class Effect:
    """One intended write and where it stands.

    ``type``, ``target`` and ``guard`` name what it made; ``amount`` is what was meant to move.
    ``attempts`` counts how often it was sent, ``not_before`` is the millisecond it waits for.
    """

    id: int
    kind: Kind
    record: str
    operation: Operation
    state: State
    key: str
    type: str
    target: str
    guard: str
    amount: Money | None
    attempts: int
    not_before: int | None
    code: str
    message: str


@frozen(kw_only=True)
class Record:
    """One record of the source and what the flow made of it, with the finding that it waits for."""

    kind: Kind
    id: str
    state: str
    finding: str = ""


def effects(c: sa.Connection) -> list[Effect]:
    """Every intended write, oldest first."""
    return [
        Effect(
            id=row.id,
            kind=Kind(row.kind),
            record=row.record,
            operation=Operation(row.operation),
            state=State(row.state),
            key=row.key,
            type=row.type,
            target=row.target,
            guard=row.guard,
            amount=None if row.amount is None else Money(row.amount, row.currency or "USD"),
            attempts=row.attempts,
            not_before=row.not_before,
            code=row.code,
            message=row.message,
        )
        for row in c.execute(_EFFECTS)
    ]


def records(c: sa.Connection) -> list[Record]:
    """Every record that a flow has judged, with the category of its finding."""
    rows = c.execute(_RECORDS).all()
    asks = any(row.finding is not None for row in rows)
    told = {row.id: row.category for row in findings.listing(c)} if asks else {}
    return [
        Record(kind=Kind(row.kind), id=row.id, state=row.state, finding=told.get(row.finding, ""))
        for row in rows
    ]


def content(c: sa.Connection) -> Any:
    """Everything that a further round could change, moments left out: equal means at rest."""
    return [list(map(tuple, c.execute(statement))) for statement in _CONTENT]


def planned(c: sa.Connection) -> list[Delivery]:
    """What waits to be sent, as `subledger plan` hands it to a sink's preview."""
    return [
        Delivery(
            effect=row.id,
            kind=Kind(row.kind),
            operation=Operation(row.operation),
            key=row.key,
            attempt_key=row.key,
            marker=marker(Kind(row.kind), row.record),
            entity=load(row.entity),
        )
        for row in c.execute(_EFFECTS)
        if row.state == State.PLANNED
    ]


def everything(c: sa.Connection) -> str:
    """Every row of every table, as text: whoever reads the database sees this."""
    tables = METADATA.sorted_tables
    return "\n".join(repr(tuple(row)) for table in tables for row in c.execute(sa.select(table)))
