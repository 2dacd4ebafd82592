"""K3: how often flows run, by themselves and by hand."""

import asyncio

import pytest
from world import TODAY, ago, command, company_tables, toml

from subledger.flow.runs import run_now
from subledger.store.schema import RUN
from subledger_pex.simulator.landmarks import bought

ITEM = bought("item", -100, ago(9))


async def runs(world):
    """How many runs have ended, once nothing is about to start."""
    await world.looked()
    for _ in range(1000):
        rows = await world.kernel.store.read(lambda c: c.execute(RUN.select()).all())
        if all(row.finished for row in rows):
            return len(rows)
        await asyncio.sleep(0.05)
    raise AssertionError(rows)


async def test_every_hour(make):
    """K3: a flow runs at once when it is new, and then every so often, by itself."""
    async with make(ITEM, flow={"every": "1h"}) as world:
        assert await runs(world) == 1
        world.advance(minutes=50)
        assert await runs(world) == 1
        world.advance(minutes=20)
        assert await runs(world) == 2


async def test_daily(make):
    """K3: `daily` means about 24 hours after the last run."""
    async with make(ITEM, flow={"every": "daily"}) as world:
        assert await runs(world) == 1
        world.advance(hours=23)
        assert await runs(world) == 1
        world.advance(hours=2)
        assert await runs(world) == 2


async def test_cron(make):
    """K3: a cron expression says when; the world begins at 10:00 UTC."""
    async with make(ITEM, flow={"every": None, "cron": "0 12 * * *"}) as world:
        assert await runs(world) == 1
        world.advance(hours=1, minutes=50)
        assert await runs(world) == 1
        world.advance(minutes=15)
        assert await runs(world) == 2


async def test_manual_and_sync_now(make):
    """K3: a manual flow never runs by itself, but at once when a person asks."""
    async with make(ITEM) as world:
        world.advance(days=3)
        assert await runs(world) == 0
        await world.kernel.store.tx(run_now, "cards", world.kernel.now_ms(), "test")
        assert await runs(world) == 1
        world.advance(days=3)
        assert await runs(world) == 1


async def test_sync_now_of_a_scheduled_flow(make):
    """K3: "sync now" does not wait for the hour."""
    async with make(ITEM, flow={"every": "1h"}) as world:
        assert await runs(world) == 1
        await world.kernel.store.tx(run_now, "cards", world.kernel.now_ms(), "test")
        assert await runs(world) == 2


async def test_pause(make):
    """K3: a paused flow does not run; once resumed it runs at its time again."""
    async with make(ITEM, flow={"every": "1h"}) as world:
        assert await runs(world) == 1
        await world.command("pause", "cards")
        world.advance(hours=5)
        assert await runs(world) == 1
        await world.command("resume", "cards")
        assert await runs(world) == 2


async def test_lateness_is_visible(make):
    """K3: a flow that nobody runs at its time is shown as late, a paused one is not."""
    async with make(ITEM, flow={"every": "1h"}) as world:
        assert await runs(world) == 1
        flow = (await world.command("status"))[1]["flows"]["cards"]
        assert flow["late_seconds"] > 3600  # by the computer's own clock it is months past due
        assert flow["last_run"].startswith(TODAY.isoformat())
        await world.command("pause", "cards")
        assert (await world.command("status"))[1]["flows"]["cards"]["late_seconds"] == 0


@pytest.mark.parametrize(("every", "code"), [("1m", 3), ("5m", 0)])
async def test_floor(tmp_path, every, code):
    """K3: more often than the connector's floor is refused; the floor itself is fine."""
    tables = company_tables("http://127.0.0.1:9", flow={"every": every})
    (tmp_path / "subledger.toml").write_text(toml(tables))
    found, document = await command(tmp_path, "check")
    assert found == code
    if code:
        (problem,) = document["error"]["problems"]
        assert "5m" in problem["message"] + problem["hint"]
