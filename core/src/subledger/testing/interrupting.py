"""Cancels a piece of work at a chosen await, as a shutdown or a timeout does."""

import asyncio
from collections.abc import Coroutine, Generator
from typing import Any, Final

from attrs import define

NEVER: Final = 0


@define
class Interruption:
    """Runs a coroutine and cancels its task at the ``at``-th suspension, counted from 1.

    ``await Interruption(coroutine, at)`` raises CancelledError where it got that far.
    ``suspensions`` is how many there were.
    """

    coroutine: Coroutine[Any, Any, Any]
    at: int = NEVER
    suspensions: int = 0

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self.coroutine.__await__()
        sent: Any = None
        error: BaseException | None = None
        while True:
            try:
                waits_for = steps.send(sent) if error is None else steps.throw(error)
            except StopIteration as end:
                return end.value
            self.suspensions += 1
            task = asyncio.current_task()
            if self.suspensions == self.at and task is not None:
                task.cancel()
            sent, error = None, None
            try:
                sent = yield waits_for
            except BaseException as raised:  # noqa: BLE001 - it belongs to the coroutine
                error = raised


def cuts(suspensions: int, most: int) -> list[int]:
    """At most ``most`` of the suspensions from 1 on, evenly spread, the first and last included."""
    if suspensions <= most:
        return list(range(1, suspensions + 1))
    return sorted({1 + round(n * (suspensions - 1) / (most - 1)) for n in range(most)})
