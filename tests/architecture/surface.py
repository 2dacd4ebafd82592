"""The public surface: every public name of the public modules, with its signature."""

import ast
from collections.abc import Iterator
from pathlib import Path

from .sources import ROOT

PACKAGE = ROOT / "core" / "src" / "subledger"
PUBLIC = (
    *("config/fields.py", "errors.py", "findings.py", "hooks.py", "manifest.py", "model"),
    *("money.py", "ports", "retry.py", "roles.py", "runtime.py", "secret.py", "testing"),
)


def surface(package: Path = PACKAGE) -> list[str]:
    """The surface, one name a line."""
    lines: list[str] = []
    for name in PUBLIC:
        path = package / name
        files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        for file in files:
            module = ".".join(file.relative_to(package).with_suffix("").parts)
            lines += _names(f"subledger.{module.removesuffix('.__init__')}", file.read_text())
    return lines


def _names(place: str, text: str) -> Iterator[str]:
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _function(place, node)
        elif isinstance(node, ast.ClassDef) and _public(node.name):
            yield from _class(place, node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for name in _targets(node):
                yield f"{place}.{name}"


def _class(place: str, node: ast.ClassDef) -> Iterator[str]:
    place = f"{place}.{node.name}"
    bases = ", ".join(ast.unparse(base) for base in node.bases)
    yield f"class {place}({bases})"
    for part in node.body:
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _function(place, part)
        elif isinstance(part, ast.AnnAssign):
            for name in _targets(part):
                optional = " = ..." if _has_default(part.value) else ""
                yield f"{place}.{name}: {ast.unparse(part.annotation)}{optional}"
        elif isinstance(part, ast.Assign):
            for name in _targets(part):
                yield f"{place}.{name} = {ast.unparse(part.value)}"


def _function(place: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    if _public(node.name):
        word = "async " if isinstance(node, ast.AsyncFunctionDef) else ""
        wrapped = "".join(f"@{ast.unparse(d)} " for d in node.decorator_list)
        returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        yield f"{wrapped}{word}{place}.{node.name}({ast.unparse(node.args)}){returns}"


def _has_default(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call) and ast.unparse(value.func) in ("field", "attrs.field"):
        return any(keyword.arg in ("default", "factory") for keyword in value.keywords)
    return value is not None


def _targets(node: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [t.id for t in targets if isinstance(t, ast.Name) and _public(t.id)]


def _public(name: str) -> bool:
    return not name.startswith("_") or name in ("__call__", "__await__")
