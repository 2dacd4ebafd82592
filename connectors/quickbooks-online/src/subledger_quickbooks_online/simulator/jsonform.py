"""The JSON form: numbers are read as Decimal and written with the digits they have."""

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Final


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
