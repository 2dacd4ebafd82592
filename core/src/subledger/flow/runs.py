"""Runs of a flow in the store: how one begins, what it leaves behind, and when the next is due."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from attrs import evolve, frozen

from subledger.config import FlowSettings
from subledger.flow import prepare
from subledger.flow.duplicates import Look
from subledger.ledger import history, leases
from subledger.ports import ExtractRequest
from subledger.schedule.due import Rhythm
from subledger.store.moments import from_ms, to_ms
from subledger.store.schema import FLOW, RUN

LEASE = 120_000
"""A flow's lease in milliseconds; every page and batch renews it."""
SCHEDULE = "schedule"
"""The trigger of a run that the server begins."""
_OVER = (0, 0)
"""Now and duration of a lease that ends here."""
_YEAR = dt.timedelta(days=365)


_OF_FLOW = FLOW.c.name == sa.bindparam("of_flow")
_STARTED = sa.update(FLOW).where(_OF_FLOW).values(started=sa.bindparam("at"), asked_by="")
_DUE_AGAIN = sa.case((FLOW.c.asked_by == "", sa.bindparam("due")), else_=FLOW.c.next_due)
"""Who asks while a run is under way gets another one."""
_FAILED = sa.update(FLOW).where(_OF_FLOW).values(next_due=_DUE_AGAIN, error=sa.bindparam("why"))
_FINISHED = (
    sa.update(FLOW)
    .where(_OF_FLOW)
    .values(next_due=_DUE_AGAIN, error="", finished=sa.bindparam("at"))
)
_RUN = sa.insert(RUN).returning(RUN.c.id)
_RUN_ENDED = (
    sa.update(RUN)
    .where(RUN.c.id == sa.bindparam("of_run"))
    .values(
        state=sa.bindparam("to"),
        finished=sa.bindparam("at"),
        read=sa.bindparam("records_read"),
        changed=sa.bindparam("records_changed"),
        planned=sa.bindparam("documents_planned"),
        message=sa.bindparam("said"),
    )
)


@frozen(kw_only=True)
class RunReport:
    """What one run of a flow did. ``state`` is done, waiting, busy, paused or failed."""

    flow: str
    state: str
    read: int = 0
    changed: int = 0
    planned: int = 0
    message: str = ""
    hint: str = ""


@frozen(kw_only=True)
class Start:
    """A run that has begun: why, under which lease, from which cursor and date."""

    run: int
    trigger: str
    epoch: int
    cursor: str | None
    since: dt.date


def begin(
    c: sa.Connection, flow: FlowSettings, trigger: str, *, owner: str, now: int
) -> Start | None:
    """Takes the flow's lease and notes the run; None while another run is under way.

    A run by schedule that somebody asked for is triggered by who asked.
    """
    epoch = leases.take(c, f"flow:{flow.name}", owner, now, LEASE)
    if epoch is None:
        return None
    state = flow_state(c, flow.name)
    c.execute(_STARTED, {"of_flow": flow.name, "at": now})
    if trigger == SCHEDULE and state.asked_by:
        trigger = state.asked_by
    run: int = c.execute(
        _RUN, {"flow": flow.name, "trigger": trigger, "state": "running", "started": now}
    ).scalar_one()
    since = window_start(flow, state.finished, from_ms(now).date())
    return Start(run=run, trigger=trigger, epoch=epoch, cursor=state.cursor, since=since)


def window_start(flow: FlowSettings, finished: int | None, today: dt.date) -> dt.date:
    """First run: the flow's start, else twelve months back. Later: the look-back window."""
    first = flow.start or today - _YEAR
    if finished is None:
        return first
    return max(first, min(today, from_ms(finished).date()) - flow.look_back)


def extract_request(flow: FlowSettings, start: Start, today: dt.date) -> ExtractRequest:
    """What a run reads of its source."""
    return ExtractRequest(
        kinds=flow.kinds,
        since=start.since,
        until=min(flow.end or today, today),
        cursor=start.cursor,
        whole=flow.plan.whole,
    )


def first_look(flow: FlowSettings, today: dt.date) -> Look:
    """Where a flow looks for what was entered by hand, before it posts for the first time."""
    since = window_start(flow, None, today)
    return Look(flow=flow.name, sink=flow.sink, plan=flow.plan, since=since, until=today)


def unread(
    flow: FlowSettings, read: int, changed: int, what: str, *, called: bool = False
) -> RunReport:
    """The report of a run that can plan nothing before the books have been read.

    ``called`` are books that the kernel calls.
    """
    when = "with the next delivery" if called else "in the next session with the books"
    return RunReport(
        flow=flow.name,
        state="waiting",
        read=read,
        changed=changed,
        message=f"the {what} of {flow.sink} have not been read yet",
        hint=f"They are read {when}; documents follow.",
    )


