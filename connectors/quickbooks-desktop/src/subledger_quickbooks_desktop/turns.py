"""Long answers are read in turns: a small piece of one at a time, with other calls in between."""

import asyncio
from collections.abc import Awaitable, Callable
from weakref import WeakKeyDictionary

PIECE = 8 * 1024
"""Bytes read in one turn; what one turn takes is what another call may have to wait."""

_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


async def in_turns(chunk: bytes, feed: Callable[[bytes], Awaitable[None]]) -> None:
    """Feeds a chunk piece by piece; however many long answers arrive, one piece is read at once.

    What a piece completes is stored within its turn, so that the one writer of the store is never
    behind by more than one batch either.
    """
    lock = _turns.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    for start in range(0, len(chunk), PIECE):
        async with lock:
            await feed(chunk[start : start + PIECE])
        await asyncio.sleep(0)
