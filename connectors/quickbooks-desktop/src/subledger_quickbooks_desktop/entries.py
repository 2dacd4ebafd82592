"""List objects of QuickBooks as entries of the register. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from subledger.model.kinds import (
    ACCOUNT,
    CLASS,
    CUSTOMER,
    ITEM,
    PAYMENT_METHOD,
    TAX_CODE,
    TERMS,
    VENDOR,
    Kind,
)
from subledger.ports import BookEntry
from subledger_quickbooks_desktop.guards import guard_of
from subledger_quickbooks_desktop.wire.records import NAME

KINDS: Final[Mapping[str, Kind]] = {
    "Account": ACCOUNT,
    "Class": CLASS,
    "Customer": CUSTOMER,
    "Vendor": VENDOR,
    "SalesTaxCode": TAX_CODE,
    "ItemSalesTax": TAX_CODE,
    "ItemSalesTaxGroup": TAX_CODE,
    "StandardTerms": TERMS,
    "DateDrivenTerms": TERMS,
    "PaymentMethod": PAYMENT_METHOD,
    **dict.fromkeys(
        (
            *("ItemService", "ItemNonInventory", "ItemOtherCharge", "ItemInventory"),
            *("ItemInventoryAssembly", "ItemFixedAsset", "ItemSubtotal", "ItemDiscount"),
            *("ItemPayment", "ItemGroup"),
        ),
        ITEM,
    ),
}
"""The lists of QuickBooks that are read, and the kinds of their objects."""
_SAYS_NOTHING: Final = ("Class", "Customer", "Vendor")


def entry_of(sort: str, record: Mapping[str, Any]) -> BookEntry | None:
    """A list object as an entry; None for one that is of no use here.

    ``sort`` is the list that was asked for; an answer that mixes several tells the object's own.
    """
    sort = str(record.get(NAME, "")).removesuffix("Ret") or sort
    kind = KINDS.get(sort, ITEM if sort == "Item" else None)
    if kind is None or not record.get("ListID"):
        return None
    return BookEntry(
        kind=kind,
        id=str(record["ListID"]),
        name=str(record.get("FullName") or record.get("Name") or ""),
        active=record.get("IsActive", "true") != "false",
        subtype=_subtype(sort, record),
        guard=guard_of(sort, record),
        number=str(
            record.get("AccountNumber")
            or record.get("ManufacturerPartNumber")
            or record.get("BarCodeValue")
            or ""
        ),
        email=str(record.get("Email", "")),
    )


def _subtype(sort: str, record: Mapping[str, Any]) -> str:
    """The type in QuickBooks' own words; of a payment method, which sort of payment it is."""
    if sort in _SAYS_NOTHING:
        return ""
    return str(record.get("AccountType") or record.get("PaymentMethodType") or sort)


def deleted_entry(record: Mapping[str, Any]) -> BookEntry | None:
    """The trace of a deleted list object."""
    kind = KINDS.get(str(record.get("ListDelType", "")))
    if kind is None:
        return None
    return BookEntry(
        kind=kind,
        id=str(record["ListID"]),
        name=str(record.get("FullName", "")),
        active=False,
        subtype="deleted",
    )
