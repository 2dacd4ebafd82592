"""The account as it is now: its records by id, and what was deleted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from attrs import define, evolve, field, frozen

from .model import (
    AnyRecord,
    Contact,
    Customer,
    Estimate,
    Invoice,
    Order,
    Payment,
    Product,
    Purchase,
    Schedule,
    TaxRate,
    Vendor,
)

Row = TypeVar("Row", bound=AnyRecord)

KINDS: Mapping[type[Any], str] = {
    Customer: "customer",
    Contact: "contact",
    Product: "product",
    Vendor: "vendor",
    Invoice: "invoice",
    Payment: "payment",
    Order: "purchase_order",
    Schedule: "schedule",
    Estimate: "estimate",
    Purchase: "customer_purchase",
}
FIRST_IDS: Mapping[str, int] = {
    "customer": 34_288_001,
    "contact": 5_100_001,
    "product": 23_096_001,
    "vendor": 798_001,
    "invoice": 1_649_793_001,
    "payment": 44_123_001,
    "purchase_order": 2_050_001,
    "schedule": 71_001,
    "estimate": 23_902_001,
    "customer_purchase": 61_001,
    "line": 123_197_001,
    "order_line": 8_712_001,
    "purchase_line": 61_501,
    "sku": 3_301,
}


@frozen(kw_only=True)
class Event:
    """Something that happened to a record: ``created``, ``updated`` or ``deleted``."""

    at: datetime
    kind: str
    id: int
    action: str


@define(kw_only=True)
class World:
    """Every record of the account; a deleted one leaves only its event behind."""

    rates: Mapping[int, TaxRate]
    default_rate: int
    customers: dict[int, Customer] = field(factory=dict)
    contacts: dict[int, Contact] = field(factory=dict)
    products: dict[int, Product] = field(factory=dict)
    vendors: dict[int, Vendor] = field(factory=dict)
    invoices: dict[int, Invoice] = field(factory=dict)
    payments: dict[int, Payment] = field(factory=dict)
    orders: dict[int, Order] = field(factory=dict)
    schedules: dict[int, Schedule] = field(factory=dict)
    estimates: dict[int, Estimate] = field(factory=dict)
    purchases: dict[int, Purchase] = field(factory=dict)
    landmarks: dict[str, int] = field(factory=dict)
    deleted: list[Event] = field(factory=list)
    unsent: list[Event] = field(factory=list)
    """What no webhook has told yet."""
    next_number: int = 1001
    _ids: dict[str, int] = field(factory=lambda: dict(FIRST_IDS))
    _paying: dict[int, set[int]] = field(factory=dict)

    def new_id(self, kind: str) -> int:
        """The next id of a kind."""
        self._ids[kind] += 1
        return self._ids[kind] - 1

    def table(self, kind: type[Row]) -> dict[int, Row]:
        """The records of a type by id."""
        tables: Mapping[type[Any], dict[int, Any]] = {
            Customer: self.customers,
            Contact: self.contacts,
            Product: self.products,
            Vendor: self.vendors,
            Invoice: self.invoices,
            Payment: self.payments,
            Order: self.orders,
            Schedule: self.schedules,
            Estimate: self.estimates,
            Purchase: self.purchases,
        }
        return tables[kind]

    def add(self, record: Row) -> Row:
        """Keep a new record; it gets the next id of its kind."""
        added = evolve(record, id=self.new_id(KINDS[type(record)]))
        self._keep(added)
        self._tell(added, "created", added.created_at)
        return added

    def put(self, record: Row, now: datetime, **values: Any) -> Row:
        """Change a record at an instant; without values it is only touched."""
        changed = evolve(record, updated_at=now, **values)
        self._keep(changed)
        self._tell(changed, "updated", now)
        return changed

    def remove(self, record: AnyRecord, now: datetime) -> None:
        """Delete a record for good."""
        self._forget_applied(record)
        del self.table(type(record))[record.id]
        self._tell(record, "deleted", now)

    def payments_of(self, invoice_id: int) -> list[Payment]:
        """The payments that are applied to an invoice, oldest first."""
        return [self.payments[number] for number in sorted(self._paying.get(invoice_id, ()))]

    def _keep(self, record: Any) -> None:
        table = self.table(type(record))
        if record.id in table:
            self._forget_applied(table[record.id])
        table[record.id] = record
        if isinstance(record, Payment):
            for invoice_id, _ in record.applied:
                self._paying.setdefault(invoice_id, set()).add(record.id)

    def _forget_applied(self, record: AnyRecord) -> None:
        if isinstance(record, Payment):
            for invoice_id, _ in record.applied:
                self._paying[invoice_id].discard(record.id)

    def _tell(self, record: AnyRecord, action: str, at: datetime) -> None:
        event = Event(at=at, kind=KINDS[type(record)], id=record.id, action=action)
        self.unsent.append(event)
        if action == "deleted":
            self.deleted.append(event)
