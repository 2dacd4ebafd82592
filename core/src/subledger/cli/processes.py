"""Real processes of our own command line, for the demonstration: started, watched, ended by id."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from subledger.errors import SubledgerError

_ADDRESS = re.compile(r"listening on (\S+)")
_PATIENCE = 30.0
_GRACE = 10.0


def _command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "subledger.cli", *arguments]


@asynccontextmanager
async def listening(arguments: Sequence[str], environment: Mapping[str, str]) -> AsyncIterator[str]:
    """A server process; yields the address that it says it listens on."""
    process = await asyncio.create_subprocess_exec(
        *_command(arguments),
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=None,
    )
    try:
        yield await asyncio.wait_for(_address(process, arguments), _PATIENCE)
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), _GRACE)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _address(process: asyncio.subprocess.Process, arguments: Sequence[str]) -> str:
    if process.stdout is None:
        raise TypeError("the process was started with a pipe")
    async for line in process.stdout:
        found = _ADDRESS.search(line.decode())
        if found:
            return found[1]
    raise SubledgerError(f"`subledger {' '.join(arguments)}` ended before it listened")


async def output_of(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """What a process prints until it ends, whatever its exit status."""
    process = await asyncio.create_subprocess_exec(
        *_command(arguments),
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        out, _ = await process.communicate()
    except BaseException:
        process.terminate()
        raise
    return out.decode()
