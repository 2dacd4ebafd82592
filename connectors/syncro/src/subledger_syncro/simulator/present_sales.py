"""Invoices, payments, estimates and schedules as Syncro's answers show them; pure.

Formats of money follow the official examples: text, numbers and cents, each in its own place.
"""

from typing import Any

from .behaviour import Behaviour
from .catalogue import ACCOUNT_ID, USER_ID
from .clock import day_stamp, stamp
from .jsontext import decimal_text, number, text
from .model import Estimate, Invoice, Line, Payment, Schedule
from .present_parties import customer
from .sales import is_paid, totals_of
from .tax import extension, totals
from .world import World


def _name(world: World, customer_id: int) -> str | None:
    found = world.customers.get(customer_id)
    return found.display_name if found else None


def _hardware_cents(one: Invoice) -> int:
    """What the goods on an invoice cost."""
    return sum(int(row.cost_cents * row.quantity) for row in one.lines)


def invoice_row(one: Invoice, world: World) -> dict[str, Any]:
    """An invoice as lists show it: money is text."""
    sums, paid = totals_of(world, one), is_paid(world, one)
    return {
        "id": one.id,
        "customer_id": one.customer_id,
        "customer_business_then_name": _name(world, one.customer_id),
        "number": one.number,
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "date": day_stamp(one.date),
        "due_date": day_stamp(one.due_date),
        "subtotal": text(sums.subtotal),
        "total": text(sums.total),
        "tax": text(sums.tax),
        "verified_paid": False,
        "tech_marked_paid": paid,
        "ticket_id": one.ticket_id,
        "pdf_url": None,
        "is_paid": paid,
        "location_id": one.location_id,
        "po_number": one.po_number,
        "contact_id": one.contact_id,
        "note": one.note,
        "hardwarecost": text(_hardware_cents(one)),
        "user_id": one.user_id,
    }


def line(one: Line, invoice_id: int | None, behaviour: Behaviour) -> dict[str, Any]:
    """A line: money and quantity are text; ``item`` is the title, ``name`` the description."""
    shown = {
        "id": one.id,
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "invoice_id": invoice_id,
        "item": one.item,
        "name": one.name,
        "cost": text(one.cost_cents),
        "price": text(one.price_cents),
        "quantity": decimal_text(one.quantity),
        "product_id": one.product_id,
        "taxable": one.taxable,
        "discount_percent": None
        if one.discount_percent is None
        else decimal_text(one.discount_percent),
        "position": one.position,
        "invoice_bundle_id": None,
        "discount_dollars": None if one.discount_cents is None else text(one.discount_cents),
    }
    if behaviour.line_tax_rate:
        shown["tax_rate_id"] = one.tax_rate_id
    return shown


def invoice_detail(one: Invoice, world: World, behaviour: Behaviour) -> dict[str, Any]:
    """An invoice with its customer, lines and payments.

    Unlike in lists, its due date is a plain date and its hardware cost a number, and the
    customer's id stands in ``customer`` alone.
    """
    buyer = world.customers.get(one.customer_id)
    row = invoice_row(one, world)
    del row["customer_id"]
    return {
        **row,
        "due_date": one.due_date.isoformat(),
        "hardwarecost": number(_hardware_cents(one)),
        "date_received": None,
        "customer": None if buyer is None else customer(buyer, world, behaviour),
        "line_items": [line(row, one.id, behaviour) for row in one.lines],
        "payments": [{"id": row.id} for row in world.payments_of(one.id)],
    }


def payment(one: Payment, world: World, behaviour: Behaviour) -> dict[str, Any]:
    """A payment: a number of dollars, and the invoices without how much went to each."""
    payer = world.customers.get(one.customer_id)
    nothing: list[None] = [None] if behaviour.unapplied_ids == "null" else []
    return {
        "id": one.id,
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "success": one.success,
        "payment_amount": number(one.cents),
        "invoice_ids": [invoice_id for invoice_id, _ in one.applied] or nothing,
        "ref_num": one.ref_num,
        "applied_at": day_stamp(one.applied_at),
        "payment_method": one.method,
        "transaction_response": one.transaction_response,
        "signature_date": None,
        "customer": None if payer is None else customer(payer, world, behaviour, contacts=False),
    }


def estimate(one: Estimate, world: World) -> dict[str, Any]:
    """An estimate."""
    buyer = world.customers.get(one.customer_id)
    rate = buyer.tax_rate_id if buyer else None
    sums = totals(one.lines, rate, world.rates, world.default_rate)
    return {
        "id": one.id,
        "customer_id": one.customer_id,
        "customer_business_then_name": _name(world, one.customer_id),
        "name": one.name,
        "number": one.number,
        "status": one.status,
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "date": day_stamp(one.date),
        "subtotal": text(sums.subtotal),
        "total": text(sums.total),
        "tax": text(sums.tax),
        "ticket_id": None,
        "pdf_url": None,
        "location_id": None,
        "invoice_id": one.invoice_id,
        "employee": "Dana Reyes",
    }


def _schedule_line(one: Line, schedule_id: int) -> dict[str, Any]:
    return {
        "id": one.id,
        "cost_cents": one.cost_cents,
        "description": one.name,
        "name": one.item,
        "position": one.position,
        "product_id": one.product_id,
        "quantity": decimal_text(one.quantity),
        "retail_cents": one.price_cents,
        "schedule_id": schedule_id,
        "taxable": one.taxable,
        "user_id": USER_ID,
        "price_cost": number(one.cost_cents),
        "price_retail": number(one.price_cents),
        "product_category": None,
        "asset_type_id": None,
        "recurring_type_id": None,
        "device_ids": [],
        "one_time_charge": False,
    }


def schedule(one: Schedule) -> dict[str, Any]:
    """A recurring invoice."""
    return {
        "id": one.id,
        "account_id": ACCOUNT_ID,
        "customer_id": one.customer_id,
        "email_customer": False,
        "frequency": one.frequency,
        "name": one.name,
        "next_run": day_stamp(one.next_run),
        "snail_mail": False,
        "charge_mop": False,
        "subtotal": number(sum(extension(row) for row in one.lines)),
        "invoice_unbilled_ticket_charges": False,
        "paused": one.paused,
        "last_invoice_paid": None,
        "lines": [_schedule_line(row, one.id) for row in one.lines],
    }
