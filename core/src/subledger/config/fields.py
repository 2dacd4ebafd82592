"""Field types and field descriptions for the configuration classes of connectors and plugins."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from attrs import Attribute

from subledger.secret import Secret

__all__ = ["Duration", "Secret", "describe", "description", "duration", "duration_text", "example"]

Duration: TypeAlias = dt.timedelta
"""A length of time, written ``"45s"``, ``"15m"``, ``"1h"``, ``"60d"`` or ``"2w"``."""

_DESCRIPTION: Final = "subledger.description"
_EXAMPLE: Final = "subledger.example"
_LENGTH = re.compile(r"(\d{1,6})([smhdw])\Z")
_UNITS: Final[Mapping[str, dt.timedelta]] = {
    "w": dt.timedelta(weeks=1),
    "d": dt.timedelta(days=1),
    "h": dt.timedelta(hours=1),
    "m": dt.timedelta(minutes=1),
    "s": dt.timedelta(seconds=1),
}


def describe(text: str, *, example: str = "") -> Mapping[str, Any]:
    """Metadata of an attrs field: one sentence about it, and an example in TOML.

    Use it as ``url: str = field(metadata=describe("Where the service answers."))``. The sentence
    appears in the reference and in the file that ``subledger init`` writes. ``example`` is shown
    there for a field without a default (``example='"America/Chicago"'``).
    """
    return {_DESCRIPTION: text, _EXAMPLE: example}


def description(attribute: "Attribute[Any]") -> str:
    """The sentence that :func:`describe` attached to a field; empty where there is none."""
    return str(attribute.metadata.get(_DESCRIPTION, ""))


def example(attribute: "Attribute[Any]") -> str:
    """The TOML example that :func:`describe` attached to a field; empty where there is none."""
    return str(attribute.metadata.get(_EXAMPLE, ""))


def duration(text: str) -> dt.timedelta:
    """The length of time that a text such as ``"15m"`` means. Raises ValueError for other text."""
    match = _LENGTH.match(text)
    if match is None:
        raise ValueError(f'{text!r} is not a length of time such as "15m", "1h" or "60d"')
    return int(match[1]) * _UNITS[match[2]]


def duration_text(length: dt.timedelta) -> str:
    """The shortest text that :func:`duration` reads as this length (whole seconds, not negative).

    Weeks are written as days, since people say "60d" and "365d".
    """
    for unit, size in _UNITS.items():
        if unit != "w" and length >= size and not length % size:
            return f"{length // size}{unit}"
    return f"{int(length.total_seconds())}s"
