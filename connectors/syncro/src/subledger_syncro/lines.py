"""Lines of invoices: price by quantity less the discount, and the cent that rounding leaves."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from attrs import evolve

from subledger.errors import RecordRejected
from subledger.model import Line, Reference, Tag
from subledger.model.kinds import ITEM
from subledger.money import Money, total
from subledger_syncro.amounts import decimal, optional, rounded, text
from subledger_syncro.view import View

Row = Mapping[str, Any]

MOST_MINOR: Final = 5
"""The difference in minor units that rounding may leave; a greater one is a mistake."""
ROUNDING: Final = "Rounding"
_PRICE_PLACES: Final = 5


def extension(row: Row, currency: str) -> Money:
    """Price by quantity less the discount of an invoice's line, to the nearest cent."""
    gross = decimal(row.get("price") or 0, "price") * _quantity(row)
    percent = optional(row.get("discount_percent"), "discount_percent")
    dollars = optional(row.get("discount_dollars"), "discount_dollars")
    if percent:
        gross -= gross * percent / 100
    if dollars:
        gross -= dollars
    return rounded(gross, currency)


def _quantity(row: Row) -> Decimal:
    value = row.get("quantity")
    return Decimal(1) if value in (None, "") else decimal(value, "quantity")


def line_of(row: Row, view: View) -> Line:
    """A line of an invoice, in the invoice's own sign.

    ``item`` is Syncro's short title, ``name`` the description. The title and the line's own tax
    rate are tags, so that they can be mapped.
    """
    title, memo = text(row.get("item")), str(row.get("name") or row.get("item") or "").strip()
    product = row.get("product_id")
    rate = row.get("tax_rate_id")
    amount = extension(row, view.currency)
    quantity, price = _net(row, amount)
    tags = [Tag(name="item", value=title, label=title)] if title else []
    if rate:
        tags.append(Tag(name="tax_rate", value=str(rate), label=str(rate)))
    return Line(
        amount=amount,
        item=Reference(
            kind=ITEM, record=str(product), name=view.names.get(str(product), "") or title
        )
        if product
        else None,
        memo=memo,
        tags=tuple(tags),
        quantity=quantity,
        price=price,
        taxable=bool(row.get("taxable")),
    )


def _net(row: Row, amount: Money) -> tuple[Decimal | None, Decimal | None]:
    """Quantity and price; with a discount the price that is really paid, where it is exact."""
    quantity = _quantity(row)
    if not (row.get("discount_percent") or row.get("discount_dollars")):
        return quantity, decimal(row.get("price") or 0, "price")
    if not quantity:
        return None, None
    price = (amount.amount / quantity).quantize(Decimal(1).scaleb(-_PRICE_PLACES)).normalize()
    price = Decimal(f"{price:f}")
    return (quantity, price) if price * quantity == amount.amount else (None, None)


def turned(line: Line) -> Line:
    """The line in the other direction: what was refunded becomes what is credited."""
    quantity, price = line.quantity, line.price
    if quantity is not None and price is not None:
        if quantity < 0 or price >= 0:
            quantity = -quantity
        else:
            price = -price
    return evolve(line, amount=-line.amount, quantity=quantity, price=price)


def fitted(lines: Sequence[Line], net: Money, what: str) -> tuple[Line, ...]:
    """The lines, with a line for the difference to ``net`` that rounding left.

    Raises RecordRejected (``amount_mismatch``) for a difference above five minor units.
    """
    summed = total([line.amount for line in lines], net.currency)
    difference = net - summed
    if not difference:
        return tuple(lines)
    if abs(difference).minor > MOST_MINOR:
        raise RecordRejected(
            f"The lines of {what} add up to {summed}, but it says {net}: {difference} is missing.",
            category="amount_mismatch",
            field="line_items",
        )
    return (*lines, Line(amount=difference, memo=ROUNDING))
