"""What a run planned: everything from its start until the next one's of its flow."""

from bisect import bisect_right

import sqlalchemy as sa
from attrs import frozen

from subledger.ledger import books
from subledger.ledger.effects import LINKED, State
from subledger.manifest import Operation
from subledger.model.stored import load
from subledger.store.schema import EFFECT, RUN

Window = tuple[int, int | None]
"""The moments in which a run planned: from its start until the next one's."""


@frozen(kw_only=True)
class RunRow:
    """A run that can be undone: when it began (milliseconds), and what it planned."""

    number: int
    started: int
    state: str
    planned: int


def recent_runs(c: sa.Connection, flow: str, most: int = 20) -> list[RunRow]:
    """The newest runs of a flow that planned something, the newest first; one pass over each."""
    runs = c.execute(
        sa.select(RUN.c.id, RUN.c.started, RUN.c.state).where(RUN.c.flow == flow).order_by(RUN.c.id)
    ).all()
    begun = [run.started for run in runs]
    records: dict[int, set[tuple[str, str]]] = {}
    for row in c.execute(
        sa.select(EFFECT.c.kind, EFFECT.c.record, EFFECT.c.planned_at).where(
            EFFECT.c.flow == flow, EFFECT.c.source != ""
        )
    ):
        records.setdefault(bisect_right(begun, row.planned_at) - 1, set()).add(
            (row.kind, row.record)
        )
    return [
        RunRow(
            number=runs[place].id,
            started=runs[place].started,
            state=runs[place].state,
            planned=len(records[place]),
        )
        for place in sorted(records, reverse=True)[:most]
        if place >= 0
    ]


def window(c: sa.Connection, flow: str, run: int) -> Window | None:
    """When a run planned; None where the flow has no such run."""
    mine = RUN.c.flow == flow
    started = c.execute(sa.select(RUN.c.started).where(mine, RUN.c.id == run)).scalar()
    if started is None:
        return None
    later = sa.select(sa.func.min(RUN.c.started)).where(mine, RUN.c.id > run)
    return started, c.execute(later).scalar()


def within(window: Window) -> list["sa.ColumnElement[bool]"]:
    """The conditions for effects that were planned then."""
    started, later = window
    until = [] if later is None else [EFFECT.c.planned_at < later]
    return [EFFECT.c.planned_at >= started, *until]


def is_within(moment: int, window: Window) -> bool:
    """Whether a moment lies in it."""
    started, later = window
    return started <= moment and (later is None or moment < later)


@frozen(kw_only=True)
class Party:
    """A vendor or customer that a document named and the books lacked.

    ``type`` and ``target`` name it in the books, once it is there.
    """

    kind: str
    name: str
    type: str = ""
    target: str = ""


def parties(c: sa.Connection, flow: str, sink: str, window: Window) -> list[Party]:
    """The parties that a run had created, or has planned to create, in the order of their names."""
    created = sa.select(EFFECT).where(
        EFFECT.c.flow == flow,
        EFFECT.c.connection == sink,
        EFFECT.c.source == "",
        EFFECT.c.operation == Operation.CREATE,
        EFFECT.c.state.not_in([State.REJECTED, State.SUPERSEDED, State.UNDONE]),
        EFFECT.c.code != LINKED,
        *within(window),
    )
    return [
        Party(
            kind=effect.kind,
            name=getattr(load(effect.entity), "name", effect.record),
            type=effect.type,
            target=effect.target,
        )
        for effect in c.execute(created.order_by(EFFECT.c.kind, EFFECT.c.record))
        if not books.is_gone(c, sink, effect.kind, effect.target)
    ]
