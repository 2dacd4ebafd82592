"""The project's files, as the checks of the architecture read them."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from attrs import frozen

ROOT = Path(__file__).parents[2]


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project, without what is ignored."""
    done = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=False
    )
    if done.returncode:  # an unpacked archive
        return tuple(p for p in ROOT.rglob("*") if p.is_file() and not _hidden(p))
    paths = (ROOT / name for name in done.stdout.split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


@frozen
class Module:
    """A Python file: its place below the root, and its tree."""

    place: str
    tree: ast.Module
    lines: int

    @property
    def is_test(self) -> bool:
        """Whether it belongs to the tests."""
        return "tests/" in self.place


@cache
def modules() -> tuple[Module, ...]:
    """Every Python file of the project."""
    return tuple(parsed(path) for path in tracked() if path.suffix == ".py")


def parsed(path: Path) -> Module:
    """One Python file."""
    return from_text(path.read_text(), path.relative_to(ROOT).as_posix())


def from_text(text: str, place: str = "core/src/subledger/made_up.py") -> Module:
    """A module that was made up for a control."""
    return Module(place, ast.parse(text), text.count("\n"))


def library() -> tuple[Module, ...]:
    """The code of the distributions, without tests and tools."""
    return tuple(m for m in modules() if "/src/" in m.place and not m.is_test)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@cache
def project(path: Path = ROOT / "pyproject.toml") -> dict[str, Any]:
    """A pyproject.toml."""
    return tomllib.loads(path.read_text())


@cache
def members() -> dict[str, Path]:
    """The distributions of the workspace by name; the examples in the docs are none of them."""
    found = [path for path in tracked() if path.name == "pyproject.toml" and path.parent != ROOT]
    found = [path for path in found if ROOT / "docs" not in path.parents]
    return {project(path)["project"]["name"]: path.parent for path in found}


def package_of(name: str) -> str:
    """The import package of a distribution."""
    return name.replace("-", "_")


def normalised(requirement: str) -> str:
    """The name in a requirement, in the form in which names are compared."""
    name = re.split(r"[\s<>=!~;\[]", requirement.strip(), maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()
