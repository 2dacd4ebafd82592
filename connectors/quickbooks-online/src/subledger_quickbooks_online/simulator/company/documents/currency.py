"""The currency of a document and its rate; its rows of the ledger in the home currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from attrs import evolve

from subledger_quickbooks_online.simulator.company import currencies, faults, rates
from subledger_quickbooks_online.simulator.company.accounts import PAYABLE, RECEIVABLE
from subledger_quickbooks_online.simulator.company.books import JSON, Books, Draft, Stored, ref
from subledger_quickbooks_online.simulator.company.ledger import Entry
from subledger_quickbooks_online.simulator.company.money import rounded
from subledger_quickbooks_online.simulator.company.standard import account_type

_ON_ACCOUNT = frozenset({"Invoice", "CreditMemo", "Payment", "Bill", "VendorCredit", "BillPayment"})
_ACCOUNTS = ("AccountRef", "DepositToAccountRef", "FromAccountRef", "ToAccountRef")
_HOME_TOTAL = frozenset(
    {"Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt", "Estimate", "Deposit"}
)
_HOME_BALANCE = frozenset({"Invoice", "CreditMemo", "Bill"})


def settle(books: Books, draft: Draft) -> None:
    """Write CurrencyRef, and ExchangeRate where the company has several currencies.

    The currency is the party's, else that of the account of the header. The rate is home units
    for one unit: what was given, or that of TxnDate. Raises 6000 where party and document differ.
    """
    body = draft.body
    party = _party(books, body)
    currency = ref(body, "CurrencyRef") or party or _account(books, body)
    currencies.require_active(books, currency)
    if party and currency != party:
        raise currencies.mismatch(on_account=draft.entity in _ON_ACCOUNT)
    body["CurrencyRef"] = {"value": currency}
    if not currencies.enabled(books):
        body.pop("ExchangeRate", None)
    elif currency == books.home_currency:
        body["ExchangeRate"] = 1
    elif body.get("ExchangeRate") is None:
        body["ExchangeRate"] = rates.rate(books, currency, body["TxnDate"])["Rate"]
    elif rate_of(body) <= 0:
        raise faults.invalid_number("ExchangeRate", body["ExchangeRate"])


def rate_of(body: Mapping[str, Any]) -> Decimal:
    """Home units for one unit of the document's currency."""
    return Decimal(body.get("ExchangeRate", 1))


def at(amount_in_cents: int, rate: Decimal) -> int:
    """Cents of a currency in cents of the home currency."""
    return int((amount_in_cents * rate).quantize(Decimal(1), ROUND_HALF_UP))


def in_home(books: Books, stored: Stored, entries: Iterable[Entry]) -> list[Entry]:
    """The rows in the home currency; the last one takes what rounding leaves over.

    Raises 6000 for an account whose currency fits neither the document nor the books.
    """
    rows = [entry for entry in entries if entry.cents]
    if not currencies.enabled(books):
        return rows
    for row in rows:
        _check_account(books, stored.body, row)
    rate = rate_of(stored.body)
    rows = [row if row.home else evolve(row, cents=at(row.cents, rate)) for row in rows]
    last = max((place for place, row in enumerate(rows) if not row.home), default=None)
    if last is not None:
        rows[last] = evolve(rows[last], cents=rows[last].cents - sum(row.cents for row in rows))
    return rows


def shown(stored: Stored) -> JSON:
    """What a document shows in the home currency, in a company with several."""
    body = stored.body
    found: JSON = {}
    if "ExchangeRate" not in body:
        return found
    if stored.entity in _HOME_TOTAL:
        found["HomeTotalAmt"] = rounded(Decimal(body["TotalAmt"]) * rate_of(body))
    if stored.entity in _HOME_BALANCE:
        found["HomeBalance"] = rounded(Decimal(body["Balance"]) * rate_of(body))
    return found


def _party(books: Books, body: JSON) -> str:
    """The currency of the customer or vendor, "" without one."""
    kind = str((body.get("EntityRef") or {}).get("type", "Vendor")).capitalize()
    for entity, name in (("Customer", "CustomerRef"), ("Vendor", "VendorRef"), (kind, "EntityRef")):
        found = books.list_object(entity, ref(body, name))
        if found is not None and entity != "Employee":
            return currencies.of(books, found.body)
    return ""


def _account(books: Books, body: JSON) -> str:
    """The foreign currency of an account of the header, else the home currency."""
    for name in _ACCOUNTS:
        account = books.list_object("Account", ref(body, name))
        if account is not None and currencies.is_foreign(books, account.body):
            return currencies.of(books, account.body)
    return books.home_currency


def _check_account(books: Books, body: JSON, row: Entry) -> None:
    account = books.list_object("Account", row.account)
    currency = currencies.of(books, account.body if account else {})
    wanted = currencies.of(books, body)
    on_account = account_type(books, row.account) in {RECEIVABLE, PAYABLE}
    if currency != wanted and (on_account or currency != books.home_currency):
        raise currencies.mismatch(on_account=on_account)
    party = _party(books, {"CustomerRef": {"value": row.name}, "VendorRef": {"value": row.name}})
    if on_account and party not in {"", wanted}:
        raise currencies.mismatch(on_account=True)
