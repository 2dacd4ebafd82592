"""Addresses of payments: they can be made, never changed or deleted."""

from collections.abc import Mapping
from typing import Any

from . import permissions as may
from . import sales
from .catalogue import METHODS
from .clock import local_day
from .model import Invoice, Payment
from .paging import in_order, matches, page
from .present_sales import payment as show_payment
from .reading import cents, chosen, fitted, whole
from .request import Call, RefusedError, Reply, Row, not_found

BEGAN = "2024-01-02T15:00:00.000Z"


def list_payments(call: Call) -> Reply:
    """Payments, declined ones included."""
    simulation = call.simulation
    world, looks = simulation.world, simulation.behaviour.payment_query == "text"

    def fits(one: Any) -> bool:
        payer = world.customers.get(one.customer_id)
        name = payer.display_name if payer else None
        return matches(call, one, one.ref_num, name)

    filtered = looks and call.text("query")
    found = filter(fits, world.payments.values()) if filtered else world.payments.values()
    rows = in_order(call, found)
    return page(
        call, "payments", rows, lambda one: show_payment(one, world, simulation.behaviour), "short"
    )


def get_payment(call: Call) -> Reply:
    """One payment."""
    simulation = call.simulation
    found = simulation.world.payments.get(call.id())
    if found is None:
        raise not_found()
    return Reply(body={"payment": show_payment(found, simulation.world, simulation.behaviour)})


def _refuse(problem: str) -> RefusedError:
    return RefusedError(422, {"errors": [problem]})


def _invoice(call: Call, fields: Mapping[str, Any]) -> Invoice | None:
    """The one invoice that is named by id or number; None when none is."""
    invoices = call.simulation.world.invoices
    number, invoice_id = fields.get("invoice_number"), whole(fields.get("invoice_id"))
    if number:
        found = next((one for one in invoices.values() if one.number == str(number)), None)
    elif invoice_id is not None:
        found = invoices.get(invoice_id)
    else:
        return None
    if found is None:
        raise _refuse("Invoice can't be blank")
    return found


def _parts(call: Call, fields: Mapping[str, Any], customer_id: int, amount: int) -> dict[int, int]:
    """What goes to each invoice, in cents."""
    world, asked = call.simulation.world, fields.get("apply_payments")
    read = whole if call.simulation.behaviour.apply_in == "cents" else cents
    if isinstance(asked, Mapping) and asked:
        parts = {int(key): read(value) or 0 for key, value in asked.items() if str(key).isdecimal()}
    elif one := _invoice(call, fields):
        parts = {one.id: max(min(amount, sales.balance_cents(world, one)), 0)}
    else:
        return {}
    for invoice_id, part in parts.items():
        found = world.invoices.get(invoice_id)
        if found is None or found.customer_id != customer_id:
            raise _refuse("Invoice is invalid")
        if part < 0:
            raise _refuse("Amount must be greater than 0")
    if sum(parts.values()) > amount:
        raise _refuse("Applied payments exceed the amount")
    return {invoice_id: part for invoice_id, part in parts.items() if part}


def create_payment(call: Call) -> Reply:
    """A payment of ``amount_cents``; what is not applied to invoices is store credit."""
    fields, world, now = call.fields(), call.simulation.world, call.now
    amount, customer_id = whole(fields.get("amount_cents")), whole(fields.get("customer_id"))
    invoice = _invoice(call, fields)
    if customer_id is None and invoice is not None:
        customer_id = invoice.customer_id
    if customer_id is None or customer_id not in world.customers:
        raise _refuse("Customer can't be blank")
    if amount is None or amount <= 0:
        raise _refuse("Amount must be greater than 0")
    made = sales.pay(
        world,
        now,
        customer_id=customer_id,
        cents=amount,
        day=local_day(now),
        applied=_parts(call, fields, customer_id, amount),
        **fitted(Payment, chosen(fields, {"payment_method": "method", "ref_num": "ref_num"})),
    )
    shown = show_payment(made, world, call.simulation.behaviour)
    del shown["signature_date"], shown["customer"]
    return Reply(body={"payment": shown | {"tickets": []}})


def list_methods(_: Call) -> Reply:
    """Payment methods, all on one page."""
    rows = [
        {
            "id": at,
            "name": name,
            "created_at": BEGAN,
            "updated_at": BEGAN,
            "uses_card_processing": False,
        }
        for at, name in enumerate(METHODS, start=1)
    ]
    return Reply(body={"payment_methods": rows})


ROWS: tuple[Row, ...] = (
    ("GET", "payments", may.PAYMENTS_VIEW, list_payments),
    ("POST", "payments", may.PAYMENTS_CREATE, create_payment),
    ("GET", "payments/{id}", may.PAYMENTS_VIEW, get_payment),
    ("GET", "payment_methods", may.ANYBODY, list_methods),
)
