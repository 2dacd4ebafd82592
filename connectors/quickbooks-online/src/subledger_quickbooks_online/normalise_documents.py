"""Invoices, receipts, bills, credits and payments of QuickBooks Online as entities. Pure."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Final

from subledger.model import (
    PAID_AT_ONCE,
    SALES,
    Address,
    Application,
    Document,
    Line,
    Reference,
    Settlement,
    Tax,
)
from subledger.model.kinds import (
    ACCOUNT,
    BILL,
    CLASS,
    CREDIT_MEMO,
    CUSTOMER,
    INVOICE,
    ITEM,
    PAYMENT,
    TAX_CODE,
    VENDOR,
    VENDOR_CREDIT,
    Kind,
)
from subledger.money import Money
from subledger_quickbooks_online.postings import Record, identifier, lines, number

_LINKED: Final[Mapping[str, Kind]] = {
    "Invoice": INVOICE,
    "CreditMemo": CREDIT_MEMO,
    "Bill": BILL,
    "VendorCredit": VENDOR_CREDIT,
}
"""What a payment settles, by Intuit's words."""
_SHIPPING: Final = "SHIPPING_ITEM_ID"


def record_reference(record: Record, name: str, kind: Kind) -> Reference:
    """A reference to an entity that these books hand over themselves."""
    return Reference(kind=kind, record=identifier(record, name), name=_label(record, name))


def within(record: Record, name: str, inner: str) -> str:
    """A text one level down; empty where there is none."""
    value = record.get(name)
    return str(value.get(inner) or "") if isinstance(value, Mapping) else ""


def address(record: Record) -> Address | None:
    """The billing address; None where nothing of it is known."""
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


def document(record: Record, currency: str, kind: Kind) -> Document:
    """A sale, a bill or a credit of either. Raises ValueError where it does not add up."""
    party = ("CustomerRef", CUSTOMER) if kind in SALES else ("VendorRef", VENDOR)
    paid = kind in PAID_AT_ONCE
    return Document(
        kind=kind,
        id=str(record["Id"]),
        party=record_reference(record, *party),
        date=_date(record, "TxnDate"),
        due=_date(record, "DueDate") if record.get("DueDate") else None,
        number=str(record.get("DocNumber") or ""),
        amount=Money.of(number(record.get("TotalAmt")), currency),
        lines=tuple(_lines(record, currency)),
        tax=_tax(record, currency),
        message=within(record, "CustomerMemo", "value"),
        email=within(record, "BillEmail", "Address"),
        billing=address(record),
        memo=str(record.get("PrivateNote") or ""),
        method=within(record, "PaymentMethodRef", "name") if paid else "",
        payment_number=str(record.get("PaymentRefNum") or "") if paid else "",
    )


def settlement(record: Record, currency: str, kind: Kind) -> Settlement:
    """A payment of a customer, or of bills, with what it settles."""
    by_customer = kind == PAYMENT
    party = ("CustomerRef", CUSTOMER) if by_customer else ("VendorRef", VENDOR)
    method = within(record, "PaymentMethodRef", "name") or str(record.get("PayType") or "")
    return Settlement(
        kind=kind,
        id=str(record["Id"]),
        party=record_reference(record, *party),
        date=_date(record, "TxnDate"),
        amount=Money.of(number(record.get("TotalAmt")), currency),
        applications=tuple(_applications(record, currency)),
        method=method,
        number=str(record.get("PaymentRefNum") or record.get("DocNumber") or ""),
        memo=str(record.get("PrivateNote") or ""),
    )


def _date(record: Record, name: str) -> dt.date:
    return dt.date.fromisoformat(str(record.get(name) or "")[:10])


def _label(record: Record, name: str) -> str:
    return within(record, name, "name")


def _named(record: Record, name: str, kind: Kind) -> Reference | None:
    """A reference to a list entry that both sides know by its name."""
    label = _label(record, name)
    return Reference(kind=kind, name=label) if label else None


def _tax(record: Record, currency: str) -> Tax | None:
    detail = record.get("TxnTaxDetail")
    if not isinstance(detail, Mapping) or not number(detail.get("TotalTax")):
        return None
    code = identifier(detail, "TxnTaxCodeRef")
    return Tax(
        amount=Money.of(number(detail.get("TotalTax")), currency),
        rate=code,
        code=Reference(kind=TAX_CODE, record=code) if code else None,
    )


def _lines(record: Record, currency: str) -> Iterator[Line]:
    for line in lines(record):
        sort = str(line.get("DetailType", ""))
        amount = Money.of(number(line.get("Amount")), currency)
        memo = str(line.get("Description") or "")
        detail = line.get(sort)
        if sort == "GroupLineDetail" and isinstance(detail, Mapping):
            yield from _lines(detail, currency)
        elif sort == "DiscountLineDetail":
            yield Line(amount=-amount, memo=memo or "Discount")
        elif isinstance(detail, Mapping):
            yield _detailed(detail, amount, memo)
        else:
            yield Line(amount=amount, memo=memo)


def _detailed(detail: Record, amount: Money, memo: str) -> Line:
    item = identifier(detail, "ItemRef")
    quantity, price = detail.get("Qty"), detail.get("UnitPrice")
    for_customer = identifier(detail, "CustomerRef")
    return Line(
        amount=amount,
        account=_named(detail, "AccountRef", ACCOUNT),
        item=record_reference(detail, "ItemRef", ITEM) if item not in ("", _SHIPPING) else None,
        customer=record_reference(detail, "CustomerRef", CUSTOMER) if for_customer else None,
        class_=_named(detail, "ClassRef", CLASS),
        memo=memo or ("Shipping" if item == _SHIPPING else ""),
        quantity=None if quantity is None else number(quantity),
        price=None if price is None else number(price),
        taxable=identifier(detail, "TaxCodeRef") not in ("", "NON"),
    )


def _applications(record: Record, currency: str) -> Iterator[Application]:
    for line in lines(record):
        linked: Any = line.get("LinkedTxn")
        amount = number(line.get("Amount"))
        for link in linked if isinstance(linked, list) else ():
            kind = _LINKED.get(str(link.get("TxnType", "")))
            if kind is not None and amount:
                settled = Reference(kind=kind, record=str(link.get("TxnId", "")))
                yield Application(document=settled, amount=Money.of(amount, currency))
