"""The wire room speaks the protocol and nothing else."""

import ast
from pathlib import Path

import subledger_quickbooks_online.wire as room


def test_the_room_knows_nothing_of_the_kernel():
    """No module of the room imports the kernel or another part of the connector."""
    for path in Path(room.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                own = name.startswith("subledger_quickbooks_online.wire")
                assert own or not name.startswith("subledger"), f"{path.name} imports {name}"
