"""Macros: ids that an earlier request of the same set will have brought (defMacro, useMacro)."""

from __future__ import annotations

from typing import Any

from .books import Books
from .check import LINES, Fields, Macro
from .parse import Request
from .status import RefusedError, caused


def without_macros(books: Books, request: Request) -> Request:
    """The request with every macro replaced by its id; raises 9100 for an unknown one."""
    if not _has_macro(request.fields):
        return request
    return Request(
        name=request.name,
        request_id=request.request_id,
        attributes=request.attributes,
        fields=_replaced(books, request.fields),
        include=request.include,
        macro=request.macro,
    )


def _has_macro(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_macro(one) for one in value.values())
    if isinstance(value, list):
        return any(_has_macro(one[1] if isinstance(one, tuple) else one) for one in value)
    return isinstance(value, Macro)


def _replaced(books: Books, fields: Fields) -> Fields:
    return {key: _value(books, key, value) for key, value in fields.items()}


def _value(books: Books, key: str, value: Any) -> Any:
    if isinstance(value, Macro):
        if value not in books.macros:
            raise RefusedError(9100, caused("A macro is not defined.", str(value)))
        return books.macros[value]
    if isinstance(value, dict):
        return _replaced(books, value)
    if key == LINES:
        return [(tag, _replaced(books, line)) for tag, line in value]
    if isinstance(value, list):
        return [_value(books, key, one) for one in value]
    return value
