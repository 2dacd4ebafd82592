"""Several batches of the API under way at once, each under a key of its own."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Final, TypeVar

from subledger.ports import Delivery

T = TypeVar("T")

ITEMS: Final = 30
"""Writes in one batch of the API (Accounting API: batch operations)."""


def part_of(delivery: Delivery) -> int:
    """Which batch of the API a delivery goes in, from 0, of those that leave together."""
    return (delivery.place - 1) // ITEMS


def key_of(delivery: Delivery) -> str:
    """The ``requestid`` of that batch: the same again when its outcome is looked for."""
    part = part_of(delivery)
    return f"{delivery.batch}{part}" if part else delivery.batch


async def all_ended(works: Sequence[Coroutine[Any, Any, T]]) -> list[T | Exception]:
    """What each came to, once all have ended; none goes on where the caller is stopped."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks)
    finally:
        for task in tasks:
            task.cancel()
    return [_end(task) for task in tasks]


def _end(task: "asyncio.Task[T]") -> T | Exception:
    error = task.exception()
    if error is None:
        return task.result()
    if isinstance(error, Exception):
        return error
    raise error
