"""What the first call of a session tells about QuickBooks: host, company and preferences.

Source: QuickBooks Web Connector Programmer's Guide, sendRequestXML (strHCPResponse), and the
qbXML reference of HostRet, CompanyRet and PreferencesRet.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import frozen

from subledger_quickbooks_desktop.wire.qbxml import Result, many, parse_answer


@frozen(kw_only=True)
class CompanyFacts:
    """Facts of the open company file; None or "" = QuickBooks did not tell.

    `file_id` is the identity we gave the file through the `.qwc`, kept by the Web Connector as
    private data under our owner id. `auto_login` tells about this session, `auto_login_allowed`
    about the right. `supported_versions` are as printed, for `versions.negotiate`. The codes are
    the ListID and name of the sales tax codes that lines get by default.
    """

    company_name: str = ""
    legal_name: str = ""
    file_id: str = ""
    product: str = ""
    product_version: str = ""
    country: str = ""
    supported_versions: tuple[str, ...] = ()
    file_mode: str = ""
    auto_login: bool | None = None
    auto_login_allowed: bool | None = None
    is_sample: bool | None = None
    class_tracking: bool | None = None
    multicurrency: bool | None = None
    home_currency: str = ""
    sales_tax: bool | None = None
    taxable_code: tuple[str, str] = ("", "")
    exempt_code: tuple[str, str] = ("", "")
    closing_date: date | None = None
    auto_apply_payments: bool | None = None
    personal_data: bool | None = None


def parse_hcp(document: str | bytes, *, owner_id: str) -> CompanyFacts:
    """Read strHCPResponse; raises HostileXml. Anything missing or unreadable is left unknown."""
    data = document.encode() if isinstance(document, str) else document
    answer = parse_answer(data)
    host = _record(answer.results, "HostQueryRq")
    company = _record(answer.results, "CompanyQueryRq")
    preferences = _record(answer.results, "PreferencesQueryRq")
    asked = any(result.request == "PreferencesQueryRq" for result in answer.results)
    accounting = _group(preferences, "AccountingPreferences")
    currency = _group(preferences, "MultiCurrencyPreferences")
    sales = _group(preferences, "SalesAndCustomersPreferences")
    application = _group(preferences, "CurrentAppAccessRights")
    tax = _group(preferences, "SalesTaxPreferences")
    return CompanyFacts(
        company_name=_text(company, "CompanyName"),
        legal_name=_text(company, "LegalCompanyName"),
        file_id=_file_id(company, owner_id),
        product=_text(host, "ProductName"),
        product_version=".".join(
            part for name in ("MajorVersion", "MinorVersion") if (part := _text(host, name))
        ),
        country=_text(host, "Country"),
        supported_versions=tuple(str(item) for item in many(host, "SupportedQBXMLVersion")),
        file_mode=_text(host, "QBFileMode"),
        auto_login=_truth(host, "IsAutomaticLogin"),
        auto_login_allowed=_truth(application, "IsAutomaticLoginAllowed"),
        is_sample=_truth(company, "IsSampleCompany"),
        class_tracking=_truth(accounting, "IsUsingClassTracking"),
        multicurrency=_truth(currency, "IsMultiCurrencyOn"),
        home_currency=_text(_group(currency, "HomeCurrencyRef"), "FullName"),
        sales_tax="SalesTaxPreferences" in preferences if asked and preferences else None,
        taxable_code=_reference(tax, "DefaultTaxableSalesTaxCodeRef"),
        exempt_code=_reference(tax, "DefaultNonTaxableSalesTaxCodeRef"),
        closing_date=_date(accounting, "ClosingDate"),
        auto_apply_payments=_truth(sales, "IsAutoApplyingPayments"),
        personal_data=_truth(application, "IsPersonalDataAccessAllowed"),
    )


Record = Mapping[str, Any]


def _record(results: tuple[Result, ...], name: str) -> Record:
    for result in results:
        if result.request == name and result.records:
            return result.records[0]
    return {}


def _group(record: Record, name: str) -> Record:
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(record: Record, name: str) -> str:
    value = record.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _reference(record: Record, name: str) -> tuple[str, str]:
    reference = _group(record, name)
    return _text(reference, "ListID"), _text(reference, "FullName")


def _truth(record: Record, name: str) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(_text(record, name).lower())


def _date(record: Record, name: str) -> date | None:
    try:
        return date.fromisoformat(_text(record, name)[:10])
    except ValueError:
        return None


def _file_id(company: Record, owner_id: str) -> str:
    for data in many(company, "DataExtRet"):
        if (
            isinstance(data, Mapping)
            and _text(data, "OwnerID").lower() == owner_id.lower()
            and _text(data, "DataExtName") == "FileID"
        ):
            return _text(data, "DataExtValue")
    return ""
