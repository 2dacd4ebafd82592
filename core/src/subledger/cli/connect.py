"""`subledger connect`: authorise a connection in a browser, or give the authorisation up."""

import asyncio
import sys
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Final
from urllib.parse import urlsplit

from cyclopts import Parameter

from subledger.cli.context import open_settings
from subledger.cli.exits import Exit
from subledger.cli.opening import open_kernel
from subledger.cli.options import ConfigOptions
from subledger.cli.output import show
from subledger.config import Settings
from subledger.connecting import CALLBACK, LASTS, begin, disconnect, under_way
from subledger.errors import TemporaryError
from subledger.kernel import Kernel
from subledger.ports import Grant

_LOOK_EVERY: Final = 0.3
_EXCHANGE: Final = 60.0
"""Seconds that the other side has to answer once the browser is back."""


def connect(
    connection: str,
    /,
    *,
    browser: bool = True,
    revoke: Annotated[bool, Parameter(negative="")] = False,
    options: ConfigOptions = ConfigOptions(),  # noqa: B008 - a frozen value
) -> int:
    """Authorise a connection in a browser; run it again whenever the other side asks for it.

    The browser comes back to the server of this configuration. Where none runs, this command
    listens itself until it is done.

    Parameters
    ----------
    connection
        The connection to authorise.
    browser
        Open the address in a browser; it is always printed.
    revoke
        Give the authorisation up instead, there and here.
    """
    settings = open_settings(options)

    async def work() -> str:
        async with open_kernel(settings) as kernel:
            if revoke:
                await disconnect(kernel, connection)
                return "disconnected"
            return await _authorise(kernel, connection, browser=browser)

    state = asyncio.run(work())
    show(
        {"connection": connection, "state": state},
        lambda out: out.print(f"{connection} is {state}."),
        as_json=options.json,
    )
    return Exit.REMOTE if state in ("waiting", "refused") else Exit.OK


async def _authorise(kernel: Kernel, connection: str, *, browser: bool) -> str:
    before = await kernel.vault(connection).grant()
    redirect = _public(kernel.settings) + CALLBACK
    address = await begin(kernel, connection, redirect)
    async with _somebody_listens(kernel):
        sys.stderr.write(f"Open this address and allow the access:\n\n  {address}\n\n")
        sys.stderr.flush()
        if browser:
            await asyncio.to_thread(webbrowser.open, address)
        return await _until_granted(kernel, connection, before)


async def _until_granted(kernel: Kernel, connection: str, before: Grant | None) -> str:
    """What became of the attempt; a server may renew the old grant meanwhile, which is none."""
    tries = int(LASTS.total_seconds() / _LOOK_EVERY)
    exchanging = int(_EXCHANGE / _LOOK_EVERY)
    for _try in range(tries):
        if not await under_way(kernel, connection):
            if await kernel.vault(connection).grant() != before:
                return "connected"
            exchanging -= 1
            if not exchanging:
                return "refused"
        await kernel.runtime.sleep(_LOOK_EVERY)
    return "waiting"


@asynccontextmanager
async def _somebody_listens(kernel: Kernel) -> AsyncIterator[None]:
    """Makes sure that the browser finds a server when it comes back."""
    from subledger.server.run import Listen, listening  # noqa: PLC0415 - slow to import

    server = kernel.settings.server
    if await _answers(kernel, f"http://{server.host}:{server.port}/health"):
        yield
        return
    async with listening(kernel, Listen(host=server.host, port=server.port)):
        yield


async def _answers(kernel: Kernel, address: str) -> bool:
    try:
        return (await kernel.runtime.http("GET", address, timeout=2.0)).status < 500  # noqa: PLR2004 - any server
    except TemporaryError:
        return False


def _public(settings: Settings) -> str:
    server = settings.server
    url = server.public_url.rstrip("/") or f"http://localhost:{server.port}"
    return url if urlsplit(url).scheme else f"http://{url}"
