"""Objects of QuickBooks Online as entities, where the books are a source. Pure."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from subledger.errors import RecordRejected
from subledger.model import (
    Address,
    Application,
    Document,
    Entity,
    Item,
    ItemType,
    Line,
    Party,
    Reference,
    Settlement,
    Tax,
)
from subledger.model.kinds import CREDIT_MEMO, CUSTOMER, INVOICE, ITEM, PAYMENT, TAX_CODE, Kind
from subledger.money import Money
from subledger.ports import RawRecord
from subledger_quickbooks_online.interpret import is_void, without_deleted
from subledger_quickbooks_online.postings import Record, identifier, lines, number
from subledger_quickbooks_online.wire.objects import is_deleted

ENTITIES: Final[Mapping[Kind, str]] = {
    CUSTOMER: "Customer",
    ITEM: "Item",
    INVOICE: "Invoice",
    CREDIT_MEMO: "CreditMemo",
    PAYMENT: "Payment",
}
"""The kinds that are read, by Intuit's names."""
KINDS: Final[Mapping[str, Kind]] = {name: kind for kind, name in ENTITIES.items()}
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
        return (_READERS[kind](record, _currency(raw)),)
    except (ValueError, KeyError, ArithmeticError) as error:
        raise RecordRejected(
            f"{ENTITIES[kind]} {raw.id} cannot be read: {error}", category="unreadable"
        ) from error


def balance_of(raw: RawRecord) -> Money | None:
    """The signed change of the receivables account that a record makes."""
    [kind] = raw.makes
    if kind not in (INVOICE, CREDIT_MEMO, PAYMENT):
        return None
    if is_deleted(raw.data):
        return Money(0, _currency(raw))
    money = Money.of(number(raw.data.get("TotalAmt")), _currency(raw))
    return money if kind == INVOICE else -money


def _currency(raw: RawRecord) -> str:
    return identifier(raw.data, "CurrencyRef") or str(raw.context.get("currency", "USD"))


def _date(record: Record, name: str) -> dt.date | None:
    text = str(record.get(name) or "")[:10]
    return dt.date.fromisoformat(text) if text else None


def _reference(record: Record, name: str, kind: Kind) -> Reference:
    value = record.get(name)
    label = str(value.get("name", "")) if isinstance(value, Mapping) else ""
    return Reference(kind=kind, record=identifier(record, name), name=label)


def _within(record: Record, name: str, inner: str) -> str:
    value = record.get(name)
    return str(value.get(inner) or "") if isinstance(value, Mapping) else ""


def _address(record: Record) -> Address | None:
    value = record.get("BillAddr")
    if not isinstance(value, Mapping):
        return None
    found = Address(
        lines=tuple(str(value[f"Line{n}"]) for n in range(1, 6) if value.get(f"Line{n}")),
        city=str(value.get("City") or ""),
        region=str(value.get("CountrySubDivisionCode") or ""),
        postcode=str(value.get("PostalCode") or ""),
        country=str(value.get("Country") or ""),
    )
    return found if found != Address() else None


def _customer(record: Record, _currency: str) -> Party:
    name = str(record.get("FullyQualifiedName") or record["DisplayName"])
    active = record.get("Active") is not False
    return Party(
        kind=CUSTOMER,
        id=str(record["Id"]),
        name=name if active else without_deleted(name),
        company=str(record.get("CompanyName") or ""),
        first_name=str(record.get("GivenName") or ""),
        last_name=str(record.get("FamilyName") or ""),
        email=_within(record, "PrimaryEmailAddr", "Address"),
        phone=_within(record, "PrimaryPhone", "FreeFormNumber"),
        mobile=_within(record, "Mobile", "FreeFormNumber"),
        address=_address(record),
        parent=_reference(record, "ParentRef", CUSTOMER)
        if identifier(record, "ParentRef")
        else None,
        notes=str(record.get("Notes") or ""),
        active=active,
    )


def _item(record: Record, _currency: str) -> Item:
    kind = str(record.get("Type", ""))
    if kind not in _ITEM_TYPES:
        raise RecordRejected(
            f"Item {record.get('Name')} is of type {kind}, which has no counterpart.",
            category="excluded",
            field=f"items of type {kind}",
        )
    name = str(record.get("FullyQualifiedName") or record["Name"])
    active = record.get("Active") is not False
    price, cost = record.get("UnitPrice"), record.get("PurchaseCost")
    return Item(
        id=str(record["Id"]),
        name=name if active else without_deleted(name),
        type=_ITEM_TYPES[kind],
        sku=str(record.get("Sku") or ""),
        description=str(record.get("Description") or ""),
        price=None if price is None else number(price),
        cost=None if cost is None else number(cost),
        taxable=record.get("Taxable") is True,
        active=active,
    )


