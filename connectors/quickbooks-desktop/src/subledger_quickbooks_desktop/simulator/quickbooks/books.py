"""What every request handler works with: the store, the switches, the moment, the names."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from attrs import define, field, frozen

from .iterators import Iterators
from .settings import Settings
from .store import Store
from .times import LocalTime


@frozen(kw_only=True)
class ListObject:
    """One object of a list as it is stored; times are epoch seconds."""

    id: str
    kind: str
    name: str
    full_name: str
    parent: str | None
    type: str
    active: bool
    created: int
    modified: int
    body: dict[str, Any]


_COLUMNS = "id, kind, name, full_name, parent, type, active, created, modified, body"


@define(kw_only=True)
class Books:
    """The company file during one request; `human` marks edits made in QuickBooks itself."""

    store: Store
    settings: Settings
    iterators: Iterators
    now: int
    version: float
    human: bool = False
    macros: dict[str, str] = field(factory=dict)
    _names: dict[str, str] = field(factory=dict)
    _time: LocalTime | None = None

    @property
    def time(self) -> LocalTime:
        """The PC's time zone."""
        if self._time is None:
            self._time = LocalTime(
                zone=self.settings.time_zone,
                standard_offset=self.settings.standard_offset_all_year,
            )
        return self._time

    @property
    def today(self) -> dt.date:
        """The PC's date."""
        return self.time.wall(self.now).date()

    def stamp(self, epoch: int) -> str:
        """A moment as qbXML prints it."""
        return self.time.stamp(epoch)

    def name(self, list_id: str) -> str:
        """The full name of a list object, "" when it is gone."""
        found = self._names.get(list_id)
        if found is None:
            row = self.store.one("SELECT full_name FROM list_object WHERE id=?", (list_id,))
            found = self._names[list_id] = str(row[0]) if row else ""
        return found

    def forget_names(self) -> None:
        """Read names afresh: a list object was changed."""
        self._names.clear()

    def object(self, list_id: str) -> ListObject | None:
        """A list object by id."""
        row = self.store.one(f"SELECT {_COLUMNS} FROM list_object WHERE id=?", (list_id,))
        return as_object(row) if row else None

    def objects(self, where: str, values: tuple[Any, ...] = ()) -> list[ListObject]:
        """List objects for a condition, in the order of names."""
        rows = self.store.all(
            f"SELECT {_COLUMNS} FROM list_object WHERE {where} ORDER BY kind, name_key", values
        )
        return [as_object(row) for row in rows]

    def new_list_id(self) -> str:
        """The next ListID: a counter with the high bit set, and the second of creation."""
        return f"8{self.store.count('list'):07X}-{self.now}"

    def new_transaction_ids(self, how_many: int) -> list[str]:
        """Next ids of transactions and lines: one counter in hexadecimal, and the second."""
        first = self.store.count("transaction", how_many)
        return [f"{number:X}-{self.now}" for number in range(first, first + how_many)]


def as_object(row: tuple[Any, ...]) -> ListObject:
    """A row of the list table as an object."""
    return ListObject(
        id=row[0],
        kind=row[1],
        name=row[2],
        full_name=row[3],
        parent=row[4],
        type=row[5],
        active=bool(row[6]),
        created=row[7],
        modified=row[8],
        body=json.loads(row[9]),
    )


def list_id(reference: Mapping[str, Any] | None) -> str | None:
    """The ListID of a resolved reference."""
    return reference["ListID"] if reference else None
