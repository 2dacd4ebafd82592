"""Attempt limits before any password is looked at: cheap, bounded, and per address."""

import datetime as dt
from collections import OrderedDict

from attrs import define, field

PER_ADDRESS = 10
WINDOW = dt.timedelta(minutes=15)
_REMEMBERED = 10_000


@define
class AttemptLimiter:
    """Counts failed attempts per (connection, address) in a sliding quarter of an hour."""

    limit: int = PER_ADDRESS
    window: dt.timedelta = WINDOW
    _failures: "OrderedDict[tuple[str, str], list[dt.datetime]]" = field(
        factory=OrderedDict, init=False
    )

    def allows(self, connection: str, address: str, now: dt.datetime) -> bool:
        """Whether another attempt may be judged at all."""
        recent = self._recent((connection, address), now)
        return len(recent) < self.limit

    def failed(self, connection: str, address: str, now: dt.datetime) -> None:
        """Counts an attempt as failed until it is forgiven."""
        key = (connection, address)
        self._failures[key] = [*self._recent(key, now), now]
        self._failures.move_to_end(key)
        while len(self._failures) > _REMEMBERED:
            self._failures.popitem(last=False)

    def forgive(self, connection: str, address: str) -> None:
        """Takes back the last attempt: it was right."""
        moments = self._failures.get((connection, address))
        if moments:
            self._failures[connection, address] = moments[:-1]

    def _recent(self, key: tuple[str, str], now: dt.datetime) -> list[dt.datetime]:
        return [moment for moment in self._failures.get(key, ()) if now - moment < self.window]
