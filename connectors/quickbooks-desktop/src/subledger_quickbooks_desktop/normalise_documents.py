"""Invoices, sales receipts, bills, credits and payments of QuickBooks Desktop as entities. Pure."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from subledger.model import (
    PAID_AT_ONCE,
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
    SALES_RECEIPT,
    TAX_CODE,
    VENDOR,
    VENDOR_CREDIT,
    Kind,
)
from subledger.money import Money, total
from subledger_quickbooks_desktop.wire.qbxml import lines, many

Record = Mapping[str, Any]
_SALES_LINES: Final[Mapping[Kind, tuple[str, str]]] = {
    INVOICE: ("InvoiceLineRet", "InvoiceLineGroupRet"),
    CREDIT_MEMO: ("CreditMemoLineRet", "CreditMemoLineGroupRet"),
    SALES_RECEIPT: ("SalesReceiptLineRet", "SalesReceiptLineGroupRet"),
}
_SETTLED: Final[Mapping[str, Kind]] = {"Invoice": INVOICE, "Bill": BILL}
"""What a payment settles, by QuickBooks' words."""
_CREDITS: Final[Mapping[str, Kind]] = {"CreditMemo": CREDIT_MEMO, "VendorCredit": VENDOR_CREDIT}
_EXEMPT: Final = "non"
"""The tax code of lines that no sales tax covers, in a new company file."""


def text(record: Record, name: str, inner: str) -> str:
    """A text one level down; empty where there is none."""
    value = record.get(name)
    return str(value.get(inner) or "") if isinstance(value, Mapping) else ""


def list_id(record: Record, name: str) -> str:
    """The ListID of a reference; empty where there is none."""
    return text(record, name, "ListID")


def record_reference(record: Record, name: str, kind: Kind) -> Reference:
    """A reference to an entity that these books hand over themselves."""
    return Reference(kind=kind, record=list_id(record, name), name=text(record, name, "FullName"))


def _named(record: Record, name: str, kind: Kind) -> Reference | None:
    """A reference to a list entry that both sides know by its name."""
    label = text(record, name, "FullName")
    return Reference(kind=kind, name=label) if label else None


def is_taxed(record: Record) -> bool:
    """Whether sales tax covers a line or an item."""
    return text(record, "SalesTaxCodeRef", "FullName").casefold() not in ("", _EXEMPT)


def address(record: Record, name: str, heads: Sequence[str] = ()) -> Address | None:
    """A postal address; None where nothing of it is known.

    A first line that only repeats one of the ``heads``, the party's names, is left out.
    """
    value = record.get(name)
    if not isinstance(value, Mapping):
        return None
    street = [str(value[f"Addr{n}"]) for n in range(1, 6) if value.get(f"Addr{n}")]
    if street and street[0] in heads:
        street = street[1:]
    found = Address(
        lines=tuple(street),
        city=str(value.get("City", "")),
        region=str(value.get("State", "")),
        postcode=str(value.get("PostalCode", "")),
        country=str(value.get("Country", "")),
    )
    return found if found != Address() else None


def document(record: Record, kind: Kind, amount: Money) -> Document:
    """An invoice, sales receipt, bill or credit. Raises ValueError where it does not add up."""
    sale = kind in _SALES_LINES
    party = ("CustomerRef", CUSTOMER) if sale else ("VendorRef", VENDOR)
    owed = kind not in PAID_AT_ONCE
    tax = _tax(record)
    parts = [*_sales_lines(record, kind)] if sale else [*_purchase_lines(record)]
    return Document(
        kind=kind,
        id=str(record["TxnID"]),
        party=record_reference(record, *party),
        date=_date(record, "TxnDate"),
        due=_date(record, "DueDate") if owed and record.get("DueDate") else None,
        number=str(record.get("RefNumber", "")),
        amount=amount,
        lines=_without_subtotals(parts, amount - tax.amount if tax else amount),
        tax=tax,
        message=text(record, "CustomerMsgRef", "FullName"),
        billing=address(record, "BillAddress" if sale else "VendorAddress"),
        order_number=str(record.get("PONumber", "")),
        method=text(record, "PaymentMethodRef", "FullName"),
        payment_number=str(record.get("CheckNumber", "")),
        memo=str(record.get("Memo", "")),
    )


