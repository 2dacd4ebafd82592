"""Amounts, dates and texts out of records, refused with the field's name where unreadable."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from subledger.errors import RecordRejected
from subledger.money import Money, places
from subledger_syncro.wire.dates import day_of


def _unreadable(value: Any, field: str, what: str) -> RecordRejected:
    return RecordRejected(
        f"{field} is {value!r}, which is not {what}.", category="unreadable", field=field
    )


def money(value: Any, field: str, currency: str) -> Money:
    """Money from a number or its text in major units. Raises RecordRejected for anything else."""
    try:
        return Money.of(value, currency)
    except (TypeError, ValueError) as error:
        raise _unreadable(value, field, f"an amount of money in {currency}") from error


def cents(value: Any, field: str, currency: str) -> Money:
    """Money from whole cents. Raises RecordRejected for anything else."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise _unreadable(value, field, "a whole number of cents")
    return Money.of(Decimal(value).scaleb(-2), currency)


def decimal(value: Any, field: str) -> Decimal:
    """An exact number. Raises RecordRejected for anything else, floats included."""
    if isinstance(value, float | bool):
        raise _unreadable(value, field, "an exact number")
    try:
        found = Decimal(value)
    except (InvalidOperation, TypeError, ValueError) as error:
        raise _unreadable(value, field, "a number") from error
    if not found.is_finite():
        raise _unreadable(value, field, "a number")
    return found


def optional(value: Any, field: str) -> Decimal | None:
    """An exact number, or None where there is none."""
    return None if value in (None, "") else decimal(value, field)


def rounded(value: Decimal, currency: str) -> Money:
    """An exact result of a multiplication as money, halves away from zero."""
    exact = value.quantize(Decimal(1).scaleb(-places(currency)), ROUND_HALF_UP)
    return Money.of(exact, currency)


def day(value: Any, field: str, zone: dt.tzinfo) -> dt.date:
    """The day of a date or moment in the account's zone. Raises RecordRejected otherwise."""
    try:
        return day_of(str(value), zone)
    except (ValueError, OverflowError) as error:
        raise _unreadable(value, field, "a date") from error


def optional_day(value: Any, field: str, zone: dt.tzinfo) -> dt.date | None:
    """The day, or None where there is none."""
    return None if value in (None, "") else day(value, field, zone)


def text(value: Any) -> str:
    """A text with single spaces and none around it; empty for None."""
    return " ".join(str(value).split()) if value is not None else ""


def identifier(value: Any, field: str) -> str:
    """An identifier as text. Raises RecordRejected where there is none."""
    if value in (None, "") or isinstance(value, bool):
        raise _unreadable(value, field, "an identifier")
    return str(value)
