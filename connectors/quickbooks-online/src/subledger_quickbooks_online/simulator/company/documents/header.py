"""What every document has: date, currency, location, class, numbers of its lines."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from subledger_quickbooks_online.simulator.company import faults
from subledger_quickbooks_online.simulator.company.books import JSON, Books, Draft, Stored
from subledger_quickbooks_online.simulator.company.money import ZERO

from . import currency


def prepare(books: Books, draft: Draft) -> None:
    """Defaults of the header; drops or refuses what the company has not switched on."""
    body = draft.body
    body.setdefault("TxnDate", books.today)
    currency.settle(books, draft)
    if not books.preference("AccountingInfoPrefs.TrackDepartments"):
        _switched_off(books, [body], "DepartmentRef", "Location tracking")
    per_line = books.preference("AccountingInfoPrefs.ClassTrackingPerTxnLine")
    if not per_line:
        _switched_off(books, _details(body), "ClassRef", "Class tracking")
    if not per_line and not books.preference("AccountingInfoPrefs.ClassTrackingPerTxn"):
        _switched_off(books, [body], "ClassRef", "Class tracking")


def require_amount(books: Books, amount: Decimal) -> None:
    """Raise 6000 for a document of nothing where the company takes none."""
    if not amount and books.behaviour.zero_amounts == "refuse":
        raise faults.business("You must set a transaction amount.")


def number_lines(draft: Draft, *, first: int = 1, with_numbers: bool = True) -> None:
    """Lines keep their Id where the document knows it; new ones get the next number."""
    lines: list[JSON] = draft.body.get("Line", [])
    old = draft.old.body if draft.old else {}
    known = {line["Id"] for line in old.get("Line", []) if "Id" in line}
    following = int(old.get("_next", first))
    taken: set[str] = set()
    for place, line in enumerate(lines, start=1):
        if line.get("DetailType") == "SubTotalLineDetail":
            continue
        if line.get("Id") not in known or line["Id"] in taken:
            line["Id"] = str(following)
            following += 1
        taken.add(line["Id"])
        if with_numbers:
            line["LineNum"] = place
        else:
            line.pop("LineNum", None)
    draft.body["_next"] = following


def detail(line: JSON) -> JSON:
    """The part of a line that its DetailType names."""
    kind = line.get("DetailType")
    if not kind:
        raise faults.missing("DetailType")
    found: JSON = line.setdefault(str(kind), {})
    return found


def due_date(books: Books, date: str, term: str) -> str:
    """The due date by the terms; the date itself without terms."""
    stored = books.list_object("Term", term) if term else None
    day = dt.date.fromisoformat(date)
    if stored is None:
        return date
    if "DueDays" in stored.body:
        return (day + dt.timedelta(days=int(stored.body["DueDays"]))).isoformat()
    month_day = int(stored.body["DayOfMonthDue"])
    month = day.replace(day=1)
    if day.day > month_day - int(stored.body.get("DueNextMonthDays", 0)):
        month = _next_month(month)
    last = (_next_month(month) - dt.timedelta(days=1)).day
    return month.replace(day=min(month_day, last)).isoformat()


def check_closed(books: Books, date: str) -> None:
    """Raise 6200 or 6210 where the date lies in a closed period."""
    closed = books.preference("AccountingInfoPrefs.BookCloseDate")
    if closed and date <= closed:
        guarded = books.store.setting("closed_by_password") == "1"
        raise faults.closed_books(password=guarded)


def zero(stored: Stored) -> None:
    """Take the amounts out of a voided document and say so in its note."""
    body = stored.body
    for line in body.get("Line", []):
        _zero_line(line)
    for name in ("TotalAmt", "Balance", "UnappliedAmt", "Deposit"):
        if name in body:
            body[name] = ZERO
    if "TxnTaxDetail" in body:
        body["TxnTaxDetail"] = {"TotalTax": ZERO}
    note = body.get("PrivateNote")
    body["PrivateNote"] = f"Voided - {note}" if note else "Voided"
    body["_void"] = True


def _zero_line(line: JSON) -> None:
    line["Amount"] = ZERO
    found = line.get(str(line.get("DetailType")), {})
    if "Qty" in found:
        found["Qty"] = Decimal(0)
    found.pop("TaxInclusiveAmt", None)
    for inner in found.get("Line", []):
        _zero_line(inner)


def _details(body: JSON) -> list[JSON]:
    return [
        line[line["DetailType"]]
        for line in body.get("Line", [])
        if isinstance(line.get(line.get("DetailType", "")), dict)
    ]


def _switched_off(books: Books, holders: list[Any], name: str, feature: str) -> None:
    for holder in holders:
        if name in holder:
            if books.behaviour.feature_off == "refuse":
                raise faults.feature_off(feature)
            del holder[name]


def _next_month(first: dt.date) -> dt.date:
    return (first + dt.timedelta(days=31)).replace(day=1)
