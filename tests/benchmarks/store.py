"""Durable writes through the store's one writer against plain sqlite3 (goal 8).

A row is an upsert of one list entry. Plain: one commit a row, synchronous FULL, the same journal
mode as the store's. Store: twenty tasks, each waiting for its own row. Batch: 500 rows in one
transaction, against executemany.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from measuring import Goal, finish, median, options, scratch, table

from subledger.ledger.upsert import upsert
from subledger.store import Store, open_store
from subledger.store.schema import ENTRY

WRITERS = 20
BATCH = 500
_PUT = upsert(ENTRY, "name", "active", "subtype", "guard")
_SQL = (
    "INSERT INTO entry (connection, kind, id, name, active, subtype, guard)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (connection, kind, id) DO UPDATE SET"
    " name = excluded.name, active = excluded.active, subtype = excluded.subtype,"
    " guard = excluded.guard"
)


def _values(number: int) -> dict[str, object]:
    return {
        "connection": "books",
        "kind": "customer",
        "id": f"8000{number % 5000:04X}-1700000000",
        "name": f"Customer {number}",
        "active": True,
        "subtype": "",
        "guard": str(number),
    }


def _put(c: sa.Connection, number: int) -> None:
    c.execute(_PUT, _values(number))


def _put_many(c: sa.Connection, number: int) -> None:
    c.execute(_PUT, [_values(number + more) for more in range(BATCH)])


def _journal(c: sa.Connection) -> str:
    return str(c.exec_driver_sql("PRAGMA journal_mode").scalar_one())


def _plain(path: Path, journal: str, seconds: float, rows: int) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA journal_mode={journal}")
    connection.execute("PRAGMA synchronous=FULL")
    number, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        connection.execute("BEGIN IMMEDIATE")
        if rows == 1:
            connection.execute(_SQL, tuple(_values(number).values()))
        else:
            batch = [tuple(_values(number + more).values()) for more in range(rows)]
            connection.executemany(_SQL, batch)
        connection.execute("COMMIT")
        number += rows
    rate = number / (time.perf_counter() - started)
    connection.close()
    return rate


async def _through(store: Store, seconds: float, writers: int, rows: int) -> float:
    ends = time.perf_counter() + seconds
    done = 0

    async def write(first: int) -> None:
        nonlocal done
        number = first
        while time.perf_counter() < ends:
            await store.tx(_put if rows == 1 else _put_many, number)
            number += writers * rows
            done += rows

    started = time.perf_counter()
    await asyncio.gather(*(write(first) for first in range(writers)))
    return done / (time.perf_counter() - started)


def main() -> None:
    """Runs everything, alternating, and prints a table, goals and one JSON object."""
    given = options(__doc__ or "")
    seconds = given.seconds
    runs: dict[str, list[float]] = {"plain": [], "group": [], "executemany": [], "batch": []}
    with scratch() as folder:
        open_store(folder / "plain.db").close()
        store = open_store(folder / "store.db")
        journal = asyncio.run(store.tx(_journal))
        for turn in range(given.rounds):
            steps: list[tuple[str, Callable[[], float]]] = [
                ("plain", lambda: _plain(folder / "plain.db", journal, seconds, 1)),
                ("group", lambda: asyncio.run(_through(store, seconds, WRITERS, 1))),
                ("executemany", lambda: _plain(folder / "plain.db", journal, seconds, BATCH)),
                ("batch", lambda: asyncio.run(_through(store, seconds, 1, BATCH))),
            ]
            for name, measure in steps if turn % 2 == 0 else reversed(steps):
                runs[name].append(measure())
        store.close()
    rates = {name: median(values) for name, values in runs.items()}
    group = median([a / b for a, b in zip(runs["group"], runs["plain"], strict=True)])
    batch = median([a / b for a, b in zip(runs["batch"], runs["executemany"], strict=True)])
    table(
        f"Durable writes, rows a second (journal {journal}, FULL)",
        ("way", "rows/s"),
        list(rates.items()),
    )
    finish(
        "store",
        {"journal": journal, "rows_per_second": rates, "group_ratio": group, "batch_ratio": batch},
        [
            Goal(
                number="8",
                what=f"durable writes of {WRITERS} writers",
                limit=">= 5 x one commit a row, plain sqlite3 FULL",
                figure=f"{group:.1f} x",
                reached=group >= 5,
            ),
            Goal(
                number="8",
                what=f"batches of {BATCH} rows",
                limit=">= 0.8 of executemany",
                figure=f"{batch:.2f}",
                reached=batch >= 0.8,
            ),
        ],
    )


if __name__ == "__main__":
    main()
