"""Webhook notifications on their way: sent, and sent again until they are answered 200."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from .webhooks import RETRY_SECONDS, Notification

Send = Callable[[Notification], Awaitable[int]]
"""Posts once; gives the status, or 0 when nothing came back in time."""
_OK = 200


async def deliver(
    notification: Notification,
    send: Send,
    *,
    pace: float = 1.0,
    pauses: Sequence[float] = RETRY_SECONDS,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> list[int]:
    """The status of every attempt; `pace` makes the pauses shorter or longer."""
    statuses = [await send(notification)]
    for pause in pauses:
        if statuses[-1] == _OK:
            break
        await sleep(pause * pace)
        statuses.append(await send(notification))
    return statuses
