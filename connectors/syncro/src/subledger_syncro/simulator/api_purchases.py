"""Addresses of customer purchases, behind a switch: no document names them."""

from typing import Any

from . import permissions as may
from .model import Purchase
from .paging import in_order, page
from .present_purchases import purchase as show_purchase
from .request import Call, Reply, Row, not_found


def _refuse_unless(call: Call, *tells: str) -> None:
    behaviour = call.simulation.behaviour
    if not behaviour.customer_purchases or behaviour.purchases_tell not in tells:
        raise not_found()


def _shown(call: Call, one: Purchase, *, lines: bool) -> dict[str, Any]:
    simulation = call.simulation
    return show_purchase(one, simulation.world, simulation.behaviour, lines=lines)


def list_purchases(call: Call) -> Reply:
    """Customer purchases, with their lines where nothing else tells them."""
    _refuse_unless(call, "all", "list", "totals")
    lines = call.simulation.behaviour.purchases_tell == "list"
    rows = in_order(call, call.simulation.world.purchases.values())
    return page(
        call, "customer_purchases", rows, lambda one: _shown(call, one, lines=lines), "short"
    )


def get_purchase(call: Call) -> Reply:
    """One customer purchase."""
    _refuse_unless(call, "all", "totals")
    found = call.simulation.world.purchases.get(call.id())
    if found is None:
        raise not_found()
    lines = call.simulation.behaviour.purchases_tell == "all"
    return Reply(body={"customer_purchase": _shown(call, found, lines=lines)})


ROWS: tuple[Row, ...] = (
    ("GET", "customer_purchases", may.INVOICES_LIST, list_purchases),
    ("GET", "customer_purchases/{id}", may.INVOICES_LIST, get_purchase),
)
