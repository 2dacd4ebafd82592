"""The rate of requests to one company: Intuit counts all of an app's requests to it together."""

import asyncio
import datetime as dt
import random
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from weakref import WeakKeyDictionary

from subledger.errors import TemporaryError
from subledger.runtime import Runtime

PER_SECOND: Final = 8
"""Requests a second, where nothing else is configured."""
MOST_PER_SECOND: Final = 10
"""Requests a second that Intuit allows."""
_MINUTE: Final = dt.timedelta(seconds=61)
"""A minute, and a second for requests that are faster on their way than the ones before them."""
REQUESTS: Final = (500, _MINUTE)
"""Requests within a time that Intuit allows."""
BATCHES: Final = (10, _MINUTE / 4)
"""Batches: Intuit allows 40 a minute. In quarters, so that none waits for long."""
AT_ONCE: Final = 4
"""Requests under way at once."""
PAUSE: Final = 60.0
"""Seconds that a company rests after it was throttled, at the least."""
_PATIENCE: Final = dt.timedelta(seconds=5)


class _Window:
    """Turns of which there are at most ``most`` within any ``span``."""

    def __init__(self, most: int, span: dt.timedelta) -> None:
        self._span = span
        self._turns: deque[dt.datetime] = deque(maxlen=most)

    def earliest(self, now: dt.datetime) -> dt.datetime:
        """The moment of the next turn."""
        is_full = len(self._turns) == self._turns.maxlen
        return max(now, self._turns[0] + self._span) if is_full else now

    def take(self, turn: dt.datetime) -> None:
        """Counts a turn."""
        self._turns.append(turn)


class Pace:
    """The rate of one company in one process."""

    def __init__(self, per_second: int = PER_SECOND) -> None:
        self._requests = [_Window(1, dt.timedelta(seconds=1) / per_second), _Window(*REQUESTS)]
        self._batches = [*self._requests, _Window(*BATCHES)]
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._rests_until: dt.datetime | None = None

    def rest(self, runtime: Runtime) -> float:
        """The company was throttled: everybody waits. Returns the seconds."""
        seconds = PAUSE * (1 + runtime.random.random() / 4)
        until = runtime.now() + dt.timedelta(seconds=seconds)
        self._rests_until = max(until, self._rests_until or until)
        return seconds

    @asynccontextmanager
    async def turn(self, runtime: Runtime, *, is_batch: bool, patient: bool) -> AsyncIterator[None]:
        """One request may be under way within.

        Whoever is not ``patient`` gets TemporaryError while the company rests.
        """
        async with self._slots:
            await self._awake(runtime, patient=patient)
            now = runtime.now()
            windows = self._batches if is_batch else self._requests
            turn = max(window.earliest(now) for window in windows)
            for window in windows:
                window.take(turn)
            if turn > now:
                await runtime.sleep((turn - now).total_seconds())
            yield

    async def _awake(self, runtime: Runtime, *, patient: bool) -> None:
        while self._rests_until is not None:
            left = self._rests_until - runtime.now()
            if left <= dt.timedelta(0):
                self._rests_until = None
            elif patient or left <= _PATIENCE:
                await runtime.sleep(left.total_seconds())
            else:
                raise TemporaryError(
                    "QuickBooks asked us to slow down.",
                    retry_after=left.total_seconds(),
                    code="3001",
                )


_PACES: "WeakKeyDictionary[random.Random, dict[tuple[str, str, int], Pace]]" = WeakKeyDictionary()


def shared(runtime: Runtime, host: str, realm: str, per_second: int = PER_SECOND) -> Pace:
    """The one pace of a company in this process, for a source and a sink, one after another too.

    The source of randomness stands for a process: simulated ones do not share a pace.
    """
    paces = _PACES.setdefault(runtime.random, {})
    return paces.setdefault((host, realm, per_second), Pace(per_second))
