"""The dispatch loop: one bad write, or one bad file, never holds up the others."""

import asyncio
import datetime as dt
import logging
import random
from contextlib import asynccontextmanager

import pytest
import sqlalchemy as sa
import structlog

from subledger.errors import AuthenticationError, TemporaryError
from subledger.flow.dispatch import Service, dispatch
from subledger.flow.peer import KernelPeer
from subledger.flow.settlement import LONG, MOST_ATTEMPTS
from subledger.ledger.effects import Intent, plan
from subledger.manifest import Operation
from subledger.model import Attachment, Party, Reference
from subledger.model.kinds import ATTACHMENT, INVOICE, VENDOR
from subledger.model.stored import dump
from subledger.ports import Absent, File, Posted, Unknown
from subledger.runtime import Runtime
from subledger.store.engine import memory_store
from subledger.store.schema import EFFECT

NOON = dt.datetime(2026, 3, 15, 12, tzinfo=dt.UTC)
SILENT = structlog.wrap_logger(logging.getLogger("silent"), processors=[lambda *_: ""])
FILE = Attachment(
    kind=ATTACHMENT,
    id="7",
    document=Reference(kind=INVOICE, id="I1"),
    name="a.pdf",
    url="https://psa.example/7",
)


class Books:
    """A sink; ``answers`` and ``found`` are outcomes by record, or errors to raise."""

    def __init__(self):
        self.answers, self.found, self.sent = {}, {}, []

    async def deliver(self, deliveries):
        """Writes."""
        self.sent.append([delivery.entity.id for delivery in deliveries])
        return [self._answer(self.answers, delivery) for delivery in deliveries]

    async def find(self, delivery):
        """Looks."""
        return self._answer(self.found, delivery)

    def _answer(self, answers, delivery):
        told = answers.get(delivery.entity.id) or Posted(type="Thing", id=f"T{delivery.effect}")
        if isinstance(told, Exception):
            raise told
        return told


class World:
    """One sink that the kernel calls, and its ledger."""

    def __init__(self):
        self.store, self.books, self.now = memory_store(), Books(), NOON
        self.file = File(name="a.pdf", content=b"%PDF", media_type="application/pdf")
        runtime = Runtime(
            now=lambda: self.now,
            sleep=None,
            random=random.Random(1),  # noqa: S311 - a seed to repeat
            new_id=lambda: "i" * 32,
            http=None,
        )
        self.peer = KernelPeer("books", runtime, SILENT, self.store, None)

    async def plan(self, entity, **more):
        """Plans to create something."""
        intent = Intent(
            connection="books",
            flow="f",
            source="psa",
            kind=entity.kind,
            record=entity.id,
            operation=Operation.CREATE,
            entity=dump(entity),
            version="1",
            fingerprint="1",
            **more,
        )
        return (await self.store.tx(plan, intent, 0)).id

    async def plan_parties(self, *names):
        """Plans vendors."""
        for name in names:
            await self.plan(Party(kind=VENDOR, id=name, name=name))

    async def run(self, batch=1, at_once=1):
        """One dispatch."""

        @asynccontextmanager
        async def opened():
            yield self.books

        async def fetch(_delivery):
            if isinstance(self.file, Exception):
                raise self.file
            return self.file

        async def nothing():
            return None

        service = Service(
            opened=opened,
            connector="books",
            batch=batch,
            at_once=at_once,
            fetch=fetch,
            prepare=nothing,
            compare=nothing,
        )
        return await dispatch(self.peer, "me", service, lambda *_: None)

    async def states(self):
        """State of every effect by record."""
        rows = await self.store.tx(lambda c: c.execute(sa.select(EFFECT)).all())
        return {row.record: row.state for row in rows}

    async def findings(self):
        """Categories of what a person sees about connections and flows."""
        rows = await self.store.tx(
            lambda c: c.execute(sa.text("SELECT category FROM finding WHERE state = 'open'")).all()
        )
        return [row.category for row in rows]


@pytest.fixture
def world():
    """The world; its connection is known."""
    made = World()
    yield made
    made.store.close()


@pytest.mark.parametrize(
    "error", [AuthenticationError("it is gone"), TemporaryError("not now"), KeyError("url")]
)
@pytest.mark.parametrize("lost", [False, True])
async def test_a_file_that_is_not_there(world, error, lost):
    """A file that its source does not hand over holds up its own attachment only."""
    await world.plan(FILE)
    if lost:
        world.books.answers["7"] = Unknown("lost")
        await world.run()
    await world.plan_parties("A")
    world.file = error
    assert (await world.run()).state == "done"
    states = await world.states()
    assert states["A"] == "settled"
    assert states["7"] != "settled"


async def test_one_that_cannot_be_found_out_about(world):
    """Where the connector fails on one lost write, the others are sent all the same."""
    world.books.answers["A"] = Unknown("lost")
    world.books.found["A"] = KeyError("Id")
    await world.plan_parties("A")
    await world.run()
    await world.plan_parties("B")
    assert (await world.run()).state == "done"
    assert await world.states() == {"A": "unknown", "B": "settled"}


