"""The judge of the server shares no code with it."""

import ast
from pathlib import Path

from subledger_quickbooks_desktop.simulator import faults, web_connector

OWN = "subledger_quickbooks_desktop.simulator"


def imported(source: str) -> set[str]:
    """The absolute module names that a source text imports."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module)
    return names


def foreign(source: str) -> set[str]:
    """What a source text imports of the product outside the simulator's own rooms."""
    ours = {name for name in imported(source) if name.partition(".")[0].startswith("subledger")}
    return {name for name in ours if name not in (f"{OWN}.com", f"{OWN}.faults")}


def test_the_simulated_web_connector_imports_neither_kernel_nor_wire_code():
    """A mistake in the connector's SOAP code cannot hide in the simulator."""
    folder = Path(web_connector.__file__).parent
    files = [*folder.glob("*.py"), Path(faults.__file__)]
    assert len(files) > 10
    assert {path.name: found for path in files if (found := foreign(path.read_text()))} == {}


def test_a_forbidden_import_would_be_seen():
    """Negative control of the reading of imports."""
    for line in ("import subledger.ledger", "from subledger_quickbooks_desktop.wire import soap"):
        assert foreign(line)
