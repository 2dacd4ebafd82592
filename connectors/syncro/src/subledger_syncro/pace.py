"""The limit of requests a minute, shared by every connection of the process.

Syncro counts per address that requests come from, whatever account they are for.
"""

import datetime as dt
import random
from typing import Final
from weakref import WeakKeyDictionary

from attrs import define, field

from subledger.runtime import Runtime

_MINUTE: Final = dt.timedelta(minutes=1)
_BURST: Final = 9
"""One in nine of a minute's requests may go at once."""


@define
class Bucket:
    """A token bucket: within any minute at most ``per_minute`` turns, in order of arrival."""

    runtime: Runtime
    _tokens: float = -1.0
    _seen: dt.datetime | None = field(default=None)

    async def turn(self, per_minute: int) -> None:
        """Returns when it is the caller's turn; the lowest rate of all callers is kept to."""
        burst = max(1, per_minute // _BURST)
        rate = max(1, per_minute - burst) / _MINUTE.total_seconds()
        now = self.runtime.now()
        if self._seen is None:
            self._seen, self._tokens = now, float(burst)
        gained = max(0.0, (now - self._seen).total_seconds()) * rate
        self._tokens = min(float(burst), self._tokens + gained) - 1
        self._seen = max(now, self._seen)
        if self._tokens < 0:
            await self.runtime.sleep(-self._tokens / rate)


_BUCKETS: "WeakKeyDictionary[random.Random, Bucket]" = WeakKeyDictionary()


def bucket(runtime: Runtime) -> Bucket:
    """The bucket of a process.

    Its source of randomness stands for a process: simulated ones, each with a clock of its own, do
    not share a bucket.
    """
    return _BUCKETS.setdefault(runtime.random, Bucket(runtime))
