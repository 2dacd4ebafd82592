"""D2: a server that has nothing to do, or a QuickBooks that does not open, is asked less often."""

import pytest
from world import ago

from subledger_pex.simulator.landmarks import bought

ITEM = bought("item", -2260, ago(9))
CLOSED = "0x80040408"
"""QuickBooks could not be started."""
MINUTE = 60.0


async def auto_run(world, runs):
    """Auto-Run, each minute: the results, and the seconds between them."""
    naps = []

    async def sleep(seconds):
        naps.append(seconds)
        world.advance(seconds=seconds)

    connector = world.company.connector(sleep=sleep)
    return await connector.run(runs, every=MINUTE), naps


@pytest.mark.parametrize(("setting", "nap"), [({"back_off": "1h"}, 3600), ({}, MINUTE)])
async def test_d2_nothing_to_do(make, setting, nap):
    """D2: with `back_off` an idle Web Connector stays away so long, without it it never does."""
    async with make(ITEM, books={"run_every": "1m", **setting}) as world:
        await world.sync()
        results, naps = await auto_run(world, 4)
        assert naps == [nap] * 3
        assert all("sendRequestXML" not in result.calls for result in results)
        await world.agree()


async def test_d2_quickbooks_that_does_not_open_is_tried_less_and_less(make):
    """D2: after some failures it is tried each ten minutes; once it opens all goes as always."""
    async with make(ITEM, books={"run_every": "1m"}) as world:
        await world.run_flow()
        world.company.books.configure(begin_session_error=CLOSED)
        results, naps = await auto_run(world, 14)
        tried = sum("connectionError" in result.calls for result in results)
        assert tried == 8
        assert sum(naps) > 30 * MINUTE
        assert max(naps) > 8 * MINUTE
        world.company.books.configure(begin_session_error="")
        (posted,), _ = await auto_run(world, 1)
        world.advance(minutes=10)
        (late,), _ = await auto_run(world, 1)
        assert {posted.writes, late.writes} == {0, 1}
        await world.agree()


async def test_d2_a_healthy_connection_is_never_held_back(make):
    """D2: what waits goes with the next run, each time, and a person's click always counts."""
    async with make(ITEM, books={"run_every": "1m"}) as world:
        for days in range(2, 7):
            late = bought(f"late {days}", -100, world.cards.now, settlement=world.cards.now)
            world.cards.add(late)
            await world.run_flow()
            (result,), _ = await auto_run(world, 1)
            assert result.postpone_seconds is None
            assert result.writes
        world.company.books.configure(begin_session_error=CLOSED)
        world.cards.add(bought("last", -100, world.cards.now, settlement=world.cards.now))
        await world.run_flow()
        await auto_run(world, 4)
        world.company.books.configure(begin_session_error="")
        by_hand = await world.session()
        assert by_hand.postpone_seconds, "Auto-Run would have dropped this run"
        assert by_hand.writes == 1
        await world.agree()
