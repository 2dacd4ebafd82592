"""What waits at a sink's door and what is out, in the posting order: the statements."""

import sqlalchemy as sa

from subledger.flow import settlement
from subledger.ledger.effects import State
from subledger.store.schema import EFFECT, FLOW


def _is(state: State) -> sa.ColumnElement[bool]:
    """A literal, not a parameter: only so does SQLite take the partial index over open effects."""
    return EFFECT.c.state == sa.literal_column(f"'{state.value}'")


_OPEN = sa.and_(
    EFFECT.c.connection == sa.bindparam("connection"),
    EFFECT.c.state.in_([sa.literal_column(f"'{s}'") for s in ("planned", "sent", "unknown")]),
)
"""The condition of the partial index, in the very words of the index."""
_RUNS = sa.not_(sa.exists().where(FLOW.c.name == EFFECT.c.flow, FLOW.c.paused))
_DUE = sa.or_(EFFECT.c.not_before.is_(None), EFFECT.c.not_before <= sa.bindparam("now"))
NEXT = (
    sa.select(EFFECT)
    .where(_OPEN, _is(State.PLANNED), _DUE, _RUNS)
    .order_by(EFFECT.c.priority, EFFECT.c.id)
    .limit(1)
)
"""The first effect that can go, in the posting order."""
FIRST = NEXT.limit(sa.bindparam("most"))
"""The first ones."""
LOST = (
    sa.select(EFFECT)
    .where(
        _OPEN,
        EFFECT.c.state.in_([sa.literal_column(f"'{s}'") for s in ("sent", "unknown")]),
        EFFECT.c.code != settlement.DECIDE,
    )
    .order_by(EFFECT.c.priority, EFFECT.c.id)
)
"""Every effect that was sent and has no settled outcome, a person's decisions aside."""
IN_FLIGHT = sa.union_all(
    *(
        sa.select(EFFECT).where(_OPEN, _is(state), EFFECT.c.code != settlement.DECIDE)
        for state in (State.SENT, State.UNKNOWN)
    )
).limit(1)
"""One of them; quicker, where there is at most one."""
WAITING = (
    sa.select(EFFECT.c.id).where(_OPEN, _DUE, EFFECT.c.code != settlement.DECIDE, _RUNS).limit(1)
)
"""Whether anything can go or is out."""
BACKLOG = sa.select(sa.func.count()).select_from(
    sa.select(EFFECT.c.id).where(_OPEN, _is(State.PLANNED)).limit(sa.bindparam("most")).subquery()
)
"""How many effects wait, counted up to ``most``."""
