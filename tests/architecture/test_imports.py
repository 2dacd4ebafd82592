"""Who may import whom: the contracts hold, and each of them would notice."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .sources import ROOT, members, project

CONTRACTS = [c["name"] for c in project()["tool"]["importlinter"]["contracts"]]
BREACHES = {
    "The kernel's floors: each knows only what is below it": (
        "subledger/money.py",
        "import subledger.model.entities",
    ),
    "Connectors and plugins do not know each other": (
        "subledger_mapping/match.py",
        "import subledger_pex.amounts",
    ),
    "The kernel knows no connector and no plugin": (
        "subledger/preview.py",
        "import subledger_approvals.config",
    ),
    "Connectors and plugins use only the public modules of the kernel": (
        "subledger_pex/client.py",
        "import subledger.store.engine",
    ),
    "A connector's wire room is protocol only": (
        "subledger_pex/wire/dates.py",
        "import subledger.money",
    ),
    "Simulators are independent judges: they share no code with the connectors": (
        "subledger_pex/simulator/truth.py",
        "import subledger_pex.normalise",
    ),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """A copy of every package, with the contracts beside it."""
    folder = tmp_path_factory.mktemp("copy")
    for member in members().values():
        for package in (member / "src").iterdir():
            if package.is_dir():
                shutil.copytree(
                    package, folder / package.name, ignore=shutil.ignore_patterns("__pycache__")
                )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def verdicts(folder: Path) -> dict[str, str]:
    """KEPT or BROKEN for each contract, in a folder of packages."""
    code = "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    found = {}
    for line in done.stdout.splitlines():
        name, _, verdict = line.rpartition(" ")
        if verdict in ("KEPT", "BROKEN"):
            found[name] = verdict
    assert found, done.stdout + done.stderr
    return found


def test_contracts_are_kept(copy):
    """No import goes where it may not."""
    assert verdicts(copy) == dict.fromkeys(CONTRACTS, "KEPT")


def test_each_contract_has_a_control():
    """There is a breach for each contract below."""
    assert set(BREACHES) == set(CONTRACTS)


@pytest.mark.parametrize("contract", BREACHES)
def test_breach_is_seen(copy, contract):
    """Control: one bad import breaks its contract."""
    place, statement = BREACHES[contract]
    path = copy / place
    text = path.read_text()
    path.write_text(f"{text}\n{statement}\n")
    try:
        found = verdicts(copy)
    finally:
        path.write_text(text)
    assert found[contract] == "BROKEN"
