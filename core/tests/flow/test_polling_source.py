"""A source that polls us: a run asks, its desk stages what is answered, the next run plans."""

import datetime as dt
import random
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog
from attrs import evolve, frozen

from subledger.config.settings import ConnectionSettings, FlowSettings, Settings
from subledger.findings import Finding
from subledger.flow.desk import SqlDesk
from subledger.kernel import Kernel
from subledger.ledger import findings
from subledger.manifest import Direction, Frequency, Initiative, Manifest, Operation, Role
from subledger.model import Party
from subledger.model.kinds import CUSTOMER, ITEM
from subledger.ports import FlowPlan, Keep, Query, RawRecord, SinkType, SourceType
from subledger.preview import preview
from subledger.runtime import Runtime
from subledger.store import open_store
from subledger.store.moments import to_ms
from subledger.store.schema import CONNECTION, EFFECT, FLOW, QUESTION

NOON = dt.datetime(2026, 3, 15, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
SILENT = structlog.wrap_logger(structlog.ReturnLogger(), processors=[lambda *_: ""])


@frozen(kw_only=True)
class Config:
    """Nothing."""


def manifest(name, direction):
    """A connector of lists that polls us."""
    return Manifest(
        name=name,
        title=name,
        direction=direction,
        roles={Role.GENERAL_LEDGER},
        kinds={CUSTOMER: {Operation.READ, Operation.CREATE}},
        frequency=Frequency(default=HOUR, minimum=HOUR),
        initiative=Initiative.PEER,
    )


def customer(raw):
    """The customer that a record tells of; none for one that is gone."""
    name = raw.data.get("name")
    return [Party(kind=CUSTOMER, id=raw.id, name=name)] if name else []


def record(number, **data):
    """A record of the source."""
    return RawRecord(id=number, data=data, makes=frozenset({CUSTOMER}))


SOURCE = SourceType(manifest=manifest("books", Direction.SOURCE), config=Config, normalise=customer)
SINK = SinkType(manifest=manifest("psa", Direction.SINK), config=Config, preview=None, mount="m")
CONNECTIONS = {
    "books": ConnectionSettings(name="books", connector="books", config=Config(), type=SOURCE),
    "psa": ConnectionSettings(name="psa", connector="psa", config=Config(), sink=SINK),
}
FLOW_SETTINGS = FlowSettings(
    name="back",
    source="books",
    sink="psa",
    kinds=frozenset({CUSTOMER}),
    look_back=HOUR,
    plan=FlowPlan(
        kinds=frozenset({CUSTOMER}),
        account="",
        steps=(),
        draft=lambda entity, _books: Keep(entity),
        whole=frozenset({CUSTOMER}),
    ),
    digest="d",
)


@pytest.fixture
async def kernel(tmp_path):
    """A kernel whose sink has told its lists."""
    store = open_store(tmp_path / "s.db")
    settings = Settings(folder=Path(), connections=CONNECTIONS, flows={"back": FLOW_SETTINGS})
    runtime = Runtime(
        now=lambda: NOON,
        sleep=None,
        random=random.Random(1),  # noqa: S311 - a seed to repeat
        new_id=lambda: "i" * 26,
        http=None,
    )
    made = Kernel(settings, store, runtime, SILENT, "me")
    known = sa.insert(CONNECTION).values(name="psa", lists_read=to_ms(NOON))
    await store.tx(lambda c: c.execute(known))
    yield made
    store.close()


async def rows(kernel, table, *conditions):
    """Rows of a table."""
    return await kernel.store.tx(lambda c: c.execute(sa.select(table).where(*conditions)).all())


async def answer(kernel, *records, cursor=None, position=None):
    """The source's next session: a step that answers the open question."""

    def step(desk):
        question = desk.question(Query.RECORDS)
        desk.offer(records=records, question=question)
        desk.answered(question, position, cursor=cursor)
        return question

    return await kernel.peer("books").note(step)


async def test_a_run_asks_once(kernel):
    """A run puts the question of its flow, and waits; while it is open there is no second one."""
    for _ in range(2):
        report = await kernel.run_flow("back")
        assert report.state == "waiting"
        assert "books has not answered yet" in report.message
    (asked,) = await rows(kernel, QUESTION, QUESTION.c.query == "records")
    assert (asked.connection, asked.flow, asked.kinds) == ("books", "back", "customer")
    assert (asked.whole, asked.since, asked.position) == ("customer", "2025-03-15", "")


async def test_answers_are_staged_and_the_next_run_plans(kernel):
    """Pages are staged as they come; the next question begins where the last one ended."""
    await kernel.run_flow("back")
    await answer(kernel, record("1", name="Acme"), position="page 2")
    assert await kernel.peer("books").note(lambda desk: desk.question().position) == "page 2"
    (flow,) = await rows(kernel, FLOW)
    assert flow.cursor is None
    await answer(kernel, record("2", name="Belmont"), cursor="12:00")
    report = await kernel.run_flow("back")
    assert (report.state, report.planned) == ("done", 2)
    (again,) = await rows(kernel, QUESTION, QUESTION.c.state == "open")
    assert again.position == "12:00"
    question = await answer(kernel, record("1"), record("3", name="Acme"), cursor="13:00")
    assert question.kinds == question.whole == frozenset({CUSTOMER})
    await kernel.run_flow("back")
    planned = await rows(kernel, EFFECT, EFFECT.c.state == "planned")
    assert sorted(effect.record for effect in planned) == ["2", "3"]


async def test_a_planned_sink_is_asked_to_plan(kernel):
    """What a source hands over between two runs waits for its sink at once."""
    await kernel.run_flow("back")
    assert not await kernel.peer("psa").note(lambda desk: desk.staged())
    await answer(kernel, record("1", name="Acme"), cursor="12:00")
    assert await kernel.peer("psa").note(lambda desk: desk.staged())
    assert await kernel.prepare_sink("psa") is False
    assert len(await rows(kernel, EFFECT)) == 1


async def test_other_kinds_are_another_question(kernel):
    """Where the flow asks for something else, its open question is replaced."""
    await kernel.run_flow("back")
    kinds = frozenset({CUSTOMER, ITEM})
    changed = evolve(FLOW_SETTINGS, kinds=kinds)
    kernel.settings = evolve(kernel.settings, flows={"back": changed})
    await kernel.run_flow("back")
    (asked,) = await rows(kernel, QUESTION, QUESTION.c.query == "records")
    assert asked.kinds == "customer item"


async def test_a_preview_asks_nobody(kernel):
    """A preview leaves no question behind."""
    shown = await preview(kernel, "back", lambda *_: None)
    assert shown.report.state == "waiting"
    assert await rows(kernel, QUESTION, QUESTION.c.query == "records") == []


async def test_asking_proves_nothing(kernel):
    """A run that only asked does not close what a person should know about the source."""
    finding = Finding(category="unavailable", subject="books", message="it refuses")

    def report(c):
        findings.report(c, finding, 1, connection="books")

    await kernel.store.tx(report)
    await kernel.run_flow("back")
    assert [row.category for row in await kernel.store.tx(findings.listing)] == ["unavailable"]


async def test_who_is_no_source_has_no_records(kernel):
    """Records of a connection that nobody reads from are a fault of its connector."""

    def step(c):
        SqlDesk(c, "psa", 1).offer(records=[record("1", name="Acme")])

    with pytest.raises(TypeError, match="not a source"):
        await kernel.store.tx(step)
