"""The company file: one SQLite database, rows in and rows out."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import asdict, evolve, fields

from .settings import Settings

_SCHEMA = """
CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE list_object(
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, space TEXT NOT NULL, name TEXT NOT NULL,
    full_name TEXT NOT NULL, name_key TEXT NOT NULL, parent TEXT, type TEXT NOT NULL,
    active INTEGER NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    body TEXT NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX list_name ON list_object(space, name_key);
CREATE INDEX list_kind ON list_object(kind, modified);
CREATE INDEX list_parent ON list_object(parent);
CREATE TABLE document(
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, number INTEGER NOT NULL,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, date TEXT NOT NULL,
    ref TEXT COLLATE NOCASE, account TEXT, entity TEXT, cents INTEGER NOT NULL,
    voided INTEGER NOT NULL, guid TEXT, body TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX document_order ON document(kind, date, number);
CREATE INDEX document_modified ON document(modified);
CREATE INDEX document_ref ON document(ref);
CREATE TABLE posting(
    document TEXT NOT NULL, line TEXT NOT NULL, account TEXT NOT NULL, cents INTEGER NOT NULL,
    entity TEXT, class TEXT);
CREATE INDEX posting_document ON posting(document);
CREATE INDEX posting_account ON posting(account, cents);
CREATE TABLE link(
    source TEXT NOT NULL, target TEXT NOT NULL, kind TEXT NOT NULL, cents INTEGER NOT NULL,
    via TEXT NOT NULL);
CREATE INDEX link_source ON link(source);
CREATE INDEX link_target ON link(target);
CREATE INDEX link_via ON link(via);
CREATE TABLE deleted(
    section TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, created INTEGER NOT NULL,
    deleted INTEGER NOT NULL, label TEXT);
CREATE TABLE data_ext(
    owner TEXT NOT NULL, object TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY(owner, object, name)) WITHOUT ROWID;
CREATE TABLE message_set(
    app TEXT NOT NULL, id TEXT NOT NULL, checksum TEXT NOT NULL, answer TEXT, short TEXT,
    PRIMARY KEY(app, id)) WITHOUT ROWID;
"""


class Store:
    """One connection; not safe for threads by itself."""

    def __init__(self, path: str | Path) -> None:
        """Open the company file, and create it when it is not there."""
        self._connection = sqlite3.connect(
            str(path),
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
            timeout=30,
        )
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute("PRAGMA journal_mode=TRUNCATE")
        self._settings: Settings | None = None
        self._seen = -1
        if not self.one("SELECT count(*) FROM sqlite_master")[0]:
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

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows."""
        return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside or nothing; a process that dies in it leaves nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """As transaction, within one."""
        self._connection.execute("SAVEPOINT request")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK TO request")
            self._connection.execute("RELEASE request")
            raise
        self._connection.execute("RELEASE request")

    def count(self, name: str, by: int = 1) -> int:
        """Advance a counter and return the first of the numbers taken."""
        row = self.one("UPDATE counter SET value=value+? WHERE name=? RETURNING value", (by, name))
        if row is None:
            self.execute("INSERT INTO counter VALUES(?,?)", (name, by))
            return 1
        return int(row[0]) - by + 1

    @property
    def settings(self) -> Settings:
        """The switches as they stand, also when another process has just changed them."""
        seen = self.one("PRAGMA data_version")[0]
        if self._settings is None or seen != self._seen:
            stored = dict(self.all("SELECT name, value FROM setting"))
            values: dict[str, Any] = {
                field.name: _value(stored[field.name])
                for field in fields(Settings)
                if field.name in stored
            }
            self._settings = evolve(Settings(), **values)
            self._seen = seen
        return self._settings

    def set_settings(self, settings: Settings) -> None:
        """Store every switch."""
        rows = [(name, json.dumps(value)) for name, value in asdict(settings).items()]
        self.execute_all("INSERT OR REPLACE INTO setting VALUES(?,?)", rows)
        self._settings = settings

    def fact(self, name: str) -> str:
        """A stored fact about the file that is no switch, "" when it was never noted."""
        row = self.one("SELECT value FROM setting WHERE name=?", (f"fact:{name}",))
        return str(row[0]) if row else ""

    def note_fact(self, name: str, value: str) -> None:
        """Note a fact about the file."""
        self.execute("INSERT OR REPLACE INTO setting VALUES(?,?)", (f"fact:{name}", value))

    def copy_to(self, path: str | Path) -> None:
        """Write a complete copy of the file."""
        target = sqlite3.connect(str(path))
        with target:
            self._connection.backup(target)
        target.close()

    def copy_from(self, path: str | Path) -> None:
        """Replace everything by the content of another file."""
        source = sqlite3.connect(str(path))
        source.backup(self._connection)
        source.close()
        self._settings = None

    def snapshot(self) -> bytes:
        """The whole file as bytes."""
        return self._connection.serialize()

    def load_snapshot(self, content: bytes) -> None:
        """Replace everything by what `snapshot` returned."""
        source = sqlite3.connect(":memory:")
        source.deserialize(content)
        source.backup(self._connection)
        source.close()
        self._settings = None


def _value(text: str) -> Any:
    value = json.loads(text)
    return tuple(value) if isinstance(value, list) else value
