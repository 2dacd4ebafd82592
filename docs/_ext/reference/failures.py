"""The page of errors, from the classes that a plugin may raise or be told by. Pure."""

import inspect
from typing import Any, Final

from reference.markdown import code, plain, table
from subledger import errors
from subledger.ports import Absent, Posted, Refused, Unknown

RAISED: Final = (
    errors.AuthenticationError,
    errors.TemporaryError,
    errors.RecordRejected,
    errors.ConnectorError,
    errors.ConfigError,
)
"""What a plugin raises on purpose."""
TOLD: Final = (Posted, Refused, Unknown, Absent)
"""What became of a write."""


def errors_page() -> str:
    """What a plugin raises, what a sink answers, and what the kernel says of plugins."""
    others = [
        cls for cls in vars(errors).values() if inspect.isclass(cls) and issubclass(cls, Exception)
    ]
    parts = ["## What a plugin raises\n", _table(RAISED)]
    parts += ["## What a sink answers\n", _table(TOLD)]
    beyond = [cls for cls in others if cls not in RAISED]
    return "\n".join([*parts, "## What the kernel says of plugins\n", _table(beyond)])


def _table(classes: Any) -> str:
    rows = [(code(cls.__name__), code(_takes(cls)), plain(cls.__doc__)) for cls in classes]
    return table(("class", "takes", "what it means"), rows)


def _takes(cls: type[Any]) -> str:
    if issubclass(cls, Warning):
        return ""
    given = list(inspect.signature(cls).parameters.values())
    return ", ".join(
        one.name if one.default is inspect.Parameter.empty else f"{one.name}=" for one in given
    )
