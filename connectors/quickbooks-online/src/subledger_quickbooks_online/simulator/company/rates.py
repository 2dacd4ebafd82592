"""Exchange rates: found by currency and day, set by the API, with made-up ones to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from . import faults
from .books import JSON, Books
from .codec import dumps, loads

_SETTING = "exchange rates"
_BEGINNING: Mapping[str, Decimal] = {
    "AUD": Decimal("0.66"),
    "CAD": Decimal("0.73"),
    "EUR": Decimal("1.09"),
    "GBP": Decimal("1.27"),
    "JPY": Decimal("0.0066"),
}
"""Made-up rates in US dollars, the same on every day until somebody sets another."""


def rate(books: Books, code: str, day: str) -> JSON:
    """The rate of the day or the last one before; CompanyFault 2220 for an unknown currency."""
    home = books.home_currency
    told = [(since, value) for since, value in _told(books).get(code, {}).items() if since <= day]
    if code == home:
        value = Decimal(1)
    elif told:
        value = max(told)[1]
    elif code in _BEGINNING:
        value = _BEGINNING[code]
    else:
        raise faults.unknown_currency(code)
    return {
        "SourceCurrencyCode": code,
        "TargetCurrencyCode": home,
        "Rate": value,
        "AsOfDate": day,
        "domain": "QBO",
        "sparse": False,
    }


def set_rate(books: Books, body: Mapping[str, Any]) -> JSON:
    """Set the rate of a currency from a day on."""
    for name in ("SourceCurrencyCode", "Rate"):
        if not body.get(name):
            raise faults.missing(name)
    code, day = str(body["SourceCurrencyCode"]).upper(), str(body.get("AsOfDate") or books.today)
    try:
        value = Decimal(str(body["Rate"]))
    except InvalidOperation as wrong:
        raise faults.unsupported_property("Rate") from wrong
    rate(books, code, day)
    told = _told(books)
    told.setdefault(code, {})[day] = value
    books.store.set_setting(_SETTING, dumps(told))
    return rate(books, code, day)


def codes(books: Books) -> list[str]:
    """The currencies that have a rate, without the company's own."""
    return sorted({*_BEGINNING, *_told(books)} - {books.home_currency})


def _told(books: Books) -> dict[str, dict[str, Decimal]]:
    found: dict[str, dict[str, Decimal]] = loads(books.store.setting(_SETTING) or "{}")
    return found
