"""What an owner can set for the psa-invoices recipe."""

from collections.abc import Mapping
from typing import Any, Literal

from attrs import Attribute, field, frozen
from attrs.validators import in_

from subledger.config.fields import describe


def _named(_instance: object, _attribute: "Attribute[Any]", name: str | None) -> None:
    if name is not None and not name.strip():
        raise ValueError("a name is not empty; leave the setting out instead")


def _name(text: str, **more: Any) -> Any:
    return field(default=None, validator=_named, metadata=describe(text, **more))


def _choice(default: str, *others: str, text: str) -> Any:
    return field(default=default, validator=in_((default, *others)), metadata=describe(text))


@frozen(kw_only=True)
class PsaInvoicesSettings:
    """Settings of a flow from a service business's system to a general ledger.

    Names of accounts, items, classes and tax codes are full names as the books show them.
    """

    receivables_account: str = field(
        validator=_named,
        metadata=describe(
            "Accounts receivable account of invoices, credit memos and payments.",
            example='"Accounts Receivable"',
        ),
    )
    deposit_account: str = field(
        default="Undeposited Funds",
        validator=_named,
        metadata=describe(
            "Account that payments and sales receipts go to, where deposit_accounts says nothing."
        ),
    )
    deposit_accounts: Mapping[str, str] = field(
        factory=dict,
        metadata=describe("Account that payments and sales receipts go to, by payment method."),
    )
    payment_methods: Mapping[str, str] = field(
        factory=dict,
        metadata=describe("Payment method of the books, by the source's method; others have none."),
    )
    refund_account: str | None = _name(
        "Bank account that refunds and refund receipts are paid from."
    )
    purchase_account: str | None = _name("Bank account that purchases paid at once are paid from.")
    payables_account: str | None = _name("Accounts payable account of bills.")
    bill_account: str | None = _name(
        "Expense account of lines of bills and purchases without a product."
    )
    income_account: str | None = _name("Income account of items that are created.")
    cost_account: str | None = _name("Cost account of items that are bought and sold.")
    asset_account: str | None = _name("Asset account of items in stock.")
    default_item: str | None = _name("Item of lines without a product.")
    order_item: str | None = _name(
        "Item of purchase order lines without a product; else they take bill_account."
    )
    products: Literal["items", "default_item"] = _choice(
        "items",
        "default_item",
        text="Products become items of the books, or all lines take default_item.",
    )
    stock: Literal["non_inventory", "inventory"] = _choice(
        "non_inventory",
        "inventory",
        text="What products in stock become; their quantities are not kept in the books.",
    )
    all_customers: bool = field(
        default=False,
        metadata=describe("Post every customer, not only those with a document."),
    )
    all_products: bool = field(
        default=False,
        metadata=describe("Post every product, not only those on a document."),
    )
    sub_customers: bool = field(
        default=False,
        metadata=describe("Post customers below other customers as sub-customers."),
    )
    tax: Literal["code", "line", "none"] = _choice(
        "code",
        "line",
        "none",
        text="Sales tax: by a tax code or group of the books, as a line with tax_item, or refused.",
    )
    tax_codes: Mapping[str, str] = field(
        factory=dict,
        metadata=describe("Tax code or group of the books, by the source's tax rate."),
    )
    default_tax_code: str | None = _name("Tax code or group where tax_codes says nothing.")
    tax_item: str | None = _name('Item of the tax line, where tax = "line".')
    locations: Mapping[str, str] = field(
        factory=dict, metadata=describe("Class of the books, by the source's location.")
    )
    departments: Mapping[str, str] = field(
        factory=dict,
        metadata=describe(
            "Department (called location in QuickBooks Online, which alone has them) of the books, "
            "by the source's location."
        ),
    )
    default_class: str | None = _name("Class of documents that have none.")
    invoices: bool = field(default=True, metadata=describe("Post invoices and credit memos."))
    cash_sales: bool = field(
        default=True,
        metadata=describe("Post sales receipts and refund receipts: sales settled at once."),
    )
    zero_invoices: bool = field(default=True, metadata=describe("Post invoices over 0.00."))
    payments: bool = field(
        default=True,
        metadata=describe("Post payments; off where a flow brings them from the books."),
    )
    derived: Literal["post", "hold"] = _choice(
        "post",
        "hold",
        text="Payments whose split over invoices follows from balances only: post, or hold.",
    )
    refunds: bool = field(default=True, metadata=describe("Post money that was paid back."))
    purchases: Literal["bills", "orders_and_bills", "none"] = _choice(
        "bills",
        "orders_and_bills",
        "none",
        text="Finished purchase orders become bills; open ones may be posted as orders. "
        "With none, purchases paid at once are left out, too.",
    )
    receipts: bool = field(
        default=False,
        metadata=describe(
            "Goods that came are item receipts until the bill comes; QuickBooks Desktop only."
        ),
    )
    number: Literal["source", "none"] = _choice(
        "source", "none", text="Number of the document: the source's, or the books count."
    )

    def __attrs_post_init__(self) -> None:
        if self.receipts and self.purchases == "none":
            raise ValueError('receipts = true needs purchases = "bills" or "orders_and_bills"')
        if self.tax == "line" and self.tax_item is None:
            raise ValueError('tax = "line" needs tax_item')
        if self.products == "default_item" and self.default_item is None:
            raise ValueError('products = "default_item" needs default_item')
