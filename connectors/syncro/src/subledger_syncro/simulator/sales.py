"""What people do with invoices and payments in the account's web pages."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from attrs import evolve

from .clock import local_day
from .model import Invoice, Line, Payment
from .tax import Totals, extension, totals
from .world import World

DAYS_TO_PAY = 30
CREDIT_METHOD = "Store Credit"


def totals_of(world: World, invoice: Invoice) -> Totals:
    """The sums of an invoice."""
    return totals(invoice.lines, invoice.tax_rate_id, world.rates, world.default_rate)


def paid_cents(world: World, invoice: Invoice) -> int:
    """What successful payments have applied to an invoice; negative for money returned."""
    return sum(
        cents
        for payment in world.payments_of(invoice.id)
        if payment.success
        for invoice_id, cents in payment.applied
        if invoice_id == invoice.id
    )


def balance_cents(world: World, invoice: Invoice) -> int:
    """What is still owed; negative when too much is applied or money is to be returned."""
    return totals_of(world, invoice).total - paid_cents(world, invoice)


def is_paid(world: World, invoice: Invoice) -> bool:
    """Whether nothing is owed any more; an invoice that never had an amount is not paid."""
    total = totals_of(world, invoice).total
    balance = total - paid_cents(world, invoice)
    return total != 0 and (balance <= 0 if total > 0 else balance >= 0)


def credit_cents(world: World, customer_id: int) -> int:
    """The customer's store credit: what payments left over, less what was used."""
    mine = [one for one in world.payments.values() if one.customer_id == customer_id]
    used = sum(one.cents for one in mine if one.uses_credit and one.success)
    return sum(one.unapplied_cents for one in mine if not one.uses_credit) - used


def line(world: World, now: datetime, **values: Any) -> Line:
    """A line with an id; fields as in ``Line``."""
    return Line(id=world.new_id("line"), created_at=now, updated_at=now, **values)


def product_line(world: World, now: datetime, product_id: int, **values: Any) -> Line:
    """A line filled in from a product, as the web page does it."""
    product = world.products[product_id]
    filled = {
        "item": product.name,
        "name": product.description,
        "price_cents": product.retail_cents,
        "cost_cents": product.cost_cents,
        "taxable": product.taxable,
        "tax_rate_id": product.tax_rate_id,
        "product_id": product.id,
    }
    return line(world, now, **(filled | values))


def add_invoice(
    world: World,
    now: datetime,
    *,
    customer_id: int,
    day: date,
    lines: Iterable[Line] = (),
    **values: Any,
) -> Invoice:
    """A new invoice with the next number and the customer's tax rate, unless told otherwise."""
    if "number" not in values:
        values["number"] = str(world.next_number)
        world.next_number += 1
    values.setdefault("due_date", day + timedelta(days=DAYS_TO_PAY))
    values.setdefault("tax_rate_id", world.customers[customer_id].tax_rate_id)
    values.setdefault("location_id", world.customers[customer_id].location_id)
    placed = tuple(evolve(one, position=at) for at, one in enumerate(lines, start=1))
    return world.add(
        Invoice(
            customer_id=customer_id,
            date=day,
            lines=placed,
            created_at=now,
            updated_at=now,
            **values,
        )
    )


def void_invoice(world: World, now: datetime, invoice: Invoice) -> Invoice:
    """Bring an invoice to zero and say so in its note; the vendor has no state for it."""
    lines = tuple(evolve(one, quantity=Decimal(0), updated_at=now) for one in invoice.lines)
    return world.put(invoice, now, lines=lines, note=f"VOID {invoice.note or ''}".strip())


def delete_invoice(world: World, now: datetime, invoice: Invoice) -> None:
    """Delete an invoice; what was applied to it becomes the customer's store credit."""
    for payment in world.payments_of(invoice.id):
        kept = tuple(part for part in payment.applied if part[0] != invoice.id)
        world.put(payment, now, applied=kept)
    world.remove(invoice, now)


def _touch(world: World, now: datetime, invoice_ids: Iterable[int]) -> None:
    for invoice_id in dict.fromkeys(invoice_ids):
        if invoice_id in world.invoices:
            world.put(world.invoices[invoice_id], now)


def pay(
    world: World,
    now: datetime,
    *,
    customer_id: int,
    cents: int,
    day: date,
    applied: Mapping[int, int] | None = None,
    **values: Any,
) -> Payment:
    """A payment; ``applied`` tells cents by invoice, and the rest is store credit."""
    parts = tuple((applied or {}).items())
    payment = world.add(
        Payment(
            customer_id=customer_id,
            cents=cents,
            applied=parts,
            applied_at=day,
            created_at=now,
            updated_at=now,
            **values,
        )
    )
    _touch(world, now, dict(parts))
    return payment


def pay_invoice(
    world: World, now: datetime, invoice: Invoice, cents: int | None = None, **values: Any
) -> Payment:
    """Pay what is owed, or ``cents``: what exceeds the balance becomes store credit."""
    owed = balance_cents(world, invoice)
    amount = owed if cents is None else cents
    part = max(amount, owed) if owed < 0 else min(amount, owed)
    values.setdefault("day", local_day(now))
    return pay(
        world,
        now,
        customer_id=invoice.customer_id,
        cents=amount,
        applied={invoice.id: part} if part else {},
        **values,
    )


def use_credit(world: World, now: datetime, invoice: Invoice, cents: int) -> Payment:
    """Pay with the customer's store credit: a payment that moves no money."""
    return pay(
        world,
        now,
        customer_id=invoice.customer_id,
        cents=cents,
        day=local_day(now),
        applied={invoice.id: cents},
        method=CREDIT_METHOD,
        uses_credit=True,
    )


def move_payment(
    world: World, now: datetime, payment: Payment, applied: Mapping[int, int]
) -> Payment:
    """Apply a payment to other invoices than before."""
    moved = world.put(payment, now, applied=tuple(applied.items()))
    _touch(world, now, [*dict(payment.applied), *applied])
    return moved


def delete_payment(world: World, now: datetime, payment: Payment) -> None:
    """Delete a payment in the web page; the interface cannot."""
    world.remove(payment, now)
    _touch(world, now, dict(payment.applied))


def refund(
    world: World, now: datetime, invoice: Invoice, cents: int | None = None, *, pay_out: bool = True
) -> Invoice:
    """A refund invoice with a negative total, and the negative payment that returns the money.

    All of the invoice is refunded line by line; with ``cents``, so much before tax on one line.
    """
    if cents is None:
        lines = [
            evolve(
                one,
                id=world.new_id("line"),
                quantity=-one.quantity,
                discount_cents=None if one.discount_cents is None else -one.discount_cents,
                created_at=now,
                updated_at=now,
            )
            for one in invoice.lines
        ]
    else:
        taxable = any(one.taxable and extension(one) for one in invoice.lines)
        lines = [
            line(world, now, item="Refund", name="Refund", price_cents=-cents, taxable=taxable)
        ]
    refunded = add_invoice(
        world,
        now,
        customer_id=invoice.customer_id,
        day=local_day(now),
        lines=lines,
        tax_rate_id=invoice.tax_rate_id,
        note=f"Refund of invoice {invoice.number}",
    )
    if pay_out and totals_of(world, refunded).total:
        pay_invoice(world, now, refunded, method="Check")
    return world.invoices[refunded.id]
