"""Notices that something holds up the event loop, names it, and interrupts it where it can."""

import asyncio
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

from attrs import define, field

from subledger.guarding.judging import Overran
from subledger.guarding.limits import Limits
from subledger.guarding.owner import culprit

_LOOK: Final = 1.0
"""Seconds between two looks while all is well."""
_AGAIN: Final = 0.1
"""Seconds between two looks at a loop that is held."""
_PARTS: Final = 4
_SLEPT_WELL: Final = 3.0
"""A look that took so many times as long as it should was one at a program that stood still."""
_POSIX: Final = hasattr(signal, "pthread_kill")
"""Whether there are signals for this; not on Windows."""


@define(kw_only=True)
class Watch:
    """A thread that asks the loop every second whether it still turns.

    Where it does not for ``held`` seconds and a plugin's code is at work, a signal raises
    :class:`Overran` there: SIGURG, which everybody ignores, from the thread; and SIGVTALRM, after
    ``held`` seconds of CPU time, for code that lets no other thread run, such as a regular
    expression. Where that cannot be (no signals, or the loop is not on the main thread), the plugin
    is named in the log. The kernel's own code is never interrupted.
    """

    loop: asyncio.AbstractEventLoop
    log: Any
    held: float
    _thread: int = field(factory=threading.get_ident, init=False)
    _over: threading.Event = field(factory=threading.Event, init=False)
    _turned: threading.Event = field(factory=threading.Event, init=False)
    _armed: bool = field(default=False, init=False)
    _can_interrupt: bool = field(default=False, init=False)
    _beat_at: float = field(factory=time.monotonic, init=False)

    @contextmanager
    def on(self) -> Iterator[None]:
        """Watches the loop of this thread."""
        if _POSIX and threading.current_thread() is threading.main_thread():
            signals = (signal.SIGURG, signal.SIGVTALRM)
            free = (signal.SIG_DFL, signal.SIG_IGN)
            self._can_interrupt = all(signal.getsignal(one) in free for one in signals)
        if self._can_interrupt:
            signal.signal(signal.SIGURG, self._asked)
            signal.signal(signal.SIGVTALRM, self._timed)
            self._beat()
        watcher = threading.Thread(target=self._look, name="subledger-watch", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            self._over.set()
            self._turned.set()
            if self._can_interrupt:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
                signal.signal(signal.SIGURG, signal.SIG_DFL)
                signal.signal(signal.SIGVTALRM, signal.SIG_IGN)

    def _look(self) -> None:
        while not self._over.wait(_LOOK):
            self._turned.clear()
            try:
                self.loop.call_soon_threadsafe(self._beat)
            except RuntimeError:  # the loop is closed
                return
            if not self._turns(self.held):
                self._act()

    def _beat(self) -> None:
        """The loop turns."""
        self._beat_at = time.monotonic()
        if self._can_interrupt and not self._over.is_set():
            signal.setitimer(signal.ITIMER_VIRTUAL, self.held)
        self._turned.set()

    def _turns(self, seconds: float) -> bool:
        """Whether the loop turns within so many seconds in which this program was not stopped."""
        part, left = seconds / _PARTS, _PARTS
        while left and not self._over.is_set():
            began = time.monotonic()
            if self._turned.wait(part):
                return True
            left = left - 1 if time.monotonic() - began < part * _SLEPT_WELL else _PARTS
        return False

    def _act(self) -> None:
        told = ""
        while not (self._turned.wait(_AGAIN) or self._over.is_set()):
            frame = sys._current_frames().get(self._thread)  # noqa: SLF001 - the way to look at it
            owner = culprit(frame)
            place = _place(frame)
            del frame
            name = str(owner or "the kernel")
            if name != told:
                told = name
                self._tell(name, place)
            if owner is not None and self._can_interrupt:
                self._armed = True
                signal.pthread_kill(self._thread, signal.SIGURG)

    def _tell(self, name: str, place: str) -> None:
        self.log.warning("loop_held", by=name, at=place, seconds=self.held)

    def _asked(self, _number: int, frame: FrameType | None) -> None:
        """Runs in the held thread, on top of what holds it: the thread has looked."""
        armed, self._armed = self._armed, False
        if armed and not self._turned.is_set() and culprit(frame) is not None:
            raise Overran

    def _timed(self, _number: int, frame: FrameType | None) -> None:
        """As :meth:`_asked`: so much CPU time has passed, and perhaps the thread cannot look."""
        if self._over.is_set():
            return
        owner = culprit(frame)
        if owner is None or time.monotonic() - self._beat_at < self.held:
            signal.setitimer(signal.ITIMER_VIRTUAL, _AGAIN)
            return
        signal.setitimer(signal.ITIMER_VIRTUAL, self.held)
        if not self._armed:
            self.loop.call_soon_threadsafe(self._tell, str(owner), _place(frame))
        raise Overran


def _place(frame: FrameType | None) -> str:
    if frame is None:
        return ""
    return f"{frame.f_globals.get('__name__', '')}:{frame.f_lineno}"


@contextmanager
def watching(log: Any, limits: Limits | None = None) -> Iterator[None]:
    """Watches the loop that runs here, for as long as the block lasts."""
    held = (limits or Limits()).held
    with Watch(loop=asyncio.get_running_loop(), log=log, held=held).on():
        yield
