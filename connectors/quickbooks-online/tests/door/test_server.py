"""The simulator on a socket: what a client sees of lost answers, pauses and webhooks."""

import asyncio
import base64
import hashlib
import hmac
import json
import time

import aiohttp
import pytest
from aiohttp import web

from subledger_quickbooks_online.simulator import NO_LIMITS, Simulation, Subscription
from subledger_quickbooks_online.simulator.app import simulator
from subledger_quickbooks_online.simulator.server import serving, serving_in_thread


@pytest.fixture
async def served(simulation):
    async with serving(simulation) as url, aiohttp.ClientSession() as session:
        session.headers["Authorization"] = f"Bearer {simulation.connect()['access_token']}"
        session.headers["Accept"] = "application/json"
        yield session, f"{url}/v3/company/{simulation.chosen_realm}"


async def test_a_query_with_special_characters(served):
    """What a client encodes in a URL arrives as it was meant."""
    session, base = served
    name = "R&D #1 + 100% (Zoë's)"
    async with session.post(f"{base}/vendor", json={"DisplayName": name}) as response:
        assert response.status == 200
    quoted = name.replace("'", "\\'")
    params = {"query": f"select * from Vendor where DisplayName = '{quoted}'"}
    async with session.get(f"{base}/query", params=params) as response:
        assert response.headers["Content-Type"] == "application/json;charset=UTF-8"
        found = json.loads(await response.read())
    assert found["QueryResponse"]["Vendor"][0]["DisplayName"] == name


async def test_a_lost_answer_is_a_closed_connection(simulation, served):
    """The client sees the connection close, and the vendor is there."""
    session, base = served
    simulation.faults.set("lost-answer@1")
    with pytest.raises(aiohttp.ClientError):
        await session.post(f"{base}/vendor", json={"DisplayName": "Paper"})
    async with session.get(f"{base}/query", params={"query": "select * from Vendor"}) as response:
        found = json.loads(await response.read())
    assert found["QueryResponse"]["Vendor"][0]["DisplayName"] == "Paper"
    assert simulation.log[0].status == 0


async def test_a_slow_answer_takes_its_time(simulation, served):
    """The answer is held back, and other calls are answered meanwhile."""
    session, base = served
    simulation.faults.set("slow=0.3@1")
    begin = time.perf_counter()

    async def get():
        async with session.get(f"{base}/preferences") as response:
            assert response.status == 200
            return time.perf_counter() - begin

    slow, quick = await asyncio.gather(get(), get())
    assert slow >= 0.3
    assert quick < slow


async def test_a_client_that_does_not_wait(simulation, served):
    """A client that gives up does not undo what was stored."""
    session, base = served
    simulation.faults.set("slow=1@1")
    timeout = aiohttp.ClientTimeout(total=0.1)
    with pytest.raises(TimeoutError):
        await session.post(f"{base}/vendor", json={"DisplayName": "Paper"}, timeout=timeout)
    assert simulation.company.query("select count(*) from Vendor")["totalCount"] == 1


async def test_webhooks_are_posted(simulation, served):
    """A change is posted with its signature, again after a refusal."""
    session, base = served
    received, statuses, enough = [], [500, 200], asyncio.Event()

    async def receive(request):
        received.append((request.headers["intuit-signature"], await request.read()))
        if len(received) == len(statuses):
            enough.set()
        return web.Response(status=statuses[len(received) - 1])

    receiver = web.Application()
    receiver.router.add_post("/hook", receive)
    runner = web.AppRunner(receiver)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        simulation.subscriptions.append(Subscription(url=url, verifier="secret"))
        simulation.set(webhook_pace=0.001)
        async with session.post(f"{base}/vendor", json={"DisplayName": "Paper"}) as response:
            assert response.status == 200
        await asyncio.wait_for(enough.wait(), 10)
    finally:
        await runner.cleanup()
    (signature, body), (_, again) = received
    digest = hmac.new(b"secret", body, hashlib.sha256).digest()
    assert signature == base64.b64encode(digest).decode()
    assert body == again
    assert json.loads(body)[0]["type"] == "qbo.vendor.created.v1"


async def test_it_ends_while_a_webhook_waits(simulation):
    """Nothing hangs when the receiver is not there and the server stops."""
    simulation.subscriptions.append(Subscription(url="http://127.0.0.1:9/", verifier="secret"))
    async with serving(simulation) as url, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {simulation.connect()['access_token']}"}
        address = f"{url}/v3/company/{simulation.chosen_realm}/vendor"
        async with session.post(address, json={"DisplayName": "Paper"}, headers=headers) as got:
            assert got.status == 200


async def test_the_application_fits_any_server(simulation):
    """The application can be served by whoever likes; discovery then names their address."""
    simulation.base_url = "https://books.example"
    runner = web.AppRunner(simulator(simulation))
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/.well-known/openid_configuration"
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            found = await response.json()
    finally:
        await runner.cleanup()
    assert found["token_endpoint"].startswith("https://books.example/")


def test_a_port_that_is_taken():
    """What goes wrong in the serving thread is raised to the caller."""
    simulation = Simulation.open(switches=NO_LIMITS)
    with pytest.raises(OSError, match="address"), serving_in_thread(simulation, host="192.0.2.1"):
        pass
    simulation.close()
