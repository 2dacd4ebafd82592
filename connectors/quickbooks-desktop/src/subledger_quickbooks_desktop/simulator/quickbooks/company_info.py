"""Host, company, preferences and company activity: what the installation says of itself."""

from __future__ import annotations

from typing import Any

from .answer import Outcome, Printer
from .books import Books
from .data_ext import COMPANY, attached
from .parse import Request

LAST_RESTORE = "last_restore"


def host(books: Books, request: Request) -> Outcome:
    """Answer HostQuery."""
    settings = books.settings
    return _one(
        books,
        request,
        "HostRet",
        {
            "ProductName": settings.product_name,
            "MajorVersion": str(settings.major_version),
            "MinorVersion": str(settings.minor_version),
            "Country": settings.country,
            "SupportedQBXMLVersion": list(settings.versions),
            "IsAutomaticLogin": _yes(is_on=settings.automatic_login),
            "QBFileMode": "MultiUser" if settings.multi_user else "SingleUser",
        },
    )


def company(books: Books, request: Request) -> Outcome:
    """Answer CompanyQuery; private data of the owners asked for comes along."""
    name = books.settings.company_name
    return _one(
        books,
        request,
        "CompanyRet",
        {
            "IsSampleCompany": "false",
            "CompanyName": name,
            "LegalCompanyName": name,
            "FirstMonthFiscalYear": "January",
            "FirstMonthIncomeTaxYear": "January",
            "DataExtRet": attached(books, COMPANY, request.fields.get("OwnerID", ())),
        },
    )


def activity(books: Books, request: Request) -> Outcome:
    """Answer CompanyActivityQuery: when the file was last restored from a backup."""
    restored = books.store.fact(LAST_RESTORE)
    values = {"LastRestoreTime": books.stamp(int(restored))} if restored else {}
    return _one(books, request, "CompanyActivityRet", values)


def preferences(books: Books, request: Request) -> Outcome:
    """Answer PreferencesQuery; sales tax preferences are absent when sales tax is off."""
    settings = books.settings
    values: dict[str, Any] = {
        "AccountingPreferences": {
            "IsUsingAccountNumbers": "false",
            "IsRequiringAccounts": "true",
            "IsUsingClassTracking": _yes(is_on=settings.class_tracking),
            "IsUsingAuditTrail": "true",
            "IsAssigningJournalEntryNumbers": "true",
            "ClosingDate": settings.closing_date,
        },
        "MultiCurrencyPreferences": {"IsMultiCurrencyOn": "false"},
        "SalesAndCustomersPreferences": {
            "IsTrackingReimbursedExpensesAsIncome": "false",
            "IsAutoApplyingPayments": _yes(is_on=settings.auto_apply_payments),
        },
        "CurrentAppAccessRights": {
            "IsAutomaticLoginAllowed": _yes(is_on=settings.automatic_login),
            "IsPersonalDataAccessAllowed": _yes(is_on=settings.personal_data),
        },
    }
    if settings.sales_tax:
        codes = {item.name: item.id for item in books.objects("kind='SalesTaxCode'")}
        taxes = books.objects("kind='ItemSalesTax' AND active=1")
        values["SalesTaxPreferences"] = {
            "DefaultItemSalesTaxRef": _reference(taxes[0].id if taxes else None),
            "PaySalesTax": "Monthly",
            "DefaultTaxableSalesTaxCodeRef": _reference(codes.get("Tax")),
            "DefaultNonTaxableSalesTaxCodeRef": _reference(codes.get("Non")),
            "IsUsingVendorTaxCode": "false",
            "IsUsingCustomerTaxCode": "true",
            "IsUsingAmountsIncludeTax": "false",
        }
    return _one(books, request, "PreferencesRet", values)


def _one(books: Books, request: Request, tag: str, values: dict[str, Any]) -> Outcome:
    printer = Printer(version=books.version, name=books.name)
    return Outcome(data=tuple(printer.object(tag, values, request.include)))


def _yes(*, is_on: bool) -> str:
    return "true" if is_on else "false"


def _reference(list_id: str | None) -> dict[str, str] | None:
    return {"ListID": list_id} if list_id else None
