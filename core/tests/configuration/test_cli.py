"""The command line: what a person and a script see."""

import json
import re
import subprocess
import sys

import pytest

from subledger.cli import check as check_module
from subledger.cli import connectors as connectors_module
from subledger.cli import init as init_module
from subledger.cli import simulate as simulate_module
from subledger.cli.commands import COMMANDS, Command
from subledger.cli.exits import Exit
from subledger.cli.failures import fail
from subledger.cli.main import main
from subledger.config import load_companies
from subledger.errors import (
    AuthenticationError,
    ConfigError,
    ConnectorError,
    PluginRefused,
    Problem,
    SubledgerError,
    TemporaryError,
)
from subledger.observe import redact

from .conftest import SIMULATOR

GOOD = """
[connections.cards]
connector = "cards"
token = { env = "TOKEN" }
[connections.books]
connector = "books"
company_file = 'C:\\Books\\A.qbw'
[flows.spend]
recipe = "spend"
source = "cards"
sink = "books"
settings = { account = "Cards" }
"""


@pytest.fixture
def cli(sound, monkeypatch):
    """The command line over the made-up distributions."""
    monkeypatch.setenv("TOKEN", "canary-token")
    monkeypatch.delenv("SUBLEDGER_CONFIG", raising=False)
    for module in (connectors_module, init_module):
        monkeypatch.setattr(module, "open_catalogue", sound.catalogue)
    monkeypatch.setattr(simulate_module, "installed", sound.installed)
    monkeypatch.setattr(
        check_module, "load_companies", lambda path: load_companies(path, sound.catalogue)
    )
    return sound


def test_import_is_fast():
    """Starting the command line imports neither plugins nor the parts that commands need."""
    code = "import sys, subledger.cli.main; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "subledger.cli.main" in loaded
    assert not {"cyclopts", "rich", "structlog", "sqlalchemy", "aiohttp", "pluggy"} & set(loaded)


def test_help_and_version(capsys):
    """Help lists every command with its sentence, and the exit codes."""
    assert main(["--help"]) == Exit.OK
    shown = capsys.readouterr().out
    for name, command in COMMANDS.items():
        assert name in shown
        assert command.help in shown
    assert "3 config" in shown
    assert main(["--version"]) == Exit.OK
    assert capsys.readouterr().out.startswith("subledger 0.")


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_can_be_imported(name):
    """Every entry of the table of commands leads to a function with a docstring."""
    module, _, function = COMMANDS[name].target.partition(":")
    __import__(module)
    assert getattr(sys.modules[module], function).__doc__


def test_usage_errors(capsys):
    """A misspelt command or option is told with the nearest one; exit code 2."""
    assert main(["chek"]) == Exit.USAGE
    assert 'Did you mean "check"?' in capsys.readouterr().err
    assert main(["check", "--jsonn"]) == Exit.USAGE
    assert "--json" in capsys.readouterr().err
    assert main(["init", "--source", "x", "--json"]) == Exit.USAGE
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "usage"


def test_check(cli, write, capsys):
    """A sound configuration is told with its flows; as JSON in one document."""
    path = str(write(GOOD))
    assert main(["check", "--config", path]) == Exit.OK
    shown = capsys.readouterr().out
    assert "The configuration is sound: 2 connections, 1 flow." in shown
    assert "every 1h" in shown
    assert main(["check", "--config", path, "--json"]) == Exit.OK
    document = json.loads(capsys.readouterr().out)
    assert document["ok"]
    assert document["flows"]["spend"]["steps"] == ["rules"]


def test_config_from_the_environment(cli, write, monkeypatch):
    """SUBLEDGER_CONFIG names the configuration where --config does not."""
    monkeypatch.setenv("SUBLEDGER_CONFIG", str(write(GOOD)))
    assert main(["check"]) == Exit.OK


def test_check_tells_everything(cli, write, capsys):
    """Problems are told with path, cause and hint, without a traceback; exit code 3."""
    path = str(write(GOOD.replace('{ env = "TOKEN" }', '"hunter2"').replace('"Cards"', "5")))
    assert main(["check", "--config", path]) == Exit.CONFIG
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "connections.cards.token: a secret may not stand here in clear text\n" in shown.err
    assert "    Write { env" in shown.err
    assert "flows.spend.settings.account: is a whole number" in shown.err
    assert "Traceback" not in shown.err
    assert "hunter2" not in shown.err
    assert main(["check", "--config", path, "--json"]) == Exit.CONFIG
    problems = json.loads(capsys.readouterr().out)["error"]["problems"]
    assert [problem["path"] for problem in problems] == [
        *("connections.cards.token", "flows.spend.settings.account")
    ]
    main(["check", "--config", path, "--debug"])
    assert "Traceback" in capsys.readouterr().err


