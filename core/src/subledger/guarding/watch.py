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
_SIGNAL: Final = getattr(signal, "SIGURG", None)
"""Ignored by everybody unless asked for; not there on Windows."""


@define(kw_only=True)
class Watch:
    """A thread that asks the loop every second whether it still turns.

    Where it does not for ``held`` seconds and a plugin's code is at work, a signal raises
    :class:`Overran` there; where that cannot be (no signals, or the loop is not on the main
    thread), the plugin is named in the log. The kernel's own code is never interrupted.
    """

    loop: asyncio.AbstractEventLoop
    log: Any
    held: float
    _thread: int = field(factory=threading.get_ident, init=False)
    _over: threading.Event = field(factory=threading.Event, init=False)
    _turned: threading.Event = field(factory=threading.Event, init=False)
    _armed: bool = field(default=False, init=False)
    _can_interrupt: bool = field(default=False, init=False)

    @contextmanager
    def on(self) -> Iterator[None]:
        """Watches the loop of this thread."""
        main = threading.current_thread() is threading.main_thread()
        before: Any = None
        if main and _SIGNAL is not None and signal.getsignal(_SIGNAL) is signal.SIG_DFL:
            before = signal.signal(_SIGNAL, self._interrupt)
            self._can_interrupt = True
        watcher = threading.Thread(target=self._look, name="subledger-watch", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            self._over.set()
            self._turned.set()
            if self._can_interrupt and _SIGNAL is not None:
                signal.signal(_SIGNAL, before)

    def _look(self) -> None:
        while not self._over.wait(_LOOK):
            self._turned.clear()
            try:
                self.loop.call_soon_threadsafe(self._turned.set)
            except RuntimeError:  # the loop is closed
                return
            if not self._turns(self.held):
                self._act()

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
                self.log.warning("loop_held", by=name, at=place, seconds=self.held)
            if owner is not None and self._can_interrupt and _SIGNAL is not None:
                self._armed = True
                signal.pthread_kill(self._thread, _SIGNAL)

    def _interrupt(self, _number: int, frame: FrameType | None) -> None:
        """Runs in the held thread, on top of what holds it."""
        armed, self._armed = self._armed, False
        if armed and not self._turned.is_set() and culprit(frame) is not None:
            raise Overran(f"held up everything else for {self.held:g} seconds")


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
