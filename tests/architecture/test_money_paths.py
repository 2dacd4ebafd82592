"""No float where money goes."""

import ast

import pytest

from .sources import from_text, library

_ROOMS = ("normalise", "render", "amounts", "transaction", "invoice", "credit", "interpret")
_KERNEL = tuple(
    f"core/src/subledger/{name}" for name in ("money.py", "model/", "ledger/", "flow/", "recipes/")
)
ALLOWED = {
    ("core/src/subledger/money.py", "float"): "the very refusal of a float",
    (
        "connectors/quickbooks-desktop/src/subledger_quickbooks_desktop/interpret.py",
        "60.0",
    ): "seconds",
    ("core/src/subledger/flow/peer.py", "float"): "seconds, in a type",
    (
        "connectors/syncro/src/subledger_syncro/amounts.py",
        "float",
    ): "the very refusal of a float",
}


def is_money_path(place):
    """Whether amounts go through a module."""
    if place.startswith(_KERNEL) or place.startswith("plugins/"):
        return True
    names = place.removesuffix(".py").split("/")[-2:]
    return (
        place.startswith("connectors/")
        and "/simulator/" not in place
        and any(name in _ROOMS for name in names)
    )


def floats(module):
    """Float literals and the name float in a module, types aside."""
    types = set()
    for node in ast.walk(module.tree):
        for name in ("annotation", "returns"):
            part = getattr(node, name, None)
            if part is not None:
                types |= set(map(id, ast.walk(part)))
    for node in ast.walk(module.tree):
        if id(node) in types:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield str(node.value), node.lineno
        elif isinstance(node, ast.Name) and node.id == "float":
            yield "float", node.lineno
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in ("math.floor", "math.ceil"):
            yield ast.unparse(node), node.lineno


def test_no_float_where_money_goes():
    """Neither a float literal nor a conversion stands in a module that amounts go through."""
    paths = [m for m in library() if is_money_path(m.place)]
    assert len(paths) > 30
    found = {
        f"{m.place}:{line}": what
        for m in paths
        for what, line in floats(m)
        if (m.place, what) not in ALLOWED
    }
    assert found == {}


def test_paths_are_known():
    """The rooms through which amounts go are looked at in each connector."""
    seen = {m.place for m in library() if is_money_path(m.place)}
    for place in (
        "core/src/subledger/flow/settlement.py",
        "connectors/pex/src/subledger_pex/normalise.py",
        "connectors/quickbooks-desktop/src/subledger_quickbooks_desktop/render/settlement.py",
        "plugins/mapping/src/subledger_mapping/step.py",
    ):
        assert place in seen


@pytest.mark.parametrize("text", ["x = 0.1", "x = float('1')", "x = 1e3", "map(float, y)"])
def test_float_is_seen(text):
    """Control: each way of making a float is found out."""
    assert list(floats(from_text(text)))


def test_seconds_in_a_type_are_fine():
    """Control: a type is not a float."""
    assert list(floats(from_text("def f(seconds: float | None) -> float: ..."))) == []
