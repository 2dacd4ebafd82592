"""An event loop whose clock jumps: a month of waiting takes no time, a hang is an error."""

import asyncio
import datetime as dt
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_WORKING = 5.0


class Deadlock(RuntimeError):  # noqa: N818 - names what happened
    """Nothing can run, no timer is set, and no thread works: this would wait for ever."""


class _Selector(selectors.DefaultSelector):
    """Never waits for the wall clock, unless a thread of the loop's executors is at work."""

    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> Any:
        if timeout == 0 and len(self.get_map()) == 1:  # nothing but the loop's own alarm
            return []
        events = super().select(0)
        if events or timeout == 0:
            return events
        if self.loop.working:
            return super().select(_WORKING)
        if timeout is None:
            raise Deadlock("nothing to run, no timer")
        self.loop.passed += timeout
        return events


class VirtualLoop(asyncio.SelectorEventLoop):
    """Jumps to the next timer whenever nothing else can run.

    ``passed`` are the virtual seconds since the loop was made, ``working`` the calls that run in
    executors at the moment: those take real time, during which virtual time stands still.
    """

    def __init__(self) -> None:
        self.passed = 0.0
        self.working = 0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self.passed

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> "asyncio.Future[T]":
        """As ever; virtual time waits for it."""
        self.working += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._worked)
        return future

    def _worked(self, _future: "asyncio.Future[Any]") -> None:
        self.working -= 1

    def clock(self, start: dt.datetime) -> Callable[[], dt.datetime]:
        """A clock that shows ``start`` (aware) now and moves with the loop."""
        begin = start - dt.timedelta(seconds=self.passed)
        return lambda: begin + dt.timedelta(seconds=self.passed)


def run(main: Callable[[VirtualLoop], Coroutine[Any, Any, T]]) -> T:
    """Runs ``main(loop)`` on a loop of its own and returns its result. Raises :class:`Deadlock`."""
    loop = VirtualLoop()
    try:
        asyncio.set_event_loop(loop)
        return loop.run_until_complete(main(loop))
    finally:
        _cancel_rest(loop)
        asyncio.set_event_loop(None)
        loop.close()


def _cancel_rest(loop: VirtualLoop) -> None:
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
