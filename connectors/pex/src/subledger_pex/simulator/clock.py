"""Simulated time, and the vendor's way of writing it: US Eastern wall time without an offset."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from attrs import define

EASTERN = ZoneInfo("America/New_York")
WALL_FORMAT = "%Y-%m-%dT%H:%M:%S"


def instant(day: date, hour: int, minute: int = 0, second: int = 0, *, fold: int = 0) -> datetime:
    """The UTC instant of an Eastern wall time; ``fold=1`` means the second pass of a repeated hour.

    A wall time that the clocks skip in spring becomes the same distance after the jump.
    """
    wall_time = time(hour, minute, second, tzinfo=EASTERN, fold=fold)
    return datetime.combine(day, wall_time).astimezone(UTC)


def wall(moment: datetime) -> datetime:
    """The naive Eastern wall time of an instant."""
    return moment.astimezone(EASTERN).replace(tzinfo=None, fold=0)


def stamp(moment: datetime | None) -> str | None:
    """An instant as the vendor writes it: ``yyyy-MM-ddTHH:mm:ss``, Eastern, no offset."""
    return None if moment is None else wall(moment).strftime(WALL_FORMAT)


def stamp_utc(moment: datetime | None) -> str | None:
    """An instant as the vendor writes fields whose name ends in ``Utc``."""
    return None if moment is None else moment.astimezone(UTC).strftime(WALL_FORMAT) + "Z"


@define
class SimulatedClock:
    """A clock that stands still until somebody moves it, and never goes back."""

    now: datetime

    def __call__(self) -> datetime:
        """The simulated instant, in UTC."""
        return self.now

    def advance(self, span: timedelta) -> datetime:
        """Move forward by ``span`` and return the new instant."""
        return self.move_to(self.now + span)

    def move_to(self, moment: datetime) -> datetime:
        """Move forward to ``moment``; ValueError when that lies in the past."""
        if moment < self.now:
            raise ValueError("the simulated clock only moves forward")
        self.now = moment
        return self.now
