"""Findings in the store: one row a cause, however many records share it."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from attrs import frozen
from sqlalchemy.dialects import sqlite

from subledger.findings import CATEGORIES, Finding
from subledger.observe import redact
from subledger.store.schema import EFFECT, FINDING, POSTING

_INSERT = sqlite.insert(FINDING)
_OPEN = _INSERT.on_conflict_do_update(
    index_elements=["flow", "connection", "category", "subject"],
    set_={
        "message": _INSERT.excluded.message,
        "hint": _INSERT.excluded.hint,
        "detail": _INSERT.excluded.detail,
        "last_seen": _INSERT.excluded.last_seen,
        "state": "open",
    },
).returning(FINDING.c.id)
_CLEAR = (
    sa.update(FINDING)
    .where(
        FINDING.c.connection == sa.bindparam("of_connection"),
        FINDING.c.flow == "",
        FINDING.c.category == sa.bindparam("of_category"),
        FINDING.c.state == "open",
    )
    .values(state="closed")
)


@frozen(kw_only=True)
class FindingRow:
    """A finding as stored, with the number of records that wait for it and their amounts."""

    id: int
    flow: str
    connection: str
    category: str
    subject: str
    message: str
    hint: str
    detail: str
    state: str
    records: int
    amount: int
    currency: str
    states: str


def report(
    c: sa.Connection, finding: Finding, now: int, *, flow: str = "", connection: str = ""
) -> int:
    """Opens a finding, or refreshes the open one about the same subject; returns its number.

    Whatever a plugin put into it, no secret that we know is stored.
    """
    number: int = c.execute(
        _OPEN,
        {
            "flow": flow,
            "connection": connection,
            "category": finding.category,
            "subject": redact.known(finding.subject),
            "message": redact.known(finding.message),
            "hint": redact.known(finding.hint),
            "detail": redact.known(finding.detail),
            "state": "open",
            "first_seen": now,
            "last_seen": now,
        },
    ).scalar_one()
    return number


def clear(c: sa.Connection, connection: str, *categories: str) -> None:
    """Closes the findings of some categories about a connection itself."""
    for category in categories:
        c.execute(_CLEAR, {"of_connection": connection, "of_category": category})


def listing(c: sa.Connection, flows: Sequence[str] = ()) -> list[FindingRow]:
    """Every finding that still concerns a record or a connection, largest first.

    One whose records a person has left out concerns nobody any more.
    """
    is_open = FINDING.c.state == "open"
    counts = (
        sa.select(
            POSTING.c.finding,
            sa.func.count().label("records"),
            sa.func.coalesce(sa.func.sum(POSTING.c.amount), 0).label("amount"),
            sa.func.max(POSTING.c.currency).label("currency"),
            sa.func.group_concat(POSTING.c.state.distinct()).label("states"),
        )
        .where(POSTING.c.finding.is_not(None))
        .group_by(POSTING.c.finding)
        .subquery()
    )
    rows = c.execute(
        sa.select(
            FINDING,
            counts.c.records,
            counts.c.amount.label("summed"),
            counts.c.currency,
            counts.c.states,
        )
        .outerjoin(counts, counts.c.finding == FINDING.c.id)
        .where(
            sa.or_(
                sa.and_(counts.c.records > 0, sa.or_(is_open, counts.c.states != "skipped")),
                sa.and_(FINDING.c.flow == "", is_open),
            )
        )
        .order_by(sa.desc(sa.func.coalesce(counts.c.records, 0)), FINDING.c.id)
    ).all()
    wanted = set(flows)
    return [
        FindingRow(
            id=row.id,
            flow=row.flow,
            connection=row.connection,
            category=row.category,
            subject=row.subject,
            message=row.message,
            hint=row.hint or CATEGORIES[row.category].hint,
            detail=row.detail,
            state=row.state,
            records=row.records or 0,
            amount=row.summed or 0,
            currency=row.currency or "",
            states=row.states or "",
        )
        for row in rows
        if not wanted or row.flow in wanted or not row.flow
    ]


_SAME = (
    sa.select(EFFECT.c.type + " " + EFFECT.c.target)
    .where(
        EFFECT.c.flow == POSTING.c.flow,
        EFFECT.c.kind == POSTING.c.kind,
        EFFECT.c.record == POSTING.c.id,
        EFFECT.c.state.in_(["held", "rejected"]),
        EFFECT.c.target != "",
    )
    .order_by(EFFECT.c.id.desc())
    .limit(1)
    .scalar_subquery()
)


def records_of(c: sa.Connection, finding: int, limit: int = 100) -> Sequence[Any]:
    """The records that wait for a finding: kind, id, state, date, amount and currency.

    ``same`` is what the books have that it perhaps is, as ``link`` takes it; None where nothing is.
    """
    return c.execute(
        sa.select(
            POSTING.c.flow,
            POSTING.c.kind,
            POSTING.c.id,
            POSTING.c.state,
            POSTING.c.date,
            POSTING.c.amount,
            POSTING.c.currency,
            _SAME.label("same"),
        )
        .where(POSTING.c.finding == finding)
        .order_by(POSTING.c.date, POSTING.c.id)
        .limit(limit)
    ).all()
