"""The group writer: one durable commit for many, and each caller gets only what is its own."""

import asyncio
import sqlite3
import stat
import threading

import pytest
import sqlalchemy as sa

from subledger.store import open_store
from subledger.store.engine import GroupWriter, InlineWriter, make_engine
from subledger.store.schema import NOTE


def put(c, name, value="1"):
    """Writes one note."""
    c.execute(sa.insert(NOTE).values(connection="c", name=name, value=value))
    return name


def names(c):
    """The names of all notes."""
    return sorted(c.execute(sa.select(NOTE.c.name)).scalars())


def put_and_fail(c, name):
    """Writes one note and fails."""
    put(c, name)
    raise LookupError(name)


@pytest.fixture
def store(tmp_path):
    """A store in a file."""
    opened = open_store(tmp_path / "s.db")
    yield opened
    opened.close()


async def test_results_reach_their_callers(store):
    """Among many concurrent writers each gets its own result, and all of it is stored."""
    results = await asyncio.gather(*(store.tx(put, f"n{i:03}") for i in range(300)))
    assert results == [f"n{i:03}" for i in range(300)]
    assert await store.read(names) == results


async def test_an_exception_undoes_only_its_own_function(store):
    """A failing function leaves nothing behind; its neighbours in the group are stored."""
    results = await asyncio.gather(
        *(store.tx(put if i % 3 else put_and_fail, f"n{i:03}") for i in range(90)),
        return_exceptions=True,
    )
    failed = [i for i in range(90) if i % 3 == 0]
    assert [i for i, result in enumerate(results) if isinstance(result, LookupError)] == failed
    assert await store.read(names) == [f"n{i:03}" for i in range(90) if i % 3]


async def test_functions_of_a_group_run_one_after_another(store):
    """No two transactions overlap, so that a counter loses no increment."""

    def increment(c):
        old = int(c.execute(sa.select(NOTE.c.value).where(NOTE.c.name == "n")).scalar_one())
        c.execute(sa.update(NOTE).values(value=str(old + 1)))

    await store.tx(put, "n", "0")
    await asyncio.gather(*(store.tx(increment) for _ in range(250)))
    value = await store.read(lambda c: c.execute(sa.select(NOTE.c.value)).scalar_one())
    assert value == "250"


async def test_commits_are_grouped(tmp_path):
    """What waits while a commit is under way goes into one commit together."""
    engine = make_engine(str(tmp_path / "g.db"))
    writer = GroupWriter(engine)
    begun, release = threading.Event(), threading.Event()
    commits = []

    def hold(c):
        driver = c.connection.driver_connection
        driver.set_trace_callback(lambda text: text == "COMMIT" and commits.append(text))
        begun.set()
        release.wait(60)

    waiting = [asyncio.create_task(writer.run(hold))]
    await asyncio.to_thread(begun.wait, 60)
    waiting += [asyncio.create_task(writer.run(lambda _c: None)) for _ in range(50)]
    await asyncio.sleep(0.05)
    release.set()
    await asyncio.gather(*waiting)
    writer.close()
    engine.dispose()
    assert len(commits) == 2


async def test_close_finishes_what_waits(tmp_path):
    """Whatever was handed over before the end is stored."""
    opened = open_store(tmp_path / "s.db")
    tasks = [asyncio.create_task(opened.tx(put, f"n{i:03}")) for i in range(200)]
    await asyncio.sleep(0)
    opened.close()
    assert len(await asyncio.gather(*tasks)) == 200
    again = open_store(tmp_path / "s.db")
    assert len(await again.read(names)) == 200
    again.close()


async def test_nothing_is_taken_after_the_end(tmp_path):
    """A transaction after the end is refused at once; it does not wait for ever."""
    opened = open_store(tmp_path / "s.db")
    opened.close()
    with pytest.raises(RuntimeError, match="closed"):
        await asyncio.wait_for(opened.tx(names), 60)


