"""A sliding-window rate limit."""

from collections import deque
from collections.abc import Callable

from attrs import define, field

WINDOW_SECONDS = 1.0


@define(kw_only=True)
class Throttle:
    """Counts requests within the last second of ``monotonic``, a clock in seconds."""

    monotonic: Callable[[], float]
    _times: deque[float] = field(factory=deque)

    def allows(self, limit: int) -> bool:
        """Whether one more request fits under ``limit`` a second (0: always); it counts if so."""
        if not limit:
            return True
        now = self.monotonic()
        while self._times and self._times[0] <= now - WINDOW_SECONDS:
            self._times.popleft()
        if len(self._times) >= limit:
            return False
        self._times.append(now)
        return True
