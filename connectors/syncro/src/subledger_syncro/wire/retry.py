"""Which failed requests are tried again, how often and after how long."""

import datetime as dt
import email.utils
import enum
from collections.abc import Mapping
from typing import Final

from attrs import frozen


class Cause(enum.Enum):
    """Why a request failed, as far as trying again is concerned."""

    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    UNREADABLE = "unreadable"


@frozen
class Rule:
    """At most ``retries`` more attempts; pauses of about ``pause`` seconds, doubled each time."""

    retries: int
    pause: float


RULES: Final[Mapping[Cause, Rule]] = {
    Cause.THROTTLED: Rule(3, 10.0),
    Cause.UNAVAILABLE: Rule(3, 2.0),
    Cause.UNREADABLE: Rule(2, 1.0),
}
"""The limit counts a minute: three growing pauses outlast it, and end before a lease does."""

LONGEST: Final = 60.0
"""Seconds that a request waits at most; a longer Retry-After ends the run instead."""

_STATUS: Final = {
    429: Cause.THROTTLED,
    **dict.fromkeys((408, 500, 502, 503, 504), Cause.UNAVAILABLE),
}


def cause_of(status: int) -> Cause | None:
    """The cause for a status; None for an answer that will not change by asking again."""
    return _STATUS.get(status)


def pause(cause: Cause, failures: int, asked: float | None, chance: float) -> float | None:
    """Seconds to wait after the ``failures``-th failure of this cause; None: give up.

    ``asked`` is the server's Retry-After, ``chance`` a random number from 0 to 1: pauses spread
    by half around their median, but never below what the server asked.
    """
    rule = RULES[cause]
    if failures > rule.retries or (asked is not None and asked > LONGEST):
        return None
    if asked is not None:
        return asked + chance
    own: float = rule.pause * 2 ** (failures - 1) * (0.5 + chance)
    return min(LONGEST, own)


def retry_after(text: str | None, now: dt.datetime) -> float | None:
    """Seconds of a Retry-After header (a number or a date, RFC 9110 section 10.2.3)."""
    if not text:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        found = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=dt.UTC)
    return max(0.0, (found - now).total_seconds())
