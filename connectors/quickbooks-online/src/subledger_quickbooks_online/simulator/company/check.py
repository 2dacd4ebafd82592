"""A request's object against the outline and the limits: names, types, lengths, words, dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from subledger_quickbooks_online.simulator.outline import Member, shape

from . import faults
from .behaviour import Behaviour
from .limits import Limit, limits

_ENVELOPE = frozenset({"domain", "sparse", "Id", "SyncToken", "MetaData", "status", "time"})
_DIGITS = 15
_FIRST_FOREIGN = 0x100
_NONE = Limit()


def clean(entity: str, body: Mapping[str, Any], behaviour: Behaviour) -> dict[str, Any]:
    """A copy with the values in their types, without nulls, read-only members and the envelope.

    Raises the CompanyFault of the first member that is wrong.
    """
    inner = {name: value for name, value in body.items() if name not in _ENVELOPE}
    found = _structure(entity, inner, behaviour, entity)
    for name, limit in limits(entity).items():
        if limit.read_only:
            found.pop(name, None)
    return found


def require(entity: str, body: Mapping[str, Any]) -> None:
    """Raise fault 2020 for the first required member that is missing."""
    for name, limit in limits(entity).items():
        if limit.required and body.get(name) in (None, "", []):
            raise faults.missing(name)


def _structure(
    name: str, value: Mapping[str, Any], behaviour: Behaviour, path: str
) -> dict[str, Any]:
    outline = shape(name)
    if outline is None:
        return dict(value)
    found: dict[str, Any] = {}
    rules = limits(name)
    for key, held in value.items():
        if held is None:
            continue
        member = outline.elements.get(key) or outline.attributes.get(key)
        if member is None and outline.text is not None and key == outline.text.name:
            member = outline.text
        if member is None:
            if outline.any or behaviour.unknown_property == "ignore":
                continue
            raise faults.unsupported_property(key)
        cleaned = _member(member, held, behaviour, rules.get(key, _NONE), f"{path}.{key}")
        if cleaned not in ("", None) and (cleaned != [] or key == "Line"):
            found[key] = cleaned
    return found


def _member(member: Member, held: Any, behaviour: Behaviour, limit: Limit, path: str) -> Any:
    if not member.many:
        return _value(member, held, behaviour, limit, path)
    if not isinstance(held, list):
        raise faults.unsupported_property(
            f"Can not instantiate value of type {member.name} from {type(held).__name__};"
        )
    return [_value(member, each, behaviour, limit, path) for each in held if each is not None]


def _value(member: Member, held: Any, behaviour: Behaviour, limit: Limit, path: str) -> Any:
    if member.kind == "n":
        return _number(member.name, held)
    if member.kind == "b":
        return _truth(member.name, held)
    if member.kind == "":
        return _text(member.name, held, behaviour, limit)
    if not isinstance(held, Mapping):
        raise faults.unsupported_property(
            f"Can not instantiate value of type {member.kind} from {type(held).__name__};"
        )
    found = _structure(member.kind, held, behaviour, path)
    if member.kind == "ReferenceType" and not found.get("value"):
        return None
    return found or None


def _number(name: str, held: Any) -> Decimal | None:
    if isinstance(held, bool) or not isinstance(held, int | float | str | Decimal):
        raise faults.unsupported_property(f"Can not instantiate value of type {name};")
    if held == "":
        return None
    try:
        number = Decimal(str(held))
    except InvalidOperation:
        raise faults.invalid_number(name, held) from None
    if not number.is_finite():
        raise faults.invalid_number(name, held)
    if len(number.as_tuple().digits) > _DIGITS or abs(number) >= Decimal(10) ** _DIGITS:
        raise faults.number_range(name, held)
    return number


def _truth(name: str, held: Any) -> bool | None:
    if isinstance(held, bool):
        return held
    if held == "":
        return None
    if isinstance(held, str) and held.casefold() in {"true", "false"}:
        return held.casefold() == "true"
    raise faults.unsupported_property(f"Can not instantiate value of type boolean for {name};")


def _text(name: str, held: Any, behaviour: Behaviour, limit: Limit) -> str:
    if isinstance(held, bool):
        text = "true" if held else "false"
    elif isinstance(held, str | int | Decimal | float):
        text = str(held).strip()
    else:
        raise faults.unsupported_property(f"Can not instantiate value of type String for {name};")
    if limit.length and len(text) > limit.length:
        raise faults.too_long(name, limit.length, len(text))
    if behaviour.foreign_letters != "keep" and not _is_latin1(text):
        if behaviour.foreign_letters == "refuse":
            raise faults.invalid_string(name, text)
        text = text.encode("iso-8859-1", "replace").decode("iso-8859-1")
    if limit.is_date and text:
        return _date(name, text)
    if limit.words and text and text not in limit.words:
        raise faults.invalid_enum(name, text)
    return text


def _is_latin1(text: str) -> bool:
    return all(ord(letter) < _FIRST_FOREIGN for letter in text)


def _date(name: str, text: str) -> str:
    day = text.partition("T")[0]
    try:
        return dt.date.fromisoformat(day).isoformat() if len(day) == len("YYYY-MM-DD") else _bad()
    except ValueError:
        raise faults.invalid_date(name, text) from None


def _bad() -> str:
    raise ValueError
