"""Crashes at a chosen step: a process that dies, or freezes, at its n-th await or transaction.

A process of the simulation is a set of coroutines that share one :class:`Trap`. Each runs inside
:class:`Steps`, and its transactions on a :class:`Disk`. When the trap springs, the
process is dead: nothing that still runs of it, no ``finally`` either, can commit anything.
"""

import hashlib
import itertools
import sqlite3
from collections.abc import Callable, Coroutine, Generator, Hashable
from contextlib import suppress
from functools import lru_cache
from typing import Any, Generic, Literal, TypeVar, cast, get_args

import sqlalchemy as sa
from attrs import define, field, frozen

from subledger.store import Store
from subledger.store.engine import InlineWriter, make_engine
from subledger.store.prepared import PreparedConnection
from subledger.store.schema import METADATA

T = TypeVar("T")

Moment = Literal["await", "before", "after"]
"""A suspension of a coroutine; a transaction that is about to commit; one that has committed."""
MOMENTS: tuple[Moment, ...] = get_args(Moment)


class Died(BaseException):
    """The process is gone in mid-step."""


class Endless(BaseException):
    """The process goes round in circles: it took far more steps than any work needs."""


class Froze(BaseException):
    """The process has stopped in mid-step; ``frozen`` goes on from there when it is awaited."""

    def __init__(self, frozen: "Frozen[Any]") -> None:
        super().__init__("the process is frozen")
        self.frozen = frozen


@frozen
class Point:
    """One step of a process: the ``number``-th of its kind, counted from 1."""

    moment: Moment
    number: int

    def __str__(self) -> str:
        """``await@17``, as :meth:`parse` reads it."""
        return f"{self.moment}@{self.number}"

    @classmethod
    def parse(cls, text: str) -> "Point":
        """Reads ``await@17``. Raises ValueError."""
        moment, _, number = text.partition("@")
        if moment not in MOMENTS or not number.isdecimal() or int(number) < 1:
            raise ValueError(f"{text!r} is not a step such as await@17, before@3 or after@3")
        return cls(moment, int(number))


@define
class Trap:
    """Counts the steps of one process, and ends or freezes it at ``point``.

    ``state`` names the durable state of the simulated system and what the process does at the
    moment; without it each step is taken for another state. ``trail`` lists the steps, each with
    the state that a crash would leave behind.
    ``late_writes`` counts the transactions in which a process that was frozen changed something
    after it had gone on. A process that takes more than ``patience`` steps never ends.
    """

    point: Point | None = None
    freezes: bool = False
    state: Callable[[], Hashable] = field(factory=lambda: itertools.count().__next__)
    trail: list[tuple[Point, Hashable]] = field(factory=list)
    counts: dict[str, int] = field(factory=lambda: dict.fromkeys(MOMENTS, 0))
    sprung: bool = False
    patience: int = 5_000
    late_writes: int = 0
    _left_behind: Hashable = None

    @property
    def dead(self) -> bool:
        """Whether the process has died."""
        return self.sprung and not self.freezes

    def kill(self) -> None:
        """Ends the process now, also a frozen one."""
        self.sprung, self.freezes = True, False

    def suspended(self) -> bool:
        """Counts an await; True where the process stops here."""
        self._left_behind = self.state()
        return self._step("await") or self.dead

    def transaction(self, moment: str) -> None:
        """Counts a commit; the ``around`` of an InlineWriter. Raises :class:`Died`."""
        if moment == "after":
            self._left_behind = self.state()
        if self.dead or (self._step(cast("Moment", moment)) and not self.freezes):
            raise Died

    def _step(self, moment: Moment) -> bool:
        if self.sprung:
            return False
        self.counts[moment] += 1
        if self.counts[moment] > self.patience:
            raise Endless(f"{self.patience} steps, and no end")
        here = Point(moment, self.counts[moment])
        self.trail.append((here, self._left_behind))
        self.sprung = here == self.point
        return self.sprung


class Frozen(Generic[T]):
    """A coroutine that was stopped in mid-step; awaiting it lets it go on to its end."""

    def __init__(self, steps: Generator[Any, Any, T], waits_for: Any, trap: Trap) -> None:
        self._steps = steps
        self._waits_for = waits_for
        self._trap = trap

    def __await__(self) -> Generator[Any, Any, T]:
        return _drive(self._steps, self._trap, (self._waits_for,))


