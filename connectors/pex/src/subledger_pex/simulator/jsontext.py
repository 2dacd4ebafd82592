"""JSON text with exact decimals: ``Decimal("86.40")`` is written 86.40, never through a float."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Final


def money(cents: int) -> Decimal:
    """Whole cents as a decimal with two places."""
    return Decimal(cents).scaleb(-2)


def to_json(value: Any) -> str:
    """``value`` as compact JSON text; Decimal keeps its digits, text is not escaped to ASCII.

    TypeError for anything but None, bool, int, str, Decimal, mappings, lists and tuples.
    """
    write = _WRITERS.get(type(value)) or _writer(value)
    return write(value)


def _mapping(value: Mapping[str, Any]) -> str:
    pairs = [
        f"{encode_basestring(key)}:{(_WRITERS.get(type(item)) or _writer(item))(item)}"
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
