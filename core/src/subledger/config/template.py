"""Writes configuration: every field of a class with its description, default or example."""

import datetime as dt
import enum
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from textwrap import wrap
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin

import attrs

from subledger.config.fields import description, duration_text, example
from subledger.secret import Secret

_WIDTH: Final = 96
_PLACEHOLDERS: Final[Mapping[Any, str]] = {
    str: '""',
    int: "0",
    bool: "false",
    Decimal: '"0.00"',
    dt.date: "2026-01-01",
    dt.timedelta: '"1h"',
    Path: '"PATH"',
}


def fields(
    cls: type[Any],
    *,
    prefix: str,
    given: Mapping[str, Any] | None = None,
    without: frozenset[str] = frozenset(),
    secrets: bool = False,
) -> Iterator[str]:
    """The lines of a table for a class: what has a default stands there as a comment.

    ``prefix`` goes into the names of environment variables, such as ``CARDS_TOKEN``; ``given`` are
    values that differ from the defaults (they are written, not commented), ``without`` the fields
    that are left out. With ``secrets`` those that have an example are written, although optional.
    """
    for attribute in attrs.fields(attrs.resolve_types(cls)):
        if not attribute.init or attribute.alias in without:
            continue
        text = description(attribute) or attribute.alias
        yield from wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ")
        if given is not None and attribute.alias in given:
            yield f"{attribute.alias} = {value(given[attribute.alias])}"
            continue
        shown = secrets and _is_secret(attribute) and example(attribute)
        behind = "" if shown or attribute.default is attrs.NOTHING else "# "
        yield f"{behind}{attribute.alias} = {_text(attribute, prefix)}"


def _text(attribute: "attrs.Attribute[Any]", prefix: str) -> str:
    default = _default(attribute)
    if default is not None and not (default == "" and example(attribute)):
        return value(default)
    if example(attribute):
        return example(attribute)
    if _is_secret(attribute):
        return f'{{ env = "{prefix}_{attribute.alias}" }}'.upper().replace("ENV =", "env =")
    return _PLACEHOLDERS.get(_plain(attribute.type), '""')


def _default(attribute: "attrs.Attribute[Any]") -> Any:
    default: Any = attribute.default
    if default is attrs.NOTHING:
        return None
    if callable(getattr(default, "factory", None)):
        return None if default.takes_self else default.factory()
    return default


def _plain(cls: Any) -> Any:
    """The type without "or nothing"."""
    if get_origin(cls) in (Union, UnionType):
        return next((part for part in get_args(cls) if part is not type(None)), cls)
    return cls


def _is_secret(attribute: "attrs.Attribute[Any]") -> bool:
    return _plain(attribute.type) is Secret


def value(something: Any) -> str:
    """A value as TOML."""
    if isinstance(something, bool):
        return "true" if something else "false"
    if isinstance(something, enum.Enum):
        return value(something.value)
    if isinstance(something, int | float):
        return str(something)
    if isinstance(something, dt.timedelta):
        return f'"{duration_text(something)}"'
    if isinstance(something, dt.date | dt.time):
        return something.isoformat()
    if isinstance(something, Mapping):
        inner = ", ".join(f"{_key(key)} = {value(item)}" for key, item in something.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(something, list | tuple | set | frozenset):
        return f"[{', '.join(value(item) for item in something)}]"
    if attrs.has(type(something)):
        return value(attrs.asdict(something, recurse=False))
    return _quoted(str(something))


def _key(key: object) -> str:
    text = str(key)
    return text if text.replace("-", "").replace("_", "").isalnum() else _quoted(text)


def _quoted(text: str) -> str:
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(_escape(character) for character in escaped) + '"'


def _escape(character: str) -> str:
    return character if character.isprintable() else f"\\u{ord(character):04x}"
