"""Awaits a plugin's coroutine for a limited time, also one that does not let itself be stopped."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import suppress
from typing import Any, Generic, TypeVar, cast

from subledger.guarding.judging import broken, judged
from subledger.guarding.owner import Owner, marks

T = TypeVar("T")


def stepped(owner: Owner, step: Callable[[Any], Any], value: Any) -> Any:  # noqa: ARG001 - a mark
    """One step of a plugin's coroutine; a frame of this function tells whose code it calls."""
    return step(value)


marks(stepped)


class Awaited(Generic[T]):
    """``await Awaited(...)`` is what the plugin's awaitable gives within ``seconds``.

    It raises what :func:`judged` makes of the plugin's exceptions. A coroutine that goes on after
    it was stopped, by us or because it took too long, is given up ``grace`` seconds later.
    """

    __slots__ = ("_awaitable", "_call", "_grace", "_owner", "_passes", "_seconds")

    def __init__(
        self,
        owner: Owner,
        call: str,
        awaitable: Awaitable[T],
        *,
        seconds: float,
        grace: float,
        passes: tuple[type[Exception], ...] = (),
    ) -> None:
        self._owner = owner
        self._call = call
        self._awaitable = awaitable
        self._seconds = seconds
        self._grace = grace
        self._passes = passes

    def __await__(self) -> Generator[Any, Any, T]:  # noqa: C901 - a loop that no call may hide in
        owner, call = self._owner, self._call
        try:
            steps: Any = self._awaitable.__await__()
        except (AttributeError, TypeError) as error:
            raise broken(owner, f"gave nothing to await in {call}") from error
        alarm = _Alarm(self._seconds)
        thrown: BaseException | None = None
        step, value = steps.send, None
        try:
            while True:
                try:
                    waits_for = stepped(owner, step, value)
                except StopIteration as end:
                    alarm.heard()
                    return cast("T", end.value)
                except BaseException as error:
                    alarm.heard()
                    if alarm.rang:
                        raise self._late() from error
                    if error is thrown or isinstance(error, self._passes):
                        raise
                    verdict = judged(owner, call, error)
                    if verdict is error:
                        raise
                    raise verdict from error
                try:
                    value, step = (yield waits_for), steps.send
                except BaseException as error:
                    if alarm.again:
                        _give_up(steps)
                        alarm.heard()
                        if alarm.rang:
                            raise self._late() from None
                        raise
                    if isinstance(error, asyncio.CancelledError):
                        alarm.stopped(self._grace)
                    thrown, value, step = error, error, _thrower(steps)
        finally:
            alarm.stop()

    def _late(self) -> Exception:
        return broken(self._owner, f"did not end {self._call} within {self._seconds:g} seconds")


class _Alarm:
    """Cancels the running task after some seconds; ``rang`` tells that it was this alarm.

    ``again`` tells that the coroutine had been stopped, by this alarm or from outside, and has not
    ended since. A coroutine that sets time limits of its own is cancelled by them and goes on.
    """

    __slots__ = ("_before", "_end", "_grace", "_handle", "_loop", "_task", "again", "rang")

    def __init__(self, seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._before = self._cancelling()
        self._grace = False
        self.rang = self.again = False
        self._end = self._loop.time() + seconds
        self._handle = self._loop.call_at(self._end, self._ring)

    def stopped(self, grace: float) -> None:
        """The coroutine was told to stop."""
        self._grace = True
        self._handle.cancel()
        self._handle = self._loop.call_later(grace, self._ring)

    def _ring(self) -> None:
        if self._grace and not self.rang and self._cancelling() <= self._before:
            self._grace = False  # it was a time limit of its own
            self._handle = self._loop.call_at(max(self._end, self._loop.time()), self._ring)
            return
        if self._grace:
            self.again = True
        else:
            self.rang = True
        if self._task is not None:
            self._task.cancel()

    def _cancelling(self) -> int:
        return 0 if self._task is None else self._task.cancelling()

    def heard(self) -> None:
        """The task goes on: what this alarm cancelled is over."""
        if self._task is not None:
            for rung in (self.rang, self.again):
                if rung:
                    self._task.uncancel()

    def stop(self) -> None:
        """Rings no more."""
        self._handle.cancel()


def _thrower(steps: Any) -> Callable[[BaseException], Any]:
    throw = getattr(steps, "throw", None)
    if throw is None:

        def refuse(error: BaseException) -> Any:
            raise error

        return refuse
    return cast("Callable[[BaseException], Any]", throw)


def _give_up(steps: Any) -> None:
    """Leaves a coroutine that does not end where it is."""
    with suppress(BaseException):  # it has had its chance
        steps.close()
