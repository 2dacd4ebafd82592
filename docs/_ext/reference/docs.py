"""Reads the sentences that stand below the members of a class; Python keeps them in the source."""

import ast
import enum
import inspect
import textwrap
from itertools import pairwise
from typing import Any

from reference.markdown import code, plain, table


def attribute_docs(cls: type[Any]) -> dict[str, str]:
    """The text after each assignment in a class body, by the name that was assigned."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    found = {}
    for node, following in pairwise(body):
        name = _assigned(node)
        if (
            name
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
            and isinstance(following.value.value, str)
        ):
            found[name] = following.value.value
    return found


def _assigned(node: ast.stmt) -> str:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    return ""


def words(cls: type[enum.StrEnum]) -> str:
    """What each member of an enumeration means, as a table."""
    meanings = attribute_docs(cls)
    name = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in cls.__name__)
    rows = [(code(member.value), plain(meanings.get(member.name))) for member in cls]
    return table((name.strip(), "meaning"), rows)
