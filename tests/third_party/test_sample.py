"""The sample of the docs, installed as a stranger's package: its own tests, and both books."""

import json
import os
import re
import subprocess
from decimal import Decimal

import pytest

from .conftest import SAMPLE, run

pytestmark = pytest.mark.timeout(600)  # real processes, on a machine that may be busy
BOOKS = {
    "desktop": ("subledger-quickbooks-desktop", "Company Card"),
    "online": ("subledger-quickbooks-online", "Company Card"),
}
STEPS = ("subledger-mapping", "subledger-approvals")


def test_its_own_tests(environment):
    """The sample passes its own tests, those of the kit among them, as it was installed."""
    python = environment("subledger-csv-folder[test]")
    done = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=SAMPLE,
        env={**os.environ, "SUBLEDGER_WORLDS": "12"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\b\d{2,} passed", done.stdout)


@pytest.mark.parametrize("books", BOOKS)
def test_into_the_books(environment, tmp_path, books):
    """Its exports arrive in both books to the cent, once, though answers are lost on the way."""
    connector, account = BOOKS[books]
    python = environment("subledger-csv-folder", connector, *STEPS)
    scenario = str(SAMPLE / "demo" / f"{books}.toml")
    demo = (str(python), "-m", "subledger.cli", "demo", "--scenario", scenario, "--json")
    result = json.loads(run(*demo, "--keep", str(tmp_path)))
    assert result["agrees"] is True
    assert (result["posted"], result["rejected"]) == (79, 1)
    assert result["second_sync_posted"] == 0
    assert (result["duplicates"], result["missing"], result["unknown"]) == (0, 0, 0)
    assert result["recovered"] > 0
    assert result["posted_total"] == result["books_total"] == "11386.52"
    assert Decimal(result["trial_balance"][account]) == Decimal("11386.52")
    (finding,) = result["findings"]
    assert "02/30/2026" in finding["cause"]


def test_settings_of_its_readme(environment, tmp_path):
    """The settings in the sample's README are accepted."""
    text = (SAMPLE / "README.md").read_text()
    (settings,) = re.findall(r"```toml sample\n(.*?)```", text, re.DOTALL)
    settings += """
[flows.cards]
recipe = "card-expenses"
source = "cards"
sink = "books"
[flows.cards.settings]
account = "Company Card"
[connections.books]
connector = "quickbooks-desktop"
password = { env = "QBWC_PASSWORD" }
"""
    (tmp_path / "subledger.toml").write_text(settings)
    python = environment("subledger-csv-folder", BOOKS["desktop"][0], *STEPS)
    check = (str(python), "-m", "subledger.cli", "check", "--json")
    found = json.loads(run(*check, cwd=tmp_path, env={"QBWC_PASSWORD": "x"}))
    assert found["problems"] == []
