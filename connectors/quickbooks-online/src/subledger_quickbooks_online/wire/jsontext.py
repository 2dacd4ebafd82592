"""JSON with exact decimals, both ways: a number never passes through a float."""

import json
from collections.abc import Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Final


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def from_json(text: bytes | str) -> Any:
    """The value of a JSON text; numbers with a fraction are Decimal. ValueError for other text."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error


_OBJECTS: Final = (dict, Mapping)
"""What becomes an object; the usual one first, since asking for any mapping is slow."""


def to_json(value: Any) -> str:
    """``value`` as compact JSON; a Decimal keeps its digits, text is not escaped to ASCII.

    TypeError for anything but None, bool, int, str, Decimal, mappings, lists and tuples.
    """
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise TypeError(f"{value} is not a number")
        return format(value, "f")
    if isinstance(value, _OBJECTS):
        pairs = (f"{encode_basestring(key)}:{to_json(item)}" for key, item in value.items())
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(to_json, value)) + "]"
    raise TypeError(f"cannot write {type(value).__name__} as JSON")
