"""Where a source stands, as JSON text that only this connector reads."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import evolve, field, frozen

from subledger_syncro import known
from subledger_syncro.wire import dates

_VERSION: Final = 1


def changed_at(row: Mapping[str, Any]) -> str:
    """When a row changed, in the one form that sorts; empty where it does not tell."""
    try:
        return dates.stamp(dates.moment(str(row.get("updated_at"))))
    except (ValueError, OverflowError):
        return ""


@frozen(kw_only=True)
class Mark:
    """How far the changes of a list have been read.

    ``until`` is the newest ``updated_at`` that was handed over, ``recent`` what was handed over
    close before it (``updated_at`` by identifier), so that the overlap is not read again.
    """

    until: str = ""
    recent: Mapping[str, str] = field(factory=dict)

    def has(self, row: Mapping[str, Any]) -> bool:
        """Whether this very version was handed over."""
        return self.recent.get(str(row.get("id"))) == changed_at(row)

    def moved(self, rows: Iterable[Mapping[str, Any]], overlap: dt.timedelta) -> "Mark":
        """The mark after some rows were handed over."""
        recent = dict(self.recent)
        recent |= {str(row.get("id")): at for row in rows if (at := changed_at(row))}
        until = max([self.until, *recent.values()])
        if not until:
            return self
        since = self.start_of(until, overlap)
        return Mark(until=until, recent={id_: at for id_, at in recent.items() if at >= since})

    def since(self, overlap: dt.timedelta) -> str:
        """From where to read; empty where nothing was read yet."""
        return self.start_of(self.until, overlap) if self.until else ""

    @staticmethod
    def start_of(until: str, overlap: dt.timedelta) -> str:
        """The moment that lies so much earlier."""
        return dates.stamp(dates.moment(until) - overlap)


@frozen(kw_only=True)
class Cursor:
    """``start`` is the first posting date that was ever asked for; moments are ISO 8601 in UTC.

    ``account`` is the account that was read. ``full`` is when the lists were last read in full,
    ``swept`` when deleted invoices were last looked for. ``ordered`` is the order in which payments
    are listed: ``descending``, ``ascending``, or empty where neither could be seen. ``known_...``
    hold the identifiers of what was handed over, packed. ``beat`` means nothing: it makes a cursor
    differ from the one before, so that a run is seen to be alive while it reads a long list.
    ``told`` is the notice about customer purchases that stands, ``final`` the states in which they
    were taken for paid.
    """

    start: str = ""
    account: str = ""
    full: str = ""
    swept: str = ""
    ordered: str = ""
    invoices: Mark = field(factory=Mark)
    payments: Mark = field(factory=Mark)
    orders: Mark = field(factory=Mark)
    known_invoices: str = ""
    known_payments: str = ""
    known_orders: str = ""
    purchases: Mark = field(factory=Mark)
    known_purchases: str = ""
    told: str = ""
    final: str = ""
    beat: str = ""

    def text(self) -> str:
        """The cursor as text."""
        plain: dict[str, Any] = {"v": _VERSION}
        for name in (*_PLAIN, *_KNOWN):
            if value := getattr(self, name):
                plain[name] = value
        for name in _MARKS:
            mark: Mark = getattr(self, name)
            if mark.until:
                plain[name] = {"until": mark.until, "recent": dict(mark.recent)}
        return json.dumps(plain, separators=(",", ":"), sort_keys=True)

    @classmethod
    def of(cls, text: str | None) -> "Cursor":
        """The cursor of a text; a fresh one for none, or for another version's."""
        if not text:
            return cls()
        plain = json.loads(text)
        if plain.pop("v", None) != _VERSION:
            return cls()
        plain |= {name: Mark(**plain[name]) for name in _MARKS if name in plain}
        return cls(**plain)

    def remembering(self, name: str, ids: Iterable[str]) -> "Cursor":
        """The cursor that knows these identifiers of one of the lists."""
        changed: dict[str, Any] = {f"known_{name}": known.pack(filter(str.isdecimal, ids))}
        return evolve(self, **changed)

    def moved(self, name: str, mark: Mark) -> "Cursor":
        """The cursor with a new mark of one of the lists."""
        changed: dict[str, Any] = {name: mark}
        return evolve(self, **changed)

    def ids(self, name: str) -> set[str]:
        """The identifiers that are known."""
        return known.unpack(getattr(self, f"known_{name}"))


_PLAIN: Final = ("start", "account", "full", "swept", "ordered", "told", "final", "beat")
_MARKS: Final = ("invoices", "payments", "orders", "purchases")
_KNOWN: Final = tuple(f"known_{name}" for name in _MARKS)


def is_due(last: str, every: dt.timedelta, now: dt.datetime) -> bool:
    """Whether something that was done at a moment, or never, is to be done again."""
    return not last or now - dates.moment(last) >= every
