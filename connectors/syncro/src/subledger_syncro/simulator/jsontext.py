"""JSON text with exact decimals, and the three ways in which Syncro writes money."""

import json
from collections.abc import Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any


def text(cents: int) -> str:
    """Whole cents as the text that invoices carry: at least one place, ``"250.0"``, ``"20.63"``."""
    return decimal_text(Decimal(cents).scaleb(-2))


def decimal_text(value: Decimal) -> str:
    """A decimal as text with at least one place and no zeros after that."""
    plain = format(value, "f")
    whole, _, places = plain.partition(".")
    return f"{whole}.{places.rstrip('0') or '0'}"


def number(cents: int) -> int | Decimal:
    """Whole cents as the JSON number that payments and products carry: ``300``, ``270.63``."""
    if cents % 100 == 0:
        return cents // 100
    return Decimal(decimal_text(Decimal(cents).scaleb(-2)))


def point_number(cents: int) -> Decimal:
    """Whole cents as a JSON number that always shows a place: ``10.0``."""
    return Decimal(text(cents))


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
        pairs = (f"{encode_basestring(str(key))}:{to_json(item)}" for key, item in value.items())
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(to_json, value)) + "]"
    raise TypeError(f"cannot write {type(value).__name__} as JSON")


def from_json(data: bytes | str) -> Any:
    """Parsed JSON with exact decimals; ValueError when it is none."""
    return json.loads(data, parse_float=Decimal)
