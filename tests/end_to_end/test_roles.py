"""K1, K7: connectors by configuration alone; any card platform gets the card recipe."""

import datetime as dt
import json
import shutil
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path

import pytest
from passing import Clock
from service_world import START, ServiceWorld, connect, open_kernel, open_online
from world import REGISTER, SETTINGS, TODAY, command, company_tables, toml

from subledger.manifest import Role
from subledger.recipes.plugin import register_recipes

BUILT_IN = tuple(register_recipes())

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


CORNER = {"connector": "corner-cards", "statement": "statement.json"}
RECIPES = sorted(recipe.name for recipe in BUILT_IN if recipe.source is Role.CARD_PLATFORM)
BALANCES = {
    REGISTER: "91.20",
    "Fuel": "12.30",
    "Bank Service Charges": "1.00",
    "Card Rebates": "-0.50",
    "Uncategorized Expense": "-4.00",
    "Operating Checking": "-100.00",
}


def test_every_card_recipe_is_here():
    """Control: the recipes below are all that there are for card platforms."""
    assert RECIPES == ["card-expenses"]


@pytest.mark.parametrize("recipe", RECIPES)
async def test_another_card_platform(tmp_path, make, recipe):
    """K7: a card platform that nobody here knows posts through the unchanged recipe."""
    moved_in(tmp_path)
    pex_only = dict.fromkeys(("token", "base_url", "requests_per_second"))
    cards = {**pex_only, **CORNER}
    async with make(plugins=PLUGIN, cards=cards, flow={"recipe": recipe, "start": None}) as world:
        await world.sync()
        assert await world.count() == {"posted": 5}
        balances = world.company.books.trial_balance()
        opening = {"Operating Checking": Decimal(250_000)}
        for name, amount in BALANCES.items():
            assert balances[name] - opening.get(name, 0) == Decimal(amount)
        (line,) = world.company.document("txn-2")["lines"]
        assert line["class"] == "Clinic"
        assert (await world.reconcile()).agrees
        assert (await world.sync()).writes == 0


@pytest.mark.parametrize("recipe", RECIPES)
async def test_another_card_platform_online(tmp_path, recipe):
    """K7: the same platform posts the same into QuickBooks Online."""
    moved_in(tmp_path)
    clock = Clock(START - dt.datetime.now(dt.UTC))
    async with AsyncExitStack() as stack:
        ledger, books = await stack.enter_async_context(open_online(clock))
        types = {REGISTER: "Bank", "Operating Checking": "Bank", "Card Rebates": "Other Income"}
        for name in BALANCES:
            type_ = types.get(name, "Expense")
            ledger.person.create("Account", {"Name": name, "AccountType": type_})
        ledger.person.create("Class", {"Name": "Clinic"})
        flow = {"recipe": recipe, "source": "cards", "sink": "books", "every": "manual"}
        tables = {
            "plugins": PLUGIN,
            "connections": {"cards": CORNER, "books": books},
            "flows": {"cards": {**flow, "settings": SETTINGS}},
        }
        kernel, url = await stack.enter_async_context(open_kernel(tmp_path, clock, tables))
        world = ServiceWorld(tmp_path, clock, ledger.simulation, kernel, ledger, url)
        await connect(kernel, url)
        await world.sync("cards")
        proof = await world.proof("cards")
        assert proof.buckets["posted"].records == proof.records == 5
        balances = ledger.trial_balance()
        assert {name: balances[name] for name in BALANCES} == {
            name: Decimal(amount) for name, amount in BALANCES.items()
        }
        await world.quiet("cards")
        await world.reconcile("cards")


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
