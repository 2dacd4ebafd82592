"""A simulated PEX on a socket."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from .app import create_app
from .state import Simulation


@asynccontextmanager
async def serving(
    simulation: Simulation, *, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[str]:
    """Serve until the block ends; gives the base URL. Port 0 picks a free one."""
    runner = web.AppRunner(create_app(simulation), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound = runner.addresses[0][1]
        simulation.base_url = f"http://{host}:{bound}"
        yield simulation.base_url
    finally:
        await runner.cleanup()


def serve_until_signal(simulation: Simulation, *, host: str, port: int) -> None:
    """Serve in the foreground until SIGTERM or SIGINT; says so in one line when ready."""

    async def run() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with serving(simulation, host=host, port=port) as url:
            print(f"PEX simulator listening on {url}", flush=True)  # noqa: T201 - its one output
            await stop.wait()

    asyncio.run(run())
