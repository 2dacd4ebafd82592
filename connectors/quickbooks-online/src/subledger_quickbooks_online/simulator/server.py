"""The simulator on a socket: in this event loop, in a thread of its own, or in the foreground."""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from aiohttp import web

from .app import simulator
from .state import Simulation


@asynccontextmanager
async def serving(
    simulation: Simulation, *, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[str]:
    """Serve until the block ends; gives the base URL. Port 0 picks a free one."""
    runner = web.AppRunner(simulator(simulation), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        simulation.base_url = f"http://{host}:{runner.addresses[0][1]}"
        yield simulation.base_url
    finally:
        await runner.cleanup()


@contextmanager
def serving_in_thread(simulation: Simulation, *, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve from another thread, for clients that block; gives the base URL.

    While it serves, ask the simulation over HTTP; its objects belong to that thread.
    """
    ready: threading.Event = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    failed: list[BaseException] = []

    async def run() -> None:
        async with serving(simulation, host=host):
            ready.set()
            await stop.wait()

    def work() -> None:
        try:
            loop.run_until_complete(run())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            failed.append(error)
        finally:
            ready.set()
            loop.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    ready.wait()
    try:
        if failed:
            raise failed[0]
        yield simulation.base_url
    finally:
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        thread.join()


def serve_until_signal(simulation: Simulation, *, host: str, port: int) -> None:
    """Serve in the foreground until SIGTERM or SIGINT; says so in one line when ready."""

    async def run() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with serving(simulation, host=host, port=port) as url:
            print(  # noqa: T201 - its one output
                f"QuickBooks Online simulator listening on {url}", flush=True
            )
            await stop.wait()

    asyncio.run(run())
