"""What somebody gets who installs a distribution, and nothing else."""

import json
import subprocess
import zipfile

import pytest

from .conftest import MEMBERS, run

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
TESTING = "subledger.testing."


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_every_module_imports(environment, member):
    """Every module works with the declared dependencies alone."""
    python = environment(member.name)
    failed = json.loads(run(str(python), "-I", "-c", WALK, member.package.name))
    assert [name for name in failed if not name.startswith(TESTING)] == []
    assert all("pytest" in error or "hypothesis" in error for error in failed.values()), failed


def test_every_module_for_tests_imports(environment):
    """With the extra for tests, every module of the kit works too; without it the kit is there."""
    python = environment("subledger[testing]")
    assert json.loads(run(str(python), "-I", "-c", WALK, "subledger.testing")) == {}
    run(str(environment("subledger")), "-I", "-c", "from subledger.testing import Scenario")


def test_undeclared_import_is_seen(environment, tmp_path):
    """Control: a module that imports what nobody declared fails in such an environment."""
    package = tmp_path / "careless"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "module.py").write_text("import lxml\n")
    walk = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{WALK}"
    failed = json.loads(run(str(environment("subledger-pex")), "-I", "-c", walk, "careless"))
    assert list(failed) == ["careless.module"]


def plugins(python) -> dict:
    """What the command finds, by name."""
    document = json.loads(run(str(python), "-m", "subledger.cli", "connectors", "--json"))
    return {plugin["name"]: plugin for plugin in document["plugins"]}


def test_everything_is_discovered(everything, wheels):
    """The command finds every installed distribution by its entry point, the sample as well."""
    document = json.loads(run(str(everything / "subledger"), "connectors", "--json"))
    found = {plugin["name"]: plugin for plugin in document["plugins"]}
    assert {f"subledger-{name}" for name in found} == {*wheels, "subledger-recipes"} - {"subledger"}
    for name, plugin in found.items():
        if name != "recipes":
            assert plugin["distribution"] == f"subledger-{name}"
            assert plugin["version"] == "0.1.0"
        assert plugin["reason"] == ""
    assert [item["is"] for item in found["csv-folder"]["provides"]] == ["source"]


def test_what_is_not_installed_is_not_found(environment):
    """Beside the connector that was installed, only the kernel's own recipes are found."""
    found = plugins(environment("subledger-pex"))
    assert set(found) == {"recipes", "pex"}
    provided = {item["name"]: item["is"] for item in found["pex"]["provides"]}
    assert provided["pex"] in ("source", "simulator")


def test_entry_points(wheels):
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


def test_database_can_be_made(environment, tmp_path):
    """The installed migrations make a database."""
    code = (
        "import sys; from subledger.store import open_store; "
        "from subledger.store.migrate import HEAD, current; "
        "from subledger.store.engine import make_engine; "
        "open_store(sys.argv[1]).close(); "
        "print(current(make_engine(sys.argv[1])) == HEAD)"
    )
    made = run(str(environment("subledger")), "-I", "-c", code, str(tmp_path / "s.db"))
    assert made.strip() == "True"


def test_missing_connector_is_explained(environment, tmp_path):
    """A configuration that needs a connector that is not installed says so, without a traceback."""
    config = tmp_path / "subledger.toml"
    config.write_text('[connections.books]\nconnector = "quickbooks-desktop"\n')
    done = subprocess.run(
        [environment("subledger-pex"), "-m", "subledger.cli", "check", "--config", config],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    said = done.stdout + done.stderr
    assert "quickbooks-desktop" in said
    assert "Traceback" not in said
