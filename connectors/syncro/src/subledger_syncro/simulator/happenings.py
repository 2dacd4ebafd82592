"""Single things that happen to an invoice, an order or a purchase, if it is still there."""

from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random
from typing import Any, TypeAlias

from attrs import evolve

from . import catalogue, purchasing, sales
from .clock import local_day
from .making import happens
from .model import Invoice, Order, Purchase
from .world import World

Happening: TypeAlias = Callable[[World, Random, datetime, Any], None]


def _method(rng: Random) -> dict[str, Any]:
    method = rng.choice(catalogue.METHODS[:4])
    return {"method": method, "ref_num": str(rng.randrange(10_000, 99_999))}


def pay(world: World, rng: Random, now: datetime, record: Invoice) -> None:
    """The rest of what is owed, from store credit if there is enough."""
    owed = sales.balance_cents(world, record)
    if owed <= 0:
        return
    if happens(rng, 15) and sales.credit_cents(world, record.customer_id) >= owed:
        sales.use_credit(world, now, record, owed)
        return
    sales.pay_invoice(world, now, record, **_method(rng))


def pay_part(world: World, rng: Random, now: datetime, record: Invoice) -> None:
    """Some of what is owed."""
    owed = sales.balance_cents(world, record)
    if owed > 1:
        sales.pay_invoice(world, now, record, owed * rng.choice((25, 40, 50)) // 100 or 1)


def pay_more(world: World, rng: Random, now: datetime, record: Invoice) -> None:
    """More than is owed: the rest becomes store credit."""
    owed = sales.balance_cents(world, record)
    if owed > 0:
        sales.pay_invoice(world, now, record, owed + rng.choice((100, 5000)), **_method(rng))


def pay_all(world: World, rng: Random, now: datetime, record: Invoice) -> None:
    """One payment for every invoice that the customer owes."""
    owed = {
        one.id: balance
        for one in world.invoices.values()
        if one.customer_id == record.customer_id
        and (balance := sales.balance_cents(world, one)) > 0
    }
    if owed:
        sales.pay(
            world,
            now,
            customer_id=record.customer_id,
            cents=sum(owed.values()),
            applied=owed,
            day=local_day(now),
            **_method(rng),
        )


def decline(world: World, rng: Random, now: datetime, record: Invoice) -> None:
    """A card payment that is declined."""
    owed = sales.balance_cents(world, record)
    if owed > 0:
        response = f"declined {rng.randrange(1000)}"
        sales.pay_invoice(
            world, now, record, success=False, method="Credit Card", transaction_response=response
        )


def edit(world: World, rng: Random, now: datetime, record: Invoice) -> None:
    """Somebody corrects a quantity, or only the note."""
    if not record.lines or sales.paid_cents(world, record) or happens(rng, 30):
        world.put(record, now, note="corrected")
        return
    first = evolve(record.lines[0], quantity=record.lines[0].quantity + 1, updated_at=now)
    world.put(record, now, lines=(first, *record.lines[1:]))


def void(world: World, _: Random, now: datetime, record: Invoice) -> None:
    """An unpaid invoice comes to nothing."""
    if not sales.paid_cents(world, record):
        sales.void_invoice(world, now, record)


def delete(world: World, _: Random, now: datetime, record: Invoice) -> None:
    """An invoice disappears, paid or not."""
    sales.delete_invoice(world, now, record)


def refund(world: World, rng: Random, now: datetime, record: Invoice) -> None:
    """A paid invoice is refunded, all of it or a part."""
    if sales.is_paid(world, record) and sales.totals_of(world, record).total > 0:
        part = sales.totals_of(world, record).subtotal // 3
        sales.refund(world, now, record, rng.choice((None, part or None)))


def move(world: World, _: Random, now: datetime, record: Invoice) -> None:
    """A payment goes to another open invoice of the same customer."""
    target = next(
        (
            one
            for one in reversed(world.invoices.values())
            if one.customer_id == record.customer_id
            and one.id != record.id
            and sales.balance_cents(world, one) > 0
        ),
        None,
    )
    payments = [one for one in world.payments_of(record.id) if one.success and one.cents > 0]
    if target and payments:
        cents = min(payments[0].cents, sales.balance_cents(world, target))
        sales.move_payment(world, now, payments[0], {target.id: cents})


def lose_payment(world: World, _: Random, now: datetime, record: Invoice) -> None:
    """A payment is deleted again."""
    for payment in world.payments_of(record.id)[:1]:
        sales.delete_payment(world, now, payment)


def receive_part(world: World, _: Random, now: datetime, record: Order) -> None:
    """Half of an order's goods come."""
    purchasing.receive(world, now, record, percent=50)


def finish(world: World, _: Random, now: datetime, record: Order) -> None:
    """All goods are here, and the order is closed."""
    purchasing.finish(world, now, record)


def buy(world: World, _: Random, now: datetime, record: Purchase) -> None:
    """What a customer offered is taken and paid."""
    purchasing.finish_purchase(world, now, record)


ON_INVOICE: Mapping[str, Happening] = {
    "pay": pay,
    "pay_part": pay_part,
    "pay_more": pay_more,
    "pay_all": pay_all,
    "decline": decline,
    "edit": edit,
    "void": void,
    "delete": delete,
    "refund": refund,
    "move": move,
    "lose_payment": lose_payment,
}
ON_ORDER: Mapping[str, Happening] = {"receive_part": receive_part, "finish": finish}
ON_PURCHASE: Mapping[str, Happening] = {"buy": buy}
