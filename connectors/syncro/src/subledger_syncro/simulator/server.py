"""A simulated Syncro on a socket: aiohttp around ``answer``."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from .answer import answer
from .request import Request
from .state import Simulation
from .webhook import deliver, take


def create_app(simulation: Simulation) -> web.Application:
    """The aiohttp application; changes are posted to ``webhook_url`` in the background."""
    posting: set[asyncio.Task[None]] = set()

    async def handle(request: web.Request) -> web.StreamResponse:
        response = answer(
            simulation,
            Request(
                method=request.method,
                path=request.path,
                query=tuple(request.query.items()),
                headers=dict(request.headers),
                body=await request.read(),
                remote=request.remote or "",
            ),
        )
        if bodies := take(simulation):
            task = asyncio.create_task(deliver(simulation.behaviour.webhook_url, bodies))
            posting.add(task)
            task.add_done_callback(posting.discard)
        if response.delay_seconds:
            await asyncio.sleep(response.delay_seconds)
        if response.is_lost and request.transport is not None:
            request.transport.abort()
        return web.Response(
            status=response.status, body=response.body, headers=dict(response.headers)
        )

    async def finish(_: web.Application) -> None:
        for task in posting:
            task.cancel()
        await asyncio.gather(*posting, return_exceptions=True)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    app.on_cleanup.append(finish)
    return app


@asynccontextmanager
async def serving(
    simulation: Simulation, *, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[str]:
    """Serve until the block ends; gives the URL without ``/api/v1``. Port 0 picks a free one."""
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
            print(f"Syncro simulator listening on {url}", flush=True)  # noqa: T201 - its one output
            await stop.wait()

    asyncio.run(run())
