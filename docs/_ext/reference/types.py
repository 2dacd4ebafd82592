"""What a field may hold, in words that somebody who writes TOML understands. Pure."""

import datetime as dt
import enum
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

import attrs

from subledger.config.template import value
from subledger.secret import Secret

_WORDS: Final[Mapping[Any, str]] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    Decimal: "amount in quotes",
    dt.date: "date",
    dt.timedelta: "length of time",
    Path: "path",
    Secret: "secret",
    Any: "anything",
    object: "anything",
}
_LISTS: Final = (list, tuple, set, frozenset, Sequence)


def type_text(cls: Any) -> str:
    """The type in words: ``one of "a", "b"``, ``list of text``, ``text or none``."""
    origin, parts = get_origin(cls), get_args(cls)
    if origin in (Union, UnionType):
        return " or ".join(type_text(part) for part in parts if part is not NoneType)
    if origin is Literal:
        values = ", ".join(value(part) for part in parts)
        return values if len(parts) == 1 else f"one of {values}"
    if isinstance(cls, type) and issubclass(cls, enum.Enum):
        return f"one of {', '.join(value(member.value) for member in cls)}"
    if origin in _LISTS:
        inner = next((part for part in parts if part is not Ellipsis), Any)
        return f"list of {_plural(type_text(inner))}"
    if origin in (dict, Mapping):
        return f"table of {_plural(type_text(parts[1]))}"
    if isinstance(cls, type) and attrs.has(cls):
        return cls.__name__
    supertype = getattr(cls, "__supertype__", None)
    if supertype is not None:
        return type_text(supertype)
    return _WORDS.get(cls, getattr(cls, "__name__", str(cls)))


def _plural(text: str) -> str:
    return {"text": "texts", "anything": "settings"}.get(text, text)


def nested(cls: Any) -> Iterator[type[Any]]:
    """The attrs classes that a type is made of, outermost first."""
    if isinstance(cls, type) and attrs.has(cls):
        yield cls
        for attribute in attrs.fields(attrs.resolve_types(cls)):
            yield from nested(attribute.type)
    else:
        for part in get_args(cls):
            yield from nested(part)


def default_text(attribute: "attrs.Attribute[Any]") -> str:
    """The default as TOML, ``none``, or ``required``."""
    default: Any = attribute.default
    if default is attrs.NOTHING:
        return "required"
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]  # a class at run time
        default = None if default.takes_self else default.factory()
    if default is None:
        return "none"
    return "see below" if attrs.has(type(default)) else value(default)
