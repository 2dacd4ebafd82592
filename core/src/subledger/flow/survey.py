"""Between reading and planning: what a run has to know of the books, in one statement."""

import datetime as dt

import sqlalchemy as sa
from attrs import frozen

from subledger.config import FlowSettings
from subledger.flow import prepare, reconcile
from subledger.flow.runs import LEASE
from subledger.ledger import books, findings, leases
from subledger.ports import Query
from subledger.store.moments import from_ms
from subledger.store.schema import CONNECTION, FINDING, FLOW, QUESTION

LISTS_STAY_FRESH = dt.timedelta(hours=1)
RECONCILE_EVERY = dt.timedelta(hours=24)
RECONCILE_WINDOW = dt.timedelta(days=90)
_SOURCE_TROUBLE = ("auth_expired", "unavailable", "rate_limited", "internal")

_LISTS_ASKED = sa.select(QUESTION.c.id).where(
    QUESTION.c.connection == sa.bindparam("connection"),
    QUESTION.c.query == sa.literal_column("'lists'"),
    QUESTION.c.state == sa.literal_column("'open'"),
)
_TROUBLED = sa.select(FINDING.c.id).where(
    FINDING.c.connection == sa.bindparam("source"),
    FINDING.c.flow == sa.literal_column("''"),
    FINDING.c.category.in_([sa.literal_column(f"'{name}'") for name in _SOURCE_TROUBLE]),
    FINDING.c.state == sa.literal_column("'open'"),
)
_LOOK = (
    sa.select(
        FLOW.c.prepared_with,
        CONNECTION.c.lists_read,
        CONNECTION.c.books_version,
        CONNECTION.c.closing_date,
        prepare.ANY_STAGED.exists().label("staged"),
        _LISTS_ASKED.exists().label("lists_asked"),
        _TROUBLED.exists().label("troubled"),
        reconcile.LAST_ASKED.scalar_subquery().label("documents_asked"),
    )
    .select_from(FLOW.outerjoin(CONNECTION, CONNECTION.c.name == sa.bindparam("connection")))
    .where(FLOW.c.name == sa.bindparam("flow"))
)


@frozen(kw_only=True)
class Survey:
    """``ready`` where the lists of the books were ever read, ``idle`` where nothing is to plan."""

    ready: bool
    idle: bool


def survey(
    c: sa.Connection, flow: FlowSettings, epoch: int, now: int, *, heard: bool = True
) -> Survey:
    """Looks, asks the books for what is old, and closes findings about a source that answers.

    ``heard`` is False where the source was only asked. Once a day the books are asked for what was
    posted lately, to be compared. Raises :class:`Fenced` before it writes anything as a holder that
    was superseded.
    """
    row = c.execute(
        _LOOK,
        {
            "flow": flow.name,
            "source": flow.source,
            "connection": flow.sink,
            "account": flow.plan.account,
        },
    ).one()
    stale = _older(row.lists_read, LISTS_STAY_FRESH, now) and not row.lists_asked
    recent = []
    if row.lists_read is not None and _older(row.documents_asked, RECONCILE_EVERY, now):
        periods = {name: reconcile.period(c, flow.sink, name) for name in flow.plan.accounts}
        recent = [(name, dates) for name, dates in periods.items() if dates]
    mended = heard and row.troubled
    if stale or recent or mended:
        leases.renew(c, f"flow:{flow.name}", epoch, now, LEASE)
    if mended:
        findings.clear(c, flow.source, *_SOURCE_TROUBLE)
    if stale:
        books.ask(c, flow.sink, Query.LISTS, now)
    for account, (first, last) in recent:
        books.ask(
            *(c, flow.sink, Query.DOCUMENTS, now),
            since=max(first, last - RECONCILE_WINDOW),
            until=last,
            account=account,
        )
    rests_on = prepare.rests_on(flow.digest, row.closing_date or "", row.books_version or 0)
    same = not row.staged and row.prepared_with == rests_on
    return Survey(
        ready=row.lists_read is not None,
        idle=same and not flow.require_complete_mapping,
    )


def _older(moment: int | None, age: dt.timedelta, now: int) -> bool:
    return moment is None or from_ms(moment) < from_ms(now) - age
