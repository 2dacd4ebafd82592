"""Accounts that QuickBooks itself uses, found by type and sub-type, and made when missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import currencies
from .accounts import TYPES
from .books import Books, Stored

RECEIVABLE = ("Accounts Receivable", "AccountsReceivable")
PAYABLE = ("Accounts Payable", "AccountsPayable")
UNDEPOSITED = ("Other Current Asset", "UndepositedFunds")
DISCOUNT = ("Income", "DiscountsRefundsGiven")
SHIPPING = ("Income", "SalesOfProductIncome")
_NAMES = {
    "AccountsReceivable": "Accounts Receivable (A/R)",
    "AccountsPayable": "Accounts Payable (A/P)",
    "UndepositedFunds": "Undeposited Funds",
    "DiscountsRefundsGiven": "Discounts given",
    "SalesOfProductIncome": "Sales of Product Income",
    "OpeningBalanceEquity": "Opening Balance Equity",
}


def party_account(books: Books, kind: tuple[str, str], document: Mapping[str, Any]) -> str:
    """The Id of the A/R or A/P account of a document's currency, made when it is not there."""
    if not currencies.is_foreign(books, document):
        return account_of(books, *kind)
    currency = currencies.of(books, document)
    found = books.store.value(
        "SELECT id FROM object WHERE entity='Account' AND active"
        " AND json_extract(body,'$.AccountType')=?"
        " AND json_extract(body,'$.CurrencyRef.value')=? ORDER BY number LIMIT 1",
        (kind[0], currency),
    )
    name = f"{_NAMES[kind[1]]} - {currency}"
    return str(found or make_account(books, name, *kind, currency=currency))


def account_of(books: Books, account_type: str, subtype: str) -> str:
    """The Id of the oldest active account of that type and sub-type."""
    found = books.store.value(
        "SELECT id FROM object WHERE entity='Account' AND active"
        " AND json_extract(body,'$.AccountType')=? AND json_extract(body,'$.AccountSubType')=?"
        " ORDER BY number LIMIT 1",
        (account_type, subtype),
    )
    if found is None:
        found = make_account(books, _NAMES.get(subtype, subtype), account_type, subtype)
    return str(found)


def account_type(books: Books, account: str) -> str:
    """The type of an account, "" when there is no such account."""
    stored = books.list_object("Account", account)
    return str(stored.body["AccountType"]) if stored else ""


def named_account(books: Books, name: str, kind: str, subtype: str) -> str:
    """The Id of the account of that name, made when it is not there."""
    found = books.by_name("Account", name)
    return found.id if found else make_account(books, name, kind, subtype)


def make_account(
    books: Books,
    name: str,
    kind: str,
    subtype: str,
    id: str = "",  # noqa: A002
    *,
    currency: str = "",
) -> str:
    """Make an account as QuickBooks does on its own."""
    stored = Stored(
        entity="Account",
        id=id or books.new_id("Account"),
        body={
            "Name": name,
            "SubAccount": False,
            "FullyQualifiedName": name,
            "Active": True,
            "Classification": TYPES[kind].classification,
            "AccountType": kind,
            "AccountSubType": subtype,
            "CurrencyRef": {"value": currency or books.home_currency},
        },
    )
    books.insert(stored, f"Account||{name.casefold()}")
    return stored.id
