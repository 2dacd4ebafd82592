"""Objects of QuickBooks Online as entities, where the books are a source. Pure."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from subledger.errors import RecordRejected
from subledger.model import SALES, Entity, Item, ItemType, Party
from subledger.model.kinds import (
    BILL,
    BILL_PAYMENT,
    CREDIT_MEMO,
    CUSTOMER,
    INVOICE,
    ITEM,
    PAYMENT,
    REFUND_RECEIPT,
    SALES_RECEIPT,
    VENDOR,
    VENDOR_CREDIT,
    Kind,
)
from subledger.money import Money
from subledger.ports import RawRecord
from subledger_quickbooks_online.entities import DOCUMENTS, ENTRIES
from subledger_quickbooks_online.interpret import is_void, without_deleted
from subledger_quickbooks_online.normalise_documents import (
    address,
    document,
    record_reference,
    settlement,
    within,
)
from subledger_quickbooks_online.postings import Record, identifier, number, paid_before, total
from subledger_quickbooks_online.wire.objects import is_deleted

_READ: Final = (*SALES, BILL, VENDOR_CREDIT, PAYMENT, BILL_PAYMENT)
ENTITIES: Final[Mapping[Kind, str]] = {**ENTRIES, **{kind: DOCUMENTS[kind] for kind in _READ}}
"""The kinds that are read, by Intuit's names, in the order in which they depend on each other."""
KINDS: Final[Mapping[str, Kind]] = {name: kind for kind, name in ENTITIES.items()}
_SIGN: Final[Mapping[Kind, int]] = {
    **dict.fromkeys((INVOICE, SALES_RECEIPT, VENDOR_CREDIT, BILL_PAYMENT), 1),
    **dict.fromkeys((CREDIT_MEMO, REFUND_RECEIPT, BILL, PAYMENT), -1),
}
"""Which way a document changes the receivables or payables account, or that of its money."""
_ITEM_TYPES: Final = {
    "Service": ItemType.SERVICE,
    "NonInventory": ItemType.NON_INVENTORY,
    "Inventory": ItemType.INVENTORY,
}


def normalise(raw: RawRecord) -> Iterable[Entity]:
    """The entity of a record; none for what was deleted or voided in the books.

    Raises :class:`RecordRejected` for what has no counterpart.
    """
    record = raw.data
    [kind] = raw.makes
    if is_deleted(record) or is_void(record):
        return ()
    try:
        return (_entity(kind, record, _currency(raw)),)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise RecordRejected(
            f"{ENTITIES[kind]} {raw.id} cannot be read: {error}", category="unreadable"
        ) from error


def balance_of(raw: RawRecord) -> Money | None:
    """The signed change that a record makes of what is owed, or of where a receipt's money is.

    None for list entries, and where the amount cannot be read.
    """
    [kind] = raw.makes
    if kind not in _SIGN:
        return None
    try:
        moved = number(None) if is_deleted(raw.data) else _moved(ENTITIES[kind], raw.data)
        return Money.of(moved * _SIGN[kind], _currency(raw))
    except (ArithmeticError, AttributeError, TypeError, ValueError, RecordRejected):
        return None


def _moved(entity: str, record: Record) -> Decimal:
    return total(entity, record) - paid_before(entity, record)


def _currency(raw: RawRecord) -> str:
    return identifier(raw.data, "CurrencyRef") or str(raw.context.get("currency", "USD"))


def _entity(kind: Kind, record: Record, currency: str) -> Entity:
    if kind in (CUSTOMER, VENDOR):
        return _party(kind, record)
    if kind == ITEM:
        return _item(record)
    if kind in (PAYMENT, BILL_PAYMENT):
        return settlement(record, currency, kind)
    if kind in SALES and not identifier(record, "CustomerRef"):
        raise RecordRejected(
            f"{ENTITIES[kind]} {record.get('DocNumber', '')} is without a customer.",
            category="excluded",
            field="receipts without a customer",
        )
    if came := paid_before(ENTITIES[kind], record):
        raise RecordRejected(
            f"Invoice {record.get('DocNumber', '')} holds a deposit of {came}: that much was paid "
            "with it, and only the rest is owed.",
            category="excluded",
            field="invoices with a deposit",
            hint="In QuickBooks, take the deposit off the invoice and record it as a payment.",
        )
    return document(record, currency, kind)


def _name(record: Record) -> tuple[str, bool]:
    """The full name and whether the entry is active."""
    name = str(record.get("FullyQualifiedName") or record.get("DisplayName") or record["Name"])
    active = record.get("Active") is not False
    return (name if active else without_deleted(name)), active


def _party(kind: Kind, record: Record) -> Party:
    name, active = _name(record)
    parent = identifier(record, "ParentRef")
    return Party(
        kind=kind,
        id=str(record["Id"]),
        name=name,
        company=str(record.get("CompanyName") or ""),
        first_name=str(record.get("GivenName") or ""),
        last_name=str(record.get("FamilyName") or ""),
        email=within(record, "PrimaryEmailAddr", "Address"),
        phone=within(record, "PrimaryPhone", "FreeFormNumber"),
        mobile=within(record, "Mobile", "FreeFormNumber"),
        address=address(record),
        parent=record_reference(record, "ParentRef", kind) if parent else None,
        notes=str(record.get("Notes") or ""),
        number=str(record.get("AcctNum") or ""),
        active=active,
    )


def _item(record: Record) -> Item:
    kind = str(record.get("Type", ""))
    if kind not in _ITEM_TYPES:
        raise RecordRejected(
            f"Item {record.get('Name')} is of type {kind}, which has no counterpart.",
            category="excluded",
            field=f"items of type {kind}",
        )
    name, active = _name(record)
    price, cost = record.get("UnitPrice"), record.get("PurchaseCost")
    return Item(
        id=str(record["Id"]),
        name=name,
        type=_ITEM_TYPES[kind],
        sku=str(record.get("Sku") or ""),
        description=str(record.get("Description") or ""),
        price=None if price is None else number(price),
        cost=None if cost is None else number(cost),
        taxable=record.get("Taxable") is True,
        active=active,
    )
