"""CompanyInfo and Preferences: one object each, and what a person changes in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import check, faults
from .books import JSON, Books, Stored

_READ_ONLY = ("AccountingInfoPrefs", "BookCloseDate")


def update_single(books: Books, old: Stored, body: Mapping[str, Any]) -> Stored:
    """Merge what was sent; the closing date is read-only, and several currencies stay (6000)."""
    sent = check.clean(old.entity, body, books.behaviour)
    sent.get(_READ_ONLY[0], {}).pop(_READ_ONLY[1], None)
    wished = sent.get("CurrencyPrefs", {}).get("MultiCurrencyEnabled", True)
    if not wished and books.preference("CurrencyPrefs.MultiCurrencyEnabled"):
        raise faults.business("Multicurrency cannot be switched off.", "MultiCurrencyEnabled")
    old.body = merged(old.body, sent)
    books.save(old)
    return old


def set_preferences(books: Books, changes: Mapping[str, Any]) -> None:
    """Merge preferences in dotted or nested form; None takes one away.

    "OtherPrefs" is a mapping of names to values; "CompanyInfo" changes that object instead.
    """
    nested = dict(nest(changes))
    company = nested.pop("CompanyInfo", None)
    if company:
        info = books.get("CompanyInfo", "1")
        if info is not None:
            info.body = merged(info.body, company)
            books.save(info)
    other = nested.pop("OtherPrefs", None)
    preferences = books.get("Preferences", "1")
    if preferences is None or not (nested or other):
        return
    preferences.body = merged(preferences.body, nested)
    if other:
        pairs = {
            pair["Name"]: pair["Value"]
            for pair in preferences.body.get("OtherPrefs", {}).get("NameValue", [])
        } | _flat(other)
        preferences.body["OtherPrefs"] = {
            "NameValue": [{"Name": name, "Value": value} for name, value in sorted(pairs.items())]
        }
    books.save(preferences)


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> JSON:
    """Nested objects member by member; everything else is replaced."""
    found = dict(old)
    for name, value in new.items():
        if value is None:
            found.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(found.get(name), Mapping):
            found[name] = merged(found[name], value)
        else:
            found[name] = value
    return found


def nest(changes: Mapping[str, Any]) -> JSON:
    """Dotted names as nested objects."""
    found: JSON = {}
    for path, value in changes.items():
        first, _, rest = path.partition(".")
        inner = (
            nest({rest: value}) if rest else nest(value) if isinstance(value, Mapping) else value
        )
        mapping = isinstance(inner, Mapping) and isinstance(found.get(first), Mapping)
        found[first] = merged(found[first], inner) if mapping else inner
    return found


def _flat(values: Mapping[str, Any], path: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{path}{name}.")
        else:
            found[f"{path}{name}"] = str(value).lower() if isinstance(value, bool) else str(value)
    return found
