"""The state of a Web Connector session between two calls: a note of the connection.

Any process can serve the next call, and a restart in mid-session loses nothing. A ticket carries
the epoch of the lease under which it was given out; only its hash is stored.
"""

import hashlib
import hmac
from typing import Any

import attrs
from attrs import evolve, frozen

from subledger.ports import Desk

NOTE = "session"
DONE = 100
STOP = -1
NO_OP = "NoOp"
BACKLOG = 1_000
"""How far the effects that wait are counted, for the percentage shown."""
OLD_TICKETS = 5
_EPOCH_DIGITS = 15


def hashed(ticket: str) -> str:
    """What is stored of a ticket."""
    return hashlib.sha256(ticket.encode()).hexdigest()


@frozen(kw_only=True)
class Session:
    """The state of a session between two calls.

    ``asked`` is what the last request was for, ``identifier`` its requestID.
    """

    ticket: str = ""
    old: tuple[str, ...] = ()
    version: str = ""
    checked: bool = False
    prepared: bool = False
    asked: str = ""
    effect: int = 0
    question: int = 0
    request: str = ""
    identifier: str = ""
    step: str = ""
    done: int = 0
    total: int = 0
    tries: int = 0
    strays: int = 0
    error: str = ""
    rows: int = 0
    newest: str = ""

    def after(self, asked: str = "", **more: Any) -> "Session":
        """The session once the last request is dealt with and the next one is for ``asked``."""
        clear: dict[str, Any] = {"effect": 0, "question": 0, "rows": 0}
        clear |= {"request": "", "identifier": "", "newest": ""}
        return evolve(self, asked=asked, **{**clear, **more})


@frozen(kw_only=True)
class Reply:
    """What goes back: the text of sendRequestXML, or the number of receiveResponseXML."""

    text: str = ""
    number: int = DONE
    prepare: bool = False


def epoch_of(ticket: str) -> int | None:
    """The lease's epoch that a ticket of ours carries; None for what cannot be one."""
    number = ticket.rpartition("-")[2]
    return (
        int(number)
        if number.isascii() and number.isdecimal() and len(number) <= _EPOCH_DIGITS
        else None
    )


def load(desk: Desk) -> Session:
    """The session as stored; an empty one at first."""
    notes = dict(desk.recall(NOTE))
    notes["old"] = tuple(notes.get("old", ()))
    return Session(**notes)


_DEFAULTS = tuple((name, getattr(Session(), name)) for name in attrs.fields_dict(Session))


def save(desk: Desk, session: Session) -> None:
    """Stores the session; what has its default is left out."""
    values = ((name, getattr(session, name), default) for name, default in _DEFAULTS)
    desk.remember(NOTE, {name: value for name, value, default in values if value != default})


def knows(session: Session, ticket: str) -> bool:
    """Whether a ticket is this session's; in constant time."""
    return bool(session.ticket) and hmac.compare_digest(session.ticket, hashed(ticket))


def stop(desk: Desk, session: Session, error: str) -> Reply:
    """Ends the work of a session; ``error`` is what getLastError says."""
    save(desk, session.after(error=error))
    return Reply(text="", number=STOP)
