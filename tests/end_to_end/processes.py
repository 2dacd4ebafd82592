"""Real processes of the command line: servers that can be killed, and commands that end."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from attrs import define
from world import ENVIRONMENT

_LISTENS = re.compile(r"listening on (\S+)")


@define
class Server:
    """A process that listens, and where."""

    process: asyncio.subprocess.Process
    url: str

    async def kill(self) -> None:
        """Ends it as a power cut does."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
        await self.process.wait()


async def start(*words: str, **pipes: Any) -> asyncio.subprocess.Process:
    """Starts a command."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "subledger.cli", *words),
        env={**os.environ, **ENVIRONMENT},
        **{"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.DEVNULL, **pipes},
    )


async def listening(*words: str) -> Server:
    """Starts a command that listens, once it does."""
    process = await start(*words)
    assert process.stdout is not None
    async for line in process.stdout:
        found = _LISTENS.search(line.decode())
        if found:
            return Server(process, found[1])
    raise AssertionError(f"{words} ended before it listened: {await process.wait()}")


@asynccontextmanager
async def running(*words: str) -> AsyncIterator[Server]:
    """A server for the length of a block."""
    server = await listening(*words)
    try:
        yield server
    finally:
        await server.kill()


async def output(*words: str) -> tuple[int, Any]:
    """Exit status and JSON document of a command that ends."""
    process = await start(*words, stderr=asyncio.subprocess.PIPE)
    out, error = await process.communicate()
    assert out, error.decode()
    return process.returncode or 0, json.loads(out)
