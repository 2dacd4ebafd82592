"""What every store promises: transactions that are whole, alone and durable."""

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import sqlalchemy as sa
from attrs import frozen

from subledger.store import Store
from subledger.testing.contracts.base import Contract, applies, breach

T = TypeVar("T")

_JOBS = 60


class Refused(Exception):  # noqa: N818 - what a transaction of a test raises
    """A transaction that does not want to be committed."""


class Abandoned(BaseException):
    """A transaction that is broken off by something harder than an exception."""


@frozen(kw_only=True)
class StoreCase:
    """A store under test: ``open`` gives it for a file of its own; ``durable`` outlives closing."""

    name: str
    open: Callable[[Path], Store]
    durable: bool = True


def _durable(case: StoreCase) -> bool:
    return case.durable


def _prepare(c: sa.Connection) -> None:
    c.exec_driver_sql("CREATE TABLE tally (name TEXT PRIMARY KEY, number INTEGER NOT NULL)")
    c.exec_driver_sql("INSERT INTO tally VALUES ('all', 0)")


def _put(c: sa.Connection, name: str, *, fails: bool = False, error: Any = Refused) -> str:
    c.exec_driver_sql("INSERT INTO tally VALUES (?, 1)", (name,))
    if fails:
        raise error
    return name


def _add(c: sa.Connection) -> int:
    number: int = c.exec_driver_sql("SELECT number FROM tally WHERE name = 'all'").scalar_one()
    c.exec_driver_sql("UPDATE tally SET number = ? WHERE name = 'all'", (number + 1,))
    return number + 1


def _number(c: sa.Connection) -> int:
    number: int = c.exec_driver_sql("SELECT number FROM tally WHERE name = 'all'").scalar_one()
    return number


def _names(c: sa.Connection) -> set[str]:
    return {row[0] for row in c.exec_driver_sql("SELECT name FROM tally WHERE name <> 'all'")}