def unanswered(report: RunReport, flow: FlowSettings) -> RunReport:
    """The report of a run whose source polls us and has never answered."""
    return evolve(
        report,
        state="waiting",
        message=f"{flow.source} has not answered yet",
        hint="It polls us, and answers in its next session; documents follow.",
    )


def end(
    c: sa.Connection,
    flow: FlowSettings,
    start: Start,
    report: RunReport,
    *,
    due: dt.datetime | None,
    now: int,
) -> None:
    """Notes what a run did and when the next is due, and gives the lease back.

    Raises :class:`Fenced` where the lease has passed to somebody else.
    """
    leases.renew(c, f"flow:{flow.name}", start.epoch, *_OVER)
    c.execute(
        _RUN_ENDED,
        {
            "of_run": start.run,
            "to": report.state,
            "at": now,
            "records_read": report.read,
            "records_changed": report.changed,
            "documents_planned": report.planned,
            "said": report.message,
        },
    )
    next_due = to_ms(due) if due else None
    if report.state == "failed":
        c.execute(_FAILED, {"of_flow": flow.name, "due": next_due, "why": report.message})
    else:
        c.execute(_FINISHED, {"of_flow": flow.name, "due": next_due, "at": now})


_RUNNING = sa.select(RUN.c.id, RUN.c.flow).where(RUN.c.state == sa.literal_column("'running'"))
_STOPPED = (
    sa.update(RUN)
    .where(RUN.c.id == sa.bindparam("of_run"))
    .values(
        state="stopped", finished=sa.bindparam("at"), message="its process ended in the midst of it"
    )
)


def close_abandoned(c: sa.Connection, now: int) -> int:
    """Notes the end of runs that nobody carries on; how many. Their flows' leases are free."""
    abandoned = [
        row for row in c.execute(_RUNNING) if leases.holder(c, f"flow:{row.flow}", now) is None
    ]
    for row in abandoned:
        c.execute(_STOPPED, {"of_run": row.id, "at": now})
    return len(abandoned)


_FLOW = sa.select(FLOW).where(FLOW.c.name == sa.bindparam("flow"))
_WORK = sa.select(FLOW.c.prepared_with, prepare.ANY_STAGED.exists().label("staged")).where(
    FLOW.c.name == sa.bindparam("flow")
)


def flow_state(c: sa.Connection, name: str) -> sa.Row[Any]:
    """The stored state of a flow; made at the first look."""
    found = c.execute(_FLOW, {"flow": name}).first()
    if found is None:
        c.execute(sa.insert(FLOW).values(name=name))
        found = c.execute(_FLOW, {"flow": name}).one()
    return found


def has_work(c: sa.Connection, flow: str, prepared_with: str) -> bool:
    """Whether records wait for a decision, or held ones are to be judged again."""
    found = c.execute(_WORK, {"flow": flow}).first()
    return found is not None and (found.staged or found.prepared_with not in ("", prepared_with))


_DUE = sa.select(
    FLOW.c.name, FLOW.c.next_due, sa.type_coerce(FLOW.c.paused, sa.Integer).label("paused")
)
"""Read every second: nothing of a row is converted."""


def due_flows(c: sa.Connection, names: Mapping[str, Rhythm], now: int) -> list[str]:
    """Flows to run now: without a due time, or past it; paused ones left out.

    A flow that runs by itself has no due time before its first run has ended, also where that run
    was killed, or where the flow was run by hand only until now.
    """
    due = []
    rows = {row.name: row for row in c.execute(_DUE)}
    for name, rhythm in names.items():
        row = rows.get(name)
        if row is not None and row.paused:
            continue
        when = row.next_due if row is not None else None
        if (when is None and not rhythm.by_hand) or (when is not None and when <= now):
            due.append(name)
    return due


def run_changed(c: sa.Connection, flows: Iterable[FlowSettings], now: int) -> None:
    """Makes flows due at once whose settings are not those that their records were judged by."""
    for flow in flows:
        known = flow_state(c, flow.name).prepared_with
        if known and not known.startswith(f"{flow.digest}/") and not flow.manual:
            _ask(c, flow.name, now, "changed settings")


def run_now(c: sa.Connection, flow: str, now: int, who: str) -> None:
    """Makes a flow due at once."""
    flow_state(c, flow)
    _ask(c, flow, now, who)
    history.add(c, now, who, "asked for a run", flow=flow)


def _ask(c: sa.Connection, flow: str, now: int, who: str) -> None:
    c.execute(sa.update(FLOW).where(FLOW.c.name == flow).values(next_due=now, asked_by=who))
