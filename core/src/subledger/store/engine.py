"""Opens the database and runs transactions: a transaction is a plain function without await.

All functions that wait go into one SQLite transaction, each in its savepoint (group commit), so
that full durability costs little. An exception undoes only its own function.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

import sqlalchemy as sa
from attrs import frozen

from subledger.store.group import GroupWriter
from subledger.store.prepared import PreparedConnection

P = ParamSpec("P")
T = TypeVar("T")

_WAL_IS_SAFE = sqlite3.sqlite_version_info >= (3, 51, 3)


def _configure(connection: Any, *, query_only: bool) -> None:
    """Durability first: FULL, and no WAL below SQLite 3.51.3 (its WAL reset can lose commits)."""
    connection.isolation_level = None
    run = connection.execute
    run(f"PRAGMA journal_mode={'WAL' if _WAL_IS_SAFE else 'TRUNCATE'}")
    run("PRAGMA synchronous=FULL")
    run("PRAGMA foreign_keys=ON")
    run("PRAGMA trusted_schema=OFF")
    run("PRAGMA busy_timeout=10000")
    if query_only:
        run("PRAGMA query_only=ON")


def make_engine(path: str, *, query_only: bool = False) -> sa.Engine:
    """An engine for a SQLite file (or ``:memory:``) that never begins a transaction by itself."""
    memory = path == ":memory:"
    engine = sa.create_engine(
        f"sqlite:///{path}",
        poolclass=sa.pool.StaticPool if memory else None,
        connect_args={"check_same_thread": False},
        isolation_level="AUTOCOMMIT",
    )

    @sa.event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        if memory:
            connection.isolation_level = None
        else:
            _configure(connection, query_only=query_only)

    return engine


class Writer(Protocol):
    """Runs functions in durable transactions."""

    async def run(self, job: Callable[[sa.Connection], T], *, short: bool = False) -> T:
        """The function's result, once its transaction is on disk.

        A ``short`` one takes well under a millisecond and may run on the event loop itself.
        """
        ...

    def close(self) -> None:
        """Finishes what waits, then stops."""
        ...


class InlineWriter:
    """Runs each transaction at once on the caller's thread; for simulations in virtual time.

    ``around`` is called with ``before`` and ``after`` the commit: a simulated crash raises there.
    """

    def __init__(
        self, engine: sa.Engine, around: Callable[[str], None] = lambda _moment: None
    ) -> None:
        self._connection = PreparedConnection(engine)
        self._around = around

    async def run(self, job: Callable[[sa.Connection], T], *, short: bool = False) -> T:  # noqa: ARG002 - all are the same here
        """The function's result after its commit."""
        await asyncio.sleep(0)
        driver = cast("sqlite3.Connection", self._connection.connection.driver_connection)
        driver.execute("BEGIN IMMEDIATE")
        try:
            result = job(self._connection)
            self._around("before")
        except BaseException:
            driver.execute("ROLLBACK")
            raise
        driver.execute("COMMIT")
        self._around("after")
        return result

    def close(self) -> None:
        """Gives the connection back."""
        self._connection.close()


@frozen
class Store:
    """The durable memory: :meth:`tx` writes, :meth:`read` only looks."""

    writer: Writer
    reader: sa.Engine | None = None
    pool: ThreadPoolExecutor | None = None

    async def tx(
        self,
        function: Callable[Concatenate[sa.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Runs ``function(connection, ...)`` in one durable transaction and returns its result."""
        return await self.writer.run(lambda connection: function(connection, *args, **kwargs))

    async def step(
        self,
        function: Callable[Concatenate[sa.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """As :meth:`tx`, for a function of few statements that somebody waits for."""
        return await self.writer.run(
            lambda connection: function(connection, *args, **kwargs), short=True
        )

    async def read(
        self,
        function: Callable[Concatenate[sa.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Runs ``function(connection, ...)`` on a read-only connection, beside the writer."""
        reader, pool = self.reader, self.pool
        if reader is None or pool is None:
            return await self.tx(function, *args, **kwargs)

        def look() -> T:
            with reader.connect() as connection:
                connection.exec_driver_sql("BEGIN")
                try:
                    return function(connection, *args, **kwargs)
                finally:
                    connection.exec_driver_sql("ROLLBACK")

        return await asyncio.get_running_loop().run_in_executor(pool, look)

    def close(self) -> None:
        """Finishes what waits and closes the database."""
        self.writer.close()
        if self.pool is not None:
            self.pool.shutdown(wait=True)
        if self.reader is not None:
            self.reader.dispose()


def open_store(path: str | Path) -> Store:
    """Opens (and creates or upgrades) the database file; a new one only its owner can read."""
    from subledger.store.migrate import upgrade  # noqa: PLC0415 - Alembic is slow to import

    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).touch(mode=0o600)
    engine = make_engine(str(path))
    upgrade(engine)
    return Store(
        GroupWriter(engine),
        make_engine(str(path), query_only=True),
        ThreadPoolExecutor(2, thread_name_prefix="subledger-reader"),
    )


def memory_store(around: Callable[[str], None] = lambda _moment: None) -> Store:
    """A store in memory with the newest schema, without threads; gone with the process."""
    engine = make_engine(":memory:")
    with engine.connect() as connection:
        cast("sqlite3.Connection", connection.connection.driver_connection).deserialize(_empty())
    return Store(InlineWriter(engine, around))


@cache
def _empty() -> bytes:
    """A database without rows; to copy it costs a hundredth of what making its tables does."""
    from subledger.store.schema import METADATA  # noqa: PLC0415 - keeps the import light

    engine = make_engine(":memory:")
    METADATA.create_all(engine)
    with engine.connect() as connection:
        made = cast("sqlite3.Connection", connection.connection.driver_connection).serialize()
    engine.dispose()
    return made
