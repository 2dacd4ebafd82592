"""Sliding windows that count requests: so many within so many seconds."""

from collections import deque
from datetime import datetime, timedelta

from attrs import define, field

from .switches import Switches

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@define
class Window:
    """The instants of the requests that were let through."""

    times: deque[datetime] = field(factory=deque)

    def has_room(self, now: datetime, span: timedelta, limit: int) -> bool:
        """Whether fewer than `limit` were let through within `span`; 0 is no limit."""
        while self.times and self.times[0] <= now - span:
            self.times.popleft()
        return not limit or len(self.times) < limit


@define
class Throttle:
    """The limits of one company: 500 a minute and 10 a second, of which 40 batches a minute."""

    minute: Window = field(factory=Window)
    second: Window = field(factory=Window)
    batches: Window = field(factory=Window)

    def allows(self, now: datetime, switches: Switches, *, is_batch: bool) -> bool:
        """Whether one more request is let through; it counts if so."""
        checks = [
            (self.minute, MINUTE, switches.per_minute),
            (self.second, SECOND, switches.per_second),
        ]
        if is_batch:
            checks.append((self.batches, MINUTE, switches.batches_per_minute))
        if not all(window.has_room(now, span, limit) for window, span, limit in checks):
            return False
        for window, _, limit in checks:
            if limit:
                window.times.append(now)
        return True
