"""The real world behind the runtime's port: the one place where it comes in."""

import asyncio
import datetime as dt
import random
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from subledger.http import AiohttpHttp
from subledger.runtime import Runtime


@asynccontextmanager
async def real_runtime() -> AsyncIterator[Runtime]:
    """Time, randomness and HTTP of the real world."""
    async with aiohttp.ClientSession() as session:
        yield Runtime(
            now=lambda: dt.datetime.now(dt.UTC),
            sleep=asyncio.sleep,
            random=random.SystemRandom(),
            new_id=lambda: secrets.token_hex(16),
            http=AiohttpHttp(session),
        )
