"""What somebody gets who installs the kernel and one connector, and nothing else."""

import json
import subprocess
import zipfile

from .conftest import run

WALK = """
import importlib, pkgutil, sys
failed = {}
for top in sys.argv[1:]:
    package = importlib.import_module(top)
    for found in pkgutil.walk_packages(package.__path__, top + "."):
        if found.name.endswith((".__main__", ".migrations.env")):
            continue
        try:
            importlib.import_module(found.name)
        except Exception as error:
            failed[found.name] = repr(error)
import json
print(json.dumps(failed))
"""


def test_every_module_imports(clean):
    """Every module works with the declared dependencies alone."""
    failed = run(str(clean / "python"), "-I", "-c", WALK, "subledger", "subledger_pex")
    assert json.loads(failed) == {}


def test_undeclared_import_is_seen(clean, tmp_path):
    """Control: a module that imports what nobody declared fails in this environment."""
    package = tmp_path / "careless"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "module.py").write_text("import lxml\n")
    walk = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{WALK}"
    failed = json.loads(run(str(clean / "python"), "-I", "-c", walk, "careless"))
    assert list(failed) == ["careless.module"]


def test_connectors_are_discovered(clean):
    """The command finds the installed connector by its entry point."""
    document = json.loads(run(str(clean / "subledger"), "connectors", "--json"))
    found = {plugin["name"]: plugin for plugin in document["plugins"]}
    assert set(found) == {"recipes", "pex"}
    assert found["pex"]["distribution"] == "subledger-pex"
    assert found["pex"]["version"] == "0.1.0"
    assert found["pex"]["reason"] == ""
    provided = {item["name"]: item["is"] for item in found["pex"]["provides"]}
    assert provided["pex"] in ("source", "simulator")


def test_entry_points(clean, wheels):
    """Every connector and plugin announces itself in the group of the kernel."""
    announced = {}
    for name, wheel in wheels.items():
        with zipfile.ZipFile(wheel) as archive:
            text = "".join(
                archive.read(item).decode()
                for item in archive.namelist()
                if item.endswith("entry_points.txt")
            )
        announced[name] = "[subledger]" in text
    assert announced.pop("subledger") is False
    assert all(announced.values())
    assert len(announced) >= 4


def test_database_can_be_made(clean, tmp_path):
    """The installed migrations make a database."""
    code = (
        "import sys; from subledger.store import open_store; "
        "from subledger.store.migrate import HEAD, current; "
        "from subledger.store.engine import make_engine; "
        "open_store(sys.argv[1]).close(); "
        "print(current(make_engine(sys.argv[1])) == HEAD)"
    )
    made = run(str(clean / "python"), "-I", "-c", code, str(tmp_path / "s.db"))
    assert made.strip() == "True"


def test_missing_connector_is_explained(clean, tmp_path):
    """A configuration that needs a connector that is not installed says so, without a traceback."""
    config = tmp_path / "subledger.toml"
    config.write_text('[connections.books]\nconnector = "quickbooks-desktop"\n')
    done = subprocess.run(
        [clean / "subledger", "check", "--config", config],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    said = done.stdout + done.stderr
    assert "quickbooks-desktop" in said
    assert "Traceback" not in said
