"""Objects as JSON text in which a Decimal stays a Decimal."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

_MARK = "$"


def _tagged(value: Any) -> dict[str, str]:
    if isinstance(value, Decimal):
        return {_MARK: str(value)}
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _untagged(value: dict[str, Any]) -> Any:
    return Decimal(value[_MARK]) if _MARK in value else value


_ENCODER = json.JSONEncoder(default=_tagged, ensure_ascii=False, separators=(",", ":"))
_DECODER = json.JSONDecoder(object_hook=_untagged)


def dumps(value: Any) -> str:
    """The value as text."""
    return _ENCODER.encode(value)


def loads(text: str) -> Any:
    """The value of a text that `dumps` wrote."""
    return _DECODER.decode(text)
