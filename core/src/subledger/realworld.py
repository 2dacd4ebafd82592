"""The real world behind the runtime's port: the one place where it comes in."""

import asyncio
import datetime as dt
import random
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from attrs import define

from subledger.runtime import Http, HttpResponse, Runtime


@asynccontextmanager
async def real_runtime() -> AsyncIterator[Runtime]:
    """Time, randomness and HTTP of the real world."""
    async with AsyncExitStack() as stack:
        yield Runtime(
            now=lambda: dt.datetime.now(dt.UTC),
            sleep=asyncio.sleep,
            random=random.SystemRandom(),
            new_id=lambda: secrets.token_hex(16),
            http=_FirstUse(stack),
        )


@define
class _FirstUse:
    """Opens the HTTP client with the first request: it is slow to import, and seldom needed."""

    stack: AsyncExitStack
    client: Http | None = None

    async def __call__(self, method: str, url: str, **more: Any) -> HttpResponse:
        """The answer to one request."""
        if self.client is None:
            from aiohttp import ClientSession  # noqa: PLC0415 - see above

            from subledger.http import AiohttpHttp  # noqa: PLC0415 - see above

            session = ClientSession()
            self.client = AiohttpHttp(session)
            await self.stack.enter_async_context(session)
        return await self.client(method, url, **more)
