"""Filters that queries share: names, dates, ranges of numbers, subtrees of lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from .books import Books
from .check import Fields
from .status import RefusedError
from .text import folded

Condition = tuple[str, tuple[Any, ...]]
"""A piece of SQL with its bound values."""


def criterion(kind: str, wanted: str, value: str) -> bool:
    """StartsWith, Contains or EndsWith, without regard to case."""
    text, part = folded(value), folded(wanted)
    if kind == "StartsWith":
        return text.startswith(part)
    if kind == "EndsWith":
        return text.endswith(part)
    return part in text


def in_range(low: str, high: str, value: str) -> bool:
    """Whether a text lies between two; numbers are compared as numbers."""
    key: Callable[[str], tuple[int, int, str]] = _sortable
    return (not low or key(low) <= key(value)) and (not high or key(value) <= key(high))


def _sortable(value: str) -> tuple[int, int, str]:
    text = folded(value)
    return (0, int(text), "") if text.isdecimal() else (1, 0, text)


def modified_between(books: Books, fields: Fields) -> list[Condition]:
    """Conditions for FromModifiedDate and ToModifiedDate, both inclusive."""
    found: list[Condition] = []
    start, end = fields.get("FromModifiedDate"), fields.get("ToModifiedDate")
    if start:
        found.append(("modified>=?", (_moment(books, start),)))
    if end:
        found.append(("modified<=?", (_moment(books, end, is_end=True),)))
    if start and end and _moment(books, start) > _moment(books, end, is_end=True):
        raise RefusedError(3030, "The From date is later than the To date.")
    if "DateMacro" in fields:
        first, last = macro_days(books.today, fields["DateMacro"])
        found.append(("modified>=?", (_moment(books, first),)))
        found.append(("modified<=?", (_moment(books, last, is_end=True),)))
    return found


def dated_between(books: Books, fields: Fields) -> list[Condition]:
    """Conditions for FromTxnDate, ToTxnDate and DateMacro, inclusive."""
    start, end = fields.get("FromTxnDate", ""), fields.get("ToTxnDate", "")
    if "DateMacro" in fields:
        start, end = macro_days(books.today, fields["DateMacro"])
    if start and end and start > end:
        raise RefusedError(3030, "The From date is later than the To date.")
    found: list[Condition] = []
    if start:
        found.append(("date>=?", (start,)))
    if end:
        found.append(("date<=?", (end,)))
    return found


def macro_days(today: dt.date, macro: str) -> tuple[str, str]:
    """First and last day of a date macro; of those that are not simulated, all days."""
    monday_based = today - dt.timedelta(days=(today.weekday() + 1) % 7)
    month = today.replace(day=1)
    year = today.replace(month=1, day=1)
    one = dt.timedelta(days=1)
    last_month = (month - one).replace(day=1)
    spans: dict[str, tuple[dt.date, dt.date]] = {
        "Today": (today, today),
        "Yesterday": (today - one, today - one),
        "ThisWeek": (monday_based, monday_based + 6 * one),
        "ThisWeekToDate": (monday_based, today),
        "ThisMonth": (month, (month + 31 * one).replace(day=1) - one),
        "ThisMonthToDate": (month, today),
        "LastMonth": (last_month, month - one),
        "ThisCalendarYear": (year, year.replace(month=12, day=31)),
        "ThisCalendarYearToDate": (year, today),
        "ThisFiscalYear": (year, year.replace(month=12, day=31)),
        "ThisFiscalYearToDate": (year, today),
    }
    first, last = spans.get(macro, (dt.date.min, dt.date.max))
    return first.isoformat(), last.isoformat()


def listed_ids(books: Books, fields: Fields, kinds: tuple[str, ...]) -> list[str]:
    """ListIDs that a filter of ids or names stands for; unknown ones match nothing."""
    found = list(fields.get("ListID", ())) if isinstance(fields.get("ListID"), list) else []
    marks = ",".join("?" * len(kinds))
    for name in fields.get("FullName", ()):
        found += [
            item.id for item in books.objects(f"name_key=? AND kind IN ({marks})",
                                              (folded(name), *kinds))
        ]  # fmt: skip
    top = fields.get("ListIDWithChildren")
    if not top and fields.get("FullNameWithChildren"):
        items = books.objects(
            f"name_key=? AND kind IN ({marks})", (folded(fields["FullNameWithChildren"]), *kinds)
        )
        top = items[0].id if items else None
    if top:
        found += _subtree(books, top)
    return found


def _subtree(books: Books, top: str) -> list[str]:
    found = [top]
    for child in books.objects("parent=?", (top,)):
        found += _subtree(books, child.id)
    return found


def _moment(books: Books, text: str, *, is_end: bool = False) -> int:
    found = books.time.from_text(text, is_end=is_end)
    if found is None:
        raise RefusedError(3020, f'There was an error when converting the date value "{text}".')
    return found
