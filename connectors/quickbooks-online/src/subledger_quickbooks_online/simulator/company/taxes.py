"""Tax codes and rates: made through the tax service, read like every list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from . import check, faults
from .accounts import CURRENT_LIABILITY
from .books import JSON, Books, Stored
from .standard import named_account


def serve(books: Books, body: Mapping[str, Any]) -> JSON:
    """Make a tax code from rates that exist or are made with it."""
    sent = check.clean("TaxService", body, books.behaviour)
    check.require("TaxService", sent)
    details = sent.get("TaxRateDetails") or []
    if not details:
        raise faults.missing("TaxRateDetails")
    if books.by_name("TaxCode", sent["TaxCode"]) is not None:
        raise faults.business("The tax code name is already in use. Choose another name.")
    sales: list[str] = []
    purchases: list[str] = []
    shown = []
    for each in details:
        rate = _rate(books, each)
        on_sales = each.get("TaxApplicableOn", "Sales") == "Sales"
        (sales if on_sales else purchases).append(rate)
        shown.append({**each, "TaxRateId": rate})
    code = add_code(books, sent["TaxCode"], sales, purchases)
    return {"TaxCode": sent["TaxCode"], "TaxCodeId": code, "TaxRateDetails": shown}


def add_code(
    books: Books,
    name: str,
    sales: Sequence[str],
    purchases: Sequence[str] = (),
    *,
    id: str = "",  # noqa: A002
    state: str = "",
) -> str:
    """Add a group of rates; `state` is where automated sales tax uses it."""
    found = Stored(
        entity="TaxCode",
        id=id or books.new_id("TaxCode"),
        body={
            "Name": name,
            "Description": name,
            "Active": True,
            "Hidden": False,
            "Taxable": True,
            "TaxGroup": True,
            "SalesTaxRateList": _rate_list(sales),
            "PurchaseTaxRateList": _rate_list(purchases),
            **({"_state": state} if state else {}),
        },
    )
    books.insert(found, f"TaxCode||{name.casefold()}")
    return found.id


def add_pseudo_code(books: Books, name: str, *, taxable: bool) -> None:
    """TAX or NON of a US company."""
    body = {
        "Name": name,
        "Description": name,
        "Active": True,
        "Taxable": taxable,
        "TaxGroup": False,
    }
    books.insert(Stored(entity="TaxCode", id=name, body=body), f"TaxCode||{name.casefold()}")


def add_rate(
    books: Books,
    name: str,
    percent: Decimal,
    agency: str,
    id: str = "",  # noqa: A002
) -> str:
    """Add a rate of an agency; the agency gets its liability account with its first rate."""
    owner = books.list_object("TaxAgency", agency)
    if owner is None:
        raise faults.invalid_reference("TaxAgencies", agency, "TaxAgencyId")
    account = named_account(
        books, f"{owner.body['DisplayName']} Payable", CURRENT_LIABILITY, "GlobalTaxPayable"
    )
    found = Stored(
        entity="TaxRate",
        id=id or books.new_id("TaxRate"),
        body={
            "Name": name,
            "Description": name,
            "Active": True,
            "RateValue": percent,
            "AgencyRef": {"value": agency},
            "SpecialTaxType": "NONE",
            "DisplayType": "ReadOnly",
            "EffectiveTaxRate": [
                {"RateValue": percent, "EffectiveDate": "2015-01-01T00:00:00-08:00"}
            ],
            "_account": account,
        },
    )
    books.insert(found, f"TaxRate||{name.casefold()}")
    return found.id


def _rate(books: Books, sent: Mapping[str, Any]) -> str:
    if sent.get("TaxRateId"):
        if books.get("TaxRate", sent["TaxRateId"]) is None:
            raise faults.invalid_reference("TaxRates", sent["TaxRateId"], "TaxRateId")
        return str(sent["TaxRateId"])
    for name in ("TaxRateName", "RateValue", "TaxAgencyId"):
        if name not in sent:
            raise faults.missing(name)
    if books.by_name("TaxRate", sent["TaxRateName"]) is not None:
        raise faults.business("The tax rate name is already in use. Choose another name.")
    return add_rate(books, sent["TaxRateName"], sent["RateValue"], sent["TaxAgencyId"])


def _rate_list(rates: Sequence[str]) -> JSON:
    return {
        "TaxRateDetail": [
            {"TaxRateRef": {"value": rate}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}
            for rate in rates
        ]
    }
