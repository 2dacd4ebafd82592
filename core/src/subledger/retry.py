"""Whether a failed request is tried again, and when: for every connector that speaks HTTP."""

import datetime as dt
import email.utils
import enum
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from attrs import define, field, frozen

from subledger.errors import ConnectorError
from subledger.runtime import Runtime


class Cause(enum.StrEnum):
    """Why an attempt failed, as far as trying again is concerned."""

    THROTTLED = "throttled"
    """We asked too often: status 429."""
    UNAVAILABLE = "unavailable"
    """Nobody is there, or no answer came: statuses 408, 502, 503, 504, and no whole answer."""
    BROKEN = "broken"
    """The server made a mistake: status 500."""
    UNREADABLE = "unreadable"
    """A success that cannot be read, often a proxy's page; the client says so."""


_STATUS: Final = {
    429: Cause.THROTTLED,
    500: Cause.BROKEN,
    **dict.fromkeys((408, 502, 503, 504), Cause.UNAVAILABLE),
}


def cause_of(status: int) -> Cause | None:
    """The cause for an HTTP status; None for an answer that stays the same if asked again."""
    return _STATUS.get(status)


def retry_after(text: str | None, now: dt.datetime) -> float | None:
    """Seconds of a Retry-After header (a number or a date, RFC 9110 section 10.2.3)."""
    if not text:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return max(0.0, (moment - now).total_seconds())


@frozen
class Rule:
    """How often a failure of one cause is tried again, and after what pauses."""

    retries: int
    """How many more attempts, at the most."""
    pause: float
    """Seconds before the first of them, about; doubled each time."""


@frozen(kw_only=True)
class Policy:
    """Which failures of a request are tried again."""

    rules: Mapping[Cause, Rule]
    """The rule for each cause; one without a rule is not tried again."""
    longest: float = 60.0
    """Seconds that one pause lasts at the most: where a server asks for more, the run ends and
    comes again later.
    """

    def pause(
        self, cause: Cause, failures: int, asked: float | None, chance: float
    ) -> float | None:
        """Seconds to wait after the ``failures``-th failure of this cause; None: give up.

        ``asked`` is the server's Retry-After, ``chance`` a random number from 0 to 1: pauses spread
        by half around their median, but never below what the server asked.
        """
        rule = self.rules.get(cause, _NEVER)
        if failures > rule.retries or (asked is not None and asked > self.longest):
            return None
        if asked is not None:
            return asked + chance
        own: float = rule.pause * 2 ** (failures - 1) * (0.5 + chance)
        return min(self.longest, own)


_NEVER: Final = Rule(0, 0.0)


class Failed(Exception):  # noqa: N818 - what became of one attempt; never leaves a connector
    """One attempt failed: what that means, and its cause; None where asking again cannot help.

    ``asked`` are the seconds that the server asked for. ``error`` is what leaves the connector once
    no attempt is left: a :class:`TemporaryError` carries them too, as its ``retry_after``.
    """

    def __init__(
        self, error: ConnectorError, cause: Cause | None, asked: float | None = None
    ) -> None:
        super().__init__(error.message)
        self.error = error
        self.cause = cause
        self.asked = asked


@define
class Attempts:
    """The attempts of one request: counts what failed, and waits before the next one."""

    policy: Policy
    """What is tried again."""
    runtime: Runtime
    """Sleep and chance: pauses are spread."""
    log: Any
    """Is told of every new attempt."""
    _failures: Counter[Cause] = field(factory=Counter, init=False)

    async def again(self, failed: Failed, request: str) -> None:
        """Returns when the next attempt is due. Raises the failure's error where there is none.

        ``request`` is what the log calls the request; no secret may be in it.
        """
        cause = failed.cause
        if cause is None:
            raise failed.error from failed
        self._failures[cause] += 1
        chance = self.runtime.random.random()
        pause = self.policy.pause(cause, self._failures[cause], failed.asked, chance)
        if pause is None:
            raise failed.error from failed
        self.log.info("request_retry", request=request, cause=cause.value, pause=round(pause, 1))
        await self.runtime.sleep(pause)
