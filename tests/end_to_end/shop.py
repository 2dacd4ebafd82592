"""A Syncro account without history, and what people do in it."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from attrs import define, field

from subledger_syncro.simulator import (
    EVERYTHING,
    Behaviour,
    Simulation,
    Throttle,
    World,
    catalogue,
    purchasing,
    sales,
)
from subledger_syncro.simulator.model import Customer, Invoice, Order, Payment, Product, Vendor

API_TOKEN = "a-syncro-token-that-nobody-may-see"
STANDARD, EXEMPT, GROUP = catalogue.STANDARD, catalogue.EXEMPT, catalogue.GROUP


@define
class Shop:
    """The account at work; every act happens a second after the last one."""

    simulation: Simulation
    clock: Callable[[], dt.datetime]
    advance: Callable[..., None]
    customers: dict[str, int] = field(factory=dict)
    products: dict[str, int] = field(factory=dict)
    vendors: dict[str, int] = field(factory=dict)

    @property
    def world(self) -> World:
        """Its records."""
        return self.simulation.world

    @property
    def now(self) -> dt.datetime:
        """The moment of the next act."""
        self.advance(seconds=1)
        return self.clock()

    @property
    def today(self) -> dt.date:
        """The day on which the next document is dated."""
        return self.clock().date()

    def customer(self, name: str, **values: Any) -> int:
        """Adds an organisation; its number."""
        now = self.now
        values.setdefault("tax_rate_id", EXEMPT)
        made = self.world.add(
            Customer(business_name=name, created_at=now, updated_at=now, **values)
        )
        self.customers[name] = made.id
        return made.id

    def product(self, name: str, cents: int, **values: Any) -> int:
        """Adds a product; its number."""
        now = self.now
        values.setdefault("description", f"{name}, described")
        made = self.world.add(
            Product(name=name, retail_cents=cents, created_at=now, updated_at=now, **values)
        )
        self.products[name] = made.id
        return made.id

    def vendor(self, name: str) -> int:
        """Adds a vendor; its number."""
        now = self.now
        made = self.world.add(Vendor(name=name, created_at=now, updated_at=now))
        self.vendors[name] = made.id
        return made.id

    def invoice(self, customer: str, *cents: int, lines: Any = (), **values: Any) -> Invoice:
        """Writes an invoice: a line for each amount, or for each pair of product and quantity."""
        now = self.now
        made = [
            sales.line(self.world, now, item="Labour", name="Work done", price_cents=one)
            for one in cents
        ]
        made += [
            sales.product_line(
                self.world, now, self.products[name], quantity=Decimal(str(quantity))
            )
            for name, quantity in lines
        ]
        values.setdefault("day", self.today)
        return sales.add_invoice(
            self.world, now, customer_id=self.customers[customer], lines=made, **values
        )

    def edit(self, record: Any, **values: Any) -> Any:
        """Changes a record of any sort."""
        current = self.world.table(type(record))[record.id]
        return self.world.put(current, self.now, **values)

    def reprice(self, invoice: Invoice, *cents: int) -> Invoice:
        """Replaces the lines of an invoice."""
        now = self.now
        made = [
            sales.line(self.world, now, item="Labour", name="Work done", price_cents=one)
            for one in cents
        ]
        return self.edit(invoice, lines=tuple(made))

    def pay(self, invoice: Invoice, cents: int | None = None, **values: Any) -> Payment:
        """Pays an invoice, all that is owed by default."""
        current = self.world.invoices[invoice.id]
        values.setdefault("day", self.today)
        return sales.pay_invoice(self.world, self.now, current, cents, **values)

    def split(self, customer: str, cents: int, applied: Mapping[int, int], **more: Any) -> Payment:
        """One payment over several invoices, or over none."""
        return sales.pay(
            self.world,
            self.now,
            customer_id=self.customers[customer],
            cents=cents,
            day=self.today,
            applied=applied,
            **more,
        )

    def use_credit(self, invoice: Invoice, cents: int) -> Payment:
        """Pays with store credit."""
        return sales.use_credit(self.world, self.now, self.world.invoices[invoice.id], cents)

    def refund(
        self, invoice: Invoice, cents: int | None = None, *, pay_out: bool = True
    ) -> Invoice:
        """Writes a refund invoice."""
        current = self.world.invoices[invoice.id]
        return sales.refund(self.world, self.now, current, cents, pay_out=pay_out)

    def move(self, payment: Payment, applied: Mapping[int, int]) -> Payment:
        """Applies a payment to other invoices."""
        current = self.world.payments[payment.id]
        return sales.move_payment(self.world, self.now, current, applied)

    def delete(self, record: Any) -> None:
        """Deletes an invoice or a payment."""
        if isinstance(record, Invoice):
            sales.delete_invoice(self.world, self.now, self.world.invoices[record.id])
        else:
            sales.delete_payment(self.world, self.now, self.world.payments[record.id])

    def order(self, vendor: str, *lines: tuple[str, int], **values: Any) -> Order:
        """Orders goods."""
        wanted = [(self.products[name], quantity) for name, quantity in lines]
        return purchasing.add_order(
            self.world, self.now, vendor_id=self.vendors[vendor], lines=wanted, **values
        )

    def receive(self, order: Order, percent: int = 100) -> Order:
        """Goods came: so much of each line."""
        return purchasing.receive(
            self.world, self.now, self.world.orders[order.id], percent=percent
        )

    def finish(self, order: Order) -> Order:
        """Everything came, and the order is closed."""
        return purchasing.finish(self.world, self.now, self.world.orders[order.id])

    def total(self, invoice: Invoice) -> Decimal:
        """What an invoice is over."""
        return Decimal(sales.totals_of(self.world, self.world.invoices[invoice.id]).total) / 100


def open_shop(clock: Callable[[], dt.datetime], advance: Callable[..., None]) -> Shop:
    """A new account."""
    world = World(rates={rate.id: rate for rate in catalogue.RATES}, default_rate=EXEMPT)
    simulation = Simulation(
        world=world,
        clock=clock,
        throttle=Throttle(monotonic=lambda: clock().timestamp()),
        tokens={API_TOKEN: frozenset(EVERYTHING)},
    )
    simulation.behaviour = Behaviour(limit_per_minute=0)
    return Shop(simulation, clock, advance)
