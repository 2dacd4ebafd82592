"""What has to be known of a company before a document can be written for it. Pure."""

import datetime as dt
import enum
from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from subledger.model import Reference

BALANCE_SHEET: Final = frozenset(
    {
        "Bank",
        "Credit Card",
        "Other Current Asset",
        "Fixed Asset",
        "Other Asset",
        "Other Current Liability",
        "Long Term Liability",
        "Equity",
    }
)
"""Types of account between which a Transfer is possible."""
RECEIVABLE: Final = "Accounts Receivable"
PAYABLE: Final = "Accounts Payable"
UNDEPOSITED: Final = "UndepositedFunds"
"""The subtype of the account for money that is not deposited yet."""
UNITED_STATES: Final = frozenset({"US", "USA"})


class Classes(enum.Enum):
    """Where a document carries its class."""

    OFF = "off"
    LINE = "line"
    DOCUMENT = "document"


@frozen(kw_only=True)
class Account:
    """An account of the company; ``name`` is the full colon path, ``type`` QuickBooks' own word."""

    id: str
    name: str
    type: str
    subtype: str = ""


@frozen(kw_only=True)
class Company:
    """The settings and accounts that decide what a document looks like.

    ``location`` and ``untaxed`` are the ids of the connection's location, and of its tax code for
    lines without tax outside the United States; empty where it has none. ``applies_credits``:
    QuickBooks pays open invoices with credit memos by itself, before anybody else can.
    """

    name: str = ""
    country: str = "US"
    currency: str = "USD"
    multi_currency: bool = False
    sales_tax: bool = True
    classes: Classes = Classes.LINE
    location: str = ""
    untaxed: str = ""
    closing_date: dt.date | None = None
    applies_credits: bool = False
    accounts: Mapping[str, Account] = field(factory=dict)

    @property
    def is_us(self) -> bool:
        """Whether sales tax works the way of the United States."""
        return self.country in UNITED_STATES

    def account(self, reference: Reference | None) -> Account | None:
        """The account that a reference means, by its id or else its full name."""
        if reference is None:
            return None
        if reference.id:
            return self.accounts.get(reference.id)
        return self.named(reference.name)

    def type_of(self, reference: Reference | None) -> str:
        """The type of an account; empty where it is not known."""
        found = self.account(reference)
        return found.type if found else ""

    def named(self, name: str) -> Account | None:
        """The account with a full name, whatever the case."""
        wanted = name.casefold()
        return next(
            (each for each in self.accounts.values() if each.name.casefold() == wanted), None
        )


def account_of(record: Mapping[str, Any]) -> Account:
    """An account as the API returns it."""
    return Account(
        id=str(record.get("Id", "")),
        name=str(record.get("FullyQualifiedName") or record.get("Name") or ""),
        type=str(record.get("AccountType", "")),
        subtype=str(record.get("AccountSubType", "")),
    )


def closing_date_of(preferences: Mapping[str, Any]) -> dt.date | None:
    """The last day of the closed period (Preferences: AccountingInfoPrefs.BookCloseDate)."""
    text = str(_part(preferences, "AccountingInfoPrefs").get("BookCloseDate") or "")[:10]
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def company_of(
    preferences: Mapping[str, Any],
    info: Mapping[str, Any],
    accounts: Mapping[str, Account],
    *,
    location: str = "",
    untaxed: str = "",
) -> Company:
    """The company as its Preferences, CompanyInfo and accounts describe it."""
    accounting = _part(preferences, "AccountingInfoPrefs")
    currency = _part(preferences, "CurrencyPrefs")
    home = _part(currency, "HomeCurrency").get("value")
    if accounting.get("ClassTrackingPerTxnLine"):
        classes = Classes.LINE
    elif accounting.get("ClassTrackingPerTxn"):
        classes = Classes.DOCUMENT
    else:
        classes = Classes.OFF
    return Company(
        name=str(info.get("CompanyName", "")),
        country=str(info.get("Country") or "US"),
        currency=str(home or "USD"),
        multi_currency=bool(currency.get("MultiCurrencyEnabled")),
        sales_tax=bool(_part(preferences, "TaxPrefs").get("UsingSalesTax")),
        classes=classes,
        location=location,
        untaxed=untaxed,
        closing_date=closing_date_of(preferences),
        applies_credits=bool(_part(preferences, "SalesFormsPrefs").get("AutoApplyCredit")),
        accounts=accounts,
    )


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = body.get(name)
    return value if isinstance(value, Mapping) else {}
