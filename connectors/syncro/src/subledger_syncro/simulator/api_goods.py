"""Addresses of products, vendors, purchase orders and schedules."""

from collections.abc import Mapping
from typing import Any

from . import permissions as may
from . import purchasing
from .model import Order, Product, Vendor
from .paging import in_asked_order, in_order, matches, page
from .present_goods import categories, order_line
from .present_goods import order as show_order
from .present_goods import product as show_product
from .present_parties import vendor as show_vendor
from .present_sales import schedule as show_schedule
from .reading import cents, chosen, fitted, is_email, whole
from .request import Call, RefusedError, Reply, Row, not_found

BOOLEANS = ("maintain_stock", "taxable", "disabled", "serialized")
PRODUCT_FIELDS = {
    name: name
    for name in (
        "name",
        "description",
        "quantity",
        "upc_code",
        "tax_rate_id",
        "qb_item_id",
        "notes",
    )
} | {"product_category": "category"}
PRICES = {
    "price_cost": "cost_cents",
    "price_retail": "retail_cents",
    "price_wholesale": "wholesale_cents",
}
VENDOR_FIELDS = {
    name: name
    for name in ("name", "rep_first_name", "rep_last_name", "email", "phone", "account_number",
                 "address", "city", "state", "zip", "website", "notes")
}  # fmt: skip


def list_products(call: Call) -> Reply:
    """Products, disabled ones included; the answer has no ``meta``."""
    world, ids, others = call.simulation.world, call.numbers("id"), call.numbers("id_not") or ()
    names = [row["name"] for row in categories() if str(row["id"]) == call.text("category_id")]
    sku = call.text("sku")
    rows = [
        one
        for one in world.products.values()
        if (ids is None or one.id in ids)
        and one.id not in others
        and call.text("name").casefold() in one.name.casefold()
        and call.text("upc_code") in {"", one.upc_code}
        and (not sku or any(value == sku for _, value in one.skus))
        and (not call.text("category_id") or one.category in names)
        and matches(call, one, one.name, one.description)
    ]
    ordered = in_asked_order(call, rows, ("id", "name", "description", "quantity", "category"))
    return page(call, "products", ordered, lambda one: show_product(one, world), "none")


def _found(call: Call) -> Product:
    found = call.simulation.world.products.get(call.id())
    if found is None:
        raise not_found()
    return found


def get_product(call: Call) -> Reply:
    """One product."""
    return Reply(body={"product": show_product(_found(call), call.simulation.world)})


def _product_values(fields: Mapping[str, Any]) -> dict[str, Any]:
    values = fitted(Product, chosen(fields, PRODUCT_FIELDS))
    values |= fitted(Product, {name: fields[name] for name in BOOLEANS if name in fields})
    for theirs, ours in PRICES.items():
        if (amount := cents(fields.get(theirs))) is not None:
            values[ours] = amount
    if isinstance(fields.get("vendor_ids"), list):
        values["vendor_ids"] = tuple(filter(None, map(whole, fields["vendor_ids"])))
    if isinstance(fields.get("product_skus_attributes"), list):
        values["skus"] = tuple(
            (whole(row.get("vendor_id")) or 0, str(row.get("value")))
            for row in fields["product_skus_attributes"]
            if isinstance(row, Mapping)
        )
    return values


def _blank(values: Mapping[str, Any]) -> list[str]:
    return [f"{name.title()} can't be blank" for name in ("name", "description")
            if name in values and not values[name]]  # fmt: skip


def _written(call: Call, one: Product) -> Reply:
    """The answer to a write, which shows no SKUs."""
    shown = show_product(one, call.simulation.world)
    del shown["product_skus"]
    return Reply(body={"product": shown})


def create_product(call: Call) -> Reply:
    """A new product with name and description."""
    fields, world, now = call.fields(), call.simulation.world, call.now
    values = {"name": "", "description": "", **_product_values(fields)}
    if problems := _blank(values):
        body = {"success": False, "message": problems, "params": dict(fields)}
        raise RefusedError(422, body)
    made = world.add(Product(created_at=now, updated_at=now, **values))
    return _written(call, made)


def update_product(call: Call) -> Reply:
    """Change what is given; booleans that are left out may be turned off."""
    one, world = _found(call), call.simulation.world
    values = _product_values(call.fields())
    if problems := _blank(values):
        raise RefusedError(422, {"success": False, "message": problems})
    if call.simulation.behaviour.put_resets_booleans:
        values = dict.fromkeys(BOOLEANS, False) | values
    return _written(call, world.put(one, call.now, **values))


