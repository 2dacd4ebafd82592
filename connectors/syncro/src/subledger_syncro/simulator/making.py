"""What the everyday business makes: invoices, estimates, purchase orders, other addresses."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from attrs import evolve

from . import catalogue, purchasing, sales
from .clock import local_day
from .model import Customer, Estimate, Invoice, Line, Order, Purchase
from .world import World

HARDWARE = slice(8, 15)
LABOUR = slice(5, 8)
TERMS: Mapping[str, int] = {"plain": 80, "percent": 10, "dollars": 6, "other_rate": 4}
SOLD: Mapping[str, int] = {"labour": 40, "hardware": 52, "manual": 8}


def happens(rng: Random, percent: int) -> bool:
    """Whether something that happens so often happens now."""
    return rng.randrange(100) < percent


def _one(rng: Random, weights: Mapping[str, int]) -> str:
    (found,) = rng.choices(tuple(weights), tuple(weights.values()))
    return found


def _clients(world: World) -> list[Customer]:
    """The organisations that the everyday business is with: the hand-made ones are left alone."""
    kept = set(world.landmarks.values())
    return [one for one in world.customers.values() if one.id not in kept and not one.disabled]


def _line(world: World, rng: Random, now: datetime) -> Line:
    terms, sold = _one(rng, TERMS), _one(rng, SOLD)
    values: dict[str, Any] = {}
    if terms == "percent":
        values["discount_percent"] = Decimal(rng.choice((5, 10, 15)))
    elif terms == "dollars":
        values["discount_cents"] = rng.choice((500, 1250))
    elif terms == "other_rate":
        values["tax_rate_id"] = catalogue.CITY
    if sold == "manual":
        cents = rng.randrange(2_000, 90_000)
        return sales.line(
            world, now, item="Misc", name="Travel — 42 km", price_cents=cents, **values
        )
    if sold == "labour":
        values["quantity"] = Decimal(rng.randrange(1, 33)) / 4
    else:
        values["quantity"] = Decimal(rng.randrange(1, 5))
    goods = list(world.products)[LABOUR if sold == "labour" else HARDWARE]
    return sales.product_line(world, now, rng.choice(goods), **values)


def recurring_invoice(world: World, rng: Random, now: datetime, schedule_id: int) -> Invoice:
    """The month's invoice of a schedule, with quantities that move a little."""
    schedule = world.schedules[schedule_id]
    lines = [
        evolve(
            one,
            id=world.new_id("line"),
            quantity=max(one.quantity + rng.choice((0, 0, 0, 1, -1)), Decimal(1)),
            name=f"{one.name} - {now:%B}",
            created_at=now,
            updated_at=now,
        )
        for one in schedule.lines
    ]
    following = (local_day(now).replace(day=1) + timedelta(days=32)).replace(day=1)
    world.put(schedule, now, next_run=following)
    note = f"{now:%B} services"
    return sales.add_invoice(
        world, now, customer_id=schedule.customer_id, day=local_day(now), lines=lines, note=note
    )


def single_invoice(world: World, rng: Random, now: datetime) -> Invoice:
    """An invoice for work or goods; now and then it is free, from an estimate, or dated back."""
    customer = rng.choice(_clients(world))
    lines = [_line(world, rng, now) for _ in range(rng.choice((1, 1, 2, 3, 6)))]
    if happens(rng, 3):
        lines = [evolve(one, discount_percent=Decimal(100), discount_cents=None) for one in lines]
    day = local_day(now) - timedelta(days=rng.choice((0, 0, 0, 0, 1, 3)))
    number = f"PO-{rng.randrange(100, 999)}" if happens(rng, 20) else None
    contacts = [one.id for one in world.contacts.values() if one.customer_id == customer.id]
    invoice = sales.add_invoice(
        world,
        now,
        customer_id=customer.id,
        day=day,
        lines=lines,
        po_number=number,
        contact_id=contacts[0] if contacts else None,
        ticket_id=rng.choice((None, 90_001)),
    )
    if happens(rng, 8):
        estimate(world, rng, now, invoice)
    return invoice


def estimate(world: World, rng: Random, now: datetime, invoice: Invoice) -> None:
    """The estimate that an invoice came from, or one that is still open."""
    accepted = happens(rng, 60)
    world.add(
        Estimate(
            customer_id=invoice.customer_id,
            number=f"E{invoice.number}",
            name="Refresh",
            date=invoice.date,
            lines=invoice.lines,
            status="Approved" if accepted else rng.choice(("Fresh", "Draft", "Declined")),
            invoice_id=invoice.id if accepted else None,
            created_at=now,
            updated_at=now,
        )
    )


def order(world: World, rng: Random, now: datetime) -> Order:
    """A purchase order for stock."""
    stock = [one for one in world.products.values() if one.maintain_stock and not one.disabled]
    return purchasing.add_order(
        world,
        now,
        vendor_id=rng.choice(list(world.vendors)),
        lines=[(one.id, rng.randrange(1, 20)) for one in rng.sample(stock, rng.randrange(1, 4))],
        shipping_cents=rng.choice((0, 0, 1250, 995)),
    )


def purchase(world: World, rng: Random, now: datetime) -> Purchase:
    """A customer offers used goods: one thing, or two of them and what belongs to them."""
    customer, cents = rng.choice(_clients(world)), rng.randrange(2_000, 30_000)
    lines = [purchasing.purchase_line(world, now, name="Used laptop", cost_cents=cents)]
    if cents % 2:
        lines = [
            purchasing.purchase_line(
                world, now, name="Used monitor", cost_cents=cents // 3, quantity=2
            ),
            purchasing.purchase_line(world, now, name="Cables", cost_cents=cents - cents // 3 * 2),
        ]
    return purchasing.add_purchase(world, now, customer_id=customer.id, lines=lines)


def change_customer(world: World, rng: Random, now: datetime) -> None:
    """An organisation gets another address or another name."""
    customer = rng.choice(_clients(world))
    if happens(rng, 30) and customer.business_name:
        world.put(customer, now, business_name=f"{customer.business_name} (new)")
    else:
        world.put(customer, now, address=f"{rng.randrange(1, 999)} Oak Avenue")
