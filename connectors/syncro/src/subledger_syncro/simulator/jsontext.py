"""JSON text with exact decimals, and the three ways in which Syncro writes money."""

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Final


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
    write = _WRITERS.get(type(value)) or _writer(value)
    return write(value)


def _mapping(value: Mapping[Any, Any]) -> str:
    pairs = [
        f"{encode_basestring(key if type(key) is str else str(key))}:"
        f"{(_WRITERS.get(type(item)) or _writer(item))(item)}"
        for key, item in value.items()
    ]
    return "{" + ",".join(pairs) + "}"


def _sequence(value: Iterable[Any]) -> str:
    return "[" + ",".join([to_json(item) for item in value]) + "]"


def _decimal(value: Decimal) -> str:
    return format(value, "f")


_WRITERS: Final[dict[type, Callable[[Any], str]]] = {
    str: encode_basestring,
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
    int: str,
    Decimal: _decimal,
    dict: _mapping,
    list: _sequence,
    tuple: _sequence,
}


def _writer(value: Any) -> Callable[[Any], str]:
    """The writer of a type that only derives from one of those above."""
    for kinds, write in (
        (str, encode_basestring),
        (int, int.__repr__),
        (Decimal, _decimal),
        (Mapping, _mapping),
        (list | tuple, _sequence),
    ):
        if isinstance(value, kinds):
            return write
    raise TypeError(f"cannot write {type(value).__name__} as JSON")


def from_json(data: bytes | str) -> Any:
    """Parsed JSON with exact decimals; ValueError when it is none."""
    return json.loads(data, parse_float=Decimal)
