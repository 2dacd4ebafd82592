"""What people do with purchase orders and customer purchases in the account's web pages."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from attrs import evolve

from .clock import local_day
from .model import Order, OrderLine, Purchase, PurchaseLine
from .world import World


def add_order(
    world: World,
    now: datetime,
    *,
    vendor_id: int,
    lines: Iterable[tuple[int, int]] = (),
    day: date | None = None,
    **values: Any,
) -> Order:
    """A new purchase order; ``lines`` are product and quantity, at the product's cost."""
    day = day or local_day(now)
    prefix = "".join(word[0] for word in world.vendors[vendor_id].name.split()[:2]).upper()
    today = [one for one in world.orders.values() if local_day(one.created_at) == local_day(now)]
    values.setdefault("number", f"{prefix}-{day:%Y%m%d}-{len(today) + 1}")
    values.setdefault("expected_date", day + timedelta(days=6))
    values.setdefault("due_date", day + timedelta(days=30))
    order = world.add(Order(vendor_id=vendor_id, created_at=now, updated_at=now, **values))
    for product_id, quantity in lines:
        add_line(world, now, order.id, product_id, quantity)
    return world.orders[order.id]


def add_line(
    world: World, now: datetime, order_id: int, product_id: int, quantity: int
) -> OrderLine:
    """Put a product on a purchase order."""
    order = world.orders[order_id]
    added = OrderLine(
        id=world.new_id("order_line"),
        product_id=product_id,
        quantity=quantity,
        cost_cents=world.products[product_id].cost_cents,
        created_at=now,
        updated_at=now,
    )
    world.put(order, now, lines=(*order.lines, added))
    return added


def _received(world: World, now: datetime, line: OrderLine, quantity: int) -> OrderLine:
    more = quantity - line.received_quantity
    product = world.products.get(line.product_id)
    if product is not None and more:
        world.put(product, now, quantity=product.quantity + more)
    return evolve(line, received_quantity=quantity, updated_at=now) if more else line


def receive(
    world: World, now: datetime, order: Order, line_id: int | None = None, percent: int = 100
) -> Order:
    """Receive all of a line, or of every line when none is named; ``percent`` of each."""
    lines = tuple(
        _received(world, now, one, max(one.quantity * percent // 100, one.received_quantity))
        if line_id in {None, one.id}
        else one
        for one in order.lines
    )
    return world.put(order, now, lines=lines)


def finish(world: World, now: datetime, order: Order) -> Order:
    """Receive what is missing and close the order."""
    return world.put(receive(world, now, order), now, is_finished=True)


def purchase_line(world: World, now: datetime, **values: Any) -> PurchaseLine:
    """A line of a customer purchase: ``name``, ``cost_cents``, ``quantity``, ``product_id``."""
    return PurchaseLine(id=world.new_id("purchase_line"), created_at=now, updated_at=now, **values)


def add_purchase(
    world: World,
    now: datetime,
    *,
    customer_id: int,
    lines: Iterable[PurchaseLine],
    day: date | None = None,
    **values: Any,
) -> Purchase:
    """What a customer offers; nothing is paid before it is final."""
    values.setdefault("number", f"CP{len(world.purchases) + 1:04}")
    return world.add(
        Purchase(
            customer_id=customer_id,
            date=day or local_day(now),
            lines=tuple(lines),
            created_at=now,
            updated_at=now,
            **values,
        )
    )


def finish_purchase(world: World, now: datetime, purchase: Purchase) -> Purchase:
    """The goods are taken and paid."""
    return world.put(purchase, now, is_final=True)
