"""Products as items; pure."""

from collections.abc import Mapping
from typing import Any

from subledger.errors import RecordRejected
from subledger.model import Item, ItemType
from subledger_syncro.amounts import identifier, optional, text
from subledger_syncro.view import View


def item_of(row: Mapping[str, Any], view: View) -> Item:
    """A product: what Syncro keeps stock of is inventory, the rest as the connection says."""
    name = text(row.get("name"))
    if not name:
        raise RecordRejected(
            "The product has no name.",
            category="unreadable",
            field="name",
            hint="Give the product a name in Syncro.",
        )
    return Item(
        id=identifier(row.get("id"), "id"),
        name=name,
        type=ItemType.INVENTORY if row.get("maintain_stock") else ItemType(view.goods),
        sku=_sku(row),
        description=text(row.get("description")),
        price=optional(row.get("price_retail"), "price_retail"),
        cost=optional(row.get("price_cost"), "price_cost"),
        taxable=bool(row.get("taxable")),
        active=not row.get("disabled"),
        category=text(row.get("product_category")),
        id_in_books=text(row.get("qb_item_id")),
    )


def _sku(row: Mapping[str, Any]) -> str:
    """The first vendor's number, else the bar code; Syncro takes it as ``value``, tells ``sku``."""
    for entry in row.get("product_skus") or ():
        found = text(entry.get("sku") or entry.get("value"))
        if found:
            return found
    return text(row.get("upc_code"))