def settlement(record: Record, kind: Kind) -> Settlement:
    """A payment of a customer, or of bills, with what it settles."""
    by_customer = kind == PAYMENT
    party = ("CustomerRef", CUSTOMER) if by_customer else ("PayeeEntityRef", VENDOR)
    by_card = "CreditCard" if "CreditCardAccountRef" in record else "Check"
    return Settlement(
        kind=kind,
        id=str(record["TxnID"]),
        party=record_reference(record, *party),
        date=_date(record, "TxnDate"),
        amount=_money(record, "TotalAmount" if by_customer else "Amount"),
        applications=tuple(_applications(record)),
        method=text(record, "PaymentMethodRef", "FullName") if by_customer else by_card,
        number=str(record.get("RefNumber", "")),
        memo=str(record.get("Memo", "")),
    )


def _money(record: Record, name: str) -> Money:
    return Money.of(str(record.get(name) or "0.00"))


def _date(record: Record, name: str) -> dt.date:
    return dt.date.fromisoformat(str(record.get(name, ""))[:10])


def _decimal(record: Record, name: str) -> Decimal | None:
    return Decimal(str(record[name])) if record.get(name) else None


def _tax(record: Record) -> Tax | None:
    amount = _money(record, "SalesTaxTotal")
    if not amount:
        return None
    code = _named(record, "ItemSalesTaxRef", TAX_CODE)
    return Tax(amount=amount, rate=list_id(record, "ItemSalesTaxRef"), code=code)


def _sales_lines(record: Record, kind: Kind) -> Iterator[Line]:
    plain, group = _SALES_LINES[kind]
    for name, line in lines(record, plain, group):
        for part in many(line, plain) if name == group else [line]:
            yield _line(part, "Rate")


def _purchase_lines(record: Record) -> Iterator[Line]:
    for line in many(record, "ExpenseLineRet"):
        yield _line(line, "")
    for name, line in lines(record, "ItemLineRet", "ItemGroupLineRet"):
        for part in many(line, "ItemLineRet") if name == "ItemGroupLineRet" else [line]:
            yield _line(part, "Cost")


def _line(line: Record, price: str) -> Line:
    return Line(
        amount=_money(line, "Amount"),
        account=_named(line, "AccountRef", ACCOUNT),
        item=record_reference(line, "ItemRef", ITEM) if line.get("ItemRef") else None,
        customer=record_reference(line, "CustomerRef", CUSTOMER)
        if line.get("CustomerRef")
        else None,
        class_=_named(line, "ClassRef", CLASS),
        memo=str(line.get("Desc") or line.get("Memo") or ""),
        quantity=_decimal(line, "Quantity"),
        price=_decimal(line, price),
        taxable=is_taxed(line),
    )


def _without_subtotals(parts: Sequence[Line], expected: Money) -> tuple[Line, ...]:
    """The lines that count: a subtotal repeats the amount of the lines above it.

    A line does not tell that it is one. Only where the lines are too much is it looked for.
    """
    if not parts or total([line.amount for line in parts]) == expected:
        return tuple(parts)
    kept: list[Line] = []
    since = 0
    for line in parts:
        above = [one.amount for one in kept[since:]]
        plain = line.quantity is None and line.price is None
        if above and plain and line.amount == total(above):
            since = len(kept)
        else:
            kept.append(line)
    return tuple(kept)


def _applications(record: Record) -> Iterator[Application]:
    for applied in many(record, "AppliedToTxnRet"):
        kind = _SETTLED.get(str(applied.get("TxnType", "")))
        if kind is None:
            continue
        credits_ = [*_credits(applied)]
        amount = total([_money(applied, "Amount"), *(credit.amount for credit in credits_)])
        if amount.minor > 0:
            settled = Reference(kind=kind, record=str(applied.get("TxnID", "")))
            yield Application(document=settled, amount=amount)
            yield from credits_


def _credits(applied: Record) -> Iterator[Application]:
    """The credits that pay a part of a document; QuickBooks tells their amounts as negative."""
    for link in many(applied, "LinkedTxn"):
        kind = _CREDITS.get(str(link.get("TxnType", "")))
        amount = abs(_money(link, "Amount"))
        if kind is not None and amount:
            used = Reference(kind=kind, record=str(link.get("TxnID", "")))
            yield Application(document=used, amount=amount)
