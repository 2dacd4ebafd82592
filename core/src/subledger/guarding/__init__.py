"""Where a plugin's code is called: time limits, checks of what comes back, and whose fault it was.

The catalogue hands out guarded values, so that nothing else of the kernel has to think of it.
"""

from subledger.guarding.bench import TookTooLong, in_time
from subledger.guarding.calls import Guard, forgive
from subledger.guarding.judging import Overran, reason_of
from subledger.guarding.limits import Limits
from subledger.guarding.owner import Owner, claims, culprit, of_module
from subledger.guarding.printing import attributed
from subledger.guarding.values import guarded
from subledger.guarding.watch import Watch, watching

__all__ = [
    "Guard",
    "Limits",
    "Overran",
    "Owner",
    "TookTooLong",
    "Watch",
    "attributed",
    "claims",
    "culprit",
    "forgive",
    "guarded",
    "in_time",
    "of_module",
    "reason_of",
    "watching",
]