def test_check_of_a_folder(cli, write, capsys):
    """The good companies are told as well as the problems of the bad ones."""
    write(GOOD, "acme.toml")
    folder = write("x", "bad.toml").parent
    assert main(["check", "--config", str(folder)]) == Exit.CONFIG
    shown = capsys.readouterr().out
    assert "acme.spend" in shown
    assert "bad.toml" in shown


def test_connectors(cli, write, capsys):
    """Every plugin is shown as installed, enabled or refused, with what it can do."""
    cli.add("broken", "import no_such_module")
    path = str(write(GOOD.replace('connector = "books"', 'connector = "x"')))
    assert main(["connectors", "--load", "--config", path, "--json"]) == Exit.FAILED
    plugins = {item["name"]: item for item in json.loads(capsys.readouterr().out)["plugins"]}
    assert {name: item["state"] for name, item in plugins.items()} == {
        "cards": "enabled",
        "books": "installed",
        "spend": "enabled",
        "rules": "installed",
        "broken": "refused",
    }
    assert "no_such_module" in plugins["broken"]["reason"]
    (cards,) = plugins["cards"]["provides"]
    assert cards["direction"] == "source"
    assert cards["kinds"] == {"card_transaction": ["read"], "fee": ["read"]}
    assert (cards["every"], cards["at_most_every"]) == ("1h", "5m")
    assert cards["roles"] == ["card_platform"]
    main(["connectors", "--load", "--config", path])
    shown = capsys.readouterr().out
    assert "cards: Cards, a source; roles: card_platform" in shown
    assert "broken (from dist-broken 1.0) was refused: cannot be imported" in shown


def test_connectors_imports_what_is_enabled(cli, write, capsys):
    """What the configuration does not name is listed without being imported."""
    cli.add("bomb", "raise KeyboardInterrupt")
    path = write(GOOD + '[plugins.mine]\npath = "mine.py"\n')
    (path.parent / "mine.py").write_text("raise ValueError('no')")
    assert main(["connectors", "--config", str(path), "--json"]) == Exit.FAILED
    plugins = {item["name"]: item for item in json.loads(capsys.readouterr().out)["plugins"]}
    assert plugins["bomb"]["state"] == "installed"
    assert plugins["bomb"]["provides"] == []
    assert plugins["mine"]["state"] == "refused"
    assert "ValueError: no" in plugins["mine"]["reason"]
    assert plugins["cards"]["provides"][0]["every"] == "1h"
    main(["connectors", "--config", str(path)])
    shown = capsys.readouterr().out
    assert "bomb" in shown
    assert "runs every 1h by default, every 5m at the most" in shown
    assert "--load" in shown
    assert "mine (from " in shown


def test_connectors_without_loading(cli, capsys):
    """--no-load lists the names without importing anything."""
    cli.add("bomb", "raise KeyboardInterrupt")
    assert main(["connectors", "--no-load", "--json"]) == Exit.OK
    names = [item["name"] for item in json.loads(capsys.readouterr().out)["plugins"]]
    assert "bomb" in names


def test_init_writes_a_file_that_holds(cli, tmp_path, capsys):
    """The written file names every setting and passes the check as it is."""
    path = tmp_path / "new.toml"
    arguments = ["init", "--source", "cards", "--sink", "books", "--recipe", "spend", "--output"]
    assert main([*arguments, str(path)]) == Exit.OK
    text = path.read_text()
    for setting in ("time_zone", "company_file", "account", "look_back", "public_url", "default"):
        assert f"{setting} = " in text
    assert "# The token of the account." in text
    capsys.readouterr()
    text = path.read_text().replace("CARDS_TOKEN", "TOKEN")
    path.write_text(text)
    assert main(["check", "--config", str(path)]) == Exit.OK
    assert main([*arguments, str(path)]) == Exit.CONFIG
    assert "exists" in capsys.readouterr().err
    assert main([*arguments, "-"]) == Exit.OK
    assert "[connections.cards]" in capsys.readouterr().out


