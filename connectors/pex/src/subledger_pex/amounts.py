"""Amounts and dates out of records, refused with the field's name where they cannot be read."""

import datetime as dt
from typing import Any

from subledger.errors import RecordRejected
from subledger.money import Money
from subledger_pex.wire.dates import day_of


def money(value: Any, field: str) -> Money:
    """US dollars from a number or its text. Raises RecordRejected for anything else."""
    try:
        return Money.of(value)
    except (TypeError, ValueError) as error:
        raise RecordRejected(
            f"{field} is {value!r}, which is not an amount of money in dollars and cents.",
            category="unreadable",
            field=field,
        ) from error


def day(value: Any, field: str) -> dt.date:
    """The Eastern day of a date-time text. Raises RecordRejected for anything else."""
    try:
        return day_of(str(value))
    except ValueError as error:
        raise RecordRejected(
            f"{field} is {value!r}, which is not a date.", category="unreadable", field=field
        ) from error
