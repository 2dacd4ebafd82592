"""How long a sink is left alone after trouble: longer each time, but never for long."""

import datetime as dt
from collections.abc import Callable
from typing import Final

from attrs import define, field

MOST: Final = 600.0
"""Seconds that repeated failures of a sink may add up to."""
LONGEST: Final = 3600.0
"""Seconds that a sink may ask for."""


@define
class Patience:
    """Who is to be left alone until when; kept in memory, so that a new process tries at once."""

    now: Callable[[], dt.datetime]
    _until: dict[str, dt.datetime] = field(factory=dict, init=False)
    _failures: dict[str, int] = field(factory=dict, init=False)
    _reset: set[str] = field(factory=set, init=False)

    def over(self, name: str) -> bool:
        """Whether a sink may be tried now."""
        until = self._until.get(name)
        return until is None or until <= self.now()

    def reset(self, name: str) -> None:
        """A person has put it right: it may be tried at once, whatever is still under way."""
        self._until.pop(name, None)
        self._failures.pop(name, None)
        self._reset.add(name)

    def begin(self, name: str) -> None:
        """It is tried now."""
        self._reset.discard(name)

    def heard(self, name: str, again: float, *, failed: bool) -> None:
        """Notes how it went: ``again`` seconds to wait, twice as long with each new failure.

        What was begun before a person put it right tells nothing.
        """
        if name in self._reset:
            return
        before = self._failures.pop(name, 0)
        wait = again
        if failed:
            self._failures[name] = before + 1
            wait = max(again, min(again * 2 ** min(before, 16), MOST))
        wait = min(wait, LONGEST)
        self._until.pop(name, None)
        if wait:
            self._until[name] = self.now() + dt.timedelta(seconds=wait)
