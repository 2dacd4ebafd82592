"""Addresses of the lines of invoices."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from . import permissions as may
from . import sales
from .api_invoices import ALREADY_PAID, found_invoice
from .model import Invoice, Line
from .paging import in_order, page
from .present_sales import line as show_line
from .reading import cents, chosen, decimal, fitted, whole
from .request import Call, RefusedError, Reply, Row, not_found


def _line_values(call: Call) -> dict[str, Any]:
    fields = call.fields()
    values = fitted(Line, chosen(fields, {name: name for name in ("item", "name", "taxable")}))
    numbers: Mapping[str, tuple[str, Any]] = {
        "price": ("price_cents", cents),
        "cost": ("cost_cents", cents),
        "discount_dollars": ("discount_cents", cents),
        "quantity": ("quantity", decimal),
        "discount_percent": ("discount_percent", decimal),
        "line_discount_percent": ("discount_percent", decimal),
        "tax_rate_id": ("tax_rate_id", whole),
    }
    for theirs, (ours, read) in numbers.items():
        if fields.get(theirs) is not None and (found := read(fields[theirs])) is not None:
            values[ours] = found
    rate = values.get("tax_rate_id")
    if rate is not None and rate not in call.simulation.world.rates:
        raise RefusedError(422, {"errors": {"tax_rate_id": ["is invalid"]}})
    return values


def create_line(call: Call) -> Reply:
    """A new line; a product fills in what is not given."""
    one, world, now = found_invoice(call), call.simulation.world, call.now
    values, product_id = _line_values(call), whole(call.fields().get("product_id"))
    if product_id is not None and product_id in world.products:
        made = sales.product_line(world, now, product_id, **values)
    elif not values.get("item") or not values.get("name"):
        missing = {name: ["can't be blank"] for name in ("item", "name") if not values.get(name)}
        raise RefusedError(422, {"errors": missing})
    else:
        made = sales.line(world, now, **{"price_cents": 0, **values})
    made = evolve(made, position=len(one.lines) + 1)
    world.put(one, now, lines=(*one.lines, made))
    return Reply(body={"line_item": show_line(made, one.id, call.simulation.behaviour)})


def _found_line(call: Call, one: Invoice) -> Line:
    number = call.id("line_id")
    found = next((row for row in one.lines if row.id == number), None)
    if found is None:
        raise not_found()
    return found


def update_line(call: Call) -> Reply:
    """Change a line; on a paid invoice nothing happens, which is answered 200 as well."""
    one, world, now = found_invoice(call), call.simulation.world, call.now
    old = _found_line(call, one)
    if sales.is_paid(world, one):
        return Reply(body=ALREADY_PAID)
    new = evolve(old, updated_at=now, **_line_values(call))
    world.put(one, now, lines=tuple(new if row.id == old.id else row for row in one.lines))
    return Reply(body={"line_item": show_line(new, one.id, call.simulation.behaviour)})


def delete_line(call: Call) -> Reply:
    """Remove a line."""
    one, world = found_invoice(call), call.simulation.world
    old = _found_line(call, one)
    world.put(one, call.now, lines=tuple(row for row in one.lines if row.id != old.id))
    return Reply(body={"message": "The line was removed"})


def list_lines(call: Call) -> Reply:
    """Lines of every invoice, which only a global administrator may read."""
    world, wanted = call.simulation.world, call.text("invoice_id")
    rows = [
        (row, one.id)
        for one in in_order(call, world.invoices.values())
        if wanted in {"", str(one.id)}
        for row in one.lines
    ]
    owner = {row.id: number for row, number in rows}
    return page(
        call,
        "line_items",
        [row for row, _ in rows],
        lambda row: show_line(row, owner[row.id], call.simulation.behaviour),
        "long",
    )


ROWS: tuple[Row, ...] = (
    ("POST", "invoices/{id}/line_items", may.INVOICES_EDIT, create_line),
    ("PUT", "invoices/{id}/line_items/{line_id}", may.INVOICES_EDIT, update_line),
    ("DELETE", "invoices/{id}/line_items/{line_id}", may.INVOICES_EDIT, delete_line),
    ("GET", "line_items", may.GLOBAL_ADMIN, list_lines),
)
