"""Error recovery of message sets: stored answers, status checks, forgetting.

QuickBooks SDK Programmer's Guide, chapter on error recovery: a set sent with `newMessageSetID` is
carried out once; sent again it is answered from the store. `oldMessageSetID` equal to it asks for
the status only; alone or different it lets QuickBooks forget that set.
"""

from __future__ import annotations

from attrs import frozen

from .parse import MessageSet
from .store import Store

LONGEST_ID = 23
CLEAR_ALL = "ClearAllMessageSets"
FINE = 0
NOT_STORED = 600
OTHER_CONTENT = 9001
NO_ANSWER = 9002
ID_TOO_LONG = 9004


@frozen(kw_only=True)
class Decision:
    """What to do with a set: carry it out, or answer at once with a status and stored data."""

    is_new: bool
    code: int | None = None
    answer: str = ""


def decide(store: Store, app: str, message_set: MessageSet, *, in_full: bool) -> Decision:
    """Consult and update the stored sets of one application; runs inside the transaction."""
    new, old = message_set.new_id, message_set.old_id
    if new is None and old is None:
        return Decision(is_new=True)
    too_long = [one for one in (new, old) if one is not None and len(one) > LONGEST_ID]
    if too_long and too_long != [CLEAR_ALL]:
        return Decision(is_new=False, code=ID_TOO_LONG)
    if new is not None and new == old:
        return _status(store, app, new, in_full=in_full)
    is_found = _forget(store, app, old) if old is not None else True
    if new is None:
        if message_set.requests:
            return Decision(is_new=True, code=FINE if is_found else NOT_STORED)
        return Decision(is_new=False, code=FINE if is_found else NOT_STORED)
    row = store.one("SELECT checksum FROM message_set WHERE app=? AND id=?", (app, new))
    if row is None:
        return Decision(is_new=True, code=FINE)
    if row[0] != message_set.checksum:
        return Decision(is_new=False, code=OTHER_CONTENT)
    return _status(store, app, new, in_full=in_full)


def keep(store: Store, app: str, message_set: MessageSet, full: str, short: str) -> None:
    """Store the answer of a set that was carried out."""
    if message_set.new_id is not None:
        store.execute(
            "INSERT OR REPLACE INTO message_set VALUES(?,?,?,?,?)",
            (app, message_set.new_id, message_set.checksum, full, short),
        )


def keep_failure(store: Store, app: str, message_set: MessageSet) -> None:
    """Note that a set was begun and its answer lost."""
    if message_set.new_id is not None:
        store.execute(
            "INSERT OR REPLACE INTO message_set VALUES(?,?,?,NULL,NULL)",
            (app, message_set.new_id, message_set.checksum),
        )


def _status(store: Store, app: str, identity: str, *, in_full: bool) -> Decision:
    row = store.one("SELECT answer, short FROM message_set WHERE app=? AND id=?", (app, identity))
    if row is None:
        return Decision(is_new=False, code=NOT_STORED)
    if row[0] is None:
        return Decision(is_new=False, code=NO_ANSWER)
    return Decision(is_new=False, code=FINE, answer=row[0] if in_full else row[1])


def _forget(store: Store, app: str, identity: str) -> bool:
    if identity == CLEAR_ALL:
        store.execute("DELETE FROM message_set WHERE app=?", (app,))
        return True
    gone = store.execute("DELETE FROM message_set WHERE app=? AND id=?", (app, identity))
    return bool(gone.rowcount)
