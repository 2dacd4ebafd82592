"""Fills the templates of a package: pure, from a description to texts by path."""

import ast
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from string import Template
from typing import Final

from subledger.manifest import API
from subledger.scaffold.names import Names
from subledger.scaffold.variants import Package

_TEMPLATES: Final = "templates"
_SUFFIX: Final = ".tmpl"
"""Every template ends with it, so that no tool takes a template for what it will be."""
_DOT: Final = "dot-"
"""Stands for the dot of a hidden file or folder."""
_PACKAGE: Final = "package"
"""Stands for the folder of the import package."""


def render(package: Package) -> Mapping[PurePosixPath, str]:
    """The text of every file, by its path below the new folder, in the order of the paths."""
    templates = {
        _placed(path, package.names): text
        for layer in package.layers
        for path, text in _templates(layer)
    }
    words = {
        **_forms(package.names),
        **package.words,
        "kernel": _kernel(version("subledger")),
        "api": str(API),
    }
    rooms = {path: text for path, text in templates.items() if path.suffix == ".py"}
    words["rooms"] = _table(_filled(rooms, words), PurePosixPath("src", package.names.package))
    return _filled(dict(sorted(templates.items())), words)


def _filled(
    templates: Mapping[PurePosixPath, str], words: Mapping[str, str]
) -> dict[PurePosixPath, str]:
    return {path: Template(text).substitute(words) for path, text in templates.items()}


def _table(modules: Mapping[PurePosixPath, str], package: PurePosixPath) -> str:
    """What each module is for, in the first sentence of its docstring, as a table."""
    rows = [
        (path.relative_to(package), ast.get_docstring(ast.parse(text)) or "")
        for path, text in sorted(modules.items())
        if path.is_relative_to(package) and path != package / "__init__.py"
    ]
    lines = [f"| `{path}` | {text.splitlines()[0]} |" for path, text in rows if text]
    return "\n".join([f"| in `{package}/` | what it is for |", "|---|---|", *lines])


def _forms(names: Names) -> dict[str, str]:
    return {
        "name": names.name,
        "dist": names.distribution,
        "package": names.package,
        "title": names.title,
        "Class": names.cls,
        "ENV": names.variable,
    }


def _kernel(installed: str) -> str:
    """The versions of the kernel that the package is for: from this one to the next major one."""
    major, minor = installed.split(".")[:2]
    return f">={major}.{minor},<{int(major) + 1}"


def _placed(path: PurePosixPath, names: Names) -> PurePosixPath:
    parts = [
        f".{part.removeprefix(_DOT)}" if part.startswith(_DOT) else part for part in path.parts
    ]
    inside = len(parts) > 1 and parts[0] == "src" and parts[1] == _PACKAGE
    if inside:
        parts[1] = names.package
    return PurePosixPath(*parts)


def _templates(layer: str) -> Iterator[tuple[PurePosixPath, str]]:
    root = files("subledger.scaffold") / _TEMPLATES / layer
    yield from _below(root, PurePosixPath())


def _below(folder: Traversable, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _below(entry, path / entry.name)
        elif entry.name.endswith(_SUFFIX):
            yield path / entry.name.removesuffix(_SUFFIX), entry.read_text(encoding="utf-8")
