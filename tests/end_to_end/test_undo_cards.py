"""X4: a run of cards is undone; the vendors that it created stay, and are listed."""

import json

import pytest
from online_cards import open_card_world
from service_world import SECRETS
from world import ago

from subledger.cli.exits import Exit
from subledger.cli.main import main
from subledger_pex.simulator.landmarks import bought, plain

ITEMS = [bought(f"item {n}", -1000 - n, ago(9 + n), tags=plain("Fuel", "Clinic")) for n in range(2)]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs the command on the world's configuration; exit code and steps by kind."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)

    def command(*arguments):
        config = str(tmp_path / "subledger.toml")
        capsys.readouterr()
        code = main(["undo", "cards", *arguments, "--json", "--config", config])
        steps = json.loads(capsys.readouterr().out)["steps"]
        return code, {kind: [s for s in steps if s["record"].startswith(kind)] for kind in KINDS}

    return command


KINDS = ("vendor", "card_transaction")


@pytest.fixture
async def posted(tmp_path):
    """An installation whose first run has posted two purchases at one new vendor."""
    async with open_card_world(tmp_path, *ITEMS) as world:
        await world.sync("cards")
        assert len(world.papers()) == 2


@pytest.fixture
async def planned(tmp_path):
    """The same before anything has left for the books, whose lists are known."""
    async with open_card_world(tmp_path, *ITEMS) as world:
        await world.run_flow("cards")


def test_x4_a_vendor_of_the_run_is_listed_and_stays(posted, run):
    """X4: before and after, the vendor stays, for a reason, and the exit code tells of it."""
    for arguments in ((), ("--yes",)):
        code, steps = run("--run", "1", *arguments)
        assert code == Exit.PARTIAL
        (vendor,) = steps["vendor"]
        assert (vendor["record"], vendor["action"]) == ("vendor/Office Depot", "leave")
        assert "inactive" in vendor["why"]
        assert vendor["id"]
        assert [step["action"] for step in steps["card_transaction"]] == ["delete", "delete"]


def test_x4_a_vendor_that_was_there_is_not_listed(posted, run):
    """X4: who undoes a record, or a run that created no vendor, is not told of any."""
    _code, steps = run("--run", "1")
    record = steps["card_transaction"][0]["record"]
    code, steps = run(record)
    assert (code, steps["vendor"]) == (Exit.OK, [])


def test_x4_a_vendor_that_has_not_left_goes_all_the_same(planned, run):
    """X4: a vendor that is planned may be needed by others: it goes, and the line says so."""
    code, steps = run("--run", "1", "--yes")
    assert code == Exit.PARTIAL
    assert [step["action"] for step in steps["card_transaction"]] == ["withdraw", "withdraw"]
    (vendor,) = steps["vendor"]
    assert (vendor["action"], vendor["id"]) == ("leave", "")
    assert "goes to the books" in vendor["why"]
