"""The due time is the only schedule. Pure."""

import datetime as dt
import random
from zoneinfo import ZoneInfo

from attrs import frozen
from cronsim import CronSim

DAILY = dt.timedelta(hours=24)
_DAILY_SPREAD = dt.timedelta(minutes=30)


@frozen(kw_only=True)
class Rhythm:
    """How often a flow runs: every so often, by cron text (in ``zone``), or only by hand."""

    every: dt.timedelta | None = None
    cron: str = ""
    zone: str = "UTC"

    @property
    def by_hand(self) -> bool:
        """Whether it runs only when somebody asks."""
        return self.every is None and not self.cron


def next_due(rhythm: Rhythm, ended: dt.datetime, chance: random.Random) -> dt.datetime | None:
    """When a flow is due after a run that ended at ``ended``; None for by hand.

    An interval gets a jitter of 10 per cent (a daily one of 30 minutes), so that a thousand
    companies do not come at once.
    """
    if rhythm.cron:
        local = ended.astimezone(ZoneInfo(rhythm.zone))
        following: dt.datetime = next(CronSim(rhythm.cron, local))
        return following.astimezone(dt.UTC)
    if rhythm.every is None:
        return None
    spread = _DAILY_SPREAD if rhythm.every >= DAILY else rhythm.every / 10
    return ended + rhythm.every + spread * chance.uniform(-1, 1)
