"""Resolving references: by ListID first, then by full name, case-insensitive."""

from __future__ import annotations

from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks.books import Books, ListObject
from subledger_quickbooks_desktop.simulator.quickbooks.check import LINES, Fields
from subledger_quickbooks_desktop.simulator.quickbooks.status import (
    bad_reference,
    feature_off,
    invalid_id,
)
from subledger_quickbooks_desktop.simulator.quickbooks.text import folded

from .kinds import targets

_CLASS_TAGS = frozenset({"ClassRef", "DiscountClassRef", "OverrideClassRef"})
_TAX_TAGS = frozenset({"ItemSalesTaxRef"})
_INACTIVE = "Inactive list elements cannot be used."


def resolve_all(books: Books, fields: Fields, owner: str) -> Fields:
    """The same fields with every reference reduced to its ListID; empty ones become None.

    Raises 3000 for an id that names nothing, 3140 for a name that names nothing, 3250 where the
    feature behind the reference is off.
    """
    return {key: _resolved(books, key, value, owner) for key, value in fields.items()}


def _resolved(books: Books, key: str, value: Any, owner: str) -> Any:
    if isinstance(value, str):
        return value
    if key == LINES:
        return [(tag, resolve_all(books, line, f"{owner} line")) for tag, line in value]
    if isinstance(value, list):
        return [_resolved(books, key, single, owner) for single in value]
    if not key.endswith("Ref"):
        return resolve_all(books, value, owner)
    if not value.get("ListID") and not value.get("FullName"):
        return None
    return {"ListID": resolve(books, key, value, owner).id}


def resolve(books: Books, tag: str, reference: Fields, owner: str) -> ListObject:
    """The object that a reference names; see `resolve_all`."""
    word, kinds = targets(tag)
    settings = books.settings
    if tag in _CLASS_TAGS and not settings.class_tracking:
        raise feature_off()
    if tag in _TAX_TAGS and not settings.sales_tax:
        raise feature_off()
    identity = reference.get("ListID")
    if identity:
        found = books.object(identity)
        if found is None or found.kind not in kinds:
            raise invalid_id(identity, "list id")
    else:
        found = by_name(books, kinds, reference["FullName"])
        if found is None:
            raise bad_reference(word, reference["FullName"], owner)
    refuses = settings.inactive_reference
    if not found.active and (refuses == "refuse" or (refuses == "refuse_names" and not identity)):
        raise bad_reference(word, found.full_name, owner, _INACTIVE)
    return found


def by_name(books: Books, kinds: tuple[str, ...], full_name: str) -> ListObject | None:
    """The object of one of the kinds with that full name, or None."""
    if not kinds:
        return None
    marks = ",".join("?" * len(kinds))
    found = books.objects(f"name_key=? AND kind IN ({marks})", (folded(full_name), *kinds))
    return found[0] if found else None
