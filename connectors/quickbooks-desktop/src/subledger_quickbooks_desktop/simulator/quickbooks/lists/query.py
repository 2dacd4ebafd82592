"""Queries over lists, of one kind or of several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks.answer import Outcome, Printer, of_query
from subledger_quickbooks_desktop.simulator.quickbooks.books import Books, ListObject
from subledger_quickbooks_desktop.simulator.quickbooks.data_ext import attached
from subledger_quickbooks_desktop.simulator.quickbooks.filters import (
    criterion,
    in_range,
    listed_ids,
    modified_between,
)
from subledger_quickbooks_desktop.simulator.quickbooks.iterators import page
from subledger_quickbooks_desktop.simulator.quickbooks.money import cents
from subledger_quickbooks_desktop.simulator.quickbooks.parse import Request
from subledger_quickbooks_desktop.simulator.quickbooks.text import folded

from .present import values

_OPERATORS = {
    "LessThan": lambda left, right: left < right,
    "LessThanEqual": lambda left, right: left <= right,
    "Equal": lambda left, right: left == right,
    "GreaterThan": lambda left, right: left > right,
    "GreaterThanEqual": lambda left, right: left >= right,
}


def query(books: Books, kinds: tuple[str, ...], request: Request) -> Outcome:
    """Answer a list query: by ids, by names, or by filters."""
    fields = request.fields
    absent: list[str] = []

    def find() -> list[str]:
        if "ListID" in fields:
            return _by_ids(books, kinds, fields["ListID"], absent)
        if "FullName" in fields:
            return _by_names(books, kinds, fields["FullName"], absent)
        return [item.id for item in _filtered(books, kinds, request)]

    found = page(books.iterators, request, find)
    items = [item for item in map(books.object, found.ids) if item is not None]
    printer = Printer(version=books.version, name=books.name)
    data: list[str] = []
    for item, fields_of in zip(items, values(books, items), strict=True):
        extensions = attached(books, item.id, fields.get("OwnerID", ()))
        if extensions:
            fields_of["DataExtRet"] = extensions
        data += printer.object(f"{item.kind}Ret", fields_of, request.include)
    return of_query(found, data, absent)


def _by_ids(
    books: Books, kinds: tuple[str, ...], wanted: Iterable[str], absent: list[str]
) -> list[str]:
    found = []
    for identity in wanted:
        item = books.object(identity)
        if item is None or item.kind not in kinds:
            absent.append(identity)
        else:
            found.append(identity)
    return found


def _by_names(
    books: Books, kinds: tuple[str, ...], wanted: Iterable[str], absent: list[str]
) -> list[str]:
    found = []
    for name in wanted:
        items = books.objects("name_key=?", (folded(name),))
        ids = [item.id for item in items if item.kind in kinds]
        found += ids
        if not ids:
            absent.append(name)
    return found


def _filtered(books: Books, kinds: tuple[str, ...], request: Request) -> list[ListObject]:
    fields = request.fields
    sql = [f"kind IN ({','.join('?' * len(kinds))})"]
    bound: list[Any] = list(kinds)
    status = fields.get("ActiveStatus", "ActiveOnly")
    if status != "All":
        sql.append("active=?")
        bound.append(status == "ActiveOnly")
    for condition, some in modified_between(books, fields):
        sql.append(condition)
        bound.extend(some)
    if fields.get("AccountType"):
        sql.append(f"type IN ({','.join('?' * len(fields['AccountType']))})")
        bound.extend(fields["AccountType"])
    found = books.objects(" AND ".join(sql), tuple(bound))
    return [item for item in found if _is_wanted(books, item, fields)]


def _is_wanted(books: Books, item: ListObject, fields: dict[str, Any]) -> bool:
    name = fields.get("NameFilter")
    if name and not criterion(name["MatchCriterion"], name["Name"], item.name):
        return False
    between = fields.get("NameRangeFilter")
    if between and not in_range(
        between.get("FromName", ""), between.get("ToName", ""), item.full_name
    ):
        return False
    of_class = fields.get("ClassFilter")
    if of_class:
        reference = item.body.get("ClassRef") or {}
        if reference.get("ListID") not in listed_ids(books, of_class, ("Class",)):
            return False
    balance = fields.get("TotalBalanceFilter")
    if balance:
        held = values(books, [item])[0]
        total = cents(held.get("TotalBalance") or held.get("Balance"))
        return bool(_OPERATORS[balance["Operator"]](total, cents(balance["Amount"])))
    return True
