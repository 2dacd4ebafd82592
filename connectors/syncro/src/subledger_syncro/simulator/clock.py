"""Simulated time, and the ways in which Syncro writes it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from attrs import define, field

TIME_ZONE: Final = "America/Chicago"


def local_day(moment: datetime) -> date:
    """The calendar day of an instant in the account's time zone."""
    return moment.astimezone(ZoneInfo(TIME_ZONE)).date()


def stamp(moment: datetime | None) -> str | None:
    """An instant as ``created_at`` and ``updated_at`` carry it: UTC, milliseconds, ``Z``."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day_stamp(day: date | None) -> str | None:
    """A calendar day as ``date`` and ``applied_at`` carry it: midnight that claims to be UTC."""
    return None if day is None else f"{day.isoformat()}T00:00:00.000Z"


def read_moment(value: str) -> datetime:
    """An instant from ISO 8601 text; without an offset it is UTC. ValueError otherwise."""
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_day(value: str) -> date:
    """The calendar day at the front of a date or an instant; ValueError when there is none."""
    return date.fromisoformat(value[:10])


@define
class SimulatedClock:
    """A clock that never goes back: it stands still, or runs with ``monotonic`` (in seconds)."""

    start: datetime
    monotonic: Callable[[], float] | None = None
    _began: float = field(init=False)

    @_began.default
    def _begin(self) -> float:
        return self.monotonic() if self.monotonic else 0.0

    def __call__(self) -> datetime:
        """The simulated instant, in UTC."""
        if self.monotonic is None:
            return self.start
        return self.start + timedelta(seconds=self.monotonic() - self._began)

    def advance(self, span: timedelta) -> datetime:
        """Move forward by ``span`` and return the new instant."""
        return self.move_to(self() + span)

    def move_to(self, moment: datetime) -> datetime:
        """Move forward to ``moment``; ValueError when that lies in the past."""
        if moment < self():
            raise ValueError("the simulated clock only moves forward")
        self._began = self._begin()
        self.start = moment
        return moment
