"""Simulated time: a clock that follows another one and can be put forward."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from attrs import define

START = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
"""The instant at which a clock stands unless it is given one."""


@define
class Clock:
    """Callable; `tick` tells the time, `ahead` is how far this clock is put forward."""

    tick: Callable[[], datetime] = lambda: START
    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        """The simulated instant, in UTC."""
        return self.tick() + self.ahead

    def advance(self, span: timedelta) -> datetime:
        """Put the clock forward; ValueError for a negative span."""
        if span < timedelta():
            raise ValueError("the simulated clock only moves forward")
        self.ahead += span
        return self()
