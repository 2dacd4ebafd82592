"""Whether an object meets a condition, and by what it sorts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from attrs import frozen

from subledger_quickbooks_online.simulator.company.books import SECOND, Books, Stored
from subledger_quickbooks_online.simulator.company.faults import CompanyFault
from subledger_quickbooks_online.simulator.company.registry import LISTS

from .parse import Condition, invalid
from .properties import Property

_COMPUTED = frozenset(
    {"Balance", "BalanceWithJobs", "CurrentBalance", "CurrentBalanceWithSubAccounts", "QtyOnHand"}
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}


@frozen(kw_only=True)
class Test:
    """One condition with its property and its literals in their type."""

    property: Property
    operator: str
    values: tuple[Any, ...]

    def accepts(self, books: Books, stored: Stored) -> bool:
        """Whether the object meets the condition; what it does not have meets only !=."""
        held = list(values(books, stored, self.property))
        if not held:
            return self.operator == "!="
        return any(self._meets(each) for each in held)

    def _meets(self, held: Any) -> bool:
        if self.operator == "in":
            return held in self.values
        if self.operator == "like":
            pattern = ".*".join(re.escape(part) for part in str(self.values[0]).split("%"))
            return re.fullmatch(pattern, str(held), re.DOTALL) is not None
        return _COMPARE[self.operator](held, self.values[0])


def compile_test(books: Books, entity: str, condition: Condition, found: Property) -> Test:
    """The condition with its literals in the property's type; 2030 or 4001 for wrong ones."""
    if found.kind == "id":
        if condition.operator not in {"=", "in"}:
            raise invalid(f"operator {condition.operator} is not supported for property Id")
        for value in condition.values:
            if not value.isdigit() and entity != "TaxCode":
                raise CompanyFault(
                    "2030",
                    "Invalid ID",
                    f"Id should be a valid number. Supplied value:{value}",
                    element="Id",
                )
    return Test(
        property=found,
        operator=condition.operator,
        values=tuple(_typed(books, found, value) for value in condition.values),
    )


def values(books: Books, stored: Stored, found: Property) -> Iterator[Any]:
    """What an object holds in a property; several values where it lies in a list."""
    if found.kind == "id":
        yield stored.id
        return
    if found.kind == "moment":
        yield (stored.created if found.path[1] == "CreateTime" else stored.modified) // SECOND
        return
    body: Any = stored.body
    if found.path[0] in _COMPUTED and stored.entity in LISTS:
        body = LISTS[stored.entity].computed(books, stored)
    elif found.path == ("SyncToken",):
        body = {"SyncToken": str(stored.sync_token)}
    for each in _reach(body, found.path):
        yield str(each).casefold() if found.kind == "text" else each


def sort_key(books: Books, stored: Stored, found: Property) -> tuple[bool, Any]:
    """For ORDERBY: what is missing comes first."""
    held = list(values(books, stored, found))
    if found.kind == "id":
        return (True, int(held[0]) if held[0].isdigit() else 0)
    return (bool(held), held[0] if held else 0)


def _reach(body: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if not path:
        yield body
    elif isinstance(body, list):
        for each in body:
            yield from _reach(each, path)
    elif isinstance(body, dict) and path[0] in body:
        yield from _reach(body[path[0]], path[1:])


def _typed(books: Books, found: Property, text: str) -> Any:
    if text == "current_date":
        text = books.today
    if found.kind == "number":
        try:
            return Decimal(text)
        except InvalidOperation:
            raise invalid(f"value {text} of property {found.name} is not a number") from None
    if found.kind == "truth":
        return text.casefold() == "true"
    if found.kind == "moment":
        return _seconds(books, text)
    return text.casefold() if found.kind == "text" else text


def _seconds(books: Books, text: str) -> int:
    try:
        moment = dt.datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise invalid(f"value {text} is not a date and time") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=books.zone)
    return int(moment.timestamp())
