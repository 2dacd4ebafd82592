"""A hostile peer or a hanging connector takes nothing from the others that the server serves."""

import asyncio

import pytest
from aiohttp.test_utils import TestClient, TestServer

from subledger.schedule.dispatcher import LocalDispatcher
from subledger.server.app import Plant, make_app
from subledger.server.run import Listen, serving

from .conftest import SILENT, SINK

PEER = (
    SINK.replace("# HERE", "# HERE\nopen_ = None")
    .replace("SinkType(manifest", "SinkType(peer=peer, mount='m', manifest")
    .replace("roles=(),", "roles=(), initiative=Initiative.PEER,")
    .replace(
        "# HERE",
        """from aiohttp import web
class Peer:
    async def handle(self, request): return web.Response(text="served")
    async def enrolment(self, url): return b""
    async def new_password(self): return "x"
def peer(config, context): return Peer()
# HERE""",
    )
)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("def peer(*given): raise SystemExit", 404),
        ("def peer(*given): raise KeyError('x')", 404),
        ("def peer(*given): return object()", 404),
        ("async def handle(self, request): raise SystemExit\nPeer.handle = handle", 400),
        (
            "async def handle(self, request): raise asyncio.CancelledError\nPeer.handle = handle",
            400,
        ),
        ("async def handle(self, request): return 'text'\nPeer.handle = handle", 400),
        ("async def handle(self, request): raise web.HTTPGone\nPeer.handle = handle", 410),
        ("def handle(self, request): return None\nPeer.handle = handle", 400),
    ],
)
async def test_hostile_peers(world, code, status):
    """A peer that cannot be made, or that fails, answers nothing; the other peers serve."""
    world.codes["books"] = PEER
    world.hostile("other", code, PEER)
    kernel = world.kernel()
    plant = Plant(kernel)
    plant.furnish()
    async with TestClient(TestServer(make_app(plant))) as client:
        assert (await client.post("/m/other")).status == status
        answer = await client.post("/m/books")
        assert (answer.status, await answer.text()) == (200, "served")
        assert (await client.get("/health")).status == 200
    kernel.store.close()


async def test_work_is_told(world):
    """/ready tells how many flows and deliveries run and wait."""
    world.hostile(
        "bad",
        "async def extract(*given):\n  await asyncio.sleep(60)\n  yield\nSource.extract = extract",
    )
    kernel = world.kernel()
    async with serving(kernel, Listen(host="127.0.0.1", port=0)) as address:
        from aiohttp import ClientSession  # noqa: PLC0415 - only here

        async with ClientSession() as session:
            for _ in range(100):
                await asyncio.sleep(0.1)
                answer = await (await session.get(f"{address}/ready")).json()
                if answer["flows"] == {"running": 1, "waiting": 0}:
                    break
            assert answer["flows"] == {"running": 1, "waiting": 0}
            assert answer["status"] == "ready"
            assert answer["sinks"] == {"running": 0, "waiting": 0}
            for task in asyncio.all_tasks():
                if task.get_name() == "flow bad":
                    task.cancel()
    kernel.store.close()


async def test_a_connector_that_hangs_keeps_no_other_waiting():
    """However many flows of one connector hang, those of another get their turn."""
    ran = []

    async def run(flow):
        if flow.startswith("bad"):
            await asyncio.Event().wait()
        ran.append(flow)

    for group, expected in ((lambda flow: flow[:3], ["ok 1"]), (lambda _flow: "", [])):
        ran.clear()
        made = LocalDispatcher(run, SILENT, limit=2, group=group)
        await made.start()
        for flow in ("bad 1", "bad 2", "bad 3", "ok 1"):
            made.request(flow)
        await asyncio.sleep(0.05)
        assert ran == expected
        assert made.health()["waiting"] == (1 if expected else 2)
        await made.stop(0)
