"""The limit of 180 requests a minute for each address that requests come from."""

from collections import deque
from collections.abc import Callable

from attrs import define, field

WINDOW_SECONDS = 60.0


@define(kw_only=True)
class Throttle:
    """Counts requests within the last minute of ``monotonic``, a clock in seconds.

    Accounts that stand behind the same address share a budget: give them one ``Throttle``.
    """

    monotonic: Callable[[], float]
    _times: dict[str, deque[float]] = field(factory=dict)

    def allows(self, address: str, limit: int) -> bool:
        """Whether one more request fits under ``limit`` (0: always); it counts if so."""
        if not limit:
            return True
        now, times = self.monotonic(), self._times.setdefault(address, deque())
        while times and times[0] <= now - WINDOW_SECONDS:
            times.popleft()
        if len(times) >= limit:
            return False
        times.append(now)
        return True
