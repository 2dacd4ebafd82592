"""What a monitoring system is told at ``/metrics``: Prometheus' text format, from the store."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import sqlalchemy as sa
from attrs import frozen

from subledger.ledger.effects import State
from subledger.store.schema import CONNECTION, EFFECT, FINDING, FLOW, POSTING, RUN

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_OPEN: Final = (State.PLANNED, State.SENT, State.UNKNOWN)
_MS: Final = 1000


@frozen(kw_only=True)
class Series:
    """One gauge: its name, its meaning with the unit, and a number for each set of labels."""

    name: str
    help: str
    labels: tuple[str, ...]
    values: Sequence[tuple[tuple[str, ...], float]]


def measured(c: sa.Connection, now: int) -> list[Series]:
    """What the store tells at ``now`` (milliseconds in UTC); each statement has its index."""
    return [*_flows(c, now), _records(c), _findings(c), *_effects(c, now), *_connections(c)]


def _flows(c: sa.Connection, now: int) -> Iterator[Series]:
    rows = c.execute(sa.select(FLOW)).all()
    finished = [((row.name,), row.finished / _MS) for row in rows if row.finished is not None]
    late = [
        ((row.name,), max(0, now - row.next_due) / _MS)
        for row in rows
        if row.next_due is not None and not row.paused
    ]
    failed = [((row.name,), float(bool(row.error))) for row in rows]
    paused = [((row.name,), float(row.paused)) for row in rows]
    flow = ("flow",)
    yield Series(
        name="subledger_flow_last_success_timestamp_seconds",
        help="End of the last run that did not fail, in seconds since 1970 (UTC).",
        labels=flow,
        values=finished,
    )
    yield Series(
        name="subledger_flow_late_seconds",
        help="How long a run has been due; 0 before its time.",
        labels=flow,
        values=late,
    )
    yield Series(
        name="subledger_flow_failed", help="1 if the last run failed.", labels=flow, values=failed
    )
    yield Series(
        name="subledger_flow_paused", help="1 if a person paused it.", labels=flow, values=paused
    )
    run = RUN.alias()
    newest = sa.select(sa.func.max(run.c.id)).where(run.c.flow == FLOW.c.name).scalar_subquery()
    runs = c.execute(sa.select(RUN).select_from(FLOW.join(RUN, RUN.c.id == newest))).all()
    for name, meaning in (
        ("read", "Records that the last run was handed."),
        ("changed", "Records among them that were new or changed."),
        ("planned", "Documents that the last run planned."),
    ):
        numbers = [((run.flow,), float(getattr(run, name) or 0)) for run in runs]
        yield Series(name=f"subledger_run_{name}", help=meaning, labels=flow, values=numbers)


def _records(c: sa.Connection) -> Series:
    waiting = POSTING.c.state.not_in(
        [sa.literal_column("'posted'"), sa.literal_column("'skipped'")]
    )
    rows = c.execute(
        sa.select(POSTING.c.flow, POSTING.c.state, sa.func.count().label("number"))
        .where(waiting)
        .group_by(POSTING.c.flow, POSTING.c.state)
    )
    return Series(
        name="subledger_records",
        help="Records that are not in the books, by what they wait for.",
        labels=("flow", "state"),
        values=[((row.flow, row.state), float(row.number)) for row in rows],
    )


def _findings(c: sa.Connection) -> Series:
    waiting = sa.select(POSTING.c.finding).where(
        POSTING.c.flow == FINDING.c.flow,
        POSTING.c.state.not_in([sa.literal_column("'posted'"), sa.literal_column("'skipped'")]),
        POSTING.c.finding == FINDING.c.id,
    )
    rows = c.execute(
        sa.select(
            *(FINDING.c.flow, FINDING.c.connection, FINDING.c.category),
            sa.func.count().label("number"),
        )
        .where(FINDING.c.state == "open", sa.or_(FINDING.c.flow == "", waiting.exists()))
        .group_by(FINDING.c.flow, FINDING.c.connection, FINDING.c.category)
    )
    return Series(
        name="subledger_findings",
        help="Open findings that hold records up, or that are about a connection.",
        labels=("flow", "connection", "category"),
        values=[((row.flow, row.connection, row.category), float(row.number)) for row in rows],
    )


def _effects(c: sa.Connection, now: int) -> Iterator[Series]:
    is_open = EFFECT.c.state.in_([sa.literal_column(f"'{state}'") for state in _OPEN])
    rows = c.execute(
        sa.select(
            *(EFFECT.c.connection, EFFECT.c.state),
            sa.func.count().label("number"),
            sa.func.min(EFFECT.c.sent_at).label("oldest"),
        )
        .where(is_open)
        .group_by(EFFECT.c.connection, EFFECT.c.state)
    ).all()
    yield Series(
        name="subledger_effects",
        help="Writes that are planned, on their way, or of unknown fate.",
        labels=("connection", "state"),
        values=[((row.connection, row.state), float(row.number)) for row in rows],
    )
    yield Series(
        name="subledger_oldest_unsettled_seconds",
        help="Age of the oldest write whose fate is not known.",
        labels=("connection", "state"),
        values=[
            ((row.connection, row.state), (now - row.oldest) / _MS)
            for row in rows
            if row.state != State.PLANNED and row.oldest is not None
        ],
    )


def _connections(c: sa.Connection) -> Iterator[Series]:
    rows = c.execute(sa.select(CONNECTION)).all()
    name = ("connection",)
    yield Series(
        name="subledger_connection_last_seen_timestamp_seconds",
        help="When the other side of a sink called or answered last, in seconds since 1970 (UTC).",
        labels=name,
        values=[((row.name,), row.last_seen / _MS) for row in rows if row.last_seen is not None],
    )
    yield Series(
        name="subledger_connection_paused",
        help="1 if nothing is written until a person resumes it.",
        labels=name,
        values=[((row.name,), float(bool(row.paused))) for row in rows],
    )


def exposition(series: Iterable[Series]) -> bytes:
    """The series and those of this process, as a scraper reads them."""
    from prometheus_client import (  # noqa: PLC0415 - takes long, and few scrape
        CollectorRegistry,
        PlatformCollector,
        ProcessCollector,
        generate_latest,
    )
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415 - as above

    class Stored:
        """The series as a collector."""

        def collect(self) -> Iterator[Any]:
            """One family a series."""
            for one in series:
                family = GaugeMetricFamily(one.name, one.help, labels=one.labels)
                for labels, value in one.values:
                    family.add_metric(labels, value)
                yield family

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Stored())
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return generate_latest(registry)