def list_categories(_: Call) -> Reply:
    """Product categories."""
    return Reply(body={"categories": categories()})


def list_vendors(call: Call) -> Reply:
    """Vendors; the answer has no ``meta``."""
    rows = in_order(call, call.simulation.world.vendors.values())
    return page(call, "vendors", rows, show_vendor, "none")


def get_vendor(call: Call) -> Reply:
    """One vendor."""
    found = call.simulation.world.vendors.get(call.id())
    if found is None:
        raise not_found()
    return Reply(body={"vendor": show_vendor(found)})


def create_vendor(call: Call) -> Reply:
    """A new vendor."""
    fields, now = call.fields(), call.now
    values = {"name": "", **fitted(Vendor, chosen(fields, VENDOR_FIELDS))}
    problems = [] if values["name"] else ["Name can't be blank"]
    if values.get("email") and not is_email(values["email"]):
        problems.append("Email is invalid")
    if problems:
        raise RefusedError(422, {"success": False, "message": problems, "params": dict(fields)})
    made = call.simulation.world.add(Vendor(created_at=now, updated_at=now, **values))
    return Reply(body={"vendor": show_vendor(made)})


def _shown_order(call: Call, one: Order) -> Any:
    return show_order(one, call.simulation.world, call.simulation.behaviour)


def list_orders(call: Call) -> Reply:
    """Purchase orders; the answer has no ``meta``."""
    rows = in_order(call, call.simulation.world.orders.values())
    return page(call, "purchase_orders", rows, lambda one: _shown_order(call, one), "none")


def _found_order(call: Call) -> Order:
    found = call.simulation.world.orders.get(call.id())
    if found is None:
        raise not_found()
    return found


def get_order(call: Call) -> Reply:
    """One purchase order."""
    return Reply(body={"purchase_order": _shown_order(call, _found_order(call))})


def receive_order(call: Call) -> Reply:
    """Receive a line."""
    number = whole(call.fields().get("line_item_id"))
    done = purchasing.receive(call.simulation.world, call.now, _found_order(call), number)
    return Reply(body={"purchase_order": _shown_order(call, done)})


def create_order_line(call: Call) -> Reply:
    """Put a product on an order, if its stock is kept."""
    world, one, fields = call.simulation.world, _found_order(call), call.fields()
    product = world.products.get(whole(fields.get("product_id")) or 0)
    if product is None or not product.maintain_stock:
        text = "The item was not added: it must be set to 'Maintain Stock'."
        raise RefusedError(422, {"errors": text})
    quantity = whole(fields.get("quantity")) or 1
    made = purchasing.add_line(world, call.now, one.id, product.id, quantity)
    return Reply(body={"po_line_item": order_line(made, one.id)})


def list_schedules(call: Call) -> Reply:
    """Recurring invoices; the answer has no ``meta``."""
    wanted = call.text("customer_id")
    rows = [
        one
        for one in call.simulation.world.schedules.values()
        if wanted in {"", str(one.customer_id)}
    ]
    return page(call, "schedules", in_order(call, rows), show_schedule, "none")


def get_schedule(call: Call) -> Reply:
    """One recurring invoice."""
    found = call.simulation.world.schedules.get(call.id())
    if found is None:
        raise not_found()
    return Reply(body={"schedule": show_schedule(found)})


ROWS: tuple[Row, ...] = (
    ("GET", "products", may.PRODUCTS_LIST, list_products),
    ("POST", "products", may.PRODUCTS_CREATE, create_product),
    ("GET", "products/categories", may.PRODUCTS_LIST, list_categories),
    ("GET", "products/{id}", may.PRODUCTS_LIST, get_product),
    ("PUT", "products/{id}", may.PRODUCTS_EDIT, update_product),
    ("GET", "vendors", may.VENDORS_LIST, list_vendors),
    ("POST", "vendors", may.VENDORS_NEW, create_vendor),
    ("GET", "vendors/{id}", may.VENDORS_VIEW, get_vendor),
    ("GET", "purchase_orders", may.ORDERS_LIST, list_orders),
    ("GET", "purchase_orders/{id}", may.ORDERS_VIEW, get_order),
    ("POST", "purchase_orders/{id}/receive", may.ORDERS_EDIT, receive_order),
    ("POST", "purchase_orders/{id}/create_po_line_item", may.ORDERS_EDIT, create_order_line),
    ("GET", "schedules", may.SCHEDULES_LIST, list_schedules),
    ("GET", "schedules/{id}", may.SCHEDULES_LIST, get_schedule),
)
