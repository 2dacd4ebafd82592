"""X12: `subledger demo` shows each scenario with real processes, and proves every cent."""

import sqlite3

import pytest
from processes import output


@pytest.mark.parametrize(
    ("scenario", "records", "accounts"),
    [("cards-online", 40, 1), ("psa-online", 30, 2), ("psa-desktop", 30, 2)],
)
async def test_each_scenario_agrees(tmp_path, scenario, records, accounts):
    """X12: first sync, a lost answer, a second sync that posts nothing, every account compared."""
    keep = ("--scenario", scenario, "--transactions", str(records), "--keep", str(tmp_path))
    code, result = await output("demo", *keep, "--json")
    assert (code, result["agrees"]) == (0, True)
    assert result["posted"] >= records
    assert result["second_sync_posted"] == 0
    assert (result["duplicates"], result["missing"], result["unknown"]) == (0, 0, 0)
    assert result["recovered"] > 0
    assert len(result["reconciliations"]) == accounts
    assert result["reconciliation"] == result["reconciliations"][0]
    assert any(amount != "0.00" for amount in result["trial_balance"].values())
    with sqlite3.connect(tmp_path / "subledger.db") as database:
        kinds = {kind for (kind,) in database.execute("SELECT DISTINCT kind FROM effect")}
    assert ("attachment" in kinds) is (scenario == "cards-online")


async def test_an_unknown_scenario_is_refused():
    """An unknown scenario is refused, and the known ones are named."""
    code, result = await output("demo", "--scenario", "nothing", "--json")
    assert code == 3
    assert "cards-online" in str(result)
