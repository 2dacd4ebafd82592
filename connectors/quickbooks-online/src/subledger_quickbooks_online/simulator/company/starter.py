"""The company that a new file begins with: chart of accounts, lists, taxes, preferences."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from importlib.resources import files
from typing import Any

from . import taxes
from .books import JSON, Books, Stored
from .lists.plain import currency_name
from .singles import nest, set_preferences
from .standard import make_account

_US_TAXES = (
    ("Arizona Dept. of Revenue", (("AZ State tax", "7.1"), ("Tucson City", "2"))),
    ("California Department of Tax and Fee Administration", (("California", "8"),)),
)
_OTHER_TAXES = (
    ("Revenue Agency", (("GST", "5"), ("PST BC", "7"), ("HST ON", "13"), ("Zero", "0"))),
)


def make(books: Books, preferences: Mapping[str, Any]) -> None:
    """Fill an empty company."""
    wished = nest(preferences)
    country = str(wished.get("CompanyInfo", {}).get("Country", "US"))
    books.insert(Stored(entity="CompanyInfo", id="1", body=_company_info(country)))
    books.insert(Stored(entity="Preferences", id="1", body=_preferences(country)))
    set_preferences(books, wished)
    _lists(books)
    if books.is_us:
        _us_taxes(books)
    else:
        _other_taxes(books)
    currency = books.home_currency
    body = {"Code": currency, "Name": currency_name(currency), "Active": True}
    identity = books.new_id("CompanyCurrency")
    books.insert(
        Stored(entity="CompanyCurrency", id=identity, body=body),
        f"CompanyCurrency||{currency.casefold()}",
    )
    books.store.execute("DELETE FROM change")


def _lists(books: Books) -> None:
    text = files(__package__).joinpath("starter.txt").read_text(encoding="ascii")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        entity, _, row = line.partition(": ")
        identity, name, *rest = row.split(" | ")
        if entity == "Account":
            make_account(books, name, rest[0], rest[1], identity)
        else:
            body = {"Name": name, "Active": True, **_BODIES[entity](rest[0])}
            stored = Stored(entity=entity, id=identity, body=body)
            books.insert(stored, f"{entity}||{name.casefold()}")
        books.store.count_from(entity, int(identity))


def _term(days: str) -> JSON:
    return {"Type": "STANDARD", "DueDays": int(days), "DiscountDays": 0}


def _payment_method(kind: str) -> JSON:
    return {"Type": kind}


def _item(account: str) -> JSON:
    return {
        "Type": "Service",
        "Taxable": False,
        "UnitPrice": Decimal(0),
        "PurchaseCost": Decimal(0),
        "IncomeAccountRef": {"value": account},
        "TrackQtyOnHand": False,
    }


_BODIES = {"Term": _term, "PaymentMethod": _payment_method, "Item": _item}


def _agency(books: Books, name: str) -> str:
    body = {"DisplayName": name, "TaxTrackedOnSales": True, "TaxTrackedOnPurchases": False}
    stored = Stored(entity="TaxAgency", id=books.new_id("TaxAgency"), body=body)
    books.insert(stored, f"TaxAgency||{name.casefold()}")
    return stored.id


def _us_taxes(books: Books) -> None:
    rates = _rates(books, _US_TAXES)
    taxes.add_pseudo_code(books, "TAX", taxable=True)
    taxes.add_pseudo_code(books, "NON", taxable=False)
    taxes.add_code(books, "California", [rates["California"]], id="2", state="CA")
    both = [rates["AZ State tax"], rates["Tucson City"]]
    taxes.add_code(books, "Tucson", both, id="3", state="AZ")
    books.store.count_from("TaxCode", 3)


def _other_taxes(books: Books) -> None:
    rates = _rates(books, _OTHER_TAXES)
    groups = {
        "Exempt": [],
        "Zero-rated": [rates["Zero"]],
        "GST": [rates["GST"]],
        "GST/PST BC": [rates["GST"], rates["PST BC"]],
        "HST ON": [rates["HST ON"]],
    }
    books.store.count_from("TaxCode", 1)
    for name, group in groups.items():
        taxes.add_code(books, name, group, group)


def _rates(
    books: Books, agencies: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
) -> dict[str, str]:
    found = {}
    for agency, rates in agencies:
        owner = _agency(books, agency)
        for name, percent in rates:
            found[name] = taxes.add_rate(books, name, Decimal(percent), owner)
    return found


def _company_info(country: str) -> JSON:
    address = {
        "Line1": "123 Sierra Way",
        "City": "San Pablo",
        "CountrySubDivisionCode": "CA",
        "PostalCode": "87999",
        "Country": "USA" if country == "US" else country,
    }
    return {
        "CompanyName": "Made-up Company",
        "LegalName": "Made-up Company",
        "CompanyAddr": address,
        "CustomerCommunicationAddr": dict(address),
        "LegalAddr": dict(address),
        "PrimaryPhone": {"FreeFormNumber": "(415) 555-0100"},
        "CompanyStartDate": "2015-06-05",
        "FiscalYearStartMonth": "January",
        "Country": country,
        "Email": {"Address": "books@example.com"},
        "WebAddr": {"URI": "https://books.example.com"},
        "SupportedLanguages": "en",
        "NameValue": [
            {"Name": "NeoEnabled", "Value": "true"},
            {"Name": "IsQbdtMigrated", "Value": "false"},
            {"Name": "SubscriptionStatus", "Value": "SUBSCRIBED"},
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
            {"Name": "PayrollFeature", "Value": "false"},
            {"Name": "AccountantFeature", "Value": "false"},
        ],
    }


_CURRENCIES = {"US": "USD", "CA": "CAD", "GB": "GBP", "AU": "AUD"}
_OTHERS = {
    "SalesFormsPrefs.DefaultItem": "1",
    "VendorAndPurchasesPrefs.UseCustomTxnNumbers": "true",
    "AccountingInfoPrefs.WarnDuplicateCheckNumber": "true",
    "AccountingInfoPrefs.WarnDuplicateJournalNumber": "true",
    "VendorAndPurchasesPrefs.WarnDuplicateBillNumber": "false",
}


def _preferences(country: str) -> JSON:
    return {
        **_forms(),
        "AccountingInfoPrefs": {
            "UseAccountNumbers": False,
            "TrackDepartments": True,
            "DepartmentTerminology": "Location",
            "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": True,
            "FirstMonthOfFiscalYear": "January",
            "TaxYearMonth": "January",
            "CustomerTerminology": "Customers",
        },
        "ProductAndServicesPrefs": {
            "ForSales": True,
            "ForPurchase": True,
            "QuantityWithPriceAndRate": True,
            "QuantityOnHand": True,
        },
        "TaxPrefs": {
            "UsingSalesTax": True,
            "PartnerTaxEnabled": True,
            "TaxGroupCodeRef": {"value": "2"},
        },
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": False,
            "HomeCurrency": {"value": _CURRENCIES.get(country, "EUR")},
        },
        "ReportPrefs": {"ReportBasis": "Accrual"},
        "EmailMessagesPrefs": {
            f"{kind}Message": {"Subject": f"{kind} from Made-up Company", "Message": "Thank you."}
            for kind in ("Invoice", "Estimate", "SalesReceipt", "Statement")
        },
        "OtherPrefs": {
            "NameValue": [{"Name": name, "Value": value} for name, value in sorted(_OTHERS.items())]
        },
    }


def _forms() -> JSON:
    return {
        "SalesFormsPrefs": {
            "CustomTxnNumbers": False,
            "AllowDeposit": True,
            "AllowDiscount": True,
            "AllowEstimates": True,
            "AllowServiceDate": False,
            "AllowShipping": True,
            "AutoApplyCredit": False,
            "AutoApplyPayments": False,
            "DefaultTerms": {"value": "3"},
        },
        "VendorAndPurchasesPrefs": {
            "EnableBills": True,
            "TrackingByCustomer": True,
            "BillableExpenseTracking": True,
        },
        "TimeTrackingPrefs": {
            "UseServices": True,
            "BillCustomers": True,
            "ShowBillRateToAll": False,
            "WorkWeekStartDate": "Monday",
            "MarkTimeEntriesBillable": True,
        },
    }
