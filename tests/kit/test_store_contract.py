"""The store contract: our stores keep it, and each defect breaks the promise it is about."""

import asyncio
from contextlib import suppress

import pytest

from subledger.store import Store, open_store
from subledger.store.engine import InlineWriter, make_engine, memory_store
from subledger.store.prepared import PreparedConnection
from subledger.testing import StoreCase, StoreContract


class TestFile(StoreContract):
    """A file of SQLite, as an installation has it."""

    type = StoreCase(name="SQLite file", open=open_store)


class TestMemory(StoreContract):
    """The store in memory, as simulations have it."""

    type = StoreCase(name="memory", open=lambda _path: memory_store(), durable=False)


class Careless:
    """A writer of one transaction at a time; what it does badly is a flag."""

    def __init__(self, path, *, commits_halves=False, forgets=False):
        self.connection = PreparedConnection(make_engine(":memory:" if forgets else str(path)))
        self.commits_halves = commits_halves

    async def run(self, job, *, short=False):
        """The result after the commit."""
        await asyncio.sleep(0)
        driver = self.connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE")
        try:
            result = job(self.connection)
        except BaseException:
            driver.execute("COMMIT" if self.commits_halves else "ROLLBACK")
            raise
        driver.execute("COMMIT")
        return result

    def close(self):
        """Closes it."""
        self.connection.close()


def asks_for(job, name):
    """Whether a job is a function of the contract."""
    return any(name in repr(cell.cell_contents) for cell in job.__closure__ or ())


class Grouped(InlineWriter):
    """Has the functions of a moment in one transaction, without savepoints."""

    def __init__(self, path):
        super().__init__(make_engine(str(path)))
        self.jobs = []

    async def run(self, job, *, short=False):
        """The result, once all that wait have run."""
        future = asyncio.get_running_loop().create_future()
        self.jobs.append((job, future))
        if len(self.jobs) == 1:
            asyncio.get_running_loop().call_soon(self._all)
        return await future

    def _all(self):
        jobs, self.jobs = self.jobs, []
        driver = self._connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE")
        results = []
        try:
            for job, _future in jobs:
                results.append(job(self._connection))
        except BaseException as error:  # noqa: BLE001 - it is handed to everybody
            driver.execute("ROLLBACK")
            for _job, future in jobs:
                with suppress(asyncio.InvalidStateError):
                    future.set_exception(error)
            return
        driver.execute("COMMIT")
        for (_job, future), result in zip(jobs, results, strict=True):
            with suppress(asyncio.InvalidStateError):
                future.set_result(result)


class TakesWith(Grouped):
    """Loses the others' functions where one of the callers has gone away."""

    def _all(self):
        if any(future.cancelled() for _job, future in self.jobs):
            for _job, future in self.jobs:
                future.cancel()
            self.jobs = []
            return
        jobs, self.jobs = self.jobs, []
        for one in jobs:
            self.jobs = [one]
            super()._all()


class Split(Careless):
    """Reads in one transaction and writes in another."""

    async def run(self, job, *, short=False):
        """As it would be with two transactions that cross."""
        driver = self.connection.connection.driver_connection
        if not asks_for(job, "_add"):
            return await super().run(job, short=short)
        number = driver.execute("SELECT number FROM tally WHERE name = 'all'").fetchone()[0]
        await asyncio.sleep(0.001)
        driver.execute("UPDATE tally SET number = ? WHERE name = 'all'", (number + 1,))
        return number + 1


class Late(Careless):
    """Lets its callers go on before it has written."""

    later: tuple = ()

    async def run(self, job, *, short=False):
        """Puts one transaction later than it says."""
        if not asks_for(job, "_put"):
            return await super().run(job, short=short)
        waiting, self.later = self.later, (job,)
        for one in waiting:
            await super().run(one, short=short)
        return None


DEFECTS = {
    "commits halves": (lambda path: Careless(path, commits_halves=True), "test_all_or_nothing"),
    "one transaction for all": (Grouped, "test_a_failing_one_harms_no_other"),
    "reads and writes apart": (Split, "test_no_update_is_lost"),
    "tells before it commits": (Late, "test_who_is_told_can_rely_on_it"),
    "takes others with it": (TakesWith, "test_who_stops_waiting_harms_no_other"),
    "forgets": (lambda path: Careless(path, forgets=True), "test_what_was_committed_survives"),
    "of two processes one": (
        lambda path: Careless(path, forgets=True),
        "test_two_processes_lose_nothing",
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_breaks_its_promise(defect, broken):
    """A store with a defect fails the test that is about it."""
    writer, name = DEFECTS[defect]
    case = StoreCase(name=defect, open=lambda path: Store(writer(path)))
    found = broken(type("Contract", (StoreContract,), {"type": case}), only=[name])
    assert list(found) == [name]
    assert "To do:" in found[name], found[name]


def test_sound_without_the_defect(broken):
    """Control: the same writer without its defects keeps what they break."""
    case = StoreCase(name="sound", open=lambda path: Store(Careless(path)))
    names = {name for _writer, name in DEFECTS.values()} - {"test_two_processes_lose_nothing"}
    assert broken(type("Contract", (StoreContract,), {"type": case}), only=sorted(names)) == {}


def test_every_promise_has_a_defect():
    """No test of the contract is without a store that breaks it."""
    tests = {name for name in dir(StoreContract) if name.startswith("test_")}
    assert tests == {name for _writer, name in DEFECTS.values()}
