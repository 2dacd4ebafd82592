"""The page of contracts: what the kit proves of a plugin, from the contracts themselves. Pure."""

import inspect
from collections.abc import Iterator
from typing import Any

from reference.markdown import code, plain, table
from subledger import testing


def contracts() -> dict[str, type[Any]]:
    """The contracts that an author inherits, by name."""
    found = {name: getattr(testing, name) for name in dir(testing) if name.endswith("Contract")}
    return {name: cls for name, cls in found.items() if not _is_part(cls, found.values())}


def _is_part(cls: type[Any], others: Any) -> bool:
    """Whether others are made of it; authors inherit these."""
    return any(cls in other.__mro__[1:] for other in others)


def contracts_page() -> str:
    """Every contract with its promises."""
    return "\n".join(part for name, cls in contracts().items() for part in _contract(name, cls))


def _contract(name: str, cls: type[Any]) -> Iterator[str]:
    yield f"### {name}\n"
    yield plain(inspect.getdoc(cls)) + "\n"
    rows = [
        (code(test), plain(inspect.getdoc(getattr(cls, test))))
        for test in dir(cls)
        if test.startswith("test_")
    ]
    yield table(("test", "promise"), rows)