async def test_trouble_of_all_is_not_taken_for_trouble_of_one(world):
    """Control: where the books do not answer at all, nothing more is sent."""
    world.books.answers["A"] = Unknown("lost")
    world.books.found["A"] = TemporaryError("no answer")
    await world.plan_parties("A")
    await world.run()
    await world.plan_parties("B")
    assert (await world.run()).state == "failed"
    assert await world.states() == {"A": "unknown", "B": "planned"}
    assert await world.findings() == ["unavailable"]


async def test_unknown_for_long(world):
    """What stays unknown for long is shown; it is looked for on, and a person may decide."""
    world.books.answers["A"] = world.books.found["A"] = Unknown("no trace, and no certainty")
    await world.plan_parties("A")
    await world.run()
    await world.run()
    assert await world.findings() == []
    world.now += dt.timedelta(milliseconds=LONG)
    await world.run()
    assert await world.findings() == ["unknown_outcome"]
    world.books.found["A"] = None
    await world.run()
    assert await world.states() == {"A": "settled"}


async def test_never_arrives(world):
    """A write whose answer is lost again and again, and that is never there, is given up."""
    world.books.answers["A"] = Unknown("timeout")
    world.books.found["A"] = Absent("not there")
    await world.plan_parties("A")
    for _ in range(MOST_ATTEMPTS + 1):
        await world.run()
    assert await world.states() == {"A": "rejected"}
    assert len(world.books.sent) == MOST_ATTEMPTS
    assert await world.findings() == ["unavailable"]


async def test_released_as_it_was(world):
    """What certainly was not taken goes again under the same key, and in its place."""
    await world.plan_parties("A", "B")
    world.books.answers["B"] = TemporaryError("slow down", retry_after=5)
    report = await world.run(batch=2)
    assert (report.state, report.again) == ("failed", 5)
    before = await world.store.tx(lambda c: c.execute(sa.select(EFFECT.c.generation)).all())
    world.books.answers.clear()
    await world.run(batch=2)
    assert world.books.sent == [["A", "B"], ["A", "B"]]
    after = await world.store.tx(lambda c: c.execute(sa.select(EFFECT.c.generation)).all())
    assert before == after == [(0,), (0,)]


async def test_superseded_worker_writes_nothing(world):
    """A worker that was overtaken while the books answered does not record the answer."""
    await world.plan_parties("A")
    real = world.books.deliver

    async def slow(deliveries):
        world.now += dt.timedelta(hours=1)
        assert await world.peer.enter("other", 60, lambda _desk, epoch: epoch) is not None
        return await real(deliveries)

    world.books.deliver = slow
    assert (await world.run()).state == "busy"
    assert await world.states() == {"A": "sent"}


class Slow:
    """Books whose answers arrive when they are let go, in any order."""

    def __init__(self, world):
        self.doors, self.most, self._sent = {}, 0, asyncio.Semaphore(0)
        self.real = world.books.deliver
        world.books.deliver = self.deliver

    async def deliver(self, deliveries):
        """Writes at once; the answer waits."""
        outcomes = await self.real(deliveries)
        door = self.doors[deliveries[0].entity.id] = asyncio.Event()
        self.most = max(self.most, sum(not each.is_set() for each in self.doors.values()))
        self._sent.release()
        await door.wait()
        return outcomes

    async def sent(self, count):
        """Waits until so many more have left."""
        for _ in range(count):
            await self._sent.acquire()


async def test_answers_in_any_order(world):
    """What leaves next waits for the first answer, whichever it is, and not for all of them."""
    slow = Slow(world)
    await world.plan_parties("A", "B", "C")
    run = asyncio.ensure_future(world.run(at_once=2))
    await slow.sent(2)
    assert slow.doors.keys() == {"A", "B"}
    slow.doors["B"].set()
    await slow.sent(1)
    assert (await world.states())["B"] == "settled"
    assert (await world.states())["A"] == "sent"
    for door in ("A", "C"):
        slow.doors[door].set()
    report = await run
    assert (report.state, report.delivered, slow.most) == ("done", 3, 2)
    assert world.books.sent == [["A"], ["B"], ["C"]]


async def test_trouble_beside_others_that_are_under_way(world):
    """What was refused for now goes back as it was; what left beside it is settled all the same."""
    slow = Slow(world)
    await world.plan_parties("A", "B", "C")
    run = asyncio.ensure_future(world.run(at_once=2))
    await slow.sent(2)

    refused = asyncio.Event()

    async def refuse(_deliveries):
        refused.set()
        raise TemporaryError("slow down", retry_after=5)

    world.books.deliver = refuse
    slow.doors["B"].set()
    await refused.wait()
    slow.doors["A"].set()
    report = await run
    assert (report.state, report.again, report.message) == ("failed", 5, "slow down")
    assert await world.states() == {"A": "settled", "B": "settled", "C": "planned"}


@pytest.mark.parametrize("at_once", [1, 2])
async def test_whoever_is_stopped_leaves_nothing_that_goes_on(world, at_once):
    """A dispatch that is stopped stops what is under way; nobody knows what became of that."""
    slow = Slow(world)
    await world.plan_parties("A", "B")
    before = asyncio.all_tasks()
    run = asyncio.ensure_future(world.run(at_once=at_once))
    await slow.sent(at_once)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert asyncio.all_tasks() == before
    states = await world.states()
    assert [states[name] for name in "AB"][:at_once] == ["sent"] * at_once
