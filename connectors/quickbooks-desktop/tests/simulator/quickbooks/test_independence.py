"""The simulator is an independent judge: it shares nothing with what it judges."""

import ast
import sys
from pathlib import Path

from subledger_quickbooks_desktop.simulator import quickbooks

PACKAGE = "subledger_quickbooks_desktop.simulator"
ALLOWED = (f"{PACKAGE}.com", f"{PACKAGE}.quickbooks")
OUTSIDE = {"attrs", "lxml"}


def foreign(source):
    """Absolute imports of a module that are neither ours, nor allowed, nor of the language."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module]
        for name in names:
            root = name.split(".")[0]
            is_ours = root.startswith("subledger")
            if is_ours and not name.startswith(ALLOWED):
                found.add(name)
            if not is_ours and root not in OUTSIDE and root not in sys.stdlib_module_names:
                found.add(name)
    return found


def test_the_simulator_imports_neither_the_kernel_nor_the_connector():
    """Only the boundary module, its own package, attrs, lxml and the standard library."""
    modules = sorted(Path(quickbooks.__file__).parent.rglob("*.py"))
    assert len(modules) > 30
    for path in modules:
        assert foreign(path.read_text(encoding="utf-8")) == set(), path


def test_a_foreign_import_would_be_noticed():
    """The guard sees the kernel, the connector's wire code and other packages."""
    source = "import subledger\nfrom subledger_quickbooks_desktop.wire import xml\nimport aiohttp"
    assert foreign(source) == {"subledger", "subledger_quickbooks_desktop.wire", "aiohttp"}