class StoreContract(Contract):
    """The contract of every store; ``type`` says how it is opened."""

    type: ClassVar[StoreCase]

    def run(self, work: Callable[[Store], Coroutine[Any, Any, T]]) -> T:
        """Runs ``work(store)`` on an empty store in real time."""
        with tempfile.TemporaryDirectory() as folder:
            return self.at(Path(folder) / "store.db", work, first=True)

    def at(
        self, path: Path, work: Callable[[Store], Coroutine[Any, Any, T]], *, first: bool = False
    ) -> T:
        """Runs ``work(store)`` on the store at a path and closes it."""

        async def whole() -> T:
            store = self.type.open(path)
            try:
                if first:
                    await store.tx(_prepare)
                return await work(store)
            finally:
                store.close()

        return asyncio.run(whole())

    def test_all_or_nothing(self) -> None:
        """A transaction that raises leaves nothing behind, and its caller gets the exception."""
        __tracebackhide__ = True

        async def work(store: Store) -> tuple[bool, set[str]]:
            raised = False
            for number, way in enumerate((store.tx, store.step)):
                try:
                    await way(_put, f"half {number}", fails=True)
                except Refused:
                    raised = True
            return raised, await store.tx(_names)

        raised, names = self.run(work)
        if not raised or names:
            breach(
                f"the exception came: {raised}; what stayed: {names or 'nothing'}",
                promise="all of a transaction is committed, or nothing",
                hint="roll the function's savepoint back and raise in its caller",
            )

    def test_a_failing_one_harms_no_other(self) -> None:
        """Of many that wait together, those that fail are undone, and only those."""
        __tracebackhide__ = True

        async def work(store: Store) -> tuple[list[Any], set[str]]:
            jobs = [
                (store.step if number % 2 else store.tx)(
                    _put,
                    f"{number}",
                    fails=number % 3 == 0,
                    error=Refused if number % 2 else Abandoned,
                )
                for number in range(_JOBS)
            ]
            results = [await _settled(job) for job in asyncio.as_completed(jobs)]
            return results, await store.tx(_names)

        results, names = self.run(work)
        expected = {f"{number}" for number in range(_JOBS) if number % 3}
        told = {result for result in results if isinstance(result, str)}
        if names != expected or told != expected:
            breach(
                f"{len(names)} of {len(expected)} sound ones stayed, {len(told)} were told so",
                promise="an exception undoes only its own transaction",
                hint="give each function of a group a savepoint of its own",
            )

    def test_no_update_is_lost(self) -> None:
        """Transactions that read and then write, all at once, count every one of them."""
        __tracebackhide__ = True

        async def work(store: Store) -> int:
            await asyncio.gather(
                *((store.step if number % 2 else store.tx)(_add) for number in range(_JOBS))
            )
            return await store.tx(_number)

        number = self.run(work)
        if number != _JOBS:
            breach(
                f"{_JOBS} additions made {number}",
                promise="one transaction at a time, or as if",
                hint="begin immediately, not at the first write",
            )

    def test_who_is_told_can_rely_on_it(self) -> None:
        """Once a transaction's caller goes on, others that only look see what it wrote."""
        __tracebackhide__ = True

        async def work(store: Store) -> list[set[str]]:
            seen = []
            for number in range(10):
                await store.tx(_put, f"{number}")
                seen.append(await store.read(_names))
            return seen

        for number, names in enumerate(self.run(work)):
            if f"{number}" not in names:
                breach(
                    f"after the transaction {number} a look did not show it",
                    promise="a result comes after the commit",
                    hint="resolve the callers' futures once COMMIT has returned",
                )

    def test_who_stops_waiting_harms_no_other(self) -> None:
        """A caller that is cancelled takes nobody else's transaction with it."""
        __tracebackhide__ = True

        async def work(store: Store) -> set[str]:
            tasks = [asyncio.ensure_future(store.tx(_put, f"{number}")) for number in range(_JOBS)]
            await asyncio.sleep(0)
            for task in tasks[::4]:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await store.tx(_put, "after")
            return await store.tx(_names)

        names = self.run(work)
        missing = {f"{number}" for number in range(_JOBS) if number % 4} - names
        if missing or "after" not in names:
            breach(
                f"{len(missing)} transactions of others were lost",
                promise="a caller that goes away is nobody else's trouble",
                hint="skip cancelled futures when results are handed out",
            )

    @applies(_durable)
    def test_what_was_committed_survives(self) -> None:
        """What a caller was told of is there when the store is opened again."""
        __tracebackhide__ = True

        async def write(store: Store) -> None:
            await store.tx(_put, "kept")
            with suppress(Refused):
                await store.tx(_put, "undone", fails=True)

        async def look(store: Store) -> set[str]:
            try:
                return await store.tx(_names)
            except sa.exc.DatabaseError:  # not even the table
                return set()

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "store.db"
            self.at(path, write, first=True)
            names = self.at(path, look)
        if names != {"kept"}:
            breach(
                f"after opening it again it held {names or 'nothing'}",
                promise="what was committed survives, what was undone does not come back",
                hint="commit before the result is handed out; flush to the disk",
            )

    @applies(_durable)
    def test_two_processes_lose_nothing(self) -> None:
        """Two that have opened the same store at once write past each other without a loss."""
        __tracebackhide__ = True

        async def work(path: Path) -> int:
            one = self.type.open(path)
            await one.tx(_prepare)
            other = self.type.open(path)
            try:
                await asyncio.gather(*(s.tx(_add) for s in [one, other] for _ in range(_JOBS // 3)))
                return await one.tx(_number)
            except sa.exc.DatabaseError:  # they do not share a thing
                return 0
            finally:
                one.close()
                other.close()

        with tempfile.TemporaryDirectory() as folder:
            number = asyncio.run(work(Path(folder) / "store.db"))
        if number != 2 * (_JOBS // 3):
            breach(
                f"{2 * (_JOBS // 3)} additions of two processes made {number}",
                promise="several processes share one store",
                hint="wait for the other's lock, then read what it wrote",
            )


async def _settled(job: Any) -> Any:
    try:
        return await job
    except (Refused, Abandoned) as error:
        return error


__all__ = ["StoreCase", "StoreContract"]
