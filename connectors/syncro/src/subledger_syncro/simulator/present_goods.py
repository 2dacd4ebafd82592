"""Products and purchase orders as Syncro's answers show them; pure."""

from typing import Any

from .behaviour import Behaviour
from .catalogue import ACCOUNT_ID, CATEGORIES, SUBDOMAIN, USER_ID
from .clock import day_stamp, stamp
from .jsontext import number, point_number
from .model import Order, OrderLine, Product
from .present_parties import vendor
from .world import World


def product(one: Product, world: World) -> dict[str, Any]:
    """A product: prices are numbers; it has no times."""
    return {
        "id": one.id,
        "price_cost": point_number(one.cost_cents),
        "price_retail": point_number(one.retail_cents),
        "condition": None,
        "description": one.description,
        "maintain_stock": one.maintain_stock,
        "name": one.name,
        "quantity": one.quantity,
        "warranty": None,
        "sort_order": None,
        "reorder_at": None,
        "disabled": one.disabled,
        "taxable": one.taxable,
        "product_category": one.category,
        "category_path": one.category,
        "upc_code": one.upc_code,
        "discount_percent": None,
        "warranty_template_id": None,
        "qb_item_id": one.qb_item_id,
        "desired_stock_level": None,
        "price_wholesale": number(one.wholesale_cents),
        "notes": one.notes,
        "tax_rate_id": one.tax_rate_id,
        "physical_location": None,
        "serialized": one.serialized,
        "vendor_ids": list(one.vendor_ids),
        "product_skus": [
            {"id": at, "vendor_name": found.name if found else None, "sku": sku}
            for at, (vendor_id, sku) in enumerate(one.skus, start=1)
            for found in (world.vendors.get(vendor_id),)
        ],
        "long_description": None,
        "location_quantities": [],
        "photos": [],
    }


def categories() -> list[dict[str, Any]]:
    """The product categories."""
    return [
        {
            "id": at,
            "account_id": ACCOUNT_ID,
            "ancestry": None,
            "name": name,
            "description": name,
            "device_product_id": None,
            "names_depth_cache": name,
        }
        for at, name in enumerate(CATEGORIES, start=1)
    ]


def order_line(one: OrderLine, order_id: int) -> dict[str, Any]:
    """A line of a purchase order: money is cents."""
    return {
        "id": one.id,
        "purchase_order_id": order_id,
        "product_id": one.product_id,
        "quantity": one.quantity,
        "cost_cents": one.cost_cents,
        "total_cents": one.total_cents,
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "received": one.received_quantity >= one.quantity,
        "position": None,
        "received_quantity": one.received_quantity,
        "parent_po_line_item_id": None,
        "old_cost_cents": None,
    }


def order_status(one: Order, behaviour: Behaviour) -> str:
    """Open, received or finished, in the account's words."""
    if one.is_finished:
        return behaviour.finished_status
    came = bool(one.lines) and all(row.received_quantity >= row.quantity for row in one.lines)
    return behaviour.received_status if came else behaviour.open_status


def order(one: Order, world: World, behaviour: Behaviour) -> dict[str, Any]:
    """A purchase order: its money is numbers of dollars, that of its lines cents."""
    seller = world.vendors.get(one.vendor_id)
    return {
        "id": one.id,
        "account_subdomain": SUBDOMAIN,
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.updated_at),
        "expected_date": day_stamp(one.expected_date),
        "number": one.number,
        "other": point_number(one.other_cents),
        "shipping": point_number(one.shipping_cents),
        "shipping_notes": one.shipping_notes,
        "status": order_status(one, behaviour),
        "total": point_number(one.total_cents),
        "user_id": USER_ID,
        "vendor_id": one.vendor_id,
        "location_id": one.location_id,
        "due_date": day_stamp(one.due_date),
        "paid_date": day_stamp(one.paid_date),
        "delivery_tracking": None,
        "vendor": None if seller is None else vendor(seller),
        "location": None,
        "line_items": [order_line(row, one.id) for row in one.lines],
    }
