"""Lexical forms of qbXML's simple types: checking a text, and writing a Python value.

Source: the qbXML 13.0 schema's scalar types.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Final

from subledger_quickbooks_desktop.wire.schema import enumeration

SPACE: Final = " \t\r\n"
_AMOUNT: Final = re.compile(r"([+-]?[0-9]{1,13}(\.[0-9]{2})?)?")
_NUMBER: Final = re.compile(r"([+-]?[0-9]{1,10}(\.[0-9]{1,5})?)?")
_FLOAT: Final = re.compile(r"([+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+))?")
_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_GUID: Final = re.compile(r"0|\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}")
_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(Z|[+-]([0-9]{2}):([0-9]{2}))?")
_TIME: Final = re.compile(
    r"([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"(T[0-9]{1,2}(:[0-9]{1,2}(:[0-9]{1,2}([+-][0-9]{1,2}:[0-9]{1,2})?)?)?)?)?"
)
_SPAN: Final = re.compile(r"-?PT(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+S)?")

CENTS: Final = Decimal("0.01")
_FIVE_PLACES: Final = Decimal("0.00001")
_FARTHEST: Final = 14 * 60  # minutes from UTC

Fault = tuple[str, str]  # rule, detail


def fault(kind: str, text: str) -> Fault | None:
    """Return why a text is not valid for a simple kind as the schema judges, else None."""
    return _judge(kind)(text)


@cache
def _judge(kind: str) -> Callable[[str], Fault | None]:
    if kind.startswith("e."):
        return _one_of(kind[2:].rstrip("="), may_be_empty=kind.endswith("="))
    if kind.startswith("int"):
        return _integer(kind[3:])
    if kind == "s":
        return lambda _: None
    if kind.startswith("s") and kind[1:].isdigit():
        return _length(int(kind[1:]))
    return _FORMS[kind]


def _one_of(name: str, *, may_be_empty: bool) -> Callable[[str], Fault | None]:
    values = enumeration(name) | ({""} if may_be_empty else frozenset())

    def judge(text: str) -> Fault | None:
        if text in values:
            return None
        shown = ", ".join(sorted(values - {""})[:40])
        return "enum", f"{text[:60]!r} is not one of {shown}"

    return judge


def _length(limit: int) -> Callable[[str], Fault | None]:
    def judge(text: str) -> Fault | None:
        if len(text) <= limit:
            return None
        return "length", f"{len(text)} characters, at most {limit}"

    return judge


def _integer(bounds: str) -> Callable[[str], Fault | None]:
    low, _, high = bounds.partition("-")

    def judge(text: str) -> Fault | None:
        text = text.strip(SPACE)
        if not _INTEGER.fullmatch(text):
            return "form", f"{text[:60]!r} is not a whole number"
        if (low and int(text) < int(low)) or (high and int(text) > int(high)):
            return "form", f"{text} is not between {low or 'anything'} and {high or 'anything'}"
        return None

    return judge


def _pattern(
    pattern: re.Pattern[str], what: str, *, collapse: bool
) -> Callable[[str], Fault | None]:
    def judge(text: str) -> Fault | None:
        if pattern.fullmatch(text.strip(SPACE) if collapse else text):
            return None
        return "form", f"{text[:60]!r} is not {what}"

    return judge


def _boolean(text: str) -> Fault | None:
    if text.strip(SPACE) in ("true", "false", "1", "0", ""):
        return None
    return "form", f"{text[:60]!r} is not true or false"


def _date(text: str) -> Fault | None:
    bare = text.strip(SPACE)
    if not bare:
        return None
    match = _DATE.fullmatch(bare)
    if match is not None:
        hours, minutes = int(match[5] or 0), int(match[6] or 0)
        try:
            date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            match = None
        if minutes > 59 or hours * 60 + minutes > _FARTHEST:  # noqa: PLR2004 - minutes of an hour
            match = None
    return None if match else ("form", f"{text[:60]!r} is not a date such as 2026-08-05")


def _datetime(text: str) -> Fault | None:
    if _TIME.fullmatch(text) or not text.strip(SPACE):
        return None
    return "form", f"{text[:60]!r} is not a time such as 2026-08-05T14:30:00"


_FORMS: Final[dict[str, Callable[[str], Fault | None]]] = {
    "bool": _boolean,
    "date": _date,
    "datetime": _datetime,
    "amount": _pattern(_AMOUNT, "an amount such as 25.50", collapse=False),
    "number": _pattern(_NUMBER, "a number with at most 5 decimals", collapse=False),
    "float": _pattern(_FLOAT, "a decimal number", collapse=True),
    "guid": _pattern(_GUID, "an identifier in braces", collapse=False),
    "duration": lambda text: (
        None
        if not text.strip(SPACE) or _SPAN.fullmatch(text.strip(SPACE))
        else ("form", f"{text[:60]!r} is not a duration such as PT8H30M")
    ),
}


def write(kind: str, value: object) -> str:
    """Write a Python value in the form of a kind; raises ValueError where that would lose anything.

    Decimal for amounts (2 decimals) and numbers (5), bool, int, date, naive datetime, str as it is.
    A float is refused: money is never a float.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value}.00" if kind == "amount" else str(value)
    if isinstance(value, Decimal):
        return _decimal(kind, value)
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            raise ValueError("times are written as local time of the books, without an offset")
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"cannot write a {type(value).__name__} into qbXML")


def _decimal(kind: str, value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} is not a number")
    if kind == "amount":
        if value != value.quantize(CENTS):
            raise ValueError(f"{value} has more than 2 decimals")
        return f"{value.quantize(CENTS):f}"
    if kind == "number" and value != value.quantize(_FIVE_PLACES):
        raise ValueError(f"{value} has more than 5 decimals")
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
