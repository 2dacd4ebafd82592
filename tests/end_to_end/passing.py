"""How time passes in a world."""

import asyncio
import datetime as dt

from attrs import define

from subledger.server.run import TICK


@define
class Clock:
    """The world's time: the real one, moved; it never stands still."""

    ahead: dt.timedelta

    def __call__(self) -> dt.datetime:
        """Now."""
        return dt.datetime.now(dt.UTC) + self.ahead


@define
class Naps:
    """The server's pauses, ten times shorter; ``ticks`` counts its looks at what is due."""

    ticks: int = 0

    async def __call__(self, seconds: float) -> None:
        """Sleeps."""
        self.ticks += seconds == TICK
        await asyncio.sleep(seconds / 10)
