"""The sample company: a small care business with a card programme."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from attrs import evolve

from .company import CompanyFile

_ACCOUNTS: tuple[tuple[str, str], ...] = (
    ("Operating Checking", "Bank"),
    ("PEX Card Account", "Bank"),
    ("PEX Credit Card", "CreditCard"),
    ("Accounts Receivable", "AccountsReceivable"),
    ("Accounts Payable", "AccountsPayable"),
    ("Undeposited Funds", "OtherCurrentAsset"),
    ("Opening Balance Equity", "Equity"),
    ("Retained Earnings", "Equity"),
    ("Owner Draws", "Equity"),
    ("Services Income", "Income"),
    ("Card Rebates", "OtherIncome"),
    ("Cost of Goods Sold", "CostOfGoodsSold"),
    ("Office Supplies", "Expense"),
    ("Travel", "Expense"),
    ("Travel:Hotel", "Expense"),
    ("Travel:Airfare", "Expense"),
    ("Travel:Meals", "Expense"),
    ("Fuel", "Expense"),
    ("Vehicle Repairs", "Expense"),
    ("Software Subscriptions", "Expense"),
    ("Advertising", "Expense"),
    ("Medical Supplies", "Expense"),
    ("Utilities", "Expense"),
    ("Telephone", "Expense"),
    ("Bank Service Charges", "Expense"),
    ("Uncategorized Expense", "Expense"),
    ("Postage", "Expense"),
    ("Company Card", "CreditCard"),
)
_INACTIVE_ACCOUNTS = ("Postage",)
_CLASSES = (
    "Administration",
    "Clinic",
    "Field Services",
    "Field Services:North",
    "Field Services:South",
)
_CUSTOMERS = (
    "Lakeside Clinic",
    "Lakeside Clinic:Roof Repair",
    "Harbor School District",
    "Riverside Bakery",
)
_VENDORS = ("PEX", "Office Depot", "Shell")
_TERMS = (("Due on receipt", "0"), ("Net 15", "15"), ("Net 30", "30"))
_PAYMENT_METHODS = (("Cash", "Cash"), ("Check", "Check"), ("American Express", "AmericanExpress"))
_TAX_CODES = (("Tax", "true"), ("Non", "false"))
_OPENING = "250000.00"


def create_sample_company(
    company: CompanyFile, *, year_start: dt.date, closing_date: dt.date | None
) -> None:
    """Fill a new company file; everything is dated and made the day before `year_start`.

    Switches that were set before stay as they are, except the closing date.
    """
    settings = company.settings
    company.store.load_snapshot(_snapshot(year_start))
    date = closing_date.isoformat() if closing_date else ""
    company.store.set_settings(evolve(settings, closing_date=date))


@lru_cache(maxsize=8)
def _snapshot(year_start: dt.date) -> bytes:
    eve = year_start - dt.timedelta(days=1)
    company = CompanyFile(":memory:", lambda: dt.datetime.combine(eve, dt.time(9)))
    _fill(company, eve)
    content = company.store.snapshot()
    company.close()
    return content


def _fill(company: CompanyFile, eve: dt.date) -> None:
    human = company.human
    for full_name, account_type in _ACCOUNTS:
        human.add_list_object("Account", {**_named(full_name), "AccountType": account_type})
    for full_name in _INACTIVE_ACCOUNTS:
        human.deactivate_account(full_name)
    for full_name in _CLASSES:
        human.add_list_object("Class", _named(full_name))
    for name, is_taxable in _TAX_CODES:
        human.add_list_object("SalesTaxCode", {"Name": name, "IsTaxable": is_taxable})
    for name, days in _TERMS:
        human.add_list_object("StandardTerms", {"Name": name, "StdDueDays": days})
    for name, kind in _PAYMENT_METHODS:
        human.add_list_object("PaymentMethod", {"Name": name, "PaymentMethodType": kind})
    for full_name in _CUSTOMERS:
        human.add_list_object("Customer", _named(full_name))
    for name in _VENDORS:
        human.add_list_object("Vendor", {"Name": name})
    human.add_list_object("ItemSalesTax", {"Name": "Out of State", "TaxRate": "0.0"})
    human.add_list_object(
        "ItemService",
        {
            "Name": "Consulting",
            "SalesTaxCodeRef": {"FullName": "Non"},
            "SalesOrPurchase": {
                "Desc": "Consulting hour",
                "Price": "150.00",
                "AccountRef": {"FullName": "Services Income"},
            },
        },
    )
    human.add_document(
        "Deposit",
        {
            "TxnDate": eve.isoformat(),
            "DepositToAccountRef": {"FullName": "Operating Checking"},
            "Memo": "Account Opening Balance",
            "DepositLineAdd": [
                {"AccountRef": {"FullName": "Opening Balance Equity"}, "Amount": _OPENING}
            ],
        },
    )


def _named(full_name: str) -> dict[str, object]:
    parent, _, name = full_name.rpartition(":")
    return {"Name": name, **({"ParentRef": {"FullName": parent}} if parent else {})}
