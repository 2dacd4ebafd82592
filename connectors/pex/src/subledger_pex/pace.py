"""An even rate of requests."""

import datetime as dt
from collections.abc import Awaitable, Callable


class Pace:
    """Lets at most ``per_second`` callers a second go on, evenly spaced, in order of arrival."""

    def __init__(
        self,
        per_second: int,
        *,
        now: Callable[[], dt.datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._gap = dt.timedelta(seconds=1) / per_second
        self._now = now
        self._sleep = sleep
        self._next: dt.datetime | None = None

    async def turn(self) -> None:
        """Returns when it is the caller's turn."""
        now = self._now()
        turn = now if self._next is None else max(now, self._next)
        self._next = turn + self._gap
        if turn > now:
            await self._sleep((turn - now).total_seconds())
