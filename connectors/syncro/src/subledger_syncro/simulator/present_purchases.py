"""Customer purchases as the simulator shows them; no document says how Syncro does; pure."""

from decimal import Decimal
from typing import Any

from .behaviour import Behaviour
from .clock import day_stamp, stamp
from .jsontext import decimal_text, text
from .model import Purchase, PurchaseLine
from .world import World


def _line(one: PurchaseLine, purchase_id: int) -> dict[str, Any]:
    return {
        "id": one.id,
        "customer_purchase_id": purchase_id,
        "name": one.name,
        "product_id": one.product_id,
        "quantity": decimal_text(Decimal(one.quantity)),
        "cost": text(one.cost_cents),
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
    }


def purchase(
    one: Purchase, world: World, behaviour: Behaviour, *, lines: bool = True
) -> dict[str, Any]:
    """A customer purchase, made up after the forms of invoices: no document describes it."""
    seller = world.customers.get(one.customer_id)
    shown: dict[str, Any] = {
        "id": one.id,
        "customer_id": one.customer_id,
        "customer_business_then_name": seller.display_name if seller else None,
        "number": one.number,
        "status": behaviour.purchase_status if one.is_final else behaviour.estimate_status,
        "total": text(one.total_cents),
        "date": day_stamp(one.date),
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
    }
    if lines:
        shown["line_items"] = [_line(row, one.id) for row in one.lines]
    return shown
