"""Readiness: what has to hold in the books before a flow posts anything."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from subledger.findings import Finding
from subledger.flow.decide import Decision, resolve
from subledger.ledger.effects import State
from subledger.ports import Books, FlowPlan, Hold
from subledger.store.schema import EFFECT, FINDING, POSTING

INCOMPLETE = Finding(
    category="dependency",
    subject="complete mapping",
    message="the flow posts nothing until every record has its counterpart in the books",
    hint="Look at the other findings of this flow; this record goes by itself after the last one.",
)
"""Why a record waits that could be posted, in a flow with ``require_complete_mapping``."""
_HOLE = "mapping_"


def missing_names(plan: FlowPlan, books: Books) -> Hold | None:
    """Holds everything while the books lack a name that the flow's settings give; else None."""
    found = [
        verdict.finding
        for reference in plan.references
        if isinstance(verdict := resolve(reference, books), Hold)
    ]
    if not found:
        return None
    return Hold(
        Finding(
            category="mapping_missing",
            subject=", ".join(finding.subject for finding in found),
            message="; ".join(finding.message for finding in found),
            hint="Write the name in the settings of the flow exactly as the books show it, or add "
            "it to the books and make it active; until then nothing of this flow is posted.",
        )
    )


def is_hole(decision: Decision) -> bool:
    """Whether a record waits because something of it has no counterpart in the books."""
    return isinstance(decision, Hold) and decision.finding.category.startswith(_HOLE)


def any_hole(decisions: Iterable[Decision]) -> bool:
    """Whether one of the records does."""
    return any(is_hole(decision) for decision in decisions)


def _held_for(condition: "sa.ColumnElement[bool]", flow: str) -> "sa.ColumnElement[bool]":
    mine = sa.and_(POSTING.c.flow == flow, POSTING.c.state == "held")
    return sa.and_(mine, POSTING.c.finding.in_(sa.select(FINDING.c.id).where(condition)))


def holes_known(c: sa.Connection, flow: str) -> bool:
    """Whether records of the flow were held for such a reason before."""
    hole = _held_for(FINDING.c.category.startswith(_HOLE, autoescape=True), flow)
    return c.execute(sa.select(POSTING.c.id).where(hole).limit(1)).first() is not None


def judge_waiting(c: sa.Connection, flow: str) -> None:
    """Stages the records again that waited for the others only."""
    waited = sa.and_(
        FINDING.c.category == INCOMPLETE.category, FINDING.c.subject == INCOMPLETE.subject
    )
    c.execute(_staged_again(_held_for(waited, flow)))


def call_back(c: sa.Connection, flow: str) -> None:
    """Withdraws what was planned and has not left; its records are judged again."""
    waiting = EFFECT.c.state.in_([State.PLANNED, State.HELD])
    mine = sa.and_(EFFECT.c.flow == flow, waiting)
    c.execute(sa.update(EFFECT).where(mine).values(state=State.SUPERSEDED))
    c.execute(_staged_again(sa.and_(POSTING.c.flow == flow, POSTING.c.state == "planned")))


def _staged_again(where: "sa.ColumnElement[bool]") -> Any:
    return sa.update(POSTING).where(where).values(state="staged", finding=None)
