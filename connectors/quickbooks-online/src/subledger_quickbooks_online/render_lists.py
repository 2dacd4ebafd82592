"""Customers, vendors and items as bodies of the API. Pure."""

from typing import Final

from subledger.model import Item, ItemType, Party
from subledger.model.kinds import CUSTOMER
from subledger_quickbooks_online import text
from subledger_quickbooks_online.parts import Body, email, needed, postal, ref, without_empty

_TYPES: Final = {
    ItemType.SERVICE: "Service",
    ItemType.OTHER_CHARGE: "Service",
    ItemType.NON_INVENTORY: "NonInventory",
    ItemType.INVENTORY: "Inventory",
}
_STOCK_SINCE: Final = "2000-01-01"
"""From when stock is counted: no document may be older than its item's start date (error 6270)."""


def party_name(party: Party) -> str:
    """The name that a party gets: of a sub-customer, the last level."""
    name = party.name
    if party.parent is not None and party.parent.name:
        name = name.removeprefix(f"{party.parent.name}:")
    return text.leaf(party.kind, name)


def party(entity: Party) -> tuple[str, Body]:
    """A customer or vendor; empty fields are left as they are in the books."""
    phone, mobile = text.one_line(entity.phone, 30), text.one_line(entity.mobile, 30)
    common = {
        "DisplayName": party_name(entity),
        "CompanyName": text.one_line(entity.company, 100),
        "GivenName": text.one_line(entity.first_name, 100),
        "FamilyName": text.one_line(entity.last_name, 100),
        "PrimaryEmailAddr": email(entity.email),
        "PrimaryPhone": {"FreeFormNumber": phone} if phone else None,
        "Mobile": {"FreeFormNumber": mobile} if mobile else None,
        "BillAddr": postal(entity.address),
    }
    if entity.kind == CUSTOMER:
        parent = ref(entity.parent)
        return "Customer", without_empty(
            {
                **common,
                "SalesTermRef": ref(entity.terms),
                "ParentRef": parent,
                "Job": True if parent else None,
                "Notes": text.cut(entity.notes, 2000),
            }
        )
    return "Vendor", without_empty(
        {**common, "TermRef": ref(entity.terms), "AcctNum": text.one_line(entity.number, 100)}
    )


def item_name(item: Item) -> str:
    """The name that an item gets."""
    return text.leaf(item.kind, item.name)


def item(entity: Item) -> tuple[str, Body]:
    """A product or service."""
    stocked = entity.type is ItemType.INVENTORY
    expense = (
        needed(entity.expense_account, "expense account")
        if stocked
        else ref(entity.expense_account)
    )
    body: Body = {
        "Name": item_name(entity),
        "Type": _TYPES[entity.type],
        "Sku": text.one_line(entity.sku, 100),
        "Description": text.cut(entity.description, 4000),
        "UnitPrice": entity.price,
        "PurchaseCost": entity.cost,
        "Taxable": entity.taxable,
        "IncomeAccountRef": needed(entity.income_account, "income account"),
        "ExpenseAccountRef": expense,
    }
    if stocked:
        body |= {
            "AssetAccountRef": needed(entity.asset_account, "asset account"),
            "TrackQtyOnHand": True,
            "QtyOnHand": 0,
            "InvStartDate": _STOCK_SINCE,
        }
    return "Item", without_empty(body)


ONLY_AT_FIRST: Final = frozenset({"TrackQtyOnHand", "QtyOnHand", "InvStartDate", "Type"})
"""Members that are written when an entry is made, and never again."""