class Steps(Generic[T]):
    """Runs a coroutine of a process. Raises :class:`Died` or :class:`Froze` where the trap springs.

    ``await Steps(coroutine, trap)`` is the coroutine's result otherwise.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, T], trap: Trap) -> None:
        self._coroutine = coroutine
        self._trap = trap

    def __await__(self) -> Generator[Any, Any, T]:
        return _drive(self._coroutine.__await__(), self._trap, ())


def _drive(
    steps: Generator[Any, Any, T], trap: Trap, held: tuple[Any, ...]
) -> Generator[Any, Any, T]:
    """Passes awaits on to the loop; ``held`` is one that a frozen process has not passed on."""
    sent: Any = None
    error: BaseException | None = None
    for waits_for in held:
        try:
            sent = yield waits_for
        except BaseException as raised:  # noqa: BLE001 - it belongs to the coroutine
            error = raised
    while True:
        try:
            waits_for = steps.send(sent) if error is None else steps.throw(error)
        except StopIteration as end:
            if trap.dead:
                raise Died from None
            return cast("T", end.value)
        if trap.suspended():
            if trap.freezes:
                raise Froze(Frozen(steps, waits_for, trap))
            _die(steps)
            raise Died
        sent, error = None, None
        try:
            sent = yield waits_for
        except BaseException as raised:  # noqa: BLE001 - it belongs to the coroutine
            error = raised


def _die(steps: Generator[Any, Any, Any]) -> None:
    """Ends a coroutine where it is; what its ``finally`` blocks want to await is not done."""
    with suppress(Died, StopIteration, Exception):
        steps.throw(Died())
        steps.close()


def name_of(content: bytes) -> str:
    """A short name for content."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def put_rows(driver: sqlite3.Connection, content: bytes) -> None:
    """Replaces all rows of a database by those of a snapshot that has the same tables.

    Unlike a copy of the whole database it leaves the schema alone, and so every statement that is
    prepared for it: preparing them again would take longer than all else.
    """
    driver.execute("BEGIN IMMEDIATE")
    for delete, insert, rows in _rows(content):
        driver.execute(delete)
        driver.executemany(insert, rows)
    driver.execute("COMMIT")


@lru_cache(maxsize=8)
def _rows(content: bytes) -> list[tuple[str, str, list[Any]]]:
    """For each table of a snapshot: how to empty it, how to fill it, and with what."""
    source = sqlite3.connect(":memory:")
    source.deserialize(content)
    tables = source.execute("SELECT name, ncol FROM pragma_table_list WHERE type='table'")
    found = [
        (
            f'DELETE FROM "{table}"',
            f'INSERT INTO "{table}" VALUES({",".join("?" * width)})',
            source.execute(f'SELECT * FROM "{table}"').fetchall(),
        )
        for table, width in tables
        if not table.startswith("sqlite_") or table == "sqlite_sequence"
    ]
    source.close()
    return found


class Disk:
    """A database in memory that outlives the processes which use it, one after another.

    All of them share its one connection: a transaction never awaits, so none meets another.
    """

    def __init__(self) -> None:
        self._trap = Trap()
        self._engine = make_engine(":memory:")
        METADATA.create_all(self._engine)
        self._writer = InlineWriter(self._engine, self._around)
        self._look = PreparedConnection(self._engine)
        self._driver = cast("sqlite3.Connection", self._look.connection.driver_connection)
        self._named = (-1, "")

    def _around(self, moment: str) -> None:
        self._trap.transaction(moment)

    @property
    def changes(self) -> int:
        """How many rows were written so far: while this stays the same, so does the content."""
        return self._driver.total_changes

    def content(self) -> bytes:
        """A snapshot of everything."""
        return self._driver.serialize()

    def name(self) -> str:
        """A short name for the content; thought out anew only after a change."""
        if self._named[0] != self.changes:
            self._named = (self.changes, name_of(self.content()))
        return self._named[1]

    def put(self, content: bytes) -> None:
        """Replaces everything by a snapshot."""
        put_rows(self._driver, content)
        self._named = (-1, "")

    def do(self, function: Callable[[sa.Connection], T]) -> T:
        """Runs a function beside all processes, to look or to prepare, and returns its result."""
        return function(self._look)

    def store(self, trap: Trap) -> Store:
        """The store as a process with this trap sees it."""
        return Store(_ProcessWriter(self, trap))

    async def run(self, job: Callable[[sa.Connection], T], trap: Trap) -> T:
        """Runs a transaction of a process. Raises :class:`Died`."""

        def traced(connection: sa.Connection) -> T:
            self._trap = trap
            before = self._driver.total_changes
            result = job(connection)
            if trap.sprung and self._driver.total_changes != before:
                trap.late_writes += 1
            return result

        return await self._writer.run(traced)


@define
class _ProcessWriter:
    """The writer of one process."""

    disk: Disk
    trap: Trap

    async def run(self, job: Callable[[sa.Connection], T], *, short: bool = False) -> T:  # noqa: ARG002 - all are the same here
        """The function's result after its commit."""
        return await self.disk.run(job, self.trap)

    def close(self) -> None:
        """The disk stays."""


__all__ = [
    "Died",
    "Disk",
    "Endless",
    "Froze",
    "Frozen",
    "Moment",
    "Point",
    "Steps",
    "Trap",
    "name_of",
    "put_rows",
]