async def test_a_caller_that_gave_up(store):
    """A cancelled caller disturbs nobody; its transaction is whole or absent."""
    tasks = [asyncio.create_task(store.tx(put, f"n{i}")) for i in range(20)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    found = await store.read(names)
    assert {f"n{i}" for i in range(1, 20, 2)} <= set(found)


async def test_reading_beside_the_writer(store):
    """A reader sees only what is committed, and one state from its begin to its end."""
    await store.tx(put, "a")
    assert await store.read(names) == ["a"]


async def test_the_read_engine_cannot_write(store):
    """A function that writes is refused by the read connection, and may write in a transaction."""
    with pytest.raises(sa.exc.OperationalError, match="readonly"):
        await store.read(put, "a")
    assert await store.read(names) == []
    assert await store.tx(put, "a") == "a"


def test_only_its_owner_reads_the_file(tmp_path):
    """A new database, and its folder's newly made journal, can be read by its owner only."""
    path = tmp_path / "deep" / "s.db"
    open_store(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_durability(tmp_path):
    """A commit is on the disk before it is acknowledged, and the journal loses nothing."""
    engine = make_engine(str(tmp_path / "s.db"))
    with engine.connect() as c:
        assert c.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        safe = "wal" if sqlite3.sqlite_version_info >= (3, 51, 3) else "truncate"
        assert c.exec_driver_sql("PRAGMA journal_mode").scalar() == safe
        assert c.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert c.exec_driver_sql("PRAGMA trusted_schema").scalar() == 0
    engine.dispose()


async def test_inline_writer():
    """The writer of simulations commits at once, and undoes what a simulated crash interrupts."""
    engine = make_engine(":memory:")
    with engine.connect() as c:
        NOTE.create(c)
    crash = []

    def around(moment):
        if moment in crash:
            raise InterruptedError(moment)

    writer = InlineWriter(engine, around)
    assert await writer.run(lambda c: put(c, "a")) == "a"
    crash.append("before")
    with pytest.raises(InterruptedError):
        await writer.run(lambda c: put(c, "lost"))
    crash[:] = ["after"]
    with pytest.raises(InterruptedError):
        await writer.run(lambda c: put(c, "kept"))
    crash.clear()
    assert await writer.run(names) == ["a", "kept"]
    writer.close()
    engine.dispose()


async def test_short_and_long_functions_share_one_order(store):
    """Short steps and long transactions never overlap, and each gets its own result."""

    def increment(c):
        old = int(c.execute(sa.select(NOTE.c.value).where(NOTE.c.name == "n")).scalar_one())
        c.execute(sa.update(NOTE).values(value=str(old + 1)))
        return old + 1

    await store.tx(put, "n", "0")
    seen = await asyncio.gather(
        *((store.step if number % 3 else store.tx)(increment) for number in range(300))
    )
    assert sorted(seen) == list(range(1, 301))


async def test_a_short_function_runs_on_the_loop(store):
    """A short step needs no other thread; a long transaction keeps the loop free."""
    here = threading.get_ident()
    assert await store.step(lambda _c: threading.get_ident()) == here
    assert await store.tx(lambda _c: threading.get_ident()) != here


async def test_an_exception_undoes_only_its_own_step(store):
    """Among short steps of one group, too, a failing one leaves nothing behind."""
    results = await asyncio.gather(
        *(store.step(put if i % 3 else put_and_fail, f"n{i:03}") for i in range(90)),
        store.step(put, "last"),
        return_exceptions=True,
    )
    failed = [i for i in range(90) if i % 3 == 0]
    assert [i for i, result in enumerate(results) if isinstance(result, LookupError)] == failed
    assert await store.read(names) == ["last", *(f"n{i:03}" for i in range(90) if i % 3)]


async def test_a_single_step_that_fails_is_undone(store):
    """A step that is alone in its group is undone with the whole transaction."""
    with pytest.raises(LookupError):
        await store.step(put_and_fail, "a")
    assert await store.step(put, "b") == "b"
    assert await store.step(names) == ["b"]


async def test_another_process_never_holds_up_the_loop(tmp_path):
    """While somebody else has locked the file the loop goes on; the step is done afterwards."""
    opened = open_store(tmp_path / "s.db")
    other = sqlite3.connect(tmp_path / "s.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    step = asyncio.create_task(opened.step(put, "a"))
    longest = 0.0
    loop = asyncio.get_running_loop()
    for _ in range(20):
        before = loop.time()
        await asyncio.sleep(0.01)
        longest = max(longest, loop.time() - before)
    assert not step.done()
    assert longest < 5
    other.execute("COMMIT")
    other.close()
    assert await step == "a"
    assert await opened.read(names) == ["a"]
    opened.close()


async def test_a_reader_of_another_process_only_delays_the_commit(tmp_path):
    """A commit waits until a reader of another process is done, and is not lost."""
    opened = open_store(tmp_path / "s.db")
    await opened.step(put, "a")
    other = sqlite3.connect(tmp_path / "s.db", isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM note").fetchall()
    step = asyncio.create_task(opened.step(put, "b"))
    await asyncio.sleep(0.1)
    other.execute("COMMIT")
    other.close()
    assert await step == "b"
    assert await opened.read(names) == ["a", "b"]
    opened.close()


async def test_close_finishes_short_steps_too(tmp_path):
    """Steps that wait for their turn when the store is closed are stored."""
    opened = open_store(tmp_path / "s.db")
    tasks = [asyncio.create_task(opened.step(put, f"n{i:03}")) for i in range(50)]
    await asyncio.sleep(0)
    opened.close()
    assert len(await asyncio.gather(*tasks)) == 50
    again = open_store(tmp_path / "s.db")
    assert len(await again.read(names)) == 50
    again.close()


def test_a_loop_that_ended_holds_up_nobody(tmp_path):
    """Steps of an event loop that is gone do not stop those of the next one."""
    opened = open_store(tmp_path / "s.db")

    async def give_up():
        task = asyncio.create_task(opened.step(put, "a"))
        task.cancel()
        await asyncio.sleep(0)

    async def hand_over():
        asyncio.create_task(opened.step(put, "a"))  # noqa: RUF006 - it is left behind on purpose
        await asyncio.sleep(0)

    for leave in (give_up, hand_over, hand_over):
        asyncio.run(leave())
    assert asyncio.run(asyncio.wait_for(opened.step(put, "b"), 60)) == "b"
    assert "b" in asyncio.run(opened.read(names))
    opened.close()
