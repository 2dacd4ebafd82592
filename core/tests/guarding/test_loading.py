"""Imports and hooks that do not end, and plugins that print: refused or named, the rest works."""

import json
import sys
import time

import pytest

from subledger.cli.main import main
from subledger.config import load_settings
from subledger.errors import ConfigError
from subledger.guarding import Limits, TookTooLong, in_time
from subledger.observe import redact

from .conftest import SOURCE, STEP

QUICK = Limits(load=0.5)
HANGS = {
    "import": "import time\ntime.sleep(60)",
    "import that loops": "while True: pass",
    "hook": "@hookimpl\ndef register_steps():\n  import time; time.sleep(60)",
    "hook that loops": "@hookimpl\ndef register_steps():\n  while True: pass\n  yield",
}


@pytest.mark.parametrize("case", HANGS)
def test_does_not_end(site, case):
    """A plugin whose import or hook does not end is refused by name; the others are loaded."""
    site.add("stuck", HANGS[case])
    site.add("good", STEP.replace("{name}", "good"))
    catalogue = site.catalogue(limits=QUICK)
    began = time.monotonic()
    catalogue.load(["stuck", "good"])
    assert time.monotonic() - began < 5
    (refused,) = catalogue.refusals
    assert str(refused) == (
        "stuck (from dist-stuck 1.0): its import and hooks did not end within 0.5 seconds"
    )
    assert catalogue.step("good") is not None


def test_stuck_once_is_enough(site):
    """What did not end is not tried again for the next company, which would wait as long."""
    site.add("stuck", HANGS["import"])
    site.catalogue(limits=QUICK).load(["stuck"])
    began = time.monotonic()
    again = site.catalogue(limits=Limits(load=30))
    again.load(["stuck"])
    assert time.monotonic() - began < 1
    assert "when the program starts anew" in again.refusals[0].reason


@pytest.mark.parametrize("code", ["time.sleep(60)", "sys.exit(3)", "raise Base", "1 / 0"])
def test_made_from_the_configuration(world, code):
    """A step that cannot be made is a problem of its own flow, which names the package."""
    world.limits = QUICK
    world.hostile("sieve", f"class Base(BaseException): pass\ndef make(config): {code}", STEP)
    world.values["steps"] = '"sieve"'
    with pytest.raises(Exception, match=r"flows\.bad\.step\.sieve: sieve \(from dist-sieve 1\.0\)"):
        world.settings()


@pytest.mark.parametrize("code", ["raise SystemExit", "raise KeyError(1)", "raise Hostile"])
@pytest.mark.parametrize("where", ["validator=check", "converter=check"])
def test_hostile_settings(world, code, where):
    """Settings whose own code fails are a problem of their connection; the others are read."""
    world.hostile(
        "bad",
        f"def check(*given): {code}\n@frozen(kw_only=True)\nclass Config:\n"
        f"  size: int = field(default=5, {where}, metadata=describe('x'))",
    )
    with pytest.raises(ConfigError) as caught:
        world.settings()
    assert [problem.path for problem in caught.value.problems] == ["connections.bad"]
    assert "cannot be used" in caught.value.problems[0].message


def test_result_and_failure_come_back():
    """Control: what ends in time gives its result, or raises what it raised."""
    assert in_time(lambda: 7, 5) == 7
    with pytest.raises(SystemExit):
        in_time(lambda: sys.exit(3), 5)
    with pytest.raises(TookTooLong):
        in_time(lambda: time.sleep(5), 0.05)
    assert in_time(lambda: in_time(lambda: 8, 0), 5) == 8


CANARY = "canary-5f1d-token"
PRINTS = {
    "stdout": "print(SECRET)",
    "in pieces": "print(SECRET[:5], end=''); print(SECRET[5:])",
    "stderr": "print(SECRET, file=sys.stderr)",
    "write": "sys.stdout.write(SECRET + chr(10))",
    "log": "context.log.warning(SECRET, token=SECRET)",
    "logging": "import logging; logging.getLogger('x').warning('it is %s', SECRET)",
    "traceback": "\n  import traceback\n  try: raise KeyError(SECRET)\n"
    "  except KeyError: traceback.print_exc()",
    "exception": "raise KeyError(SECRET)",
    "temporary": "raise TemporaryError(SECRET, hint=SECRET, detail=SECRET)",
}


@pytest.fixture
def leaky(world, monkeypatch):
    """A command line with a connector that does something with the secret of its configuration."""
    monkeypatch.setattr("subledger.catalogue.catalogue.installed", world.site.installed)
    monkeypatch.setenv("TOKEN", CANARY)
    monkeypatch.setattr("subledger.catalogue.catalogue.BUILT_IN", ())

    def made(how):
        world.hostile(
            "bad",
            "@asynccontextmanager\nasync def open_(config, context):\n"
            f"  SECRET = config.token.reveal()\n  {PRINTS[how]}\n  yield Source()",
        )
        world.settings()
        path = world.folder / "subledger.toml"
        text = path.read_text().replace(
            'connector = "bad"', 'connector = "bad"\ntoken = { env = "TOKEN" }'
        )
        path.write_text(text + f'[store]\nurl = "sqlite:///{world.folder}/s.db"\n')
        return path

    yield made
    redact.forget_all()


@pytest.mark.parametrize("how", PRINTS)
def test_secrets_that_are_printed(leaky, how, capfd):
    """Whatever way a connector shows its secret, it is masked; our own output stays whole."""
    path = leaky(how)
    main(["sync", "bad", "--config", str(path), "--json"])
    shown = capfd.readouterr()
    assert CANARY not in shown.out + shown.err
    json.loads(shown.out)
    store = (path.parent / "s.db").read_bytes()
    assert CANARY.encode() not in store
    if how in ("stdout", "write", "in pieces", "stderr"):
        assert "bad (from dist-bad 1.0) printed: " in shown.err


def test_unattributed_prints_leak(leaky, capfd, monkeypatch):
    """Control: without the guard of the streams the secret is there, and the JSON is broken."""
    from contextlib import nullcontext  # noqa: PLC0415

    monkeypatch.setattr("subledger.guarding.printing.attributed", nullcontext)
    main(["sync", "bad", "--config", str(leaky("stdout")), "--json"])
    assert CANARY in capfd.readouterr().out


def test_prints_of_the_import(site, capfd, monkeypatch, tmp_path):
    """What a package prints when it is imported does not come into our output either."""
    monkeypatch.setattr("subledger.catalogue.catalogue.installed", site.installed)
    site.add("loud", "print('look at me')\n" + SOURCE.replace("{name}", "loud"))
    path = tmp_path / "s.toml"
    path.write_text('[connections.a]\nconnector = "loud"\n')
    main(["check", "--config", str(path), "--json"])
    shown = capfd.readouterr()
    assert json.loads(shown.out)["connections"] == {"a": "loud"}
    assert "loud (from dist-loud 1.0) printed: look at me" in shown.err
    load_settings(path)
