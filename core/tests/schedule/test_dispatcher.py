"""The dispatcher: no flow runs twice at a time, a crash stays alone, an end is orderly."""

import asyncio
import logging

import pytest
import structlog

from subledger.schedule.dispatcher import LocalDispatcher

SILENT = structlog.wrap_logger(logging.getLogger("silent"), processors=[lambda *_: ""])


class Work:
    """Flows that run until they are let go."""

    def __init__(self):
        self.running = set()
        self.most = 0
        self.ran = []
        self.go = asyncio.Event()

    async def run(self, flow):
        """Runs a flow; fails where its name says so."""
        assert flow not in self.running
        self.running.add(flow)
        self.most = max(self.most, len(self.running))
        try:
            await self.go.wait()
            if flow.startswith("bad"):
                raise RuntimeError(flow)
            self.ran.append(flow)
        finally:
            self.running.discard(flow)


class Log:
    """Remembers what was logged."""

    def __init__(self):
        self.lines = []

    def exception(self, event, **values):
        """One line."""
        self.lines.append((event, values))


@pytest.fixture
async def work():
    return Work()


async def dispatcher(work, **more):
    made = LocalDispatcher(work.run, Log(), **more)
    await made.start()
    return made


async def turns(number=10):
    for _ in range(number):
        await asyncio.sleep(0)


async def test_no_double_run(work):
    """A flow that is asked for again while it runs is not run twice."""
    it = await dispatcher(work)
    for _ in range(5):
        it.request("a")
        await turns()
    assert it.health() == {"running": 1, "waiting": 0}
    work.go.set()
    await it.stop(1)
    assert work.ran == ["a"]


async def test_runs_again_later(work):
    """A flow that has ended runs again when it is asked for."""
    it = await dispatcher(work)
    work.go.set()
    for _ in range(3):
        it.request("a")
        await turns()
    assert work.ran == ["a", "a", "a"]
    assert it.health() == {"running": 0, "waiting": 0}


async def test_crash_is_contained(work):
    """A flow that crashes is logged and forgotten; the others and its next run are not touched."""
    it = await dispatcher(work)
    work.go.set()
    for flow in ("bad", "a"):
        it.request(flow)
    await turns()
    it.request("bad")
    await turns()
    assert work.ran == ["a"]
    assert it.log.lines == [("flow_crashed", {"flow": "bad"})] * 2


async def test_limit(work):
    """No more flows run at a time than allowed, and all get their turn."""
    it = await dispatcher(work, limit=3)
    for number in range(10):
        it.request(str(number))
    await turns()
    assert len(work.running) == 3
    work.go.set()
    await turns(60)
    assert sorted(work.ran) == [str(n) for n in range(10)]
    assert work.most == 3


async def test_drain(work):
    """At the end running flows may finish."""
    it = await dispatcher(work)
    it.request("a")
    await turns()
    asyncio.get_running_loop().call_later(0.05, work.go.set)
    await it.stop(5)
    assert work.ran == ["a"]


async def test_late_flows_are_cancelled(work):
    """What does not end in time is cancelled, and nothing is left running."""
    it = await dispatcher(work)
    it.request("a")
    await turns()
    await it.stop(0.01)
    assert work.ran == []
    assert work.running == set()
    assert it.health() == {"running": 0, "waiting": 0}


async def test_nothing_to_stop(work):
    """An idle dispatcher stops at once."""
    await (await dispatcher(work)).stop(5)
