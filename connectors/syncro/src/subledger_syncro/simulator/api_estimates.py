"""Addresses of estimates."""

from . import permissions as may
from .model import Estimate
from .paging import in_order, page
from .present_sales import estimate as show_estimate
from .reading import day, whole
from .request import Call, RefusedError, Reply, Row, not_found


def list_estimates(call: Call) -> Reply:
    """Estimates; ``status`` knows approved and declined."""
    world, status = call.simulation.world, call.text("status").casefold()
    rows = [
        one
        for one in world.estimates.values()
        if status not in {"approved", "declined"} or one.status.casefold() == status
    ]
    return page(
        call, "estimates", in_order(call, rows), lambda one: show_estimate(one, world), "short"
    )


def get_estimate(call: Call) -> Reply:
    """One estimate, by id or by number."""
    world, wanted = call.simulation.world, call.parameters["id"]
    for one in world.estimates.values():
        if wanted in {str(one.id), one.number} or call.text("number") == one.number:
            return Reply(body={"estimate": show_estimate(one, world)})
    raise not_found()


def create_estimate(call: Call) -> Reply:
    """A new estimate without lines."""
    fields, world, now = call.fields(), call.simulation.world, call.now
    date, customer_id = day(fields.get("date")), whole(fields.get("customer_id"))
    problems = {}
    if customer_id not in world.customers:
        problems["customer_id"] = ["can't be blank"]
    if date is None:
        problems["date"] = ["can't be blank"]
    if problems or date is None or customer_id is None:
        raise RefusedError(422, problems)
    made = Estimate(
        customer_id=customer_id,
        number=str(fields.get("number") or f"E{world.next_number}"),
        name=str(fields.get("name") or ""),
        date=date,
        lines=(),
        created_at=now,
        updated_at=now,
    )
    return Reply(body={"estimate": show_estimate(world.add(made), world)})


ROWS: tuple[Row, ...] = (
    ("GET", "estimates", may.ESTIMATES_LIST, list_estimates),
    ("POST", "estimates", may.ESTIMATES_CREATE, create_estimate),
    ("GET", "estimates/{id}", may.ESTIMATES_VIEW, get_estimate),
)
