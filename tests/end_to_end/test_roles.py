"""K1, K7: connectors by configuration alone; any card platform gets the card recipe."""

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from world import REGISTER, TODAY, command, company_tables, toml

HERE = Path(__file__).resolve().parent
STATEMENT = [
    {"no": "1", "sort": "load", "day": "2026-03-01", "amount": "100.00", "tags": {}},
    {
        "no": "2",
        "sort": "buy",
        "day": "2026-03-02",
        "amount": "-12.30",
        "shop": "Shell",
        "tags": {"GL Account": "Fuel", "Class": "Clinic"},
    },
    {"no": "3", "sort": "fee", "day": "2026-03-03", "amount": "-1.00", "tags": {}},
    {"no": "4", "sort": "bonus", "day": "2026-03-04", "amount": "0.50", "tags": {}},
    {"no": "5", "sort": "buy", "day": "2026-03-05", "amount": "4.00", "shop": "Shell", "tags": {}},
]
PLUGIN = {"corner-cards": {"path": "corner_cards.py"}}


def moved_in(folder):
    """Puts the invented platform and its statement beside the configuration."""
    shutil.copy(HERE / "corner_cards.py", folder)
    (folder / "statement.json").write_text(json.dumps(STATEMENT))


async def test_another_card_platform(tmp_path, make):
    """K7: a card platform that nobody here knows posts through the unchanged recipe."""
    moved_in(tmp_path)
    corner = {"connector": "corner-cards", "statement": "statement.json"}
    pex_only = dict.fromkeys(("token", "base_url", "requests_per_second"))
    async with make(plugins=PLUGIN, cards={**pex_only, **corner}) as world:
        await world.sync()
        assert await world.count() == {"posted": 5}
        balances = world.company.books.trial_balance()
        assert balances[REGISTER] == Decimal("91.20")
        assert balances["Fuel"] == Decimal("12.30")
        assert balances["Bank Service Charges"] == Decimal("1.00")
        assert balances["Card Rebates"] == Decimal("-0.50")
        assert balances["Uncategorized Expense"] == Decimal("-4.00")
        (line,) = world.company.document("txn-2")["lines"]
        assert line["class"] == "Clinic"
        assert (await world.reconcile()).agrees
        assert (await world.sync()).writes == 0


async def check(folder, **changes):
    """The problems that the command finds."""
    (folder / "subledger.toml").write_text(toml(company_tables("http://127.0.0.1:9", **changes)))
    code, document = await command(folder, "check")
    problems = document["error"]["problems"] if "error" in document else document["problems"]
    return code, problems


async def test_enabled_by_configuration(tmp_path):
    """K1: what the configuration does not name is not loaded, though it is installed."""
    (tmp_path / "subledger.toml").write_text(toml(company_tables("http://127.0.0.1:9")))
    _code, document = await command(tmp_path, "connectors")
    states = {plugin["name"]: plugin["state"] for plugin in document["plugins"]}
    assert states["pex"] == states["quickbooks-desktop"] == "enabled"
    (tmp_path / "subledger.toml").write_text("")
    _code, document = await command(tmp_path, "connectors")
    states = {plugin["name"]: plugin["state"] for plugin in document["plugins"]}
    assert states["pex"] == states["quickbooks-desktop"] == "installed"


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"flow": {"source": "books"}}, "flows.cards", ("books", "source")),
        ({"flow": {"sink": "cards"}}, "flows.cards", ("cards", "source")),
        ({"flow": {"kinds": ["invoice"]}}, "flows.cards.kinds", ("invoice", "card_transaction")),
        ({"cards": {"connector": "pecks"}}, "connections.cards", ("pecks", "plugins")),
        ({"flow": {"end": TODAY, "every": "1h"}}, "flows.cards", ("manual", "")),
    ],
)
async def test_flow_that_cannot_work(tmp_path, changes, path, words):
    """K1: a flow that cannot work is refused, with what is wanted beside what there is."""
    code, problems = await check(tmp_path, **changes)
    assert code == 3
    found = [p for p in problems if p["path"].startswith(path)]
    assert found, problems
    text = " ".join(f"{p['message']} {p['hint']}" for p in found)
    assert all(word in text for word in words), text
