"""The guard of one plugin: calls its functions, awaits its coroutines, and judges what comes."""

import functools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any, Final, TypeVar

from attrs import define, field

from subledger.errors import ContractBroken
from subledger.guarding.bench import TookTooLong, in_time
from subledger.guarding.driving import Awaited
from subledger.guarding.judging import Overran, broken, judged
from subledger.guarding.limits import Limits
from subledger.guarding.owner import Owner, marks
from subledger.guarding.shape import conforms, fault

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

_LEFT_ALONE: Final[dict[Owner, float]] = {}
"""Plugins that held up everything else, until when: one program, one register."""


def through(owner: Owner, function: Callable[..., T], arguments: Any, named: Any) -> T:  # noqa: ARG001 - a mark
    """Calls a plugin's function; a frame of this function tells whose code it calls."""
    return function(*arguments, **named)


marks(through)


@define(kw_only=True)
class Guard:
    """Stands between the kernel and one plugin's code."""

    owner: Owner
    limits: Limits = field(factory=Limits)
    _now: Callable[[], float] = time.monotonic

    def function(
        self,
        call: str,
        inner: F,
        check: Callable[..., Any] | None = None,
        *,
        passes: tuple[type[Exception], ...] = (),
    ) -> F:
        """The plugin's function, guarded; ``check`` sees the result and the arguments.

        ``check`` gives what the kernel gets, or raises :class:`ContractBroken`. Exceptions that the
        protocol allows besides those of connectors are named in ``passes``.
        """
        owner = self.owner

        @functools.wraps(inner, assigned=(), updated=())
        def guarded(*arguments: Any, **named: Any) -> Any:
            if _LEFT_ALONE:
                self._refuse_if_left_alone()
            try:
                result = through(owner, inner, arguments, named)
            except passes:
                raise
            except BaseException as error:
                verdict = self._judged(call, error)
                if verdict is error:
                    raise
                raise verdict from error
            return result if check is None else check(result, *arguments)

        return guarded  # type: ignore[return-value]  # it takes and gives the same

    def once(
        self,
        call: str,
        inner: F,
        check: Callable[..., Any] | None = None,
        *,
        passes: tuple[type[Exception], ...] = (),
    ) -> F:
        """As :meth:`function`, for what is called when the configuration is read: for so long."""

        def limited(*arguments: Any, **named: Any) -> Any:
            return self.in_time(call, lambda: inner(*arguments, **named))

        return self.function(call, limited, check, passes=passes)  # type: ignore[return-value]

    def in_time(self, call: str, action: Callable[[], T]) -> T:
        """What an action of the plugin gives, within the time for such."""
        try:
            return in_time(action, self.limits.load)
        except TookTooLong as error:
            raise self.broken(f"did not end {call} within {self.limits.load:g} seconds") from error

    async def awaited(
        self,
        call: str,
        start: Callable[..., Awaitable[T]],
        *arguments: Any,
        seconds: float | None = None,
        passes: tuple[type[Exception], ...] = (),
    ) -> T:
        """What a plugin's coroutine function gives, within ``seconds`` (else the limits')."""
        self._refuse_if_left_alone()
        limits = self.limits
        return await self._awaited(
            call, start, arguments, limits.awaited if seconds is None else seconds, passes
        )

    async def closed(
        self, call: str, close: Callable[..., Awaitable[Any]], *arguments: Any, failed: bool
    ) -> None:
        """Lets a plugin close what it opened, also one that is left alone.

        What goes wrong then is raised only where nothing else had ``failed`` before.
        """
        try:
            await self._awaited(call, close, arguments, self.limits.awaited, ())
        except Exception:
            if not failed:
                raise

    async def _awaited(
        self,
        call: str,
        start: Callable[..., Awaitable[T]],
        arguments: tuple[Any, ...],
        seconds: float,
        passes: tuple[type[Exception], ...],
    ) -> T:
        owner = self.owner
        try:
            try:
                awaitable = through(owner, start, arguments, {})
            except BaseException as error:
                verdict = self._judged(call, error)
                if verdict is error:
                    raise
                raise verdict from error
            return await Awaited(
                owner, call, awaitable, seconds=seconds, grace=self.limits.grace, passes=passes
            )
        except ContractBroken as error:
            if isinstance(error.__cause__, Overran):
                self._rest()
            raise

    async def each(
        self, call: str, start: Callable[..., AsyncIterator[T]], *arguments: Any
    ) -> AsyncIterator[T]:
        """What a plugin's async iterator gives, one after another."""
        iterator = self.function(call, start)(*arguments)
        following = getattr(iterator, "__anext__", None)
        if following is None:
            with suppress(Exception):  # a coroutine, where the author forgot to yield
                iterator.close()  # type: ignore[attr-defined]  # as said
            raise self.broken(f"gave nothing to iterate in {call}")
        failed = False
        try:
            while True:
                try:
                    item = await self.awaited(call, following, passes=(StopAsyncIteration,))
                except StopAsyncIteration:
                    return
                yield item
        except BaseException:
            failed = True
            raise
        finally:
            close = getattr(iterator, "aclose", None)
            if close is not None:
                await self.closed(call, close, failed=failed)

    def checked(self, call: str, value: Any, annotation: Any) -> Any:
        """The value, which is as the annotation says. Raises :class:`ContractBroken`."""
        if not self._conforms(value, annotation):
            raise self.broken(f"returned from {call} what it must not", fault(value, annotation))
        return value

    def broken(self, deed: str, detail: str = "") -> ContractBroken:
        """The error for something that this plugin must not do."""
        return broken(self.owner, f"{deed}: {detail}" if detail else deed)

    def _conforms(self, value: Any, annotation: Any) -> bool:
        try:
            return conforms(annotation)(value)
        except Exception:  # noqa: BLE001 - a value whose own code fails is none of ours
            return False

    def _judged(self, call: str, error: BaseException) -> BaseException:
        if isinstance(error, Overran):
            self._rest()
        return judged(self.owner, call, error)

    def _rest(self) -> None:
        _LEFT_ALONE[self.owner] = self._now() + self.limits.rest

    def _refuse_if_left_alone(self) -> None:
        until = _LEFT_ALONE.get(self.owner)
        if until is None:
            return
        if self._now() < until:
            raise self.broken(
                f"held up everything else and is left alone for {self.limits.rest:g} seconds"
            )
        _LEFT_ALONE.pop(self.owner, None)


def forgive() -> None:
    """Lets every plugin try again at once; for tests."""
    _LEFT_ALONE.clear()
