"""The workspace: its members stand in several lists, which must say the same."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def project(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def members() -> dict[str, Path]:
    files = [ROOT / "core" / "pyproject.toml"]
    files += sorted(ROOT.glob("connectors/*/pyproject.toml"))
    files += sorted(ROOT.glob("plugins/*/pyproject.toml"))
    return {project(file)["project"]["name"]: file.parent for file in files}


def test_every_list_of_members_says_the_same():
    """A new distribution is in the root's dependencies, its sources, and workspace.txt."""
    root = project(ROOT / "pyproject.toml")
    found = members()
    assert len(found) > 3
    assert set(root["project"]["dependencies"]) == set(found)
    assert set(root["tool"]["uv"]["sources"]) == set(found)
    lines = re.findall(r"^-e (\S+)$", (ROOT / "workspace.txt").read_text("utf-8"), re.MULTILINE)
    assert {(ROOT / line).resolve() for line in lines} == set(found.values())


def test_every_distribution_has_its_readme_and_license():
    """Whoever gets one distribution alone learns what it is and what is allowed."""
    for name, folder in members().items():
        table = project(folder / "pyproject.toml")["project"]
        assert table["license"] == "Apache-2.0", name
        assert table["readme"] == "README.md", name
        assert len((folder / "README.md").read_text("utf-8").split()) > 40, name
    assert "Apache License" in (ROOT / "LICENSE").read_text("utf-8")