def _sales(record: Record, currency: str, kind: Kind) -> Document:
    detail = record.get("TxnTaxDetail")
    charged = number(detail.get("TotalTax")) if isinstance(detail, Mapping) else number(None)
    code = identifier(detail, "TxnTaxCodeRef") if isinstance(detail, Mapping) else ""
    tax = Tax(
        amount=Money.of(charged, currency),
        rate=code,
        code=Reference(kind=TAX_CODE, record=code) if code else None,
    )
    date = _date(record, "TxnDate")
    if date is None:
        raise ValueError("it has no date")
    return Document(
        kind=kind,
        id=str(record["Id"]),
        party=_reference(record, "CustomerRef", CUSTOMER),
        date=date,
        due=_date(record, "DueDate"),
        number=str(record.get("DocNumber") or ""),
        amount=Money.of(number(record.get("TotalAmt")), currency),
        lines=tuple(_lines(record, currency)),
        tax=tax if charged else None,
        message=_within(record, "CustomerMemo", "value"),
        email=_within(record, "BillEmail", "Address"),
        billing=_address(record),
        memo=str(record.get("PrivateNote") or ""),
    )


def _lines(record: Record, currency: str) -> Iterator[Line]:
    for line in lines(record):
        sort = str(line.get("DetailType", ""))
        amount = number(line.get("Amount"))
        memo = str(line.get("Description") or "")
        detail = line.get(sort)
        if sort == "GroupLineDetail" and isinstance(detail, Mapping):
            yield from _lines(detail, currency)
        elif sort == "DiscountLineDetail":
            yield Line(amount=-Money.of(amount, currency), memo=memo or "Discount")
        elif sort == "SalesItemLineDetail" and isinstance(detail, Mapping):
            yield _sold(detail, Money.of(amount, currency), memo)
        else:
            yield Line(amount=Money.of(amount, currency), memo=memo)


def _sold(detail: Record, amount: Money, memo: str) -> Line:
    item = _reference(detail, "ItemRef", ITEM)
    shipped = item.record == "SHIPPING_ITEM_ID"
    quantity, price = detail.get("Qty"), detail.get("UnitPrice")
    return Line(
        amount=amount,
        item=None if shipped or not item.record else item,
        memo=memo or ("Shipping" if shipped else ""),
        quantity=None if quantity is None else number(quantity),
        price=None if price is None else number(price),
        taxable=identifier(detail, "TaxCodeRef") not in ("", "NON"),
    )


def _payment(record: Record, currency: str) -> Settlement:
    date = _date(record, "TxnDate")
    if date is None:
        raise ValueError("it has no date")
    return Settlement(
        kind=PAYMENT,
        id=str(record["Id"]),
        party=_reference(record, "CustomerRef", CUSTOMER),
        date=date,
        amount=Money.of(number(record.get("TotalAmt")), currency),
        applications=tuple(_applications(record, currency)),
        method=_within(record, "PaymentMethodRef", "name"),
        number=str(record.get("PaymentRefNum") or ""),
        memo=str(record.get("PrivateNote") or ""),
    )


def _applications(record: Record, currency: str) -> Iterator[Application]:
    for line in lines(record):
        linked: Any = line.get("LinkedTxn")
        amount = number(line.get("Amount"))
        for link in linked if isinstance(linked, list) else ():
            kind = KINDS.get(str(link.get("TxnType", "")))
            if kind in (INVOICE, CREDIT_MEMO) and amount:
                document = Reference(kind=kind, record=str(link.get("TxnId", "")))
                yield Application(document=document, amount=Money.of(amount, currency))


_READERS: Mapping[Kind, Callable[[Record, str], Entity]] = {
    CUSTOMER: _customer,
    ITEM: _item,
    INVOICE: lambda record, currency: _sales(record, currency, INVOICE),
    CREDIT_MEMO: lambda record, currency: _sales(record, currency, CREDIT_MEMO),
    PAYMENT: _payment,
}
