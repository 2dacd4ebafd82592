"""Addresses of invoices."""

from typing import Any

from . import permissions as may
from . import sales
from .clock import read_moment
from .model import Invoice
from .paging import in_order, page
from .present_sales import invoice_detail, invoice_row
from .reading import chosen, day, fitted, whole
from .request import Call, RefusedError, Reply, Row, not_found

DATE_ONLY = len("2026-01-31")
WRITABLE = ("number", "note", "po_number", "location_id", "contact_id", "ticket_id", "customer_id")
ALREADY_PAID = {"message": "The invoice is already paid"}


def _since(call: Call) -> Any:
    """The instant of ``since_updated_at``; None when it is absent or not understood."""
    value = call.text("since_updated_at").replace(" ", "+")
    if len(value) <= DATE_ONLY and call.simulation.behaviour.date_only_since == "ignored":
        return None
    try:
        return read_moment(value)
    except ValueError:
        return None


def list_invoices(call: Call) -> Reply:
    """Invoices; ``since_updated_at`` includes the instant itself."""
    world, since, ticket = call.simulation.world, _since(call), call.text("ticket_id")
    paid, unpaid = call.flag("paid"), call.flag("unpaid")
    rows = [
        one
        for one in world.invoices.values()
        if (since is None or one.updated_at >= since)
        and (not ticket or ticket == str(one.ticket_id))
        and (not paid or sales.is_paid(world, one))
        and (not unpaid or not sales.is_paid(world, one))
    ]
    return page(
        call, "invoices", in_order(call, rows), lambda one: invoice_row(one, world), "short"
    )


def found_invoice(call: Call, *, by_number: bool = False) -> Invoice:
    """The invoice that the path names; refused when there is none."""
    world, wanted = call.simulation.world, call.parameters["id"]
    found = world.invoices.get(int(wanted)) if wanted.isdecimal() else None
    if found is None and by_number:
        found = next((one for one in world.invoices.values() if one.number == wanted), None)
    if found is None:
        raise not_found()
    return found


def get_invoice(call: Call) -> Reply:
    """One invoice, by id or by number."""
    simulation = call.simulation
    detail = invoice_detail(
        found_invoice(call, by_number=True), simulation.world, simulation.behaviour
    )
    return Reply(body={"invoice": detail} if simulation.behaviour.wrap_invoice else detail)


def create_invoice(call: Call) -> Reply:
    """A new invoice without lines: the ones in the body are not looked at."""
    fields, world = call.fields(), call.simulation.world
    date, customer_id = day(fields.get("date")), whole(fields.get("customer_id"))
    problems = []
    if customer_id not in world.customers:
        problems.append("Customer can't be blank")
    if not fields.get("number"):
        problems.append("Number can't be blank")
    elif any(one.number == str(fields["number"]) for one in world.invoices.values()):
        problems.append("Number has already been taken")
    if date is None:
        problems.append("Date can't be blank")
    if problems or date is None or customer_id is None:
        raise RefusedError(422, {"errors": problems})
    given = chosen(fields, {name: name for name in WRITABLE if name != "customer_id"})
    values = fitted(Invoice, given)
    if due := day(fields.get("due_date")):
        values["due_date"] = due
    made = sales.add_invoice(world, call.now, customer_id=customer_id, day=date, **values)
    return Reply(body={"invoice": invoice_row(made, world)})


def update_invoice(call: Call) -> Reply:
    """Change what is given; sums are computed, whatever the body says."""
    one, fields, world = found_invoice(call), call.fields(), call.simulation.world
    values = fitted(Invoice, chosen(fields, {name: name for name in WRITABLE}))
    if values.get("customer_id", one.customer_id) not in world.customers:
        raise RefusedError(422, {"errors": ["Customer can't be blank"]})
    for name in ("date", "due_date"):
        if found := day(fields.get(name)):
            values[name] = found
    row = invoice_row(world.put(one, call.now, **values), world)
    del row["user_id"]
    return Reply(body={"invoice": row})


def delete_invoice(call: Call) -> Reply:
    """Delete an unpaid invoice; whatever comes of it is answered 200."""
    one, world = call.simulation.world.invoices.get(call.id()), call.simulation.world
    if one is None:
        return Reply(body={"message": "Nothing was deleted"})
    if world.payments_of(one.id):
        return Reply(body=ALREADY_PAID)
    sales.delete_invoice(world, call.now, one)
    return Reply(body={"message": f"Invoice {one.number} was deleted"})


ROWS: tuple[Row, ...] = (
    ("GET", "invoices", may.INVOICES_LIST, list_invoices),
    ("POST", "invoices", may.INVOICES_CREATE, create_invoice),
    ("GET", "invoices/{id}", may.INVOICES_VIEW, get_invoice),
    ("PUT", "invoices/{id}", may.INVOICES_EDIT, update_invoice),
    ("DELETE", "invoices/{id}", may.INVOICES_DELETE, delete_invoice),
)
