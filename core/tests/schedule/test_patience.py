"""Patience: a sink in trouble is left alone, longer each time, and nobody waits with it."""

import asyncio
import datetime as dt
import logging

import structlog
from attrs import define, field

from subledger.flow.dispatch import DispatchReport
from subledger.schedule.dispatcher import LocalDispatcher
from subledger.schedule.patience import LONGEST, MOST, Patience
from subledger.server.run import deliver

NOON = dt.datetime(2026, 3, 15, 12, tzinfo=dt.UTC)
SILENT = structlog.wrap_logger(logging.getLogger("silent"), processors=[lambda *_: ""])


@define
class Clock:
    """A clock that a test moves."""

    now: dt.datetime = NOON

    def __call__(self):
        """The moment."""
        return self.now

    def waits(self, patience, name="a"):
        """Seconds until a sink may be tried."""
        start, seconds = self.now, 0
        while not patience.over(name):
            seconds += 1
            self.now = start + dt.timedelta(seconds=seconds)
        return seconds


def test_longer_each_time():
    """Each failure in a row doubles the wait, up to ten minutes; a success ends that."""
    clock = Clock()
    patience = Patience(clock)
    waited = []
    for _ in range(6):
        patience.heard("a", 60, failed=True)
        waited.append(clock.waits(patience))
    assert waited == [60, 120, 240, 480, MOST, MOST]
    patience.heard("a", 0, failed=False)
    assert patience.over("a")
    patience.heard("a", 60, failed=True)
    assert clock.waits(patience) == 60


def test_what_the_books_ask_for():
    """What the books ask for is kept to, but for what nobody can mean."""
    clock = Clock()
    patience = Patience(clock)
    patience.heard("a", 1800, failed=True)
    assert clock.waits(patience) == 1800
    patience.heard("a", 1e9, failed=True)
    assert clock.waits(patience) == LONGEST


def test_lost_answers_are_looked_for_in_a_steady_rhythm():
    """A dispatch that lost an answer is no failure: the next look is a minute later, ever again."""
    clock = Clock()
    patience = Patience(clock)
    for _ in range(3):
        patience.heard("a", 60, failed=False)
        assert clock.waits(patience) == 60


def test_others_do_not_wait():
    """One sink's trouble is its own."""
    patience = Patience(Clock())
    patience.heard("a", 60, failed=True)
    assert (patience.over("a"), patience.over("b")) == (False, True)


def test_what_a_person_has_put_right_is_tried_at_once():
    """After a reset the sink may be tried at once, and its next failure is a first one again."""
    clock = Clock()
    patience = Patience(clock)
    for _ in range(3):
        patience.heard("a", 60, failed=True)
    patience.heard("b", 60, failed=True)
    patience.reset("a")
    assert (patience.over("a"), patience.over("b")) == (True, False)
    patience.begin("a")
    patience.heard("a", 60, failed=True)
    assert clock.waits(patience) == 60


def test_a_failure_of_before_tells_nothing():
    """What was under way when a person put it right may fail still: nobody waits for that."""
    patience = Patience(Clock())
    patience.begin("a")
    patience.reset("a")
    patience.heard("a", 60, failed=True)
    assert patience.over("a")
    patience.begin("a")
    patience.heard("a", 60, failed=True)
    assert not patience.over("a")


@define
class Kernel:
    """Sinks that fail, all but ``good``."""

    delivered: list[str] = field(factory=list)

    async def dispatch(self, name):
        """One dispatch."""
        self.delivered.append(name)
        if name == "good":
            return DispatchReport(connection=name, state="done")
        return DispatchReport(connection=name, state="failed", again=3600)


async def test_ten_sinks_in_trouble_do_not_hold_up_another():
    """However many sinks ask for an hour's pause, the next one has its turn at once."""
    kernel, patience = Kernel(), Patience(Clock())
    sinks = LocalDispatcher(lambda name: deliver(kernel, patience, name), SILENT)
    await sinks.start()
    for number in range(10):
        sinks.request(f"bad {number}")
    sinks.request("good")
    for _ in range(100):
        await asyncio.sleep(0)
    assert "good" in kernel.delivered
    assert len(kernel.delivered) == 11
    assert not patience.over("bad 9")
    assert patience.over("good")
