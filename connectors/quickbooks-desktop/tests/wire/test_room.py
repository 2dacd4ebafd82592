"""The room keeps to itself, and its data file is what its tool makes."""

import subprocess
import sys
from pathlib import Path

import subledger_quickbooks_desktop.wire as room

FOLDER = Path(room.__file__).parent
TOOL = Path(__file__).parents[2] / "tools" / "make_schema.py"


def test_the_room_imports_neither_the_kernel_nor_the_web_framework() -> None:
    """Protocol only: whoever reads a file of it needs lxml, attrs and the standard library."""
    names = [f"{room.__name__}.{path.stem}" for path in FOLDER.glob("*.py")]
    assert len(names) > 10
    code = (
        f"import importlib, sys; [importlib.import_module(name) for name in {names!r}]; "
        "print(sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    for stranger in ("subledger", "aiohttp", "cattrs", "pluggy", "sqlalchemy", "structlog"):
        assert f"'{stranger}'" not in done.stdout


def test_the_data_file_is_what_the_tool_makes(contract_folder: Path, tmp_path: Path) -> None:
    """Nobody edits it by hand."""
    made = tmp_path / "schema.json"
    subprocess.run([sys.executable, TOOL, contract_folder / "qbxml", made], check=True)
    assert made.read_bytes() == (FOLDER / "schema.json").read_bytes()
