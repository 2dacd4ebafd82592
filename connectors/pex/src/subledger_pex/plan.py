"""Which windows a run reads, and the cursor by which a stopped run goes on; pure."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Final

from attrs import frozen

from subledger.ports import ExtractRequest
from subledger_pex.wire.dates import windows

SETTLEMENT_LAG: Final = dt.timedelta(days=30)
"""How long a purchase may take from the swipe to its settlement.

PEX does not say which of the two dates its filter looks at. So the windows reach that much further
than the posting dates asked for, and records outside those are dropped.
"""

_FRESH: Final = dt.timedelta(days=2)
"""How long a stopped run can be gone on with; later, its windows may have changed again."""

Window = tuple[dt.date, dt.date]


@frozen(kw_only=True)
class Plan:
    """The windows that a run still has to read, oldest first, out of ``of`` in all."""

    day: dt.date
    since: dt.date
    windows: Sequence[Window]
    of: int

    def cursor(self, read: dt.date) -> str:
        """The position once everything up to ``read`` is stored."""
        return json.dumps(
            {
                "day": self.day.isoformat(),
                "since": self.since.isoformat(),
                "read": read.isoformat(),
                "end": self.windows[-1][1].isoformat(),
            },
            separators=(",", ":"),
        )


def plan(request: ExtractRequest, *, by_settlement: bool, today: dt.date) -> Plan:
    """The windows of a run; a run that was stopped goes on after the window it read last.

    It goes on only within two days, and where the new request begins no earlier than the stopped
    one did. A finished run's cursor has no effect: late tags and approvals are found by reading
    again.
    """
    if by_settlement:
        first, last = request.since - SETTLEMENT_LAG, min(request.until, today)
    else:
        first, last = request.since, min(request.until + SETTLEMENT_LAG, today)
    whole = list(windows(first, last))
    day, since, start = today, request.since, first
    stopped = _stopped(request, today)
    if stopped is not None:
        day, since, read = stopped
        start = max(first, read + dt.timedelta(days=1))
    left = list(windows(start, last))
    return Plan(day=day, since=since, windows=left, of=max(len(whole), len(left)))


def _stopped(request: ExtractRequest, today: dt.date) -> tuple[dt.date, dt.date, dt.date] | None:
    """When and where an unfinished run began, and how far it got; None for nothing to go on."""
    if request.cursor is None:
        return None
    try:
        position = json.loads(request.cursor)
        day, since, read, end = (
            dt.date.fromisoformat(position[key]) for key in ("day", "since", "read", "end")
        )
    except (KeyError, TypeError, ValueError):
        return None
    unfinished = read < end and since <= request.since and today - day <= _FRESH
    return (day, since, read) if unfinished else None
