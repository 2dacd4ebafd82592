"""P4: which transactions a flow reads, by their date of settlement."""

import datetime as dt
import re

import pytest
from world import TODAY, ago, command, company_tables, toml

from subledger_pex.simulator import generate_business
from subledger_pex.simulator.clock import instant
from subledger_pex.simulator.landmarks import bought

START = TODAY - dt.timedelta(days=30)
END = TODAY - dt.timedelta(days=10)


def day(before, hour=12):
    """An Eastern wall time so many days before the flow's start."""
    return instant(START - dt.timedelta(days=before), hour)


async def test_settlement_decides(make):
    """P4: a purchase belongs to the day on which it settled, not to the day of the swipe."""
    items = (
        bought("settled inside", -100, day(1), settlement=instant(START, 2)),
        bought("settled before", -200, day(3), settlement=day(1, 23)),
    )
    async with make(*items, flow={"start": START}) as world:
        await world.sync()
        assert await world.count() == {"posted": 1}
        assert world.document("settled inside")["date"] == START.isoformat()


async def test_transaction_date_by_choice(make):
    """P4: where the connection is set so, the day of the swipe is the posting date instead."""
    item = bought("swiped", -100, ago(6), settlement=ago(4))
    async with make(item, cards={"date": "transaction"}) as world:
        await world.sync()
        assert world.document("swiped")["date"] == (TODAY - dt.timedelta(days=6)).isoformat()


async def test_start_and_end(make):
    """P4: with a start and an end, exactly the days from the one to the other are posted."""
    names = {"before": -1, "first": 0, "last": 20, "after": 21}
    items = [
        bought(name, -100 - days, day(-days, 3), settlement=day(-days, 4))
        for name, days in names.items()
    ]
    async with make(*items, flow={"start": START, "end": END}) as world:
        await world.sync()
        assert set(world.marks()) == {
            f"sl:txn-{world.landmark('first')}",
            f"sl:txn-{world.landmark('last')}",
        }


async def test_first_sync_takes_twelve_months(make):
    """P4: the first sync without a start reads the last 12 months, and nothing older."""
    items = (
        bought("old", -100, ago(370), settlement=ago(368)),
        bought("a year", -200, ago(364), settlement=ago(363)),
        bought("new", -300, ago(3)),
    )
    async with make(*items, flow={"start": None}) as world:
        await world.sync()
        assert await world.count() == {"posted": 2}
    assert "old" in world.cards.business.landmarks


async def test_start_further_back(make):
    """P4: with a start further back than 12 months the first sync reads from there."""
    start = TODAY - dt.timedelta(days=400)
    item = bought("old", -100, ago(370), settlement=ago(368))
    async with make(item, flow={"start": start}) as world:
        await world.sync()
        assert await world.count() == {"posted": 1}


async def test_later_syncs_read_from_the_last_one(make):
    """P4: after the first sync only the look-back window is read again, and what is new."""
    async with make(bought("first", -100, ago(9)), flow={"look_back": "10d"}) as world:
        await world.sync()
        world.cards.requests.clear()
        world.advance(days=1)
        world.cards.add(bought("second", -200, world.cards.now, settlement=world.cards.now))
        await world.sync()
        assert await world.count() == {"posted": 2}
        starts = [dict(r.query).get("StartDate") for r in world.cards.requests]
        oldest = min(dt.date.fromisoformat(text[:10]) for text in starts if text)
        assert oldest >= TODAY - dt.timedelta(days=10 + 30 + 1)


async def test_end_with_auto_run_is_refused(tmp_path):
    """P4: an end date on a flow that runs by itself is refused, with the reason."""
    tables = company_tables("http://127.0.0.1:9", flow={"every": "1h", "end": END})
    (tmp_path / "subledger.toml").write_text(toml(tables))
    code, document = await command(tmp_path, "check")
    assert code == 3
    (problem,) = document["error"]["problems"]
    assert re.search(r"end|manual", problem["message"] + problem["hint"])
    assert problem["path"].startswith("flows.cards")


@pytest.mark.parametrize("by", ["settlement", "transaction"])
async def test_windows_of_a_year_hide_nothing(make, by):
    """P4: over a year with both clock changes every record is met once, whatever PEX filters by."""
    whole = generate_business(seed=3, transactions=0, today=TODAY)
    async with make(whole=whole, cards_behaviour={"window_field": by}) as world:
        await world.sync()
        await world.agree()
        settled = len(world.cards.truth()["transactions"])
        assert (await world.proof()).records == settled
