"""The contract on real sockets: pauses are left out, and the outside's own tasks do not count."""

from collections.abc import Mapping
from pathlib import Path
from typing import Self

import aiohttp
from aiohttp import web

from subledger.http import AiohttpHttp

SOUND = Path(__file__).parent / "defective" / "source" / "sound.py"
SLOW = (
    *("test_trouble_on_the_way_is_temporary", "test_throttling_tells_how_long_to_wait"),
    *("test_check_tells_what_a_scenario_promises", "test_only_what_changed_is_read_again"),
    *("test_cancellation_leaves_nothing_open", "test_no_secret_is_shown"),
    "test_nothing_blocks_the_loop",
)


class Served:
    """Acme behind a socket."""

    def __init__(self, outside) -> None:
        self._outside = outside
        self.settings: Mapping[str, str] = {}

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port = self._runner.addresses[0][1]
        self.settings = {**self._outside.settings, "url": f"http://127.0.0.1:{port}"}
        self._session = aiohttp.ClientSession()
        self.http = AiohttpHttp(self._session)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        found = await self._outside.http(
            "GET", str(request.url), headers=request.headers, params=dict(request.query)
        )
        return web.Response(status=found.status, body=found.body)


def test_a_source_on_a_socket_keeps_its_promises(installed, broken):
    """With real_time the same contract holds, and nothing waits for the wall clock."""
    sound = installed(SOUND)

    class OnASocket(sound.Contract):
        real_time = True
        cancellations = 3
        examples = 1

        def outside(self, clock):
            return Served(super().outside(clock))

    assert broken(OnASocket, SLOW) == {}


def test_the_socket_is_really_used(installed):
    """Control: the answers come from a server of this machine."""
    sound = installed(SOUND)

    class OnASocket(sound.Contract):
        real_time = True

        def outside(self, clock):
            return Served(super().outside(clock))

    async def asked(bench):
        async with bench.open() as source:
            await source.check()
        return bench.door.requests

    (request,) = OnASocket().rig().run(asked)
    assert request.url.startswith("http://127.0.0.1:")
