"""Objects of QuickBooks Desktop as entities, where the books are a source. Pure."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from subledger.errors import RecordRejected
from subledger.model import Entity, Item, ItemType, Party
from subledger.model.kinds import (
    BILL,
    BILL_PAYMENT,
    CREDIT_MEMO,
    CUSTOMER,
    INVOICE,
    ITEM,
    PAYMENT,
    SALES_RECEIPT,
    VENDOR,
    VENDOR_CREDIT,
    Kind,
)
from subledger.money import Money
from subledger.ports import RawRecord
from subledger_quickbooks_desktop.amounts import discount_of, is_pending, total_of
from subledger_quickbooks_desktop.normalise_documents import (
    address,
    document,
    is_taxed,
    list_id,
    record_reference,
    settlement,
    text,
)
from subledger_quickbooks_desktop.wire.records import NAME

_SIGN: Final[Mapping[Kind, tuple[str, int]]] = {
    INVOICE: ("Invoice", 1),
    CREDIT_MEMO: ("CreditMemo", -1),
    SALES_RECEIPT: ("SalesReceipt", 1),
    PAYMENT: ("ReceivePayment", -1),
    BILL: ("Bill", -1),
    VENDOR_CREDIT: ("VendorCredit", 1),
    BILL_PAYMENT: ("BillPaymentCheck", 1),
}
"""Which way a document changes its account (see Document.effect); its total by that word."""
_ITEM_TYPES: Final = {
    "ItemService": ItemType.SERVICE,
    "ItemNonInventory": ItemType.NON_INVENTORY,
    "ItemInventory": ItemType.INVENTORY,
    "ItemOtherCharge": ItemType.OTHER_CHARGE,
}
_HOME: Final = ("", "US Dollar")
_VOID: Final = "VOID:"


def normalise(raw: RawRecord) -> Iterable[Entity]:
    """The entity of a record; none for what is deleted, voided or still pending in the books.

    Raises :class:`RecordRejected` for what has no counterpart.
    """
    record = raw.data
    [kind] = raw.makes
    if is_deleted(record):
        return ()
    try:
        _must_be_home(text(record, "CurrencyRef", "FullName"))
        return () if _posts_nothing(kind, record) else (_entity(kind, record),)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise RecordRejected(
            f"{kind} {raw.id} cannot be read: {error}", category="unreadable"
        ) from error


def _must_be_home(currency: str) -> None:
    if currency not in _HOME:
        raise RecordRejected(
            f"It is in {currency}; amounts in US dollars only are read.",
            category="currency",
            field=f"currency {currency}",
        )


def is_deleted(record: Mapping[str, Any]) -> bool:
    """Whether a record is the trace of a deleted object."""
    return "TimeDeleted" in record


def _posts_nothing(kind: Kind, record: Mapping[str, Any]) -> bool:
    """Whether a document is pending, or void: nothing is left of its amount; its memo says so."""
    if is_pending(record):
        return True
    if kind not in _SIGN or not str(record.get("Memo", "")).startswith(_VOID):
        return False
    return not total_of(_SIGN[kind][0], record)


def balance_of(raw: RawRecord) -> Money | None:
    """The signed change that a record makes to its account; see ``Document.account``.

    None for list entries, and where the amount cannot be read.
    """
    [kind] = raw.makes
    if kind not in _SIGN:
        return None
    word, sign = _SIGN[kind]
    try:
        amount = Money(0) if is_deleted(raw.data) else _moved(kind, word, raw.data)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        return None
    return amount if sign > 0 else -amount


def _moved(kind: Kind, word: str, record: Mapping[str, Any]) -> Money:
    amount = total_of(word, record)
    return amount + discount_of(record) if kind in (PAYMENT, BILL_PAYMENT) else amount


def _entity(kind: Kind, record: Mapping[str, Any]) -> Entity:
    if kind in (CUSTOMER, VENDOR):
        return _party(kind, record)
    if kind == ITEM:
        return _item(record)
    if kind in (PAYMENT, BILL_PAYMENT):
        if discount := discount_of(record):
            raise RecordRejected(
                f"It settles {discount} by a discount, and a payment is read as money only.",
                category="excluded",
                field="payments with a discount",
                hint="In QuickBooks, take the discount off, and record a credit instead.",
            )
        return settlement(record, kind)
    if kind == SALES_RECEIPT and not list_id(record, "CustomerRef"):
        raise RecordRejected(
            "It names no customer, and a sale is read with its customer only.",
            category="excluded",
            field="sales receipts without a customer",
        )
    return document(record, kind, total_of(_SIGN[kind][0], record))


def _name(record: Mapping[str, Any]) -> str:
    return str(record.get("FullName") or record["Name"])


def _party(kind: Kind, record: Mapping[str, Any]) -> Party:
    name = _name(record)
    company = str(record.get("CompanyName", ""))
    where = "VendorAddress" if kind == VENDOR else "BillAddress"
    above = list_id(record, "ParentRef")
    return Party(
        kind=kind,
        id=str(record["ListID"]),
        name=name,
        company=company,
        first_name=str(record.get("FirstName", "")),
        last_name=str(record.get("LastName", "")),
        email=str(record.get("Email", "")),
        phone=str(record.get("Phone", "")),
        mobile=str(record.get("AltPhone", "")),
        address=address(record, where, heads=(company, name)),
        parent=record_reference(record, "ParentRef", kind) if above else None,
        notes=str(record.get("Notes", "")),
        number=str(record.get("AccountNumber", "")),
        active=record.get("IsActive", "true") != "false",
    )


def _item(record: Mapping[str, Any]) -> Item:
    sort = str(record.get(NAME, "")).removesuffix("Ret")
    if sort not in _ITEM_TYPES:
        raise RecordRejected(
            f"Item {_name(record)} is of type {sort}, which has no counterpart.",
            category="excluded",
            field=f"items of type {sort}",
        )
    side = record.get("SalesOrPurchase") or record.get("SalesAndPurchase") or record
    return Item(
        id=str(record["ListID"]),
        name=_name(record),
        type=_ITEM_TYPES[sort],
        sku=str(record.get("ManufacturerPartNumber") or record.get("BarCodeValue") or ""),
        description=str(side.get("SalesDesc") or side.get("Desc") or ""),
        price=_price(side, "SalesPrice", "Price"),
        cost=_price(side, "PurchaseCost"),
        taxable=is_taxed(record),
        active=record.get("IsActive", "true") != "false",
    )


def _price(side: Mapping[str, Any], *names: str) -> Decimal | None:
    return next((Decimal(str(side[name])) for name in names if side.get(name)), None)
