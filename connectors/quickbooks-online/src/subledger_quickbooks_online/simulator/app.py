"""The aiohttp application: a thin shell that acts out what the door answers."""

import asyncio

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from .attachments import LARGEST
from .delivery import deliver
from .door import answer
from .state import Simulation
from .webhooks import PATIENCE_SECONDS, Notification
from .wire import Request


class _Courier:
    """Delivers notifications in the background, for as long as the application lives."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.tasks: set[asyncio.Task[list[int]]] = set()
        self.session: ClientSession | None = None

    async def send(self, notification: Notification) -> int:
        if self.session is None:
            self.session = ClientSession(timeout=ClientTimeout(total=PATIENCE_SECONDS))
        try:
            async with self.session.post(
                notification.url, data=notification.body, headers=dict(notification.headers)
            ) as response:
                return response.status
        except (ClientError, TimeoutError):
            return 0

    def hand_over(self) -> None:
        """Start on everything that waits."""
        for notification in self.simulation.take_notifications():
            pace = self.simulation.switches.webhook_pace
            task = asyncio.create_task(deliver(notification, self.send, pace=pace))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def stop(self) -> None:
        """Give up what is not delivered."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self.session is not None:
            await self.session.close()


def simulator(simulation: Simulation) -> web.Application:
    """The application; usable on any host, and by a test client.

    Whoever serves it sets `Simulation.base_url` to its address, for discovery and downloads.
    """
    courier = _Courier(simulation)

    async def handle(request: web.Request) -> web.StreamResponse:
        response = answer(
            simulation,
            Request(
                method=request.method,
                path=request.path,
                query=dict(request.query),
                headers=dict(request.headers),
                body=await request.read(),
            ),
        )
        courier.hand_over()
        if response.delay:
            await asyncio.sleep(response.delay)
        if response.lost and request.transport is not None:
            request.transport.abort()
        return web.Response(
            status=response.status, headers=dict(response.headers), body=response.body
        )

    async def stop(_: web.Application) -> None:
        await courier.stop()

    app = web.Application(client_max_size=2 * LARGEST)
    app.router.add_route("*", "/{path:.*}", handle)
    app.on_cleanup.append(stop)
    return app
