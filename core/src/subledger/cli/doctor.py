"""`subledger doctor`: looks for what is wrong with the machine and the set-up."""

import importlib.metadata
import os
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from subledger.cli.check import check_config
from subledger.cli.exits import Exit
from subledger.cli.options import ConfigOptions
from subledger.cli.output import counted, show, table
from subledger.cli.tokens import Tokens, tokens
from subledger.errors import SubledgerError

if TYPE_CHECKING:
    from rich.console import Console

_PYTHON = (3, 11)
_WAL_IS_SAFE = (3, 51, 3)
_GROUP_AND_OTHERS = 0o077


@frozen
class _Check:
    what: str
    ok: bool
    found: str
    advice: str = ""


def doctor(*, options: ConfigOptions = ConfigOptions()) -> int:  # noqa: B008 - a frozen value
    """Look at Python, SQLite, plugins, files and the configuration; changes nothing."""
    checks = [_python(), _sqlite(), *_configuration(options)]
    show(
        {
            "checks": [
                {"what": c.what, "ok": c.ok, "found": c.found, "advice": c.advice} for c in checks
            ]
        },
        lambda out: _print(out, checks),
        as_json=options.json,
    )
    return Exit.OK if all(check.ok for check in checks) else Exit.FAILED


def _python() -> _Check:
    version = importlib.metadata.version("subledger")
    found = f"{sys.version.split()[0]}, subledger {version}"
    recent = sys.version_info >= _PYTHON
    return _Check("Python", recent, found, "" if recent else "Use Python 3.11 or newer.")


def _sqlite() -> _Check:
    mode = "WAL" if sqlite3.sqlite_version_info >= _WAL_IS_SAFE else "TRUNCATE, safe and slower"
    return _Check("SQLite", True, f"{sqlite3.sqlite_version}; journal mode {mode}")


def _configuration(options: ConfigOptions) -> list[_Check]:
    if not options.config.exists():
        advice = "Make one with `subledger init`, or name it with --config."
        return [_Check("configuration", False, f"{options.config} does not exist", advice)]
    try:
        settings, problems = check_config(options)
    except SubledgerError as error:
        return [_Check("configuration", False, error.message, error.hint)]
    checks = [
        _Check(
            "configuration",
            not problems,
            f"{counted(len(settings.flows), 'flow')}, "
            f"{counted(len(settings.connections), 'connection')}",
            "; ".join(map(str, problems)),
        )
    ]
    checks += [
        _Check(f"plugin {refusal.plugin}", False, refusal.reason, "Update or remove it.")
        for refusal in settings.refusals
    ]
    url = settings.store.url
    if url.startswith("sqlite:///"):
        database = Path(url.removeprefix("sqlite:///"))
        checks.append(_database(database))
        checks += _tokens(tokens(settings, database))
    public = settings.server.public_url
    peers = any(c.sink is not None and c.sink.peer for c in settings.connections.values())
    if peers and not public:
        checks.append(
            _Check(
                "public address",
                True,
                "not set: .qwc files say localhost",
                "Set [server] public_url for a Web Connector on another computer.",
            )
        )
    elif peers and public.startswith("http://") and "localhost" not in public:
        checks.append(
            _Check(
                "public address",
                False,
                public,
                "The Web Connector demands https for any host but localhost.",
            )
        )
    return checks


def _database(path: Path) -> _Check:
    if not path.exists():
        return _Check("database", True, f"{path} will be made at the first run")
    folder_ok = os.access(path.parent, os.W_OK) and os.access(path, os.W_OK)
    mode = path.stat().st_mode
    private = os.name == "nt" or not mode & _GROUP_AND_OTHERS
    advice = "" if folder_ok else "The file and its folder must be writable."
    if not private:
        advice = f"{advice} Others can read it: chmod 600 {path.name}.".strip()
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            intact = connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
    except sqlite3.Error as error:
        return _Check("database", False, str(error), "Restore it from a backup.")
    found = f"{path.stat().st_size // 1024} KiB, {'intact' if intact else 'DAMAGED'}"
    return _Check("database", folder_ok and intact, found, advice)


def _tokens(found: Tokens) -> list[_Check]:
    """What is kept of authorised connections; nothing where there is none."""
    if not (found.opened or found.old or found.lost):
        return []
    if found.lost:
        names = ", ".join(found.lost)
        why = found.why or "none of the keys opens it"
        advice = "Set the [vault] key that it was encrypted with, or run `subledger connect` again."
        return [_Check("tokens", False, f"{names}: {why}", advice)]
    if found.old:
        names = ", ".join(found.old)
        advice = "Keep old_keys: serve encrypts it anew when it starts, others at the next renewal."
        return [_Check("tokens", True, f"{names}: encrypted with an old key", advice)]
    return [_Check("tokens", True, f"{', '.join(found.opened)}: the key opens it")]


def _print(out: "Console", checks: list[_Check]) -> None:
    rows = [("ok" if c.ok else "LOOK", c.what, c.found, c.advice) for c in checks]
    out.print(table(("", "what", "found", "advice"), rows))
