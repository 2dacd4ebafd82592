"""Lexical forms of qbXML scalars (qbXML 13.0 type definitions)."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

from .schema import enumeration

_ANY_LENGTH = 1 << 30
_LEAF = re.compile(r"(?P<kind>[A-Z%]+)(?P<length>\d*)(?:>=(?P<low>\d+))?(?:<=(?P<high>\d+))?")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:Z|[+-]\d\d:\d\d)?")
_ID_LENGTH = 36
_FORMS = {
    "A": re.compile(r"(?:[+-]?[0-9]{1,13}(?:\.[0-9]{2})?)?"),
    "P": re.compile(r"(?:[+-]?[0-9]{1,10}(?:\.[0-9]{1,5})?)?"),
    "Q": re.compile(r"(?:[+-]?[0-9]{1,10}(?:\.[0-9]{1,5})?)?"),
    "%": re.compile(r"(?:[+-]?[0-9]{1,10}(?:\.[0-9]{1,5})?)?"),
    "T": re.compile(
        r"(?:[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:T[0-9]{1,2}(?::[0-9]{1,2}(?::[0-9]{1,2}"
        r"(?:[+-][0-9]{1,2}:[0-9]{1,2})?)?)?)?)?"
    ),
    "G": re.compile(r"0|\{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}"),
    "V": re.compile(r"(?:[+-]?PT(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+S)?)?"),
}
_COLLAPSED = {
    "B": re.compile(r"(?:true|false|1|0)?"),
    "I": re.compile(r"[+-]?[0-9]+"),
    "F": re.compile(r"(?:[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))?"),
}


@cache
def _leaf(form: str) -> tuple[str, int, int | None, int | None]:
    found = _LEAF.fullmatch(form)
    if found is None:
        raise ValueError(form)
    low, high = found["low"], found["high"]
    return (
        found["kind"],
        int(found["length"] or _ANY_LENGTH),
        int(low) if low else None,
        int(high) if high else None,
    )


def length(value: str) -> int:
    """Characters that QuickBooks counts: a line break is stored as two."""
    return len(value) + value.count("\n")


def fits(form: str, value: str) -> bool:
    """Whether `value` has the lexical form, for instance "S41", "A", "=AccountType"."""
    if form.startswith("="):
        return value in enumeration(form[1:])
    kind, longest, low, high = _leaf(form)
    if kind == "S":
        return length(value) <= longest
    if kind == "ID":
        return len(value) <= _ID_LENGTH
    if kind == "D":
        return _is_date(value.strip())
    pattern = _FORMS.get(kind)
    if pattern is not None:
        return pattern.fullmatch(value) is not None
    text = value.strip()
    if _COLLAPSED[kind].fullmatch(text) is None:
        return False
    return (low is None or int(text) >= low) and (high is None or int(text) <= high)


def _is_date(text: str) -> bool:
    if not text:
        return True
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    try:
        dt.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return False
    return True


def is_true(value: object) -> bool:
    """Whether a boolean's text means yes."""
    return isinstance(value, str) and value.strip() in ("true", "1")
