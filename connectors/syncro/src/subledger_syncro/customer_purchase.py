"""Customer purchases: goods that are bought from a customer and paid at once; pure.

Syncro's published document does not describe their records. What matters for the books is read with
care, and refused with the reason where it stays open.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from subledger.errors import RecordRejected
from subledger.model import Document, Line, Reference
from subledger.model.kinds import ITEM, PURCHASE
from subledger.money import Money
from subledger_syncro import party
from subledger_syncro.amounts import (
    day,
    identifier,
    money,
    optional,
    optional_day,
    rounded,
    text,
)
from subledger_syncro.invoice import customer_in
from subledger_syncro.lines import fitted
from subledger_syncro.view import View

Row = Mapping[str, Any]

_OFFERED: Final = "estimate"


def date_field(row: Row) -> str:
    """The field that dates a purchase."""
    return "date" if row.get("date") else "created_at"


def is_offered(row: Row) -> bool:
    """Whether nothing was bought yet."""
    return text(row.get("status")).casefold() == _OFFERED


def effect_of(row: Row, view: View) -> Money:
    """What the account of the money changes by. Raises RecordRejected."""
    return Money(0, view.currency) if is_offered(row) else -_total(row, view)


def documents_of(row: Row, view: View) -> Iterator[Document]:
    """The purchase, once it is final. Raises RecordRejected.

    Each thing is a line; where the record does not tell what each cost, the total is the one line.
    """
    if is_offered(row):
        return
    status, number = text(row.get("status")), text(row.get("number"))
    if status.casefold() not in view.final_purchases:
        raise RecordRejected(
            f"Customer purchases have the status {status!r}, and final_purchases of the connection "
            "does not say that they are final then.",
            category="excluded",
            field=f"status {status}".strip(),
            hint="Add the status to final_purchases if the money has moved; else skip this.",
        )
    amount = _total(row, view)
    if amount.minor < 0:
        raise RecordRejected(
            f"The total of customer purchase {number} is {amount}, which nobody pays.",
            category="unreadable",
            field="total",
            hint="Look at it in Syncro, and enter it by hand.",
        )
    yield Document(
        kind=PURCHASE,
        id=identifier(row.get("id"), "id"),
        party=party.reference(customer_in(row), view),
        date=day(row.get(date_field(row)), date_field(row), view.zone),
        number=number,
        amount=amount,
        lines=_lines(row, amount, f"Customer purchase {number}".strip(), view),
        method=text(row.get("payment_method")),
        location=text(row.get("location_id")),
        created=optional_day(row.get("created_at"), "created_at", view.zone),
    )


def _total(row: Row, view: View) -> Money:
    return money(row.get("total"), "total", view.currency)


def _lines(row: Row, amount: Money, title: str, view: View) -> tuple[Line, ...]:
    rows = row.get("line_items") or ()
    costs = [_cost(one) for one in rows]
    if not rows or None in costs:
        things = ", ".join(name for one in rows if (name := _name(one)))
        return (Line(amount=amount, memo=f"{title}: {things}" if things else title),)
    lines = [_line(one, cost or Decimal(0), view) for one, cost in zip(rows, costs, strict=True)]
    return fitted(lines, amount, f"customer purchase {text(row.get('number'))}".strip())


def _line(row: Row, cost: Decimal, view: View) -> Line:
    quantity = optional(row.get("quantity"), "quantity")
    quantity = Decimal(1) if quantity is None else quantity
    product = row.get("product_id")
    name = view.names.get(str(product), "")
    return Line(
        amount=rounded(cost * quantity, view.currency),
        item=Reference(kind=ITEM, record=str(product), name=name) if product else None,
        memo=_name(row) or name,
        quantity=quantity,
        price=cost,
    )


def _cost(row: Row) -> Decimal | None:
    """What one of a thing cost; None where it is not told."""
    cents = optional(row.get("cost_cents"), "cost_cents")
    return optional(row.get("cost"), "cost") if cents is None else cents.scaleb(-2)


def _name(row: Row) -> str:
    return text(row.get("name") or row.get("description") or row.get("item"))