def test_init_shows_true_defaults(cli, tmp_path, capsys):
    """Every default that stands there as a comment may be written as it is shown."""
    path = tmp_path / "new.toml"
    arguments = ["init", "--source", "cards", "--sink", "books", "--recipe", "spend", "--output"]
    main([*arguments, str(path)])
    only_examples = r"(?!end|steps|password)"
    text = re.sub(rf"^# {only_examples}(\w+ = )", r"\1", path.read_text(), flags=re.MULTILINE)
    assert '\ntime_zone = "UTC"' in text
    assert '\nlook_back = "60d"' in text
    path.write_text(text.replace("CARDS_TOKEN", "TOKEN"))
    assert main(["check", "--config", str(path)]) == Exit.OK, capsys.readouterr().err


def test_init_names_what_is_missing(cli, capsys):
    """An unknown connector or recipe is told by the option that named it."""
    arguments = ["init", "--source", "card", "--sink", "books", "--recipe", "spending"]
    assert main([*arguments, "--output", "-"]) == Exit.CONFIG
    shown = capsys.readouterr().err
    assert "--source: no source is called 'card'" in shown
    assert "--recipe: no recipe is called 'spending'" in shown


def test_simulate(cli, capsys):
    """A simulator's function is a command; its parameters are options; only it is imported."""
    cli.add("toy", SIMULATOR)
    cli.add("bomb", "raise KeyboardInterrupt")
    assert main(["simulate", "toy", "--port", "7", "--label", "x"]) == Exit.OK
    assert capsys.readouterr().out == "simulating on 7 as x\n"
    assert main(["simulate", "toy", "--help"]) == Exit.OK
    assert "--label" in capsys.readouterr().out
    assert main(["simulate", "toy", "--prot", "7"]) == Exit.USAGE
    assert "--port" in capsys.readouterr().err
    assert main(["simulate", "--help"]) == Exit.OK
    assert "toy" in capsys.readouterr().out
    assert main(["simulate", "nobody"]) == Exit.CONFIG


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            "OSError(98, 'error while binding: in use')",
            "address already in use\n    Another --port",
        ),
        ("OverflowError('port must be 0-65535')", "port must be 0-65535\n    Another --port"),
        ("ValueError('x is not a fault')", "x is not a fault\n    `subledger simulate toy --help`"),
    ],
)
def test_a_simulator_that_cannot_start(cli, capsys, error, words):
    """A port in use and an option that means nothing are told as such, not as our mistakes."""
    cli.add("toy", SIMULATOR.replace('print(f"simulating on {port} as {label}")', f"raise {error}"))
    assert main(["simulate", "toy"]) == Exit.CONFIG
    assert words in capsys.readouterr().err


def test_simulate_with_a_broken_target(cli, capsys):
    """A simulator whose function is not there refuses its plugin by name."""
    cli.add("toy", SIMULATOR.replace(":simulate", ":nothing"))
    assert main(["simulate", "toy"]) == Exit.CONFIG
    assert "toy (from dist-toy 1.0)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError([Problem(path="a", message="b canary-secret")]), Exit.CONFIG),
        (ConfigError([Problem(path="a", message="b", hint="canary-secret")]), Exit.CONFIG),
        (PluginRefused("p", "d", "because canary-secret"), Exit.CONFIG),
        (AuthenticationError("no canary-secret"), Exit.REMOTE),
        (TemporaryError("later canary-secret"), Exit.REMOTE),
        (ConnectorError("x canary-secret"), Exit.REMOTE),
        (SubledgerError("x", hint="canary-secret"), Exit.FAILED),
        (KeyboardInterrupt("canary-secret"), Exit.INTERRUPTED),
        (ZeroDivisionError("x canary-secret"), Exit.FAILED),
    ],
)
def test_exit_codes(error, code, capsys):
    """Each class of error has its exit code, and no known secret is shown with it."""
    redact.register("canary-secret")
    assert fail(error, as_json=False, debug=True) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err
    assert fail(error, as_json=True, debug=True) == code
    document = capsys.readouterr().out
    assert json.loads(document)["error"]["exit"] == code
    assert "canary-secret" not in shown.err + document


def test_interrupted_command(cli, monkeypatch, capsys):
    """Ctrl-C ends a command with 130 and one word."""
    monkeypatch.setitem(COMMANDS, "wait", Command(f"{__name__}:_interrupted", "Waits."))
    assert main(["wait"]) == Exit.INTERRUPTED
    assert capsys.readouterr().err == "stopped\n"


def _interrupted():
    raise KeyboardInterrupt
