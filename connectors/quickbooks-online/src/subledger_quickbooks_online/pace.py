"""The rate of requests to one company: Intuit counts all of an app's requests to it together."""

import asyncio
import datetime as dt
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from subledger.errors import TemporaryError
from subledger.runtime import Runtime

PER_SECOND: Final = 8
"""Requests a second; Intuit allows 10, and 500 a minute, which this rate never reaches."""
BATCHES_PER_MINUTE: Final = 38
"""Batches a minute; Intuit allows 40."""
AT_ONCE: Final = 4
"""Requests under way at once."""
PAUSE: Final = 60.0
"""Seconds that a company rests after it was throttled, at the least."""
_BURST: Final = 2
_PATIENCE: Final = dt.timedelta(seconds=5)


class _Line:
    """Turns at an even rate, of which a few may be taken at once."""

    def __init__(self, gap: dt.timedelta) -> None:
        self._gap = gap
        self._next: dt.datetime | None = None

    def turn(self, now: dt.datetime) -> dt.datetime:
        """The moment of the next turn, which is taken."""
        latest = max(now, self._next or now)
        self._next = latest + self._gap
        return latest - self._gap * (_BURST - 1)


class Pace:
    """The rate of one company; ``realm`` is its number."""

    def __init__(self, runtime: Runtime, per_second: int = PER_SECOND) -> None:
        self._runtime = runtime
        self._requests = _Line(dt.timedelta(seconds=1) / per_second)
        self._batches = _Line(dt.timedelta(minutes=1) / BATCHES_PER_MINUTE)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._rests_until: dt.datetime | None = None

    def rest(self) -> float:
        """The company was throttled: everybody waits. Returns the seconds."""
        seconds = PAUSE * (1 + self._runtime.random.random() / 4)
        until = self._runtime.now() + dt.timedelta(seconds=seconds)
        self._rests_until = max(until, self._rests_until or until)
        return seconds

    @asynccontextmanager
    async def turn(self, *, is_batch: bool, patient: bool) -> AsyncIterator[None]:
        """One request may be under way within.

        Whoever is not ``patient`` gets TemporaryError while the company rests.
        """
        async with self._slots:
            await self._awake(patient=patient)
            now = self._runtime.now()
            turn = self._requests.turn(now)
            if is_batch:
                turn = max(turn, self._batches.turn(now))
            if turn > now:
                await self._runtime.sleep((turn - now).total_seconds())
            yield

    async def _awake(self, *, patient: bool) -> None:
        while self._rests_until is not None:
            left = self._rests_until - self._runtime.now()
            if left <= dt.timedelta(0):
                self._rests_until = None
            elif patient or left <= _PATIENCE:
                await self._runtime.sleep(left.total_seconds())
            else:
                raise TemporaryError(
                    "QuickBooks asked us to slow down.",
                    retry_after=left.total_seconds(),
                    code="3001",
                )


_SHARED: "weakref.WeakValueDictionary[tuple[int, str, str], Pace]" = weakref.WeakValueDictionary()


def shared(runtime: Runtime, host: str, realm: str, per_second: int = PER_SECOND) -> Pace:
    """The one pace of a company in this process: a source and a sink of it share it."""
    key = (id(runtime), host, realm)
    found = _SHARED.get(key)
    if found is None:
        found = _SHARED[key] = Pace(runtime, per_second)
    return found
