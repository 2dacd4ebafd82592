"""The tools for simulated crashes: virtual time, traps, worlds."""

import asyncio
import datetime as dt
import time

import pytest
import sqlalchemy as sa

from subledger.store.schema import NOTE
from subledger.testing.crash import Died, Disk, Endless, Froze, Point, Steps, Trap
from subledger.testing.virtual_time import Deadlock, run
from subledger.testing.worlds import Ending, World, crashes, explore


def _note(c, name):
    c.execute(sa.insert(NOTE).values(connection="x", name=name, value="{}"))


def _names(disk):
    return disk.do(lambda c: [row.name for row in c.execute(sa.select(NOTE))])


async def _two_notes(store):
    await store.tx(_note, "a")
    await store.tx(_note, "b")
    return "done"


def _die_at(text):
    """What is on the disk after a process died at a point."""
    disk, trap = Disk(), Trap(Point.parse(text))

    async def main(_loop):
        with pytest.raises(Died):
            await Steps(_two_notes(disk.store(trap)), trap)

    run(main)
    return _names(disk)


def test_a_month_of_waiting_takes_no_time():
    """Virtual time jumps to the next timer, and the clock goes with it."""

    async def main(loop):
        clock = loop.clock(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        await asyncio.sleep(30 * 86_400)
        return clock()

    assert run(main) == dt.datetime(2026, 1, 31, tzinfo=dt.UTC)


def test_a_hang_is_an_error():
    """Where nothing can ever happen, the loop says so instead of waiting."""

    async def main(_loop):
        await asyncio.Event().wait()

    with pytest.raises(Deadlock):
        run(main)


def test_time_stands_still_while_a_thread_works():
    """A call in an executor takes no virtual time, however long it takes."""

    async def main(loop):
        await asyncio.gather(loop.run_in_executor(None, time.sleep, 0.05), asyncio.sleep(0))
        return loop.passed

    assert run(main) == 0


@pytest.mark.parametrize(
    ("point", "left"),
    [
        ("await@1", []),
        ("before@1", []),
        ("after@1", ["a"]),
        ("await@2", ["a"]),
        ("before@2", ["a"]),
        ("after@2", ["a", "b"]),
    ],
)
def test_a_process_that_dies_leaves_what_was_committed(point, left):
    """Only transactions before the point are on the disk."""
    assert _die_at(point) == left


def test_a_snapshot_comes_back_whole():
    """Whatever was written after a snapshot is gone, and what it held is there, as it was."""
    disk = Disk()
    disk.do(lambda c: _note(c, "kept"))
    content = disk.content()
    for name in ("lost", "lost too"):
        disk.do(lambda c, name=name: _note(c, name))
    disk.do(lambda c: c.execute(sa.delete(NOTE).where(NOTE.c.name == "kept")))
    disk.put(content)
    assert _names(disk) == ["kept"]
    disk.put(Disk().content())
    assert _names(disk) == []


def test_the_dead_write_nothing_in_their_finally_blocks():
    """What a finally block wants to store after the death is not stored."""
    disk, trap = Disk(), Trap(Point("await", 1))
    store = disk.store(trap)

    async def work():
        try:
            await asyncio.sleep(0)
        finally:
            await store.tx(_note, "late")

    async def main(_loop):
        with pytest.raises(Died):
            await Steps(work(), trap)

    run(main)
    assert _names(disk) == []


def test_a_frozen_process_goes_on_where_it_was():
    """Between freezing and thawing others work; what it writes afterwards is counted."""
    disk, trap = Disk(), Trap(Point("await", 2), freezes=True)

    async def main(_loop):
        with pytest.raises(Froze) as stopped:
            await Steps(_two_notes(disk.store(trap)), trap)
        between = _names(disk)
        await asyncio.sleep(600)
        return between, await stopped.value.frozen

    assert run(main) == (["a"], "done")
    assert _names(disk) == ["a", "b"]
    assert trap.late_writes == 1


def test_a_process_that_never_ends_is_stopped():
    """A process that goes round in circles is an error, not a hang."""
    trap = Trap(patience=50)

    async def circles():
        while True:  # noqa: ASYNC110 - going round in circles is what it does
            await asyncio.sleep(0)

    async def main(_loop):
        with pytest.raises(Endless):
            await Steps(circles(), trap)

    run(main)


def test_a_world_is_its_line():
    """The line that a failure prints gives the same world again."""
    for line in ("shop:3:none:none", "late:1:cut=receiveResponseXML@2:before@17"):
        assert str(World.parse(line)) == line
    for line in ("shop", "shop:x:none:none", "shop:1:none:await@0", "shop:1:none:later@3"):
        with pytest.raises(ValueError, match="is not a"):
            World.parse(line)


def test_steps_that_leave_the_same_state_are_one_history():
    """Alike worlds stand together, are counted each, and are played once."""
    trail = [(Point("await", 1), "s"), (Point("before", 1), "s"), (Point("after", 1), "t")]
    played = []

    def simulate(world):
        played.append(world)
        bad = world.point == Point("after", 1)
        return Ending(trail=trail, lost=("r",) if bad else ())

    calm = World(scenario="x", seed=1)
    histories = crashes(simulate, calm)
    assert [len(alike) for alike in histories] == [1, 2, 1]
    assert len(crashes(simulate, calm, apart=True)) == 4
    played.clear()
    report = explore(simulate, histories)
    assert (report.worlds, report.played, len(played), report.lost) == (4, 3, 3, 1)
    assert "replay 'x:1:none:after@1'" in report.text("replay")
