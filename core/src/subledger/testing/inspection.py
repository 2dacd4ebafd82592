"""What a distribution is made of: its modules, what they take of subledger, what it requires."""

import ast
import importlib.util
import re
from collections.abc import Iterable, Iterator
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

_OURS: Final = re.compile(r"\bsubledger\b")
_NUMBERED: Final = re.compile(r"\bapi\s*=|\bManifest\b")
"""What a text holds in which something can be found; most need not be parsed."""
_BLOCKS: Final = ("body", "orelse", "finalbody", "handlers", "cases")


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
    if not _OURS.search(text):
        return []
    return [
        f"{place}:{node.lineno} {name}"
        for node in _imports(ast.parse(text).body)
        for name in _private(node)
    ]


def _imports(nodes: Iterable[ast.AST]) -> Iterator[ast.Import | ast.ImportFrom]:
    """Imports among statements and in their blocks; expressions, which hold none, are left out."""
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        for block in _BLOCKS:
            yield from _imports(getattr(node, block, ()))


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


def borrowed_numbers(place: str, text: str) -> list[str]:
    """Where the number of the plugin interface is not written out, with file and line.

    Found are manifests that leave ``api`` to its default, and every ``api=`` that says the
    kernel's own number: a later kernel would take the plugin for a newer one than it is.
    """
    if not _NUMBERED.search(text):
        return []
    tree = ast.parse(text)
    known = _borrowed(tree)
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        given = {one.arg: one.value for one in node.keywords}
        if "api" in given and any(_means(one, _API, known) for one in ast.walk(given["api"])):
            found.append(f"{place}:{node.lineno} api={ast.unparse(given['api'])}")
        elif _means(node.func, _MANIFEST, known) and not given.keys() & {"api", None}:
            found.append(f"{place}:{node.lineno} a manifest without api")
    return found


_API: Final = "subledger.manifest.API"
_MANIFEST: Final = "subledger.manifest.Manifest"


def _borrowed(tree: ast.Module) -> dict[str, str]:
    """The names that stand for something of subledger, each with what it stands for."""
    found = {"subledger": "subledger"}
    for node in _imports(tree.body):
        if isinstance(node, ast.Import):
            found |= {one.asname: one.name for one in node.names if one.asname and _ours(one.name)}
        elif not node.level and _ours(node.module or ""):
            found |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and _means(statement.value, _API, found):
            found |= {ast.unparse(one): _API for one in statement.targets}
    return found


def _means(node: ast.AST, what: str, known: dict[str, str]) -> bool:
    """Whether a name, or an attribute of one, stands for something of subledger."""
    if not isinstance(node, ast.Name | ast.Attribute):
        return False
    first, dot, rest = ast.unparse(node).partition(".")
    return f"{known.get(first, '')}{dot}{rest}" == what


def pins(distribution: str) -> list[str]:
    """The requirements of a distribution that allow one version only."""
    from packaging.requirements import Requirement  # noqa: PLC0415 - it comes with the extra

    required = map(Requirement, metadata.requires(distribution) or ())
    return [
        str(one)
        for one in required
        if any(part.operator in ("==", "===") and "*" not in part.version for part in one.specifier)
    ]
