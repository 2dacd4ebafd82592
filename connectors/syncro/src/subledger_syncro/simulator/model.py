"""The records of a Syncro account; money is whole cents, values are never changed in place."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

from attrs import field, frozen


@frozen(kw_only=True)
class Component:
    """One part of a tax rate; a compound one is charged on the parts before it as well."""

    name: str
    percent: Decimal
    compound: bool = False


@frozen(kw_only=True)
class TaxRate:
    """A tax rate, or with several components a tax group; without any: exempt."""

    id: int
    name: str
    components: tuple[Component, ...] = ()

    @property
    def is_exempt(self) -> bool:
        """Whether nothing at all is charged, whatever a line says."""
        return not self.components


@frozen(kw_only=True)
class Record:
    """What every record has."""

    id: int = 0
    created_at: dt.datetime
    updated_at: dt.datetime


@frozen(kw_only=True)
class Customer(Record):
    """An organisation, or a person; a child organisation names its parent."""

    business_name: str | None = None
    firstname: str = ""
    lastname: str = ""
    email: str | None = None
    phone: str | None = None
    mobile: str | None = None
    address: str | None = None
    address_2: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    notes: str | None = None
    get_sms: bool = False
    opt_out: bool = False
    no_email: bool = False
    disabled: bool = False
    location_id: int | None = None
    properties: Mapping[str, str] = field(factory=dict)
    tax_rate_id: int | None = None
    notification_email: str | None = None
    invoice_cc_emails: str | None = None
    invoice_term_id: int | None = None
    referred_by: str | None = None
    parent_id: int | None = None

    @property
    def fullname(self) -> str:
        """First and last name."""
        return f"{self.firstname} {self.lastname}".strip()

    @property
    def display_name(self) -> str:
        """The business name if there is one, else the person's: ``business_then_name``."""
        return self.business_name or self.fullname


@frozen(kw_only=True)
class Contact(Record):
    """A person at an organisation."""

    customer_id: int
    name: str
    email: str | None = None
    phone: str | None = None
    mobile: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    notes: str | None = None
    properties: Mapping[str, str] = field(factory=dict)


@frozen(kw_only=True)
class Product(Record):
    """Something sold or bought."""

    name: str
    description: str
    cost_cents: int = 0
    retail_cents: int = 0
    wholesale_cents: int = 0
    quantity: int = 0
    category: str | None = None
    maintain_stock: bool = False
    taxable: bool = True
    disabled: bool = False
    serialized: bool = False
    upc_code: str | None = None
    tax_rate_id: int | None = None
    qb_item_id: int | None = None
    vendor_ids: tuple[int, ...] = ()
    skus: tuple[tuple[int, str], ...] = ()
    """Vendor and the vendor's number for it."""
    notes: str | None = None


@frozen(kw_only=True)
class Vendor(Record):
    """Who goods are bought from."""

    name: str
    rep_first_name: str | None = None
    rep_last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    account_number: str | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    website: str | None = None
    notes: str | None = None


@frozen(kw_only=True)
class Line(Record):
    """A line of an invoice: ``item`` is the short title, ``name`` the description."""

    item: str
    name: str
    price_cents: int
    cost_cents: int = 0
    quantity: Decimal = Decimal(1)
    product_id: int | None = None
    taxable: bool = True
    discount_percent: Decimal | None = None
    discount_cents: int | None = None
    tax_rate_id: int | None = None
    position: int = 1


@frozen(kw_only=True)
class Invoice(Record):
    """An invoice; a negative total makes it a refund."""

    number: str
    customer_id: int
    date: dt.date
    due_date: dt.date
    lines: tuple[Line, ...] = ()
    tax_rate_id: int | None = None
    note: str | None = None
    po_number: str | None = None
    location_id: int | None = None
    contact_id: int | None = None
    ticket_id: int | None = None
    user_id: int | None = 5


@frozen(kw_only=True)
class Payment(Record):
    """Money from a customer, or with a negative amount back to it; ``uses_credit`` moves none."""

    customer_id: int
    cents: int
    applied: tuple[tuple[int, int], ...] = ()
    """Invoice and cents; what is left over is the customer's store credit."""
    method: str | None = "Check"
    ref_num: str | None = None
    success: bool = True
    applied_at: dt.date
    transaction_response: str | None = None
    uses_credit: bool = False

    @property
    def applied_cents(self) -> int:
        """What went to invoices."""
        return sum(cents for _, cents in self.applied)

    @property
    def unapplied_cents(self) -> int:
        """What went to the customer's store credit."""
        return self.cents - self.applied_cents if self.success else 0


@frozen(kw_only=True)
class OrderLine(Record):
    """A product on a purchase order."""

    product_id: int
    quantity: int
    cost_cents: int
    received_quantity: int = 0

    @property
    def total_cents(self) -> int:
        """Cost of the whole line."""
        return self.quantity * self.cost_cents


@frozen(kw_only=True)
class Order(Record):
    """A purchase order."""

    number: str
    vendor_id: int
    lines: tuple[OrderLine, ...] = ()
    shipping_cents: int = 0
    other_cents: int = 0
    shipping_notes: str | None = None
    is_finished: bool = False
    expected_date: dt.date | None = None
    due_date: dt.date | None = None
    paid_date: dt.date | None = None
    location_id: int | None = None

    @property
    def total_cents(self) -> int:
        """Goods, shipping and other charges."""
        return sum(line.total_cents for line in self.lines) + self.shipping_cents + self.other_cents


@frozen(kw_only=True)
class Schedule(Record):
    """A recurring invoice."""

    customer_id: int
    name: str
    lines: tuple[Line, ...]
    next_run: dt.date
    frequency: str = "Monthly"
    paused: bool = False


@frozen(kw_only=True)
class Estimate(Record):
    """An offer, which may have become an invoice."""

    customer_id: int
    number: str
    name: str
    date: dt.date
    lines: tuple[Line, ...]
    status: str = "Fresh"
    invoice_id: int | None = None


@frozen(kw_only=True)
class PurchaseLine(Record):
    """Something that a customer sells: ``name`` is what it is."""

    name: str
    cost_cents: int
    quantity: int = 1
    product_id: int | None = None

    @property
    def total_cents(self) -> int:
        """Cost of the whole line."""
        return self.quantity * self.cost_cents


@frozen(kw_only=True)
class Purchase(Record):
    """Used goods bought from a customer, paid at once; an offer until it is final."""

    customer_id: int
    number: str
    date: dt.date
    lines: tuple[PurchaseLine, ...] = ()
    is_final: bool = False

    @property
    def total_cents(self) -> int:
        """What the goods cost together."""
        return sum(line.total_cents for line in self.lines)


AnyRecord: TypeAlias = (
    Customer
    | Contact
    | Product
    | Vendor
    | Invoice
    | Payment
    | Order
    | Schedule
    | Estimate
    | Purchase
)
