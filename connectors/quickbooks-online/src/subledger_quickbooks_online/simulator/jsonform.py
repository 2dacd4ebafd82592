"""The JSON form: numbers are read as Decimal and written with the digits they have."""

import json
from collections.abc import Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any


def from_json(text: str | bytes) -> Any:
    """Parse; numbers with a fraction become Decimal. ValueError when it is not JSON.

    Half of a surrogate pair is refused too, for it has no form in UTF-8.
    """
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except RecursionError as wrong:
        raise ValueError("nested too deep") from wrong
    sent = text.encode() if isinstance(text, str) else text
    if b"\\ud" in sent.lower():
        to_json(value).encode()
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def to_json(value: Any) -> str:
    """`value` as compact JSON; TypeError for what has no form in it, a float among them."""
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        pairs = (f"{encode_basestring(key)}:{to_json(item)}" for key, item in value.items())
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(to_json, value)) + "]"
    raise TypeError(f"cannot write {type(value).__name__} as JSON")
