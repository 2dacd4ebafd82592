"""Customers, vendors and items as qbXML requests. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from subledger.model import Item, ItemType, Party, Reference
from subledger.model.kinds import CUSTOMER, ITEM, VENDOR
from subledger.ports import Delivery
from subledger_quickbooks_desktop.render.common import (
    ITEM_LIMIT,
    MEMO_LIMIT,
    NAME_LIMIT,
    Pairs,
    Style,
    TypeOf,
    fit_name,
    leaf,
    needed,
    postal,
    ref,
    rejected,
    rounded,
    text,
)

_ITEMS: Final[Mapping[ItemType, str]] = {
    ItemType.SERVICE: "ItemService",
    ItemType.NON_INVENTORY: "ItemNonInventory",
    ItemType.INVENTORY: "ItemInventory",
    ItemType.OTHER_CHARGE: "ItemOtherCharge",
}
_NUMBERED: Final = ("ItemNonInventory", "ItemInventory")


def entry_type(delivery: Delivery, type_of: TypeOf) -> str:
    """The QuickBooks list that a party or item belongs to. Raises :class:`RecordRejected`.

    An item that is in the books keeps the type that it has there.
    """
    entity = delivery.entity
    if isinstance(entity, Party):
        return "Vendor" if entity.kind == VENDOR else "Customer"
    if not isinstance(entity, Item):
        raise TypeError(f"{entity.kind} is no list entry")
    known = ""
    if delivery.target is not None:
        known = type_of(Reference(kind=ITEM, id=delivery.target.id))
    if known and known not in _ITEMS.values():
        raise rejected(
            "validation", f"item {entity.name}", f"items of the type {known} cannot be changed"
        )
    return known or _ITEMS[entity.type]


def full_name(delivery: Delivery) -> str:
    """The full name that a new list entry has in the books."""
    parent, name = _place(delivery)
    above = parent.name if parent else ""
    kind = delivery.entity.kind
    return f"{fit_name(kind, above)}:{name}" if above else name


def _place(delivery: Delivery) -> tuple[Reference | None, str]:
    """The parent of an entry and its own name.

    A colon of the source is part of a name. Where the kernel creates what a mapping names, it
    separates levels, as everywhere in QuickBooks.
    """
    entity = delivery.entity
    name = str(getattr(entity, "name", ""))
    parent = entity.parent if isinstance(entity, Party) else None
    if parent is not None:
        name = name.removeprefix(f"{parent.name}:") if parent.name else name
    elif entity.kind == CUSTOMER and not delivery.source:
        above, _, name = name.rpartition(":")
        parent = Reference(kind=CUSTOMER, name=above) if above else None
    return parent, leaf(entity.kind, name)


def party_fields(party: Party, delivery: Delivery, suffix: str) -> Pairs:
    """The fields of a customer or vendor; what the source leaves empty stays as it is."""
    parent, name = _place(delivery)
    is_vendor = party.kind == VENDOR
    whole = suffix == "Mod"
    fields: dict[str, Any] = {
        "Name": name or None,
        "IsActive": _active(active=party.active, suffix=suffix),
        "ParentRef": ref(parent) if parent and not is_vendor else None,
        "CompanyName": text(party.company, NAME_LIMIT),
        "FirstName": text(party.first_name, 25),
        "LastName": text(party.last_name, 25),
        "VendorAddress" if is_vendor else "BillAddress": postal(
            party.address, party.company or party.name, whole=whole
        ),
        "Phone": text(party.phone, 21),
        "AltPhone": text(party.mobile, 21),
        "Email": text(party.email, 1023),
        "TermsRef": ref(party.terms),
        "AccountNumber": text(party.number, 99),
        "Notes": text(party.notes, MEMO_LIMIT),
    }
    return [*fields.items()]


def item_fields(item: Item, delivery: Delivery, kind: str, suffix: str, style: Style) -> Pairs:
    """The fields of an item. A change leaves its accounts alone: they belong to the books."""
    _parent, name = _place(delivery)
    code = style.taxable if item.taxable else style.exempt
    fields: dict[str, Any] = {
        "Name": name,
        "IsActive": _active(active=item.active, suffix=suffix),
        "SalesTaxCodeRef": ref(code),
        "ManufacturerPartNumber": text(item.sku, ITEM_LIMIT) if kind in _NUMBERED else None,
    }
    described, price, cost = text(item.description, MEMO_LIMIT), item.price, item.cost
    two_sides = {
        "SalesDesc": described,
        "SalesPrice": rounded(price),
        "PurchaseDesc": described,
        "PurchaseCost": rounded(cost),
    }
    if kind == "ItemInventory":
        return [*{**fields, **two_sides, **_stock_accounts(item, suffix)}.items()]
    if item.expense_account is not None:
        accounts = {
            "IncomeAccountRef": needed(item.income_account, "income account"),
            "ExpenseAccountRef": ref(item.expense_account),
        }
        side = f"SalesAndPurchase{suffix.removeprefix('Add')}"
        return [*fields.items(), (side, {**two_sides, **_kept(accounts, suffix)})]
    account = {"AccountRef": needed(item.income_account, "income account")}
    side = f"SalesOrPurchase{suffix.removeprefix('Add')}"
    plain = {"Desc": described, "Price": rounded(price)}
    return [*fields.items(), (side, {**plain, **_kept(account, suffix)})]


def _stock_accounts(item: Item, suffix: str) -> Mapping[str, Any]:
    accounts = {
        "IncomeAccountRef": needed(item.income_account, "income account"),
        "COGSAccountRef": needed(item.expense_account, "cost account"),
        "AssetAccountRef": needed(item.asset_account, "asset account"),
    }
    return _kept(accounts, suffix)


def _kept(accounts: Mapping[str, Any], suffix: str) -> Mapping[str, Any]:
    return accounts if suffix == "Add" else {}


def _active(*, active: bool, suffix: str) -> str | None:
    if active:
        return "true" if suffix == "Mod" else None
    return "false"
