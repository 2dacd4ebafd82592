"""JSON text with exact decimals: ``Decimal("86.40")`` is written 86.40, never through a float."""

from collections.abc import Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any


def money(cents: int) -> Decimal:
    """Whole cents as a decimal with two places."""
    return Decimal(cents).scaleb(-2)


def to_json(value: Any) -> str:
    """``value`` as compact JSON text; Decimal keeps its digits, text is not escaped to ASCII.

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
        return format(value, "f")
    if isinstance(value, Mapping):
        pairs = (f"{encode_basestring(key)}:{to_json(item)}" for key, item in value.items())
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(to_json, value)) + "]"
    raise TypeError(f"cannot write {type(value).__name__} as JSON")
