"""A run in which nothing changed: what it tells the database does not grow."""

import asyncio
import datetime as dt
import logging
import random
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog
from attrs import define, frozen

from subledger.config.settings import ConnectionSettings, FlowSettings, Settings
from subledger.kernel import Kernel
from subledger.manifest import Direction, Frequency, Manifest, Operation, Role
from subledger.model.kinds import CARD_TRANSACTION
from subledger.ports import FlowPlan, Keep, Page, RawRecord, SourceType
from subledger.runtime import Runtime
from subledger.store.engine import memory_store
from subledger.store.moments import to_ms
from subledger.store.schema import CONNECTION, FLOW, LEASE, RECORD

NOON = dt.datetime(2026, 3, 15, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
SILENT = structlog.wrap_logger(logging.getLogger("silent"), processors=[lambda *_: ""])
MOST = 10


@frozen(kw_only=True)
class Config:
    """Settings of a connection."""


@define(slots=False)
class Feed:
    """A source that hands over the pages it was given."""

    pages: list

    async def check(self):
        """Nothing to check."""
        return []

    async def extract(self, _request):
        """The pages."""
        for page in self.pages:
            yield page


@pytest.fixture
def feed():
    """Pages of a source; empty at first."""
    return Feed([])


@pytest.fixture
def kernel(bench, feed):
    """A kernel with one flow between the feed and books whose lists were just read."""

    @asynccontextmanager
    async def opened(_config, _context):
        yield feed

    source = SourceType(
        manifest=Manifest(
            name="cards",
            title="Cards",
            direction=Direction.SOURCE,
            roles={Role.CARD_PLATFORM},
            kinds={CARD_TRANSACTION: {Operation.READ}},
            frequency=Frequency(default=HOUR, minimum=HOUR),
        ),
        config=Config,
        open=opened,
        normalise=lambda raw: [bench.movement(raw.id)],
    )
    kinds = frozenset({CARD_TRANSACTION})
    flow = FlowSettings(
        name="cards",
        source="cards",
        sink="books",
        kinds=kinds,
        look_back=HOUR,
        plan=FlowPlan(
            kinds=kinds, account="Cards", steps=(), draft=lambda entity, _books: Keep(entity)
        ),
        digest="d",
    )
    cards = ConnectionSettings(name="cards", connector="cards", config=Config(), type=source)
    books = ConnectionSettings(name="books", connector="books", config=Config())
    settings = Settings(
        folder=Path("nowhere"),
        connections={"cards": cards, "books": books},
        flows={"cards": flow},
    )
    runtime = Runtime(
        now=lambda: NOON,
        sleep=asyncio.sleep,
        random=random.Random(1),  # noqa: S311 - a seed to repeat
        new_id=lambda: "1",
        http=None,
    )
    made = Kernel(settings, memory_store(), runtime, SILENT, "me")
    yield made
    made.store.close()


async def told(kernel):
    """A run's report, and the statements that it tells the database."""
    seen = []

    def listen(c, tell):
        c.connection.driver_connection.set_trace_callback(tell)

    await kernel.store.tx(listen, seen.append)
    report = await kernel.run_flow("cards")
    await kernel.store.tx(listen, None)
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "--")
    return report, [one for one in seen if not one.startswith(control)]


async def rows(kernel, table, *columns):
    """Some columns of a table."""
    wanted = sa.select(*(table.c[name] for name in columns))
    return await kernel.store.tx(lambda c: [tuple(row) for row in c.execute(wanted)])


async def test_statements_of_a_quiet_run(kernel, feed):
    """A run in which nothing changed tells the database at most ten statements."""
    feed.pages = [Page(records=(), cursor="w1")]
    lists = sa.insert(CONNECTION).values(name="books", books_version=1, lists_read=to_ms(NOON))
    await kernel.store.tx(lambda c: c.execute(lists))
    await kernel.run_flow("cards")
    report, statements = await told(kernel)
    assert (report.state, report.read, report.planned) == ("done", 0, 0)
    assert len(statements) <= MOST, "\n".join(statements)
    feed.pages = [Page(records=[RawRecord(id="1", data={})], cursor="w2")]
    report, statements = await told(kernel)
    assert (report.read, report.changed) == (1, 1)
    assert len(statements) > MOST
    assert len(await rows(kernel, RECORD, "id")) == 1


async def test_cursor_that_moves(kernel, feed):
    """A cursor that moves is kept, also without records; one that stands still is not written."""
    for cursor in ("w1", None, "w2", "w1"):
        feed.pages.append(Page(records=(), cursor=cursor))
    await kernel.run_flow("cards")
    assert await rows(kernel, FLOW, "cursor") == [("w1",)]
    feed.pages = [Page(records=(), cursor="w1"), Page(records=(), cursor=None)]
    _report, statements = await told(kernel)
    assert not [one for one in statements if "cursor=" in one]


async def test_run_that_was_superseded(kernel, feed):
    """A run whose lease has passed to another while it read writes nothing of how it ended."""
    grow = sa.update(LEASE).values(epoch=LEASE.c.epoch + 1)

    async def robbed(_request):
        await kernel.store.tx(lambda c: c.execute(grow))
        yield Page(records=(), cursor=None)

    feed.extract = robbed
    report = await kernel.run_flow("cards")
    assert report.state == "busy"
    assert await rows(kernel, FLOW, "finished") == [(None,)]
    assert await rows(kernel, LEASE, "epoch") == [(2,)]
