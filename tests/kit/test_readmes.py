"""The table of what was promised and shown, in each README, is what its contracts are now.

That the promises are kept is shown by the contracts themselves, which run beside this; here they
are collected only, which is enough to write the table again.
"""

from pathlib import Path

import pytest

from subledger.testing import report
from subledger.testing.contracts.peer import PeerContract
from subledger.testing.contracts.sink import SinkContract
from subledger.testing.contracts.source import SourceContract
from subledger.testing.contracts.step import StepContract

ROOT = Path(__file__).parents[2]
CONTRACTS = (PeerContract, SinkContract, SourceContract, StepContract)
PACKAGES = sorted(
    path.parent
    for place in ("connectors", "plugins")
    for path in ROOT.glob(f"{place}/*/pyproject.toml")
)


def collected(session, folder):
    """What a run of a package's contracts reports where every test passes."""
    for path in sorted(folder.glob("tests/test_kit*.py")):
        module = pytest.Module.from_parent(session, path=path)
        for item in session.genitems(module):
            told = dict(item.user_properties).get("subledger")
            if told is None or "subledger_world" in item.fixturenames:
                continue
            exempt = "".join(mark.kwargs["reason"] for mark in item.iter_markers("xfail"))
            lacks = "" if exempt else item.cls().unshown(item.originalname)
            outcome = "exempt" if exempt else "skipped" if lacks else "passed"
            yield report.Result(**told, outcome=outcome, reason=exempt or lacks)


def table(folder):
    """What stands between the two lines of a README."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    return text.partition(f"{report.BEGIN}\n")[2].partition(report.END)[0]


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda folder: folder.name)
def test_a_table_is_what_the_contracts_are(request, folder):
    """Each README of a package shows every promise of its contracts, and what is exempt."""
    results = [*collected(request.session, folder)]
    if request.config.getoption("--accept"):
        report.write(folder / "README.md", results)
    written = report.markdown(results)
    assert "0 broken" in written
    assert table(folder) == written, "write it again with the command above it, or with --accept"


def test_no_promise_is_made_up():
    """A README out of the workspace shows promises that the contracts make, in their words."""
    folder = ROOT / "docs" / "examples" / "csv-folder"
    said = {
        " ".join(getattr(contract, name).__doc__.split("\n\n")[0].split())
        for contract in CONTRACTS
        for name in dir(contract)
        if name.startswith("test_")
    }
    rows = [line.split(" | ")[0].removeprefix("| ") for line in table(folder).splitlines()]
    promises = rows[rows.index("promise") + 2 : -1]
    assert len(promises) > 30
    assert set(promises) <= said
