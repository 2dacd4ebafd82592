"""Time as the PC of QuickBooks tells it: whole seconds, local wall clock, an offset to doubt."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from zoneinfo import ZoneInfo

from attrs import frozen

_STAMP = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:T(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})"
    r"(?:([+-])(\d{1,2}):(\d{1,2}))?)?)?)?"
)


@lru_cache(maxsize=16)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@frozen(kw_only=True)
class LocalTime:
    """The PC's time zone; `standard_offset` prints the winter offset all year round."""

    zone: str
    standard_offset: bool = False

    def epoch(self, moment: dt.datetime) -> int:
        """Whole seconds since 1970 of a moment; a naive one is the PC's wall clock."""
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=_zone(self.zone))
        return int(moment.timestamp())

    def wall(self, epoch: int) -> dt.datetime:
        """The naive wall clock at that second."""
        return dt.datetime.fromtimestamp(epoch, _zone(self.zone)).replace(tzinfo=None)

    def stamp(self, epoch: int) -> str:
        """The moment as qbXML prints it, for instance 2026-08-05T10:00:00-04:00."""
        moment = dt.datetime.fromtimestamp(epoch, _zone(self.zone))
        if self.standard_offset:
            summer = moment.dst() or dt.timedelta()
            offset = (moment.utcoffset() or dt.timedelta()) - summer
            moment = moment.replace(tzinfo=dt.timezone(offset))
        return moment.isoformat()

    def from_text(self, text: str, *, is_end: bool = False) -> int | None:
        """Epoch of a filter's date and time; without a time the day's first or last second."""
        found = _STAMP.fullmatch(text)
        if found is None:
            return None
        year, month, day = (int(part) for part in found.group(1, 2, 3))
        if found[4] is None:
            clock = (23, 59, 59) if is_end else (0, 0, 0)
        else:
            clock = (int(found[4]), int(found[5] or 0), int(found[6] or 0))
        try:
            moment = dt.datetime(year, month, day, *clock)  # noqa: DTZ001 - a wall clock is meant
        except ValueError:
            return None
        if found[7]:
            minutes = int(found[8]) * 60 + int(found[9])
            shift = dt.timedelta(minutes=minutes if found[7] == "+" else -minutes)
            return int(moment.replace(tzinfo=dt.timezone(shift)).timestamp())
        return self.epoch(moment)


def day_text(day: dt.date) -> str:
    """A date as qbXML prints it."""
    return day.isoformat()
