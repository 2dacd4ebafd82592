"""The simulator on a socket: the same answers, faults of the connection, notifications."""

import asyncio
import json
import subprocess
import sys

import pytest
from aiohttp import ClientError, ClientSession, ClientTimeout, web
from attrs import evolve

from subledger_syncro.simulator.server import serving
from subledger_syncro.simulator.webhook import take

TOKEN = {"Authorization": "Bearer demo-token"}


@pytest.fixture
async def url(account):
    async with serving(account.simulation) as found:
        yield f"{found}/api/v1"


@pytest.fixture
async def session():
    async with ClientSession(headers=TOKEN, timeout=ClientTimeout(total=10)) as found:
        yield found


async def test_the_socket_gives_the_same_answers(account, url, session):
    """Status, headers and body are those of the function."""
    for path in ("invoices?page=2", "customers?query=landmark&id[]=34288061", "nothing"):
        expected = account.ask("GET", path)
        async with session.get(f"{url}/{path}") as response:
            assert response.status == expected.status
            assert await response.read() == expected.body
            assert response.headers["Content-Type"] == expected.headers["Content-Type"]


async def test_a_lost_answer_closes_the_connection(account, url, session):
    """The payment is there, though the client saw the connection end."""
    account.admin("POST", "faults", {"lose_write_at": [1]})
    body = {"customer_id": account.mark("payer"), "amount_cents": 100, "ref_num": "lost-1"}
    with pytest.raises(ClientError):
        await session.post(f"{url}/payments", json=body)
    async with session.get(f"{url}/payments", params={"query": "lost-1"}) as response:
        assert len((await response.json())["payments"]) == 1


async def test_a_slow_answer_takes_its_time(account, url, session):
    """An answer is held back for as long as the plan says."""
    account.admin("POST", "faults", {"slow_seconds": "0.2"})
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with session.get(f"{url}/me") as response:
        assert response.status == 200
    assert loop.time() - began >= 0.19


async def test_changes_are_posted(account, session):
    """Each change of a kind that is listened to is posted once, without a signature."""
    received: asyncio.Queue[object] = asyncio.Queue()

    async def listen(request: web.Request) -> web.Response:
        await received.put((dict(request.headers), await request.json()))
        return web.Response(status=500)

    app = web.Application()
    app.router.add_post("/hook", listen)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    hook = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        account.simulation.world.unsent.clear()
        account.admin("POST", "behaviour", {"webhook_url": hook})
        async with serving(account.simulation) as base:
            body = {"customer_id": account.mark("payer"), "amount_cents": 100}
            await session.post(f"{base}/api/v1/payments", json=body)
            headers, told = await asyncio.wait_for(received.get(), 10)
            assert told["attributes"]["payment_amount"] == 1
            assert "payment" in told["text"]
            assert not any("signature" in name.lower() for name in headers)
            await session.get(f"{base}/api/v1/me")
        assert received.empty()
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(("how", "fields"), [("attributes", 4), ("text", 3), ("empty", 0)])
def test_a_notification_may_tell_little(account, how, fields):
    """The body is a switch, as nothing documents it; several changes make one notification."""
    account.simulation.world.unsent.clear()
    account.admin("POST", "behaviour", {"webhook_url": "http://x.example", "webhook_body": how})
    number = account.mark("overpaid")
    for note in ("a", "b"):
        account.admin("POST", f"invoices/{number}", {"note": note})
    account.admin("POST", f"vendors/{798_001}", {"city": "Austin"})
    (body,) = take(account.simulation)
    assert len(body) == fields
    assert take(account.simulation) == []


def test_a_deleted_record_has_no_attributes(account):
    """Of a deletion only the text can be told."""
    account.simulation.world.unsent.clear()
    behaviour = account.simulation.behaviour
    account.simulation.behaviour = evolve(behaviour, webhook_url="http://x.example")
    account.admin("DELETE", f"invoices/{account.mark('exempt')}")
    (body,) = take(account.simulation)
    assert "attributes" not in body
    assert "deleted" in body["text"]


def test_without_an_address_nothing_is_kept(account):
    """Control: changes are forgotten when nobody listens."""
    account.admin("POST", f"invoices/{account.mark('exempt')}", {"note": "x"})
    assert account.simulation.world.unsent
    assert take(account.simulation) == []
    assert account.simulation.world.unsent == []


def test_importing_the_package_needs_no_network_library():
    """The package is cheap to import: aiohttp is loaded only when something is served."""
    code = "import sys, subledger_syncro.simulator; print('aiohttp' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"


def test_the_simulator_knows_nothing_of_the_framework():
    """It is an independent judge: it loads neither the kernel nor the rest of the connector."""
    code = (
        "import sys, json, subledger_syncro.simulator.server;"
        "print(json.dumps([name for name in sys.modules if name.startswith('subledger')]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = json.loads(done.stdout)
    assert {name for name in loaded if not name.startswith("subledger_syncro.simulator")} == {
        "subledger_syncro"
    }
