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
"""Requests a second that Intuit allows; so many in a row are too many for a minute."""
PER_MINUTE: Final = 495
"""Requests a minute; Intuit allows 500."""
BATCHES_PER_MINUTE: Final = 39
"""Batches a minute; Intuit allows 40, and the way there takes now longer, now shorter."""
AT_ONCE: Final = 4
"""Requests under way at once."""
PAUSE: Final = 60.0
"""Seconds that a company rests after it was throttled, at the least."""
_MINUTE: Final = dt.timedelta(minutes=1)
_PATIENCE: Final = dt.timedelta(seconds=5)


class _Line:
    """Turns at an even rate, of which ``burst`` may be taken at once."""

    def __init__(self, gap: dt.timedelta, burst: int) -> None:
        self._gap = gap
        self._burst = burst
        self._next: dt.datetime | None = None

    def turn(self, now: dt.datetime) -> dt.datetime:
        """The moment of the next turn, which is taken."""
        latest = max(now, self._next or now)
        self._next = latest + self._gap
        return max(now, latest - self._gap * (self._burst - 1))


class Pace:
    """The rate of one company in one process."""

    def __init__(self, per_second: int = PER_SECOND) -> None:
        burst = 2 if per_second <= PER_SECOND else 1
        self._requests = _Line(dt.timedelta(seconds=1) / per_second, burst)
        self._batches = _Line(_MINUTE / BATCHES_PER_MINUTE, 1)
        self._recent: deque[dt.datetime] = deque(maxlen=PER_MINUTE)
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
            turn = self._turn(now, is_batch=is_batch)
            if turn > now:
                await runtime.sleep((turn - now).total_seconds())
            yield

    def _turn(self, now: dt.datetime, *, is_batch: bool) -> dt.datetime:
        turn = self._requests.turn(now)
        if is_batch:
            turn = max(turn, self._batches.turn(now))
        if len(self._recent) == PER_MINUTE:
            turn = max(turn, self._recent[0] + _MINUTE)
        self._recent.append(turn)
        return turn

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
