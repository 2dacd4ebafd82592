"""Settings as an owner writes them: secrets stand in the tables by reference only."""

from collections.abc import Mapping
from typing import Any, get_args

import attrs

from subledger.secret import Secret


def referred(
    table: Mapping[str, Any], cls: type[Any], prefix: str
) -> tuple[dict[str, Any], dict[str, str]]:
    """The table with references in place of clear secrets, and the variables that they name.

    ``cls`` is the settings' class: where it wants a :class:`~subledger.secret.Secret`, a plain
    text becomes ``{ env = "PREFIX_FIELD" }``. Everything else stays as it is.
    """
    variables: dict[str, str] = {}
    fields = {field.alias: field.type for field in attrs.fields(attrs.resolve_types(cls))}
    found = {
        name: _referred(value, fields.get(name), f"{prefix}_{name}".upper(), variables)
        for name, value in table.items()
    }
    return found, variables


def _referred(value: Any, wanted: Any, name: str, variables: dict[str, str]) -> Any:
    if isinstance(value, str) and _holds(wanted, Secret):
        variables[name] = value
        return {"env": name}
    if isinstance(value, list | tuple) and _holds(wanted, Secret):
        return [_referred(one, wanted, f"{name}_{n}", variables) for n, one in enumerate(value)]
    if isinstance(value, Mapping):
        for cls in (wanted, *get_args(wanted)):
            if isinstance(cls, type) and attrs.has(cls):
                below, more = referred(value, cls, name)
                variables |= more
                return below
    return value


def _holds(wanted: Any, cls: type[Any]) -> bool:
    """Whether an annotation is a class, or a union or collection with it."""
    return wanted is cls or any(_holds(part, cls) for part in get_args(wanted))
