"""Moments and days of the API: ISO 8601, where midnight stands for a day without a time."""

import datetime as dt
from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_RAILS: Final[Mapping[str, str]] = {
    "Hawaii": "Pacific/Honolulu",
    "Alaska": "America/Anchorage",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Arizona": "America/Phoenix",
    "Mountain Time (US & Canada)": "America/Denver",
    "Central Time (US & Canada)": "America/Chicago",
    "Eastern Time (US & Canada)": "America/New_York",
    "Indiana (East)": "America/Indiana/Indianapolis",
    "Atlantic Time (Canada)": "America/Halifax",
    "London": "Europe/London",
    "Sydney": "Australia/Sydney",
    "Auckland": "Pacific/Auckland",
}
"""Names of zones that web pages of the vendor's kind show instead of the IANA names."""


def zone_of(name: str, offset: str = "") -> str | None:
    """The IANA name of a zone, else a fixed offset such as ``-06:00``; None for neither."""
    for candidate in (name, _RAILS.get(name, "")):
        if candidate and _zone(candidate) is not None:
            return candidate
    return offset if offset and _fixed(offset) is not None else None


def tzinfo(name: str) -> dt.tzinfo:
    """The zone that :func:`zone_of` named. Raises ValueError for anything else."""
    found = _zone(name) or _fixed(name)
    if found is None:
        raise ValueError(f"{name!r} is not a time zone")
    return found


def _zone(name: str) -> dt.tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _fixed(offset: str) -> dt.tzinfo | None:
    try:
        return dt.datetime.strptime(offset, "%z").tzinfo
    except ValueError:
        return None


def moment(text: str) -> dt.datetime:
    """An aware moment. Raises ValueError for text without a zone or that is no moment."""
    found = dt.datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return found


def stamp(when: dt.datetime) -> str:
    """A moment as the API writes it: UTC with milliseconds."""
    return when.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day_of(text: str, zone: dt.tzinfo) -> dt.date:
    """The calendar day of a date, or of a moment in ``zone``.

    Days come as midnight (``2026-03-01T00:00:00.000Z``), which is that day in every zone. Raises
    ValueError for text that is not a date.
    """
    found = dt.datetime.fromisoformat(text)
    if found.tzinfo is None or found.time() == dt.time():
        return found.date()
    return found.astimezone(zone).date()
