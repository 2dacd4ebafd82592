"""Lengths, words, required and read-only members, read from `limits.txt`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from attrs import frozen

_FIELD = re.compile(
    r"(?P<name>\w+)(?P<required>!?)(?P<read_only>-?)(?::(?P<length>\d+))?(?P<date>@?)"
    r"(?:=(?P<words>\S+))?"
)


@frozen(kw_only=True)
class Limit:
    """What one member may hold; `length` 0 is any length, no `words` any word."""

    required: bool = False
    read_only: bool = False
    length: int = 0
    is_date: bool = False
    words: frozenset[str] = frozenset()


@cache
def _lines() -> Mapping[str, tuple[str, str]]:
    text = files(__package__).joinpath("limits.txt").read_text(encoding="ascii")
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            heading, _, members = line.partition(" =")
            name, _, base = heading.partition(" < ")
            found[name] = (base, members)
    return found


@cache
def limits(name: str) -> Mapping[str, Limit]:
    """The limits of a type's members by name, with what it inherits; none for an unknown type."""
    if name not in _lines():
        return {}
    base, text = _lines()[name]
    found = dict(limits(base)) if base else {}
    for token in text.split():
        match = _FIELD.fullmatch(token)
        if match is None:  # pragma: no cover - the file is ours
            raise ValueError(f"{token} is no rule")
        words = (match["words"] or "").replace("~", " ")
        found[match["name"]] = Limit(
            required=bool(match["required"]),
            read_only=bool(match["read_only"]),
            length=int(match["length"] or 0),
            is_date=bool(match["date"]),
            words=frozenset(words.split("|")) if words else frozenset(),
        )
    return found
