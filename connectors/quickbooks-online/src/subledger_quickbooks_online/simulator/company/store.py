"""The company file: one SQLite database, rows in and rows out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

_SCHEMA = """
CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE object(
    entity TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL, family TEXT NOT NULL,
    sync_token INTEGER NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    active INTEGER NOT NULL, unique_name TEXT, name TEXT, doc_number TEXT COLLATE NOCASE,
    date TEXT, parent TEXT, body TEXT NOT NULL, before TEXT,
    PRIMARY KEY(entity, id)) WITHOUT ROWID;
CREATE UNIQUE INDEX object_unique ON object(unique_name) WHERE unique_name IS NOT NULL;
CREATE INDEX object_name ON object(entity, name);
CREATE INDEX object_id ON object(id);
CREATE INDEX object_order ON object(entity, number);
CREATE INDEX object_modified ON object(entity, modified);
CREATE INDEX object_number ON object(doc_number) WHERE doc_number IS NOT NULL;
CREATE INDEX object_parent ON object(parent) WHERE parent IS NOT NULL;
CREATE TABLE posting(
    txn TEXT NOT NULL, line TEXT NOT NULL, account TEXT NOT NULL, cents INTEGER NOT NULL,
    name TEXT NOT NULL, class TEXT NOT NULL, department TEXT NOT NULL);
CREATE INDEX posting_txn ON posting(txn);
CREATE INDEX posting_account ON posting(account, name, cents);
CREATE INDEX posting_name ON posting(name, account, cents);
CREATE TABLE movement(txn TEXT NOT NULL, item TEXT NOT NULL, quantity TEXT NOT NULL);
CREATE INDEX movement_txn ON movement(txn);
CREATE INDEX movement_item ON movement(item);
CREATE TABLE link(source TEXT NOT NULL, target TEXT NOT NULL, cents INTEGER NOT NULL);
CREATE INDEX link_source ON link(source);
CREATE INDEX link_target ON link(target);
CREATE TABLE deleted(
    entity TEXT NOT NULL, id TEXT NOT NULL, modified INTEGER NOT NULL,
    PRIMARY KEY(entity, id)) WITHOUT ROWID;
CREATE TABLE change(
    entity TEXT NOT NULL, id TEXT NOT NULL, operation TEXT NOT NULL, at INTEGER NOT NULL,
    deleted_id TEXT NOT NULL);
CREATE TABLE request(id TEXT PRIMARY KEY, response TEXT NOT NULL) WITHOUT ROWID;
"""


class Store:
    """One connection; not safe for threads by itself."""

    def __init__(self, path: str) -> None:
        """Open the company file; `is_new` tells whether it had to be made."""
        self._connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, cached_statements=256, timeout=30
        )
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute("PRAGMA journal_mode=TRUNCATE")
        self._depth = 0
        self.is_new = not self.value("SELECT count(*) FROM sqlite_master")
        if self.is_new:
            self._connection.executescript(f"BEGIN;{_SCHEMA}COMMIT;")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run one statement with bound values."""
        return self._connection.execute(sql, values)

    def execute_all(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for every row."""
        self._connection.executemany(sql, rows)

    def one(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first row, or None."""
        return self._connection.execute(sql, values).fetchone()

    def value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first column of the first row, or None."""
        row = self._connection.execute(sql, values).fetchone()
        return row[0] if row else None

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows."""
        return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside or nothing; may be nested."""
        self._connection.execute(f"SAVEPOINT level{self._depth}" if self._depth else "BEGIN")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth:
                self._connection.execute(f"ROLLBACK TO level{self._depth}")
                self._connection.execute(f"RELEASE level{self._depth}")
            else:
                self._connection.execute("ROLLBACK")
            raise
        self._depth -= 1
        self._connection.execute(f"RELEASE level{self._depth}" if self._depth else "COMMIT")

    def count(self, name: str) -> int:
        """Advance a counter and return the number taken; the first is 1."""
        row = self.one("UPDATE counter SET value=value+1 WHERE name=? RETURNING value", (name,))
        if row is None:
            self.execute("INSERT INTO counter VALUES(?,1)", (name,))
            return 1
        return int(row[0])

    def count_from(self, name: str, value: int) -> None:
        """Let a counter go on after `value`, unless it is further already."""
        self.execute(
            "INSERT INTO counter VALUES(?,?) ON CONFLICT(name) DO UPDATE SET"
            " value=max(value, excluded.value)",
            (name, value),
        )

    def setting(self, name: str) -> str | None:
        """A stored setting."""
        found: str | None = self.value("SELECT value FROM setting WHERE name=?", (name,))
        return found

    def set_setting(self, name: str, value: str) -> None:
        """Store a setting."""
        self.execute("INSERT OR REPLACE INTO setting VALUES(?,?)", (name, value))

    def snapshot(self) -> bytes:
        """The whole file as bytes."""
        return self._connection.serialize()

    def restore(self, content: bytes) -> None:
        """Replace everything by what `snapshot` returned."""
        source = sqlite3.connect(":memory:")
        source.deserialize(content)
        source.backup(self._connection)
        source.close()
