"""The ledger of effects: every intended write has one row, and the row has one state.

``planned -> sent -> settled | rejected | unknown``, beside ``held`` (waits for a review or for
another effect), ``superseded`` and ``undone``. The row is committed before the first byte leaves.
"""

import enum
from typing import Any, Final

import sqlalchemy as sa
from attrs import frozen

from subledger.ledger.keys import idempotency_key
from subledger.manifest import Operation
from subledger.model.documents import SETTLEMENTS
from subledger.model.kinds import STAND_INS, Kind, priority
from subledger.model.marker import marker
from subledger.store.schema import EFFECT


class State(enum.StrEnum):
    """Where an effect stands."""

    PLANNED = "planned"
    SENT = "sent"
    SETTLED = "settled"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    HELD = "held"
    SUPERSEDED = "superseded"
    UNDONE = "undone"


TAKEN_BACK: Final = "gone"
"""Version of a record that the source took back; its document is to be removed."""

WITHDRAWN: Final = "withdrawn"
"""Version of a record that a person undid; what the source changes later does not post it again."""

LINKED: Final = "linked"
"""Code of an effect whose document was there before: a person decided that it is the same."""

ANYWAY: Final = "anyway"
"""Code of an effect that a person wants posted, although the books seem to have its like."""

_LAST = 120
_EARLY = 25
_FREEING = 38
_IN_FLIGHT = (State.SENT, State.UNKNOWN)
_OPEN = (State.PLANNED, State.HELD, *_IN_FLIGHT)
_AGAIN = (State.REJECTED, State.SUPERSEDED, State.UNDONE)

_ONE = EFFECT.c.id == sa.bindparam("effect")
_GET = sa.select(EFFECT).where(_ONE)
_SAME = sa.select(
    *(EFFECT.c.id, EFFECT.c.state, EFFECT.c.generation, EFFECT.c.fingerprint, EFFECT.c.review),
    EFFECT.c.code,
).where(
    EFFECT.c.connection == sa.bindparam("connection"),
    EFFECT.c.key == sa.bindparam("key"),
)
_NEW = sa.insert(EFFECT).returning(EFFECT.c.id)
_RENEW = sa.update(EFFECT).where(_ONE)


def _of_record(*states: State) -> "sa.ColumnElement[bool]":
    return sa.and_(
        EFFECT.c.flow == sa.bindparam("of_flow"),
        EFFECT.c.kind == sa.bindparam("of_kind"),
        EFFECT.c.record == sa.bindparam("of_record"),
        EFFECT.c.state.in_([sa.literal_column(f"'{state}'") for state in states]),
    )


_FLYING = sa.select(EFFECT.c.id).where(_of_record(*_IN_FLIGHT)).limit(1)
_SUPERSEDE = (
    sa.update(EFFECT)
    .where(
        EFFECT.c.connection == sa.bindparam("of_connection"),
        _of_record(State.PLANNED, State.HELD),
    )
    .values(state=sa.literal_column(f"'{State.SUPERSEDED}'"))
)


@frozen(kw_only=True)
class Intent:
    """A write that a flow wants: ``entity`` is stored text, ``fingerprint`` what is compared."""

    connection: str
    flow: str
    source: str
    kind: Kind
    record: str
    operation: Operation
    entity: str
    version: str
    fingerprint: str
    amount: int | None = None
    currency: str = ""
    date: str = ""
    account: str = ""
    waits_for: int | None = None
    review: bool = False
    turn: str = ""


@frozen(kw_only=True)
class Planned:
    """The row of an intent; ``busy`` while an earlier attempt is in flight."""

    id: int
    state: State
    busy: bool = False


def plan(c: sa.Connection, intent: Intent, now: int) -> Planned:
    """Writes an intent into the ledger, or brings its row up to date.

    The key makes the row unique: whoever plans the same write finds the same row.
    """
    key = _key(intent)
    row = c.execute(_SAME, {"connection": intent.connection, "key": key}).first()
    review = intent.review and not (row and _reviewed(row, intent))
    held = review or intent.waits_for is not None
    state = State.HELD if held else State.PLANNED
    values = {
        "entity": intent.entity,
        "version": intent.version,
        "fingerprint": intent.fingerprint,
        "amount": intent.amount,
        "currency": intent.currency,
        "date": intent.date,
        "account": intent.account,
        "waits_for": intent.waits_for,
        "review": review,
        "flow": intent.flow,
        "state": state,
        "planned_at": now,
        "not_before": None,
        "attempts": 0,
        "code": ANYWAY if row and row.code == ANYWAY else "",
        "message": "",
    }
    if row is None:
        identity = {
            "connection": intent.connection,
            "source": intent.source,
            "kind": intent.kind,
            "record": intent.record,
            "operation": intent.operation,
            "key": key,
            "priority": _priority(intent),
        }
        number = c.execute(_NEW, {**identity, **values}).scalar_one()
        return Planned(id=number, state=state)
    current = State(row.state)
    if current in _IN_FLIGHT:
        return Planned(id=row.id, state=current, busy=True)
    if current is State.SETTLED:
        return Planned(id=row.id, state=current)
    generation = row.generation + 1 if current in _AGAIN else row.generation
    c.execute(_RENEW, {"effect": row.id, "generation": generation, **values})
    return Planned(id=row.id, state=state)


def unsettled(c: sa.Connection, intent: Intent) -> int | None:
    """The row of the same write, where it is planned, held or in flight."""
    same = {"connection": intent.connection, "key": _key(intent)}
    row = c.execute(_SAME, same).first()
    return row.id if row is not None and row.state in _OPEN else None


