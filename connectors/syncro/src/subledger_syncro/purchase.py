"""Purchase orders, what came of them, and the bill that a finished one becomes; pure."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from subledger.model import Document, Line, Reference
from subledger.model.kinds import BILL, ITEM, ITEM_RECEIPT, PURCHASE_ORDER, VENDOR
from subledger.money import Money, total
from subledger_syncro.amounts import (
    cents,
    day,
    decimal,
    identifier,
    money,
    optional_day,
    rounded,
    text,
)
from subledger_syncro.lines import fitted
from subledger_syncro.view import View

Row = Mapping[str, Any]


def total_of(row: Row, view: View) -> Money:
    """The order's total, in major units. Raises RecordRejected."""
    return money(row.get("total") or 0, "total", view.currency)


def effect_of(row: Row, view: View) -> Money:
    """What payables change by: the bill's, else that of the goods that came.

    Raises RecordRejected.
    """
    if view.is_finished(row):
        return -total_of(row, view)
    came = [line.amount for line in _received(row, view)] if view.receipts else []
    return -total(came) if came else Money(0, view.currency)


def documents_of(row: Row, view: View) -> tuple[Document, ...]:
    """The order, and its bill where the order is finished. Raises RecordRejected.

    Goods that came before are an item receipt, where such are wanted. The order's own money is in
    major units, that of its lines in cents. Shipping and other charges are lines without an item.
    Bill and receipt are dated by the last delivery.
    """
    amount, number = total_of(row, view), text(row.get("number"))
    lines = [*_goods(row, view), *_charges(row, view)]
    vendor = row.get("vendor") if isinstance(row.get("vendor"), Mapping) else {}
    order = Document(
        kind=PURCHASE_ORDER,
        id=identifier(row.get("id"), "id"),
        party=Reference(
            kind=VENDOR,
            record=identifier(row.get("vendor_id") or (vendor or {}).get("id"), "vendor_id"),
            name=text((vendor or {}).get("name")),
        ),
        date=day(row.get("created_at"), "created_at", view.zone),
        due=optional_day(row.get("expected_date"), "expected_date", view.zone),
        number=number,
        amount=amount,
        lines=fitted(lines, amount, f"purchase order {number}"),
        location=text(row.get("location_id")),
        created=day(row.get("created_at"), "created_at", view.zone),
    )
    if view.is_finished(row):
        return (order, _bill(order, row, view))
    came = tuple(_received(row, view)) if view.receipts else ()
    return (order, _receipt(order, came, row, view)) if came else (order,)


def _receipt(order: Document, lines: tuple[Line, ...], row: Row, view: View) -> Document:
    return evolve(
        order,
        kind=ITEM_RECEIPT,
        date=_delivered(row, view),
        due=None,
        amount=total([line.amount for line in lines]),
        lines=lines,
        order=Reference(kind=PURCHASE_ORDER, record=order.id),
    )


def _bill(order: Document, row: Row, view: View) -> Document:
    return evolve(
        order,
        kind=BILL,
        date=_delivered(row, view),
        due=optional_day(row.get("due_date"), "due_date", view.zone),
        order=Reference(kind=PURCHASE_ORDER, record=order.id),
    )


def _delivered(row: Row, view: View) -> dt.date:
    """The day of the last delivery: a later edit of the order itself does not move the bill."""
    days = [
        day(line["updated_at"], "updated_at", view.zone)
        for line in row.get("line_items") or ()
        if line.get("updated_at") and line.get("received_quantity")
    ]
    return max(days) if days else day(row.get("updated_at"), "updated_at", view.zone)


def _received(row: Row, view: View) -> Iterator[Line]:
    """What came of each line, at the cost that it was ordered for."""
    for line, ordered in zip(row.get("line_items") or (), _goods(row, view), strict=True):
        came = decimal(line.get("received_quantity") or 0, "received_quantity")
        if came == ordered.quantity:
            yield ordered
        elif came:
            amount = rounded(came * (ordered.price or 0), view.currency)
            yield evolve(ordered, quantity=came, amount=amount)


def _goods(row: Row, view: View) -> Iterator[Line]:
    for line in row.get("line_items") or ():
        product = identifier(line.get("product_id"), "product_id")
        yield Line(
            amount=cents(line.get("total_cents"), "total_cents", view.currency),
            item=Reference(kind=ITEM, record=product, name=view.names.get(product, "")),
            memo=view.names.get(product, ""),
            quantity=decimal(line.get("quantity"), "quantity"),
            price=decimal(line.get("cost_cents") or 0, "cost_cents").scaleb(-2),
        )


def _charges(row: Row, view: View) -> Iterator[Line]:
    for name, memo in (("shipping", "Shipping"), ("other", "Other charges")):
        amount = money(row.get(name) or 0, name, view.currency)
        if amount:
            notes = text(row.get("shipping_notes")) if name == "shipping" else ""
            yield Line(amount=amount, memo=f"{memo}: {notes}" if notes else memo)
