"""The workspace's lists name the same distributions, and every dependency has its version."""

import re
from importlib.metadata import PackageNotFoundError, version

import pytest

from .sources import ROOT, members, normalised, package_of, project

NAMES = set(members())
PACKAGES = {package_of(name) for name in NAMES}
OTHERS = PACKAGES - {"subledger"}
EXAMPLES = {"docs/examples/csv-folder"}


def lists(root, workspace):
    """Every list of the workspace, by what it is."""
    contracts = {c["name"]: c for c in root["tool"]["importlinter"]["contracts"]}
    sources = root["tool"]["uv"]["sources"]
    below = {folder.relative_to(ROOT).as_posix() for folder in members().values()}
    editable = re.findall(r"^-e \./(\S+)$", workspace, re.MULTILINE)
    return {
        "dependencies of the root": (set(root["project"]["dependencies"]), NAMES),
        "sources of uv": ({n for n, s in sources.items() if s == {"workspace": True}}, NAMES),
        "workspace.txt": (set(editable), below),
        "mypy": (
            set(root["tool"]["mypy"]["files"]),
            {f"{folder}/src" for folder in below | EXAMPLES},
        ),
        "root packages": (set(root["tool"]["importlinter"]["root_packages"]), PACKAGES),
        "independent packages": (
            set(contracts["Connectors and plugins do not know each other"]["modules"]),
            OTHERS,
        ),
        "what the kernel may not know": (
            set(contracts["The kernel knows no connector and no plugin"]["forbidden_modules"]),
            OTHERS,
        ),
        "who uses public modules": (
            set(
                contracts["Connectors and plugins use only the public modules of the kernel"][
                    "source_modules"
                ]
            ),
            OTHERS,
        ),
    }


def disagreements(root, workspace):
    """The lists that name something else than the folders."""
    return {
        name: sorted(found ^ wanted)
        for name, (found, wanted) in lists(root, workspace).items()
        if found != wanted
    }


def test_lists_agree():
    """Every list of the workspace names the distributions that are there, and no other."""
    assert len(NAMES) >= 5
    assert disagreements(project(), (ROOT / "workspace.txt").read_text()) == {}


def test_forgotten_distribution_is_seen():
    """Control: a distribution that one list forgets is found out."""
    text = (ROOT / "workspace.txt").read_text()
    assert list(disagreements(project(), text.replace("-e ./core\n", ""))) == ["workspace.txt"]


@pytest.mark.parametrize("name", sorted(NAMES))
def test_folder_and_package(name):
    """A distribution's folder, package and entry point follow from its name."""
    folder = members()[name]
    found = project(folder / "pyproject.toml")["project"]
    assert (folder / "src" / package_of(name) / "__init__.py").is_file()
    assert found["requires-python"] == project()["project"]["requires-python"]
    assert (folder / "README.md").is_file()
    if name != "subledger":
        assert folder.name == name.removeprefix("subledger-")
        assert folder.parent.name in ("connectors", "plugins")
        assert found["entry-points"]["subledger"] == {folder.name: f"{package_of(name)}.plugin"}


def requirements():
    """Every name that a distribution, the build or the development environment asks for."""
    for folder in members().values():
        found = project(folder / "pyproject.toml")
        yield from found["project"]["dependencies"]
        yield from found["build-system"]["requires"]
        for extra in found["project"].get("optional-dependencies", {}).values():
            yield from extra
    for group in project()["dependency-groups"].values():
        yield from group


def unpinned(wanted, constraints):
    """The names without an exact version."""
    pinned = {
        normalised(line) for line in constraints.splitlines() if re.match(r"[\w.-]+==\S+$", line)
    }
    own = {normalised(name) for name in NAMES}
    return {normalised(name) for name in wanted} - pinned - own


def test_every_dependency_has_its_version():
    """constraints.txt has an exact version of whatever is asked for."""
    assert unpinned(requirements(), (ROOT / "constraints.txt").read_text()) == set()


def test_missing_version_is_seen():
    """Control: a dependency without an exact version is found out."""
    text = (ROOT / "constraints.txt").read_text()
    assert unpinned(["lxml>=5", "left_pad"], text) == {"left-pad"}
    assert unpinned(["aiohttp"], text.replace("aiohttp==", "aiohttp>=")) == {"aiohttp"}


def test_constraints_hold_in_this_environment():
    """The tests run with the very versions of constraints.txt."""
    different = {}
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        name, _, wanted = line.partition("==")
        if not wanted:
            continue
        try:
            found = version(name)
        except PackageNotFoundError:
            continue
        if found != wanted:
            different[name] = f"{found} is installed, {wanted} is written"
    assert different == {}
