"""Currencies besides the home currency: which the company uses, and who keeps one.

Intuit, "Multicurrency": the currency of a name or an account is set when it is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import faults
from .books import Books, Draft, ref

_OFF = "Multi-currency is not enabled for this company."
_ON_ACCOUNT = "The transaction needs to be in the same currency as the A/R and A/P accounts you use"
_TWO = "You can only use one foreign currency per transaction."


def enabled(books: Books) -> bool:
    """Whether the company works with several currencies."""
    return bool(books.preference("CurrencyPrefs.MultiCurrencyEnabled"))


def of(books: Books, body: Mapping[str, Any]) -> str:
    """The currency of an object, the home currency where it names none."""
    return ref(body, "CurrencyRef") or books.home_currency


def is_foreign(books: Books, body: Mapping[str, Any]) -> bool:
    """Whether an object is kept in another currency than the books."""
    return of(books, body) != books.home_currency


def require_active(books: Books, code: str) -> None:
    """Raise 6000 where the company has one currency only, 2220 where it does not use this one."""
    if code == books.home_currency:
        return
    if not enabled(books):
        raise faults.business(_OFF, "CurrencyRef")
    found = books.by_name("CompanyCurrency", code)
    if found is None or not found.active or found.body["Code"] != code:
        raise faults.unknown_currency(code, "CurrencyRef")


def keep(books: Books, draft: Draft) -> None:
    """Write the currency of a name or an account: what was asked for, its parent's, or home."""
    old = draft.old
    parent = books.list_object(draft.entity, ref(draft.body, "ParentRef"))
    usual = of(books, old.body if old else parent.body if parent else {})
    currency = ref(draft.body, "CurrencyRef") or usual
    if old is not None and currency != usual:
        raise faults.business("The currency cannot be changed once it is set.", "CurrencyRef")
    if currency != usual:
        require_active(books, currency)
    draft.body["CurrencyRef"] = {"value": currency}


def mismatch(*, on_account: bool) -> faults.CompanyFault:
    """6000: a document, its party and its accounts do not go together."""
    return faults.business(_ON_ACCOUNT if on_account else _TWO, "CurrencyRef")
