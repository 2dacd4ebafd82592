"""US Eastern wall time without offset: how PEX writes and reads dates."""

import datetime as dt
from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

EASTERN: Final = ZoneInfo("America/New_York")
WINDOW_DAYS: Final = 14
"""Days per request, as the vendor's own connector reads."""


def wall(day: dt.date) -> str:
    """Midnight at the start of a day, as a query parameter."""
    return f"{day.isoformat()}T00:00:00"


def today(now: dt.datetime) -> dt.date:
    """The Eastern calendar day of an aware moment."""
    return now.astimezone(EASTERN).date()


def day_of(text: str) -> dt.date:
    """The Eastern calendar day of a response's date-time, with or without an offset.

    Raises ValueError for text that is not a date.
    """
    moment = dt.datetime.fromisoformat(text)
    return moment.date() if moment.tzinfo is None else moment.astimezone(EASTERN).date()


def windows(
    since: dt.date, until: dt.date, days: int = WINDOW_DAYS
) -> Iterator[tuple[dt.date, dt.date]]:
    """Consecutive windows of at most ``days`` days, both ends inclusive, oldest first."""
    start = since
    while start <= until:
        end = min(start + dt.timedelta(days=days - 1), until)
        yield start, end
        start = end + dt.timedelta(days=1)
