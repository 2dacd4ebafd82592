"""Watches the event loop: who blocks it, and which callback takes too long."""

import asyncio
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from attrs import define, field

_BLOCKING: Final = frozenset(
    {
        *("time.sleep", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"),
        *("subprocess.Popen", "os.system", "os.posix_spawn", "os.exec", "os.fork"),
        *("sqlite3.connect", "urllib.Request", "smtplib.connect", "ftplib.connect"),
    }
)
"""Audit events of calls that wait for somebody else (Python's table of audit events)."""


@define
class Watch:
    """What was seen: ``blocking`` calls with their place, and the ``longest`` callback.

    ``longest`` is CPU time in seconds, without what the outside took. ``passive`` says whether
    what runs at the moment is somebody else's code.
    """

    passive: Callable[[], bool] = lambda: False
    spent: Callable[[], float] = lambda: 0.0
    blocking: list[str] = field(factory=list)
    longest: float = 0.0
    _thread: int = field(factory=threading.get_ident)

    def audit(self, event: str, args: tuple[Any, ...]) -> None:
        """Takes an audit event."""
        if threading.get_ident() != self._thread or self.passive():
            return
        if event in _BLOCKING or _writes(event, args) or _connects(event, args):
            self.blocking.append(f"{event} at {_place()}")


def _writes(event: str, args: tuple[Any, ...]) -> bool:
    """Whether a file is opened to be written; compiled modules do not count."""
    if event != "open" or "__pycache__" in str(args[0]):
        return False
    return isinstance(args[1], str) and bool(set(args[1]) & set("wax+"))


def _connects(event: str, args: tuple[Any, ...]) -> bool:
    """Whether a socket waits until it is connected."""
    return event == "socket.connect" and args[0].gettimeout() != 0


def _place() -> str:
    """The place of a call outside the standard library and this kit, for people."""
    frames = [
        frame
        for frame in traceback.extract_stack()[:-2]
        if not frame.filename.startswith((sys.base_prefix, "<")) and frame.filename != __file__
    ]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "an unknown place"


_active: list[Watch] = []
_installed: list[bool] = []


def _profiler(watch: Watch) -> Callable[[Any, str, Any], None]:
    """Sees calls of ``time.sleep``, by whichever name; before Python 3.13 it is no audit event."""
    sleep = time.sleep

    def profile(_frame: Any, event: str, called: Any) -> None:
        if event == "c_call" and called is sleep:
            watch.audit("time.sleep", ())

    return profile


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if _active:
        for watch in tuple(_active):
            watch.audit(event, args)


@contextmanager
def watching(watch: Watch, *, calls: bool = False) -> Iterator[Watch]:
    """Watches the loop of this thread until the block ends.

    With ``calls`` every call is looked at, which takes time: ``longest`` tells nothing then.
    """
    if not _installed:
        _installed.append(True)
        sys.addaudithook(_hook)  # it can never be taken away: without a watch it does nothing
    original = asyncio.Handle._run  # noqa: SLF001 - the one place that every callback passes

    def timed(handle: asyncio.Handle) -> None:
        before, spent = time.thread_time(), watch.spent()
        original(handle)
        watch.longest = max(watch.longest, time.thread_time() - before - (watch.spent() - spent))

    asyncio.Handle._run = timed  # type: ignore[method-assign,assignment]  # noqa: SLF001
    _active.append(watch)
    profile = sys.getprofile()
    if calls:
        sys.setprofile(_profiler(watch))
    try:
        yield watch
    finally:
        sys.setprofile(profile)
        _active.remove(watch)
        asyncio.Handle._run = original  # type: ignore[method-assign]  # noqa: SLF001
