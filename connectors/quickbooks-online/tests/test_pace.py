"""The pace: as fast as Intuit allows, and never faster, in any window."""

import asyncio

import pytest
from attrs import evolve

from subledger.errors import TemporaryError
from subledger.flow.dispatch import LEASE
from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.wire import batch, requests
from subledger_quickbooks_online.wire.requests import PATIENCE

ITEM = batch.Item(id="1", operation="create", entity="Customer", body={"DisplayName": "A"})


def client(world, per_second=8):
    return Client(evolve(world.config, requests_per_second=per_second), world.context)


@pytest.mark.parametrize("per_second", [1, 8, 9, 10])
async def test_no_rate_that_can_be_configured_passes_a_limit(world, per_second):
    """Two minutes of requests in a row are all answered, and none waits longer than it has to."""
    asking, count = client(world, per_second), 2 * min(60 * per_second, 490)
    begun = world.simulation.now
    for _ in range(count):
        await asking.get(requests.preferences())
    assert {entry.status for entry in world.simulation.log} == {200}
    assert (world.simulation.now - begun).total_seconds() < 122


async def test_forty_batches_a_minute_are_never_passed(world):
    """Batches go out all but as fast as Intuit allows, whatever else is asked meanwhile."""
    asking, begun = client(world), world.simulation.now
    for number in range(161):
        await asking.send(batch.request([ITEM], f"k{number}"))
        if number % 10 == 0:
            for _ in range(40):
                await asking.get(requests.preferences())
    assert {entry.status for entry in world.simulation.log} == {200}
    assert (world.simulation.now - begun).total_seconds() == pytest.approx(4 * 61, abs=6)


async def test_no_batch_waits_long_for_its_turn(world):
    """The lease of a connection outlasts the wait for a turn and an answer that comes late."""
    asking = client(world)
    for number in range(50):
        await asking.send(batch.request([ITEM], f"k{number}"))
    assert max(world.slept) + PATIENCE < LEASE


async def test_requests_that_wait_together_pass_no_limit(world):
    """Sixty batches and two hundred reads at once are all answered."""
    asking = client(world)
    batches = [asking.send(batch.request([ITEM], f"k{number}")) for number in range(60)]
    reads = [asking.get(requests.preferences()) for _ in range(200)]
    await asyncio.gather(*batches, *reads)
    assert {entry.status for entry in world.simulation.log} == {200}


async def test_a_new_client_keeps_to_the_pace_of_the_last(world):
    """A sink that is closed and opened again has no fresh allowance."""
    for _ in range(60):
        await client(world).get(requests.preferences())
    assert {entry.status for entry in world.simulation.log} == {200}


async def test_a_new_client_rests_with_its_company(world):
    """What was throttled rests, whoever asks next."""
    world.simulation.faults.set("throttle@1")
    with pytest.raises(TemporaryError):
        await client(world).send(batch.request([ITEM], "k"))
    assert sum(world.slept) == 0
    await client(world).get(requests.preferences())
    assert sum(world.slept) >= 60
