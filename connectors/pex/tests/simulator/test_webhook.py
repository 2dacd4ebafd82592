"""Settlement callbacks."""

from base64 import b64decode
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from subledger_pex.simulator import Simulation
from subledger_pex.simulator.query import RefusedError
from subledger_pex.simulator.webhook import deliver, settlement_callback


@asynccontextmanager
async def listener(answers):
    """A receiver that answers with the given statuses and keeps what it got."""
    received = []

    async def handle(request):
        received.append((dict(request.headers), await request.json()))
        return web.Response(status=answers[min(len(received), len(answers)) - 1])

    app = web.Application()
    app.router.add_post("/hook", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook", received
    finally:
        await runner.cleanup()


async def test_a_settlement_is_posted_with_the_shared_secret(prepaid):
    """The body tells of the settlement; the secret comes as Basic authorization."""
    simulation = Simulation.of(prepaid)
    number = prepaid.landmarks["split_example"]
    body = settlement_callback(simulation, number)
    async with listener([200]) as (url, received):
        assert await deliver(url, body, secret="sesame") == [200]
    [(headers, got)] = received
    scheme, _, value = headers["Authorization"].partition(" ")
    assert (scheme, b64decode(value)) == ("Basic", b"sesame")
    assert headers["X-PEX-Version"]
    assert set(got) == {"CallbackTime", "Data"}
    assert got["Data"]["TransactionId"] == number
    assert got["Data"]["TransactionAmount"] == -86.4
    assert got["Data"]["TransactionType"] == "NETWORK"
    assert (got["Data"]["NetworkType"], got["Data"]["NetworkStatus"]) == ("Settlement", "Approved")


async def test_delivery_is_repeated_until_it_is_accepted(prepaid):
    """Refusals are repeated after 15 and 30 seconds, then it is done."""
    body = settlement_callback(Simulation.of(prepaid), prepaid.landmarks["split_example"])
    waits = []

    async def sleep(seconds):
        waits.append(seconds)

    async with listener([500, 503, 200]) as (url, received):
        assert await deliver(url, body, secret="s", sleep=sleep) == [500, 503, 200]
    assert waits == [15, 30]
    assert len(received) == 3


async def test_delivery_gives_up_after_five_repeats():
    """The last try comes an hour after the one before."""
    waits = []

    async def sleep(seconds):
        waits.append(seconds)

    async with listener([500]) as (url, _):
        pass
    assert await deliver(url, {}, secret="s", sleep=sleep) == [0] * 6
    assert waits == [15, 30, 60, 120, 3600]


def test_a_pending_transaction_has_no_id_in_the_callback(prepaid):
    """Until it settles only the authorisation is known."""
    simulation = Simulation.of(prepaid)
    data = settlement_callback(simulation, prepaid.landmarks["pending"])["Data"]
    assert data["TransactionId"] is None
    assert data["AuthTransactionId"]
    assert data["NetworkType"] == "Auth"
    with pytest.raises(RefusedError):
        settlement_callback(simulation, 5)


async def test_a_callback_can_be_ordered_from_outside(pex, landmark):
    """The admin endpoint posts one callback and tells how it went."""
    async with listener([202]) as (url, received):
        order = {"url": url, "secret": "sesame", "transaction_id": landmark("split_example")}
        assert await pex.admin("POST", "webhook", order) == [202]
    assert received[0][1]["Data"]["TransactionId"] == landmark("split_example")
