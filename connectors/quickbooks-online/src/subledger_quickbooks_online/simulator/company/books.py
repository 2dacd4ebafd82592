"""What every rule works with: the store, the switches, the moment, the objects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from attrs import define, field

from .behaviour import Behaviour
from .codec import dumps, loads
from .kinds import BOOKS_WITHOUT_WEBHOOK, KINDS
from .store import Store

JSON = dict[str, Any]
_COLUMNS = "entity, id, sync_token, created, modified, active, body"
BIG_ID = 5_000_000_000_000_000_000
SECOND = 1_000_000


@define(kw_only=True)
class Stored:
    """One object as it is kept; moments in microseconds since 1970.

    Members of the body that begin with "_" are the company's own and never shown.
    """

    entity: str
    id: str
    body: JSON
    sync_token: int = 0
    created: int = 0
    modified: int = 0
    active: bool = True


@define(kw_only=True)
class Books:
    """The company during one request."""

    store: Store
    realm: str
    behaviour: Behaviour
    now: dt.datetime
    seed: int = 1
    _cache: dict[tuple[str, str], Stored | None] = field(factory=dict)
    _preferences: JSON | None = None

    @property
    def micros(self) -> int:
        """The moment in microseconds."""
        return int(self.now.timestamp()) * SECOND + self.now.microsecond

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone."""
        return ZoneInfo(self.behaviour.time_zone)

    @property
    def today(self) -> str:
        """The company's date."""
        return self.now.astimezone(self.zone).date().isoformat()

    def stamp(self, micros: int) -> str:
        """A moment as the API prints it."""
        moment = dt.datetime.fromtimestamp(micros // SECOND, tz=dt.UTC)
        return moment.astimezone(self.zone).isoformat(timespec="seconds")

    # Objects ------------------------------------------------------------------------------------

    def get(self, entity: str, id: str) -> Stored | None:  # noqa: A002
        """An object, or None."""
        row = self.store.one(f"SELECT {_COLUMNS} FROM object WHERE entity=? AND id=?", (entity, id))
        return as_stored(row) if row else None

    def list_object(self, entity: str, id: str) -> Stored | None:  # noqa: A002
        """A list object to look at, not to change; kept for the length of the request."""
        key = (entity, id)
        if key not in self._cache:
            self._cache[key] = self.get(entity, id)
        return self._cache[key]

    def transaction(self, id: str) -> Stored | None:  # noqa: A002
        """A document by Id alone: all documents share one counter."""
        row = self.store.one(f"SELECT {_COLUMNS} FROM object WHERE id=? AND family='txn'", (id,))
        return as_stored(row) if row else None

    def find(self, where: str, values: tuple[Any, ...] = ()) -> Iterator[Stored]:
        """Objects for a condition on the table's columns."""
        for row in self.store.all(f"SELECT {_COLUMNS} FROM object WHERE {where}", values):
            yield as_stored(row)

    def by_name(self, entity: str, name: str) -> Stored | None:
        """A list object by its name, upper and lower case being the same."""
        row = self.store.one(
            f"SELECT {_COLUMNS} FROM object WHERE entity=? AND name=?", (entity, name.casefold())
        )
        return as_stored(row) if row else None

    def new_id(self, entity: str) -> str:
        """The next Id of the entity's family."""
        counter = KINDS[entity].counter
        number = self.store.count(counter)
        if counter.startswith("big "):
            number += BIG_ID + self.seed % 1000 * 1000
        return str(number)

    def insert(self, stored: Stored, unique_name: str | None = None) -> None:
        """Add a new object."""
        stored.created = stored.modified = self.micros
        self._write(stored, unique_name, None)
        self.note(stored, "Create")

    def save(
        self, stored: Stored, operation: str = "Update", unique_name: str | None = None
    ) -> None:
        """Replace an object: SyncToken and LastUpdatedTime move."""
        before = self.store.value(
            "SELECT json_array(sync_token, modified, body) FROM object WHERE entity=? AND id=?",
            (stored.entity, stored.id),
        )
        stored.sync_token += 1
        stored.modified = self.micros
        self._write(stored, unique_name, before)
        self.note(stored, operation)

    def rewrite(self, stored: Stored) -> None:
        """Store a derived member anew, which is no change in QuickBooks' eyes."""
        self.store.execute(
            "UPDATE object SET body=? WHERE entity=? AND id=?",
            (dumps(stored.body), stored.entity, stored.id),
        )
        self._cache.pop((stored.entity, stored.id), None)

    def remove(self, stored: Stored) -> None:
        """Take an object away and leave the trace that change data capture shows."""
        where = (stored.entity, stored.id)
        self.store.execute("DELETE FROM object WHERE entity=? AND id=?", where)
        self.store.execute("INSERT OR REPLACE INTO deleted VALUES(?,?,?)", (*where, self.micros))
        self._cache.pop(where, None)
        self.note(stored, "Delete")

    def note(self, stored: Stored, operation: str, deleted_id: str = "") -> None:
        """Note a change for the webhooks."""
        if stored.entity not in BOOKS_WITHOUT_WEBHOOK:
            self.store.execute(
                "INSERT INTO change VALUES(?,?,?,?,?)",
                (stored.entity, stored.id, operation, self.micros, deleted_id),
            )

    def _write(self, stored: Stored, unique_name: str | None, before: str | None) -> None:
        kind = KINDS[stored.entity]
        body = stored.body
        name = body.get(kind.name) if kind.name else None
        parent = body.get("ParentRef", {}).get("value")
        self.store.execute(
            "INSERT OR REPLACE INTO object VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                stored.entity,
                stored.id,
                int(stored.id) if stored.id.isdigit() else 0,
                kind.family,
                stored.sync_token,
                stored.created,
                stored.modified,
                stored.active,
                unique_name,
                str(name).casefold() if name is not None else None,
                body.get("DocNumber"),
                body.get("TxnDate"),
                parent,
                dumps(body),
                before,
            ),
        )
        self._cache.pop((stored.entity, stored.id), None)
        if stored.entity == "Preferences":
            self._preferences = None

    # Preferences --------------------------------------------------------------------------------

    @property
    def preferences(self) -> JSON:
        """The preferences, as they are stored."""
        if self._preferences is None:
            stored = self.get("Preferences", "1")
            self._preferences = stored.body if stored else {}
        return self._preferences

    def preference(self, path: str) -> Any:
        """One preference by dotted path ("SalesFormsPrefs.CustomTxnNumbers"), or None."""
        found: Any = self.preferences
        for part in path.split("."):
            if not isinstance(found, Mapping):
                return None
            found = found.get(part)
        return found

    def other_preference(self, name: str) -> str:
        """One of the name-value pairs of OtherPrefs, "" when it is not set."""
        for pair in self.preferences.get("OtherPrefs", {}).get("NameValue", []):
            if pair["Name"] == name:
                return str(pair["Value"])
        return ""

    @property
    def is_us(self) -> bool:
        """Whether the company sits in the United States."""
        info = self.list_object("CompanyInfo", "1")
        return info is None or info.body.get("Country") in {None, "US", "USA"}

    @property
    def home_currency(self) -> str:
        """The currency of the books."""
        return str(self.preference("CurrencyPrefs.HomeCurrency.value") or "USD")


@define(kw_only=True)
class Draft:
    """One write under way: what was sent, what was there, what is to be stored."""

    entity: str
    id: str
    sent: Mapping[str, Any]
    body: JSON
    old: Stored | None = None
    include: frozenset[str] = frozenset()

    def amount(self, name: str) -> Decimal:
        """A number of the body, 0 when it is not there."""
        return Decimal(self.body.get(name) or 0)


def as_stored(row: tuple[Any, ...]) -> Stored:
    """A row of the table as an object."""
    return Stored(
        entity=row[0],
        id=row[1],
        sync_token=row[2],
        created=row[3],
        modified=row[4],
        active=bool(row[5]),
        body=loads(row[6]),
    )


def ref(body: Mapping[str, Any] | None, name: str) -> str:
    """The Id that a reference holds, "" when there is none."""
    if not body:
        return ""
    return str((body.get(name) or {}).get("value") or "")
