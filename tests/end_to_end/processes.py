"""Real processes of the command line: servers that can be killed, and commands that end."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import forked
from attrs import define
from world import ENVIRONMENT

_CARELESS = Path(__file__).with_name("careless.py")
_LISTENS = re.compile(r"listening on (\S+)")


class Alone(subprocess.Popen[bytes]):
    """A process that was not forked; its log is not looked at."""

    def close(self) -> None:
        """Looks no more at what it prints."""
        if self.stdout is not None:
            self.stdout.close()


@define
class Server:
    """A process that listens, and where."""

    process: forked.Process | Alone
    url: str

    async def kill(self) -> None:
        """Ends it as a power cut does."""
        self.process.kill()
        await asyncio.to_thread(self.process.wait)
        self.process.close()


async def start(*words: str, out: bool = True) -> forked.Process:
    """Starts a command; its log is not looked at, nor without ``out`` what it prints."""
    return await asyncio.to_thread(
        forked.start, *words, environment=ENVIRONMENT, out=out, log=False
    )


async def listening(*words: str) -> Server:
    """Starts a command that listens, once it does."""
    return await _server(await start(*words))


async def careless(guard: str, *words: str) -> Server:
    """As :func:`listening`, of a command that goes without a guard of exactly once."""
    process = await asyncio.to_thread(
        Alone,
        [sys.executable, str(_CARELESS), guard, *words],
        env={**os.environ, **ENVIRONMENT},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
    )
    return await _server(process)


async def _server(process: forked.Process | Alone) -> Server:
    assert process.stdout is not None
    while line := await asyncio.to_thread(process.stdout.readline):
        found = _LISTENS.search(line.decode())
        if found:
            return Server(process, found[1])
    raise AssertionError(f"it ended before it listened: {process.communicate()!r}")


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
    process = await asyncio.to_thread(forked.start, *words, environment=ENVIRONMENT)
    out, error = await asyncio.to_thread(process.communicate)
    assert out, error
    return process.returncode or 0, json.loads(out)


async def output_alone(*words: str) -> tuple[int, Any]:
    """As :func:`output`, of a command that starts as it does for a person."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "subledger.cli", *words),
        env={**os.environ, **ENVIRONMENT},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await process.communicate()
    assert out, error.decode()
    return process.returncode or 0, json.loads(out)
