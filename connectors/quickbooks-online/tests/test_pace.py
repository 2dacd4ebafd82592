"""The pace: as fast as Intuit allows, and never faster, in any window."""

import pytest
from attrs import evolve

from subledger.errors import TemporaryError
from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.pace import BATCHES_PER_MINUTE, PER_MINUTE
from subledger_quickbooks_online.wire import batch, requests

ITEM = batch.Item(id="1", operation="create", entity="Customer", body={"DisplayName": "A"})


def client(world, per_second=8):
    return Client(evolve(world.config, requests_per_second=per_second), world.context)


@pytest.mark.parametrize("per_second", [1, 8, 9, 10])
async def test_no_rate_that_can_be_configured_passes_a_limit(world, per_second):
    """Two minutes of requests in a row are all answered, and none waits longer than it has to."""
    asking, count = client(world, per_second), 2 * min(60 * per_second, PER_MINUTE)
    begun = world.simulation.now
    for _ in range(count):
        await asking.get(requests.preferences())
    assert {entry.status for entry in world.simulation.log} == {200}
    assert (world.simulation.now - begun).total_seconds() < 121


async def test_forty_batches_a_minute_are_never_passed(world):
    """Batches go out evenly, all but as fast as Intuit allows."""
    asking, begun = client(world), world.simulation.now
    for number in range(3 * BATCHES_PER_MINUTE + 1):
        await asking.send(batch.request([ITEM], f"k{number}"))
    assert {entry.status for entry in world.simulation.log} == {200}
    assert (world.simulation.now - begun).total_seconds() == pytest.approx(180, abs=0.1)
    assert BATCHES_PER_MINUTE >= 39


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
