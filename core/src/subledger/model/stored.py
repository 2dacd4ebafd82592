"""Entities as text: the one converter for stored entities, and their fingerprint."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import cattrs
from cattrs.gen import make_dict_unstructure_fn

from subledger.model.documents import Attachment, Document, Settlement
from subledger.model.entities import Entity, Movement
from subledger.model.lists import Item, Party
from subledger.model.values import Address, Application, Line, Receipt, Reference, Tag, Tax
from subledger.money import Money

_CLASSES: Mapping[str, type[Any]] = {
    "movement": Movement,
    "document": Document,
    "settlement": Settlement,
    "party": Party,
    "item": Item,
    "attachment": Attachment,
}
_NAMES = {cls: name for name, cls in _CLASSES.items()}


def _money_text(money: Money) -> str:
    return f"{money.minor} {money.currency}"


def _money(text: str, _type: object) -> Money:
    minor, currency = text.split(" ")
    return Money(int(minor), currency)


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(omit_if_default=True, detailed_validation=False)
    converter.register_unstructure_hook(Money, _money_text)
    converter.register_structure_hook(Money, _money)
    converter.register_unstructure_hook(dt.date, dt.date.isoformat)
    converter.register_structure_hook(dt.date, lambda text, _type: dt.date.fromisoformat(text))
    converter.register_unstructure_hook(Decimal, str)
    converter.register_structure_hook(Decimal, lambda text, _type: Decimal(text))
    for cls in (Reference, Tag, Receipt, Address, Tax, Application, Line):
        converter.register_unstructure_hook(
            cls, make_dict_unstructure_fn(cls, converter, _cattrs_omit_if_default=True)
        )
    return converter


_CONVERTER = _converter()
_CANONICAL = json.JSONEncoder(separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def dump(entity: Entity) -> str:
    """An entity as compact, canonical JSON text; equal entities give equal text."""
    body = _CONVERTER.unstructure(entity)
    body["_"] = _NAMES[type(entity)]
    return _CANONICAL.encode(body)


def load(text: str) -> Entity:
    """The entity that :func:`dump` wrote."""
    body = json.loads(text)
    entity: Entity = _CONVERTER.structure(body, _CLASSES[body.pop("_")])
    return entity


def fingerprint(text: str) -> str:
    """A short hash of a dumped entity: changes exactly when the entity changes."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