def _key(intent: Intent) -> str:
    return idempotency_key(
        intent.connection,
        intent.source,
        intent.kind,
        intent.record,
        operation=intent.operation,
        turn=intent.turn,
    )


def plan_anew(c: sa.Connection, intent: Intent, now: int) -> Planned:
    """As :func:`plan`, for what is not in the books now.

    Where it was written before, that was undone since: it is written once more.
    """
    planned = plan(c, intent, now)
    if planned.state is State.SETTLED:
        reopen(c, planned.id)
        planned = plan(c, intent, now)
    return planned


def plan_removal(
    c: sa.Connection,
    made: sa.Row[Any],
    operation: Operation,
    now: int,
    *,
    version: str = TAKEN_BACK,
) -> Planned:
    """Plans to void or delete the document that an effect made, and that is still there.

    ``version`` says why: the source took its record back, or a person undid it.
    """
    intent = Intent(
        connection=made.connection,
        flow=made.flow,
        source=made.source,
        kind=Kind(made.kind),
        record=made.record,
        operation=operation,
        entity=made.entity,
        version=version,
        fingerprint="",
        amount=0,
        currency=made.currency,
        date=made.date,
        account=made.account,
        turn=str(made.id),
    )
    return plan_anew(c, intent, now)


def plan_restoring(c: sa.Connection, former: sa.Row[Any], link: sa.Row[Any], now: int) -> Planned:
    """Plans to write an earlier version of a record, which ``former`` wrote, over the present one.

    ``link`` is what stands in the books now.
    """
    intent = Intent(
        connection=former.connection,
        flow=former.flow,
        source=former.source,
        kind=Kind(former.kind),
        record=former.record,
        operation=Operation.UPDATE,
        entity=former.entity,
        version=WITHDRAWN,
        fingerprint=former.fingerprint,
        amount=former.amount,
        currency=former.currency,
        date=former.date,
        account=former.account,
        turn=f"{link.effect}/{former.fingerprint}",
    )
    return plan_anew(c, intent, now)


def plan_again(c: sa.Connection, effect: sa.Row[Any], now: int) -> None:
    """Plans the very same write once more that was refused, or withdrawn."""
    values = {"state": State.PLANNED, "planned_at": now, "not_before": None, "attempts": 0}
    again = {"generation": effect.generation + 1, "code": "", "message": "", "payload": None}
    c.execute(sa.update(EFFECT).where(EFFECT.c.id == effect.id).values(**values, **again))


def _priority(intent: Intent) -> int:
    """Posting order; what is removed goes last, in the reverse order.

    What stands in for another document goes before that one comes, and a settlement before others
    settle what it sets free.
    """
    order = priority(intent.kind)
    if intent.operation not in (Operation.VOID, Operation.DELETE):
        return order
    if intent.kind in SETTLEMENTS:
        return _FREEING
    return _EARLY if intent.kind in STAND_INS else _LAST - order


def _reviewed(row: Any, intent: Intent) -> bool:
    """Whether a person has approved this very document already."""
    waiting = row.state in (State.PLANNED, State.HELD)
    return waiting and not row.review and bool(row.fingerprint == intent.fingerprint)


def approve(c: sa.Connection, flow: str) -> int:
    """Lets everything go that waits for a review in a flow; returns how many effects."""
    mine = sa.and_(EFFECT.c.flow == flow, EFFECT.c.state == State.HELD, EFFECT.c.review)
    waiting = sa.and_(mine, EFFECT.c.waits_for.is_not(None))
    blocked = c.execute(sa.update(EFFECT).where(waiting).values(review=False)).rowcount
    free = c.execute(sa.update(EFFECT).where(mine).values(review=False, state=State.PLANNED))
    return int(blocked + free.rowcount)


def reopen(c: sa.Connection, effect: int) -> None:
    """Marks a settled effect as undone: what it made is gone from the books."""
    c.execute(sa.update(EFFECT).where(EFFECT.c.id == effect).values(state=State.UNDONE))


def supersede(c: sa.Connection, connection: str, flow: str, kind: str, record: str) -> None:
    """Withdraws what was planned for a record and has not left."""
    mine = {"of_connection": connection, "of_flow": flow, "of_kind": kind, "of_record": record}
    c.execute(_SUPERSEDE, mine)


def in_flight(c: sa.Connection, flow: str, kind: str, record: str) -> bool:
    """Whether a write for this record has left and is not settled."""
    mine = {"of_flow": flow, "of_kind": kind, "of_record": record}
    return c.execute(_FLYING, mine).first() is not None


_UNSETTLED = sa.select(EFFECT.c.record).where(
    EFFECT.c.connection == sa.bindparam("connection"),
    EFFECT.c.source == sa.bindparam("source"),
    EFFECT.c.kind == sa.bindparam("kind"),
    EFFECT.c.state.in_([sa.literal_column(f"'{s}'") for s in ("planned", "sent", "unknown")]),
    EFFECT.c.state.in_([sa.literal_column(f"'{s}'") for s in ("sent", "unknown")]),
)
"""The first condition on the state stands in the very words of the partial index."""


def is_unsettled(c: sa.Connection, connection: str, source: str, kind: Kind, mark: str) -> bool:
    """Whether a write with this mark has left for the connection and is not settled."""
    key = {"connection": connection, "source": source, "kind": kind}
    return any(marker(kind, row.record) == mark for row in c.execute(_UNSETTLED, key))


def get(c: sa.Connection, effect: int) -> sa.Row[Any] | None:
    """One row of the ledger."""
    return c.execute(_GET, {"effect": effect}).first()
