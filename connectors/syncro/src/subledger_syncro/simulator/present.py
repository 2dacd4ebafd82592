"""Any record as its own address shows it."""

from collections.abc import Mapping
from typing import Any

from .behaviour import Behaviour
from .model import (
    Contact,
    Customer,
    Estimate,
    Invoice,
    Order,
    Payment,
    Product,
    Purchase,
    Schedule,
    Vendor,
)
from .present_goods import order, product
from .present_parties import contact, customer, vendor
from .present_purchases import purchase
from .present_sales import estimate, invoice_detail, payment, schedule
from .world import World

_SHOW: Mapping[type[Any], Any] = {
    Contact: lambda one, _world, _behaviour: contact(one),
    Customer: customer,
    Estimate: lambda one, world, _behaviour: estimate(one, world),
    Invoice: invoice_detail,
    Order: order,
    Payment: payment,
    Product: lambda one, world, _behaviour: product(one, world),
    Purchase: purchase,
    Schedule: lambda one, _world, _behaviour: schedule(one),
    Vendor: lambda one, _world, _behaviour: vendor(one),
}


def shown(record: Any, world: World, behaviour: Behaviour) -> dict[str, Any]:
    """The record in the vendor's format, without a wrapper."""
    fields: dict[str, Any] = _SHOW[type(record)](record, world, behaviour)
    return fields
