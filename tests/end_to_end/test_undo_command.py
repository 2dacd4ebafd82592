"""`subledger undo` on the command line: it shows first, writes on demand, and tells what stays."""

import json

import pytest
from service_world import SECRETS, open_service_world

from subledger.cli.exits import Exit
from subledger.cli.main import main
from subledger.model.kinds import INVOICE


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs the command on the world's configuration; exit code and output."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)

    def command(*arguments):
        config = str(tmp_path / "subledger.toml")
        code = main(["undo", *arguments, "--config", config])
        return code, capsys.readouterr()

    return command


@pytest.fixture
async def posted(tmp_path):
    """An installation that has posted an invoice; its identifier."""
    async with open_service_world(tmp_path, "online") as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        await world.sync()
        return str(invoice.id)


def test_the_runs_are_listed(posted, run):
    """Without a record and a run, the runs that planned something are listed."""
    code, shown = run("sales")
    assert code == Exit.OK
    assert "undo sales --run 1" in shown.out
    code, shown = run("sales", "--json")
    (found,) = json.loads(shown.out)["runs"]
    assert (found["run"], found["planned"], found["state"]) == (1, 2, "done")


def test_it_is_shown_before_it_is_done(posted, run):
    """Nothing is written without --yes; with it, it is planned once."""
    record = f"{INVOICE}/{posted}"
    for _ in range(2):
        code, shown = run("sales", record)
        assert code == Exit.OK
        assert "1 record would be undone, 0 would stay" in shown.out
        assert "100.00" in shown.out
    code, shown = run("sales", record, "--yes", "--reason", "wrong month", "--json")
    found = json.loads(shown.out)
    assert (code, found["planned"]) == (Exit.OK, True)
    (step,) = found["steps"]
    assert (step["record"], step["action"], step["amount"]) == (record, "delete", "100.00")
    code, shown = run("sales", record, "--yes")
    assert code == Exit.PARTIAL
    assert "0 records will be undone with the next delivery, 1 will stay" in shown.out


def test_what_stays_is_told_with_its_own_exit_code(posted, run):
    """A run that also made a customer is undone in part."""
    code, shown = run("sales", "--run", "1", "--json")
    actions = {step["record"].partition("/")[0]: step for step in json.loads(shown.out)["steps"]}
    assert code == Exit.PARTIAL
    assert actions["invoice"]["action"] == "delete"
    assert actions["customer"]["action"] == "leave"
    assert "inactive" in actions["customer"]["why"]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (("sales", "4711"), "Write KIND/ID"),
        (("sales", "invoice/1", "--run", "1"), "not both"),
        (("rent", "--run", "1"), "there is no such flow"),
        (("sales", "invoice/0"), "knows no invoice 0"),
        (("sales", "--run", "99"), "has no run 99"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_hint(posted, run, given, complaint):
    """A wish that names nothing changes nothing, and says what to write."""
    code, shown = run(*given, "--yes")
    assert code in (Exit.CONFIG, Exit.FAILED)
    assert complaint in " ".join((shown.err + shown.out).split())
