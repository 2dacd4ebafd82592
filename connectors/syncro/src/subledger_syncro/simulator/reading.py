"""Values of a request's body as the vendor reads them: lenient about text and numbers."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from attrs import fields as attr_fields

from .clock import read_day

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def is_email(value: str) -> bool:
    """Whether a text looks like one address."""
    return bool(_EMAIL.fullmatch(value))


def decimal(value: Any) -> Decimal | None:
    """A number, or text that is one; None otherwise."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def cents(value: Any) -> int | None:
    """Dollars as whole cents; None when it is not a number."""
    amount = decimal(value)
    return None if amount is None else round(amount.scaleb(2))


def whole(value: Any) -> int | None:
    """A whole number, or text that is one; None otherwise."""
    amount = decimal(value)
    return int(amount) if amount is not None and amount == int(amount) else None


def day(value: Any) -> date | None:
    """The calendar day of a date or an instant; None when it is neither."""
    try:
        return read_day(str(value))
    except ValueError:
        return None


def _fitted(kind: Any, value: Any) -> Any:
    """A value as a field of this type holds it."""
    if kind is bool:
        return value in (True, 1, "1", "true")
    if kind in (int, int | None):
        number = whole(value)
        return 0 if number is None and kind is int else number
    if kind in (str, str | None):
        plain = str(value) if isinstance(value, str | int | Decimal) else None
        return "" if plain is None and kind is str else plain
    return {str(name): str(one) for name, one in value.items()} if hasattr(value, "items") else {}


def fitted(record: type[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the fields of a record hold them, whatever JSON they came as."""
    kinds = {attribute.name: attribute.type for attribute in attr_fields(record)}
    return {name: _fitted(kinds[name], value) for name, value in values.items()}


def chosen(fields: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The fields that are given, under our names."""
    return {ours: fields[theirs] for theirs, ours in names.items() if theirs in fields}
