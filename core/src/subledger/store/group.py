"""Group commit: one connection, one durable commit for all the functions that wait.

Short functions run on the event loop itself: there no other thread competes for the interpreter at
each of their statements, and what is put down in one turn of the loop is one group. Long functions,
and every commit that has something to write, run on the writer's own thread, so that the loop never
waits for the disk, nor for the lock of another process.
"""

import asyncio
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import sqlalchemy as sa
from attrs import define

from subledger.store.prepared import PreparedConnection

T = TypeVar("T")
Loop = asyncio.AbstractEventLoop

_GROUP: Final = 128
_NAP: Final = 0.002
_TRIES: Final = 5_000
"""Another process may hold the lock of the database for so many naps, about ten seconds."""


@define(eq=False)
class _Job:
    function: Callable[[sa.Connection], Any]
    future: "asyncio.Future[Any]"
    loop: Loop
    result: Any = None
    error: BaseException | None = None


@define
class _Order:
    """What the thread is to do with a group; ``begun`` where its functions have run already."""

    group: list[_Job]
    begun: bool = False
    failed: bool = False


class GroupWriter:
    """Lets the waiting functions into the database, one group after another."""

    def __init__(self, engine: sa.Engine) -> None:
        self._connection = PreparedConnection(engine)
        self._driver = cast("sqlite3.Connection", self._connection.connection.driver_connection)
        self._driver.execute("PRAGMA busy_timeout=0")  # the loop never waits; the thread tries on
        self._mutex = threading.Lock()
        self._closed = self._busy = self._long_is_next = False
        self._turn_on: Loop | None = None
        self._short: deque[_Job] = deque()
        self._long: deque[_Job] = deque()
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="subledger-writer", daemon=True)
        self._thread.start()

    async def run(self, job: Callable[[sa.Connection], T], *, short: bool = False) -> T:
        """The function's result, once its transaction is on disk. RuntimeError once closed."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        with self._mutex:
            if self._closed:
                raise RuntimeError("the store is closed")
            (self._short if short else self._long).append(_Job(job, future, loop))
            if self._turn_on is not None and self._turn_on.is_closed():
                self._turn_on, self._busy = None, False
            if not self._busy:
                self._go_on(loop)
        return await future

    def close(self) -> None:
        """Finishes what waits, then stops."""
        with self._mutex:
            self._closed = True
            self._long.extend(self._short)
            self._short.clear()
            if self._turn_on is not None or not self._busy:
                self._turn_on = None
                self._go_on(None)
        self._thread.join()
        self._connection.close()

    def _go_on(self, here: Loop | None) -> None:
        """Decides who is next, with the mutex held; short and long ones take turns."""
        self._busy = True
        if self._short and not (self._long and self._long_is_next):
            if self._plan_turn(here):
                return
            self._long.extend(self._short)  # their loops have ended; the thread can run them too
            self._short.clear()
        if self._long:
            self._long_is_next = False
            self._orders.put(_Order(_some_of(self._long)))
            return
        self._busy = False
        if self._closed:
            self._orders.put(None)

    def _plan_turn(self, here: Loop | None) -> bool:
        """Has the short ones run on the loop that runs here, else on one of theirs."""
        self._long_is_next = True
        if here is not None:
            here.call_soon(self._turn, here)
            self._turn_on = here
            return True
        for loop in {job.loop for job in self._short}:
            try:
                loop.call_soon_threadsafe(self._turn, loop)
            except RuntimeError:  # it is closed
                continue
            self._turn_on = loop
            return True
        return False

    def _turn(self, loop: Loop) -> None:
        """Runs the short functions that wait, on the loop; the thread commits what they wrote."""
        with self._mutex:
            if self._turn_on is not loop:
                return
            self._turn_on = None
            order = _Order(_some_of(self._short))
        try:
            self._driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:  # locked by another process: the thread can wait
            self._orders.put(order)
            return
        order.begun = True
        before = self._driver.total_changes
        self._guarded(order, self._run)
        if self._driver.total_changes != before and self._driver.in_transaction:
            self._orders.put(order)
            return
        self._guarded(order, self._commit)
        _resolve(order.group)
        with self._mutex:
            self._go_on(loop)

    def _work(self) -> None:
        while (order := self._orders.get()) is not None:
            if not order.begun:
                self._guarded(order, self._begin)
                self._guarded(order, self._run)
            self._guarded(order, self._commit)
            _deliver(order.group)
            with self._mutex:
                self._go_on(None)

    def _guarded(self, order: _Order, step: Callable[[list[_Job]], None]) -> None:
        """Takes a step unless one before it failed; whatever fails, every waiter is told."""
        if order.failed:
            return
        try:
            step(order.group)
        except BaseException as error:  # noqa: BLE001 - whatever it is, every waiter must be told
            order.failed = True
            if self._driver.in_transaction:
                self._driver.execute("ROLLBACK")
            for job in order.group:
                job.error = job.error or error

    def _begin(self, _group: list[_Job]) -> None:
        _patiently(self._driver, "BEGIN IMMEDIATE")

    def _commit(self, _group: list[_Job]) -> None:
        _patiently(self._driver, "COMMIT")

    def _run(self, group: list[_Job]) -> None:
        """Runs each function in its savepoint: an exception undoes only its own function."""
        if len(group) == 1:
            group[0].result = group[0].function(self._connection)
            return
        execute = self._driver.execute
        for job in group:
            execute("SAVEPOINT job")
            try:
                job.result = job.function(self._connection)
            except BaseException as error:  # noqa: BLE001 - it belongs to the caller
                job.error = error
                execute("ROLLBACK TO job")
            execute("RELEASE job")


def _some_of(jobs: deque[_Job]) -> list[_Job]:
    return [jobs.popleft() for _ in range(min(len(jobs), _GROUP))]


def _patiently(driver: sqlite3.Connection, statement: str) -> None:
    """Executes BEGIN or COMMIT as soon as no other process is in its way."""
    for left in range(_TRIES, -1, -1):
        try:
            driver.execute(statement)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or not left:
                raise
            time.sleep(_NAP)
        else:
            return


def _deliver(group: list[_Job]) -> None:
    by_loop: dict[Loop, list[_Job]] = {}
    for job in group:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, jobs in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, jobs)


def _resolve(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.future.cancelled():
            continue
        if job.error is None:
            job.future.set_result(job.result)
        else:
            job.future.set_exception(job.error)
