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
from subledger.vault import Unsealable

_LOOK_EVERY: Final = 0.3
_EXCHANGE: Final = 60.0
"""Seconds that the other side has to answer once the browser is back."""
_SAID: Final = {
    "connected": "{0} is connected.",
    "disconnected": "{0} is disconnected.",
    "forgotten": (
        "{0} is disconnected here. Its token could not be decrypted, so the other side was not "
        "told: remove the app there."
    ),
    "refused": (
        "{0} is not connected: the access was not allowed, or what the browser brought back was "
        "not accepted. The browser's page says which; run this again."
    ),
    "waiting": "{0} is not connected: nobody allowed the access in time. Run this again.",
}


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
                return await _given_up(kernel, connection)
            return await _authorise(kernel, connection, browser=browser)

    state = asyncio.run(work())
    show(
        {"connection": connection, "state": state},
        lambda out: out.print(_SAID[state].format(connection)),
        as_json=options.json,
    )
    return Exit.REMOTE if state in ("waiting", "refused") else Exit.OK


async def _given_up(kernel: Kernel, connection: str) -> str:
    try:
        await disconnect(kernel, connection)
    except Unsealable:  # without the key nobody can tell the other side which grant it was
        await kernel.vault(connection).forget()
        return "forgotten"
    return "disconnected"


async def _known(kernel: Kernel, connection: str) -> Grant | None:
    """The grant of before; one that no key opens is as good as none."""
    try:
        return await kernel.vault(connection).grant()
    except Unsealable:
        return None


async def _authorise(kernel: Kernel, connection: str, *, browser: bool) -> str:
    before = await _known(kernel, connection)
    redirect = _public(kernel.settings) + CALLBACK
    address = await begin(kernel, connection, redirect)
    async with _somebody_listens(kernel):
        sys.stderr.write(
            f"Open this address within {LASTS.seconds // 60} minutes and allow the access:\n\n"
            f"  {address}\n\n"
        )
        sys.stderr.flush()
        if browser:
            await asyncio.to_thread(webbrowser.open, address)
        return await _until_granted(kernel, connection, before)


async def _until_granted(kernel: Kernel, connection: str, before: Grant | None) -> str:
    """What became of the attempt; a server may renew the old grant meanwhile, which is none."""
    tries = int(LASTS.total_seconds() / _LOOK_EVERY)
    exchanging = longest = int(_EXCHANGE / _LOOK_EVERY)
    for _try in range(tries):
        if not await under_way(kernel, connection):
            if await _known(kernel, connection) != before:
                return "connected"
            if exchanging == longest:
                sys.stderr.write("The browser is back; its page tells whether it worked.\n")
                sys.stderr.flush()
            exchanging -= 1
            if not exchanging:
                return "refused"
        await kernel.runtime.sleep(_LOOK_EVERY)
    return "waiting"


@asynccontextmanager
async def _somebody_listens(kernel: Kernel) -> AsyncIterator[None]:
    """Makes sure that the browser finds a server when it comes back."""
    from subledger.server.app import NAME  # noqa: PLC0415 - slow to import
    from subledger.server.run import Listen, listening  # noqa: PLC0415 - as above

    server = kernel.settings.server
    for address in (f"http://{server.host}:{server.port}", server.public_url.rstrip("/")):
        if address and await _is_ours(kernel, f"{address}/health", NAME):
            yield
            return
    async with listening(kernel, Listen(host=server.host, port=server.port)):
        yield


async def _is_ours(kernel: Kernel, address: str, name: str) -> bool:
    """Whether a subledger server answers there: another program would not hand the browser over."""
    try:
        answer = await kernel.runtime.http("GET", address, timeout=2.0)
    except TemporaryError:
        return False
    return answer.headers.get("server") == name


def _public(settings: Settings) -> str:
    server = settings.server
    url = server.public_url.rstrip("/") or f"http://localhost:{server.port}"
    return url if urlsplit(url).scheme else f"http://{url}"
