"""The floors of the kernel and its public rooms, from the contracts that the build checks. Pure."""

import tomllib
from collections.abc import Mapping
from typing import Any, Final

from reference.markdown import bullets, table

PUBLIC: Final = "Connectors and plugins use only the public modules of the kernel"


def floors(pyproject: str) -> str:
    """The layers, highest first, then what plugins may not import."""
    contracts = _contracts(pyproject)
    layers = next(one["layers"] for one in contracts.values() if one["type"] == "layers")
    rows = [
        (number, ", ".join(f"`{room.strip()}`" for room in layer.split(":")))
        for number, layer in zip(range(len(layers), 0, -1), layers, strict=True)
    ]
    closed = ", ".join(f"`{module}`" for module in contracts[PUBLIC]["forbidden_modules"])
    rules = bullets(name for name, one in contracts.items() if one["type"] != "layers")
    return "\n".join(
        [
            table(("floor", "rooms"), rows),
            f"Closed to connectors and plugins: {closed}.\n",
            "Checked as well:\n",
            rules,
        ]
    )


def _contracts(pyproject: str) -> Mapping[str, Mapping[str, Any]]:
    found = tomllib.loads(pyproject)["tool"]["importlinter"]["contracts"]
    return {contract["name"]: contract for contract in found}
