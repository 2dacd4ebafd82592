"""When the Web Connector is asked to stay away: after failures, while paused, when idle.

With Auto-Run the third string of authenticate drops a run and moves the next one that many seconds
away; a run that a person starts goes on all the same.

Source: QuickBooks Web Connector Programmer's Guide, chapter 10 (authenticate).
"""

import datetime as dt
from typing import Final

from attrs import asdict, evolve, fields_dict, frozen

from subledger.ports import Desk
from subledger_quickbooks_desktop.state import NO_OP, Session

NOTE: Final = "back-off"
STEPS: Final = (60, 120, 300, 600)
"""Seconds, growing with each time in a row; the last stays."""
SOON: Final = 10
"""Seconds that are not worth a dropped run."""


@frozen(kw_only=True)
class Trouble:
    """What a connection remembers of its last sessions.

    ``failures`` in a row, the last of them at ``failed`` (Unix seconds). ``turned_away`` is how
    many logins in a row have found that writing was stopped.
    """

    failures: int = 0
    failed: int = 0
    turned_away: int = 0


def unix(moment: dt.datetime) -> int:
    """A moment in whole Unix seconds."""
    return int(moment.timestamp())


def ended(desk: Desk, session: Session, *, closed_books: bool) -> None:
    """A session is closed: if QuickBooks answered to the end it was good.

    It failed if it ended with an error while the right company file cannot be opened
    (``closed_books``). Nothing else counts, nor does a session that broke off: what was left behind
    is settled the sooner the better.
    """
    if session.error and closed_books:
        _failed(desk, unix(desk.now))
    elif session.checked and session.error in ("", NO_OP):
        known = _load(desk)
        _save(desk, known, Trouble(turned_away=known.turned_away if desk.paused else 0))


def with_work(desk: Desk) -> int:
    """Seconds to stay away although something waits: only after two failures in a row."""
    known = _load(desk)
    if known.failures < 2:  # noqa: PLR2004 - a single failure happens
        return 0
    left = known.failed + _step(known.failures - 1) - unix(desk.now)
    return left if left > SOON else 0


def without_work(desk: Desk, idle: dt.timedelta, usual: dt.timedelta) -> int:
    """Seconds to stay away as nothing can be done: ``idle``, or longer and longer while paused.

    Never less than ``usual``, the Web Connector's own interval: that would call it sooner.
    """
    seconds, known = int(idle.total_seconds()), _load(desk)
    if desk.paused and desk.backlog(1):
        turned_away = min(known.turned_away + 1, len(STEPS))
        _save(desk, known, evolve(known, turned_away=turned_away))
        seconds = max(seconds, _step(turned_away))
    return seconds if seconds >= usual.total_seconds() else 0


def _step(times: int) -> int:
    return STEPS[min(times, len(STEPS)) - 1]


def _failed(desk: Desk, moment: int) -> None:
    known = _load(desk)
    _save(desk, known, evolve(known, failures=known.failures + 1, failed=moment))


def _load(desk: Desk) -> Trouble:
    """What is remembered; what only another version of this connector knows is passed over."""
    found, names = desk.recall(NOTE), fields_dict(Trouble)
    return Trouble(**{name: value for name, value in found.items() if name in names})


def _save(desk: Desk, known: Trouble, new: Trouble) -> None:
    if new != known:
        desk.remember(NOTE, asdict(new) if new != Trouble() else {})
