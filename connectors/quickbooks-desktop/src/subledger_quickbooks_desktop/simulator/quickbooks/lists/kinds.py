"""What distinguishes one list from another."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen


@frozen(kw_only=True)
class ListKind:
    """One list. `space`: kinds in the same space share one set of names."""

    name: str
    plural: str
    space: str
    has_parents: bool = False
    is_inactivable: bool = True
    defaults: Mapping[str, str] = {}


_ENTITY = "entity"
_ITEM = "item"

KINDS: Mapping[str, ListKind] = {
    kind.name: kind
    for kind in (
        ListKind(name="Account", plural="Accounts", space="account", has_parents=True),
        ListKind(name="Class", plural="Classes", space="class", has_parents=True),
        ListKind(name="Customer", plural="Customers", space=_ENTITY, has_parents=True),
        ListKind(
            name="Vendor",
            plural="Vendors",
            space=_ENTITY,
            defaults={"IsVendorEligibleFor1099": "false"},
        ),
        ListKind(name="OtherName", plural="Other Names", space=_ENTITY),
        ListKind(name="Employee", plural="Employees", space=_ENTITY),
        ListKind(name="ItemService", plural="Items", space=_ITEM, has_parents=True),
        ListKind(name="ItemNonInventory", plural="Items", space=_ITEM, has_parents=True),
        ListKind(name="ItemOtherCharge", plural="Items", space=_ITEM, has_parents=True),
        ListKind(name="ItemSalesTax", plural="Items", space=_ITEM),
        ListKind(name="ItemSalesTaxGroup", plural="Items", space=_ITEM),
        ListKind(name="SalesTaxCode", plural="Sales Tax Codes", space="sales tax code"),
        ListKind(name="StandardTerms", plural="Terms", space="terms"),
        ListKind(name="PaymentMethod", plural="Payment Methods", space="payment method"),
    )
}

SPECIAL_ACCOUNTS: Mapping[str, str] = {
    "accounts receivable": "AccountsReceivable",
    "accounts payable": "AccountsPayable",
    "undeposited funds": "UndepositedFunds",
    "opening balance equity": "OpeningBalanceEquity",
    "retained earnings": "RetainedEarnings",
    "sales tax payable": "SalesTaxPayable",
    "cost of goods sold": "CostOfGoodsSold",
    "uncategorized expense": "UncategorizedExpenses",
}
"""Special types that QuickBooks gives to accounts of these names when they are made."""

ENTITIES = ("Customer", "Vendor", "Employee", "OtherName")
ITEMS = tuple(name for name, kind in KINDS.items() if kind.space == _ITEM)

_TARGETS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ClassRef": ("Class", ("Class",)),
    "DiscountClassRef": ("Class", ("Class",)),
    "OverrideClassRef": ("Class", ("Class",)),
    "CustomerRef": ("Customer", ("Customer",)),
    "VendorRef": ("Vendor", ("Vendor",)),
    "TaxVendorRef": ("Vendor", ("Vendor",)),
    "PrefVendorRef": ("Vendor", ("Vendor",)),
    "PayeeEntityRef": ("Entity", ENTITIES),
    "EntityRef": ("Entity", ENTITIES),
    "ItemRef": ("Item", ITEMS),
    "ItemSalesTaxRef": ("Item", ("ItemSalesTax", "ItemSalesTaxGroup")),
    "SalesTaxCodeRef": ("Sales Tax Code", ("SalesTaxCode",)),
    "CustomerSalesTaxCodeRef": ("Sales Tax Code", ("SalesTaxCode",)),
    "TermsRef": ("Terms", ("StandardTerms",)),
    "PaymentMethodRef": ("Payment Method", ("PaymentMethod",)),
    "PreferredPaymentMethodRef": ("Payment Method", ("PaymentMethod",)),
}


def targets(tag: str) -> tuple[str, tuple[str, ...]]:
    """What a reference element may name: the word used in messages, and the kinds."""
    if tag.endswith("AccountRef"):
        return "Account", ("Account",)
    return _TARGETS.get(tag, (tag.removesuffix("Ref"), ()))
