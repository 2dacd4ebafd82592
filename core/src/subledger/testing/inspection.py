"""What a distribution is made of: its modules, what they import of subledger, what it requires."""

import ast
import importlib.util
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

PUBLIC: Final = frozenset(
    {
        *("subledger.config.fields", "subledger.errors", "subledger.findings", "subledger.hooks"),
        *("subledger.manifest", "subledger.model", "subledger.money", "subledger.ports"),
        *("subledger.retry", "subledger.roles", "subledger.runtime", "subledger.secret"),
        "subledger.testing",
    }
)
"""The modules, with those below them, that plugins may rely on (compatibility policy)."""


def modules(package: str) -> dict[str, Path]:
    """The Python files of a top-level package or module, by their place in it."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return {}
    origin = Path(spec.origin)
    if not spec.submodule_search_locations:
        return {origin.name: origin}
    folder = origin.parent
    return {
        path.relative_to(folder.parent).as_posix(): path for path in sorted(folder.rglob("*.py"))
    }


def private_imports(place: str, text: str) -> list[str]:
    """Imports of what is not public in subledger, with file and line."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found += [f"{place}:{node.lineno} {name}" for name in _private(node)]
    return found


def _private(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (one.name for one in node.names if _ours(one.name) and not _public(one.name))
        return
    module = node.module or ""
    if node.level or not _ours(module):
        return
    for one in node.names:
        whole = f"{module}.{one.name}"
        if one.name.startswith("_") or not (_public(module) or _public(whole)):
            yield whole


def _ours(module: str) -> bool:
    return module == "subledger" or module.startswith("subledger.")


def _public(module: str) -> bool:
    if module == "subledger":
        return False
    parts = module.split(".")
    hidden = any(part.startswith("_") for part in parts)
    above = {".".join(parts[:size]) for size in range(1, len(parts) + 1)}
    return not hidden and bool(above & PUBLIC)


def pins(distribution: str) -> list[str]:
    """The requirements of a distribution that allow one version only."""
    from packaging.requirements import Requirement  # noqa: PLC0415 - it comes with the extra

    required = map(Requirement, metadata.requires(distribution) or ())
    return [
        str(one)
        for one in required
        if any(part.operator in ("==", "===") and "*" not in part.version for part in one.specifier)
    ]
