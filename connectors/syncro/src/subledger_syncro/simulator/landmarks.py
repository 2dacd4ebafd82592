"""Hand-made cases under names, so that a test can ask for the one that it is about."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from . import catalogue, purchasing, sales
from .clock import local_day
from .model import Customer, Invoice
from .world import World

STEP = timedelta(seconds=1)


def landmarks(world: World, start: datetime) -> None:
    """Make every case, a second apart; their ids stand in ``world.landmarks``."""
    maker = _Maker(world, start)
    maker.customers()
    maker.invoices()
    maker.payments()
    maker.ends()
    maker.orders()
    maker.purchases()


class _Maker:
    def __init__(self, world: World, start: datetime) -> None:
        self.world = world
        self.time = start

    @property
    def now(self) -> datetime:
        """Each time a second later."""
        self.time += STEP
        return self.time

    def _mark(self, name: str, number: int) -> None:
        self.world.landmarks[name] = number

    def _customer(self, mark: str, **values: Any) -> Customer:
        now = self.now
        values.setdefault("email", f"{mark.replace('_', '.')}@landmark.example")
        made = self.world.add(Customer(created_at=now, updated_at=now, **values))
        self._mark(mark, made.id)
        return made

    def _line(self, cents: int, **values: Any) -> Any:
        fields = {"item": "Service", "name": "Landmark service", "price_cents": cents, **values}
        return sales.line(self.world, self.now, **fields)

    def _invoice(self, mark: str, *cents: int, lines: Any = None, **values: Any) -> Invoice:
        values.setdefault("customer_id", self.world.landmarks["customer"])
        values.setdefault("day", local_day(self.time))
        made = sales.add_invoice(
            self.world, self.now, lines=lines or [self._line(one) for one in cents], **values
        )
        self._mark(mark, made.id)
        return made

    def customers(self) -> None:
        """Parent and child, doubles, and names that make trouble."""
        self._customer("customer", business_name="Landmark Dental", tax_rate_id=catalogue.STANDARD)
        self._customer("payer", business_name="Landmark Payer", tax_rate_id=catalogue.EXEMPT)
        self._customer("grouped", business_name="Landmark Group", tax_rate_id=catalogue.GROUP)
        self._customer("compounded", business_name="Landmark GST", tax_rate_id=catalogue.COMPOUND)
        parent = self._customer("parent", business_name="Landmark Holding")
        self._customer("child", business_name="Landmark Branch", parent_id=parent.id)
        self._customer("non_latin", business_name="株式会社ランドマーク", firstname="太郎")
        for mark in ("double_one", "double_two"):
            self._customer(mark, business_name="Landmark Twins")
        self._customer("same_as_vendor", business_name=catalogue.VENDORS[3][0])
        self._customer("colon_name", business_name='Landmark: Colon "Quote"\t& Co')
        gone = self._customer("deleted_customer", business_name="Landmark Gone")
        self.world.remove(gone, self.now)
        self._customer("disabled_customer", business_name="Landmark Closed", disabled=True)

    def invoices(self) -> None:
        """Taxes, discounts, quantities, zero."""
        at = self._invoice
        at("zero_invoice", 0)
        at("empty_invoice")
        at("discounts", lines=[
            self._line(10_000, discount_percent=Decimal(10)),
            self._line(10_000, discount_cents=1_250),
        ])  # fmt: skip
        at("fractional_quantity", lines=[self._line(14_999, quantity=Decimal("1.33"))])
        at("mixed_rates", lines=[
            self._line(10_000), self._line(10_000, tax_rate_id=catalogue.CITY),
            self._line(10_000, taxable=False),
        ])  # fmt: skip
        ids = self.world.landmarks
        at("tax_group", 33_333, customer_id=ids["grouped"])
        at("compound_tax", 33_333, customer_id=ids["compounded"])
        at("exempt", 10_000, customer_id=ids["payer"])
        at("other_rate", 10_000, tax_rate_id=catalogue.ZERO)
        at("child_invoice", 10_000, customer_id=self.world.landmarks["child"])
        at("non_latin_invoice", lines=[self._line(5_000, item="保守", name="月次保守 — 三月 ☕")],
           customer_id=self.world.landmarks["non_latin"])  # fmt: skip
        at("double_invoice", 10_000, customer_id=self.world.landmarks["double_two"])
        at("many_lines", *range(101, 181))

    def payments(self) -> None:
        """Partial, over, split, credit, declined, moved."""
        world, mark = self.world, self._mark
        due = self._invoice("paid_in_two", 25_000)
        mark("first_part", sales.pay_invoice(world, self.now, due, 10_000, method="Check").id)
        mark("second_part", sales.pay_invoice(world, self.now, due, method="Cash").id)
        over = self._invoice("overpaid", 25_000)
        mark("overpayment", sales.pay_invoice(world, self.now, over, 30_000, ref_num="11006").id)
        payer = world.landmarks["payer"]
        one = self._invoice("split_one", 12_000, customer_id=payer)
        two = self._invoice("split_two", 20_000, customer_id=payer)
        split = sales.pay(
            world,
            self.now,
            customer_id=payer,
            cents=30_000,
            applied={one.id: 12_000, two.id: 18_000},
            day=local_day(self.time),
        )
        mark("split_payment", split.id)
        credit = sales.pay(
            world,
            self.now,
            customer_id=payer,
            cents=50_000,
            day=local_day(self.time),
            method="Cash",
        )
        mark("store_credit", credit.id)
        by_credit = self._invoice("paid_by_credit", 8_000, customer_id=payer)
        mark("credit_used", sales.use_credit(world, self.now, by_credit, 8_000).id)
        declined = self._invoice("declined", 9_900, customer_id=payer)
        refused = sales.pay_invoice(world, self.now, declined, success=False, method="Credit Card")
        mark("declined_payment", refused.id)
        left = self._invoice("moved_from", 7_700, customer_id=payer)
        right = self._invoice("moved_to", 7_700, customer_id=payer)
        moved = sales.pay_invoice(world, self.now, left)
        mark("moved_payment", sales.move_payment(world, self.now, moved, {right.id: 7_700}).id)
        lost = self._invoice("payment_deleted", 4_400, customer_id=payer)
        gone = sales.pay_invoice(world, self.now, lost)
        mark("deleted_payment", gone.id)
        sales.delete_payment(world, self.now, gone)

    def ends(self) -> None:
        """Refunded, voided, deleted."""
        world = self.world
        paid = self._invoice("refunded", 25_000)
        sales.pay_invoice(world, self.now, paid)
        self._mark("refund_invoice", sales.refund(world, self.now, paid).id)
        half = self._invoice("refunded_in_part", 25_000)
        sales.pay_invoice(world, self.now, half)
        part = sales.refund(world, self.now, half, 5_000, pay_out=False)
        self._mark("refund_as_credit", part.id)
        unwanted = self._invoice("voided", 6_600)
        sales.void_invoice(world, self.now, unwanted)
        gone = self._invoice("deleted", 5_500)
        sales.delete_invoice(world, self.now, gone)
        freed = self._invoice("deleted_when_paid", 3_300)
        self._mark("freed_payment", sales.pay_invoice(world, self.now, freed).id)
        sales.delete_invoice(world, self.now, world.invoices[freed.id])

    def orders(self) -> None:
        """Open, received in part, finished, with shipping."""
        world = self.world
        vendor = next(iter(world.vendors))
        goods = [one.id for one in world.products.values() if one.maintain_stock][:2]
        lines = [(goods[0], 2), (goods[1], 5)]

        def order(mark: str, **values: Any) -> Any:
            made = purchasing.add_order(
                world, self.now, vendor_id=vendor, lines=lines, number=f"NW-{mark}", **values
            )
            self._mark(mark, made.id)
            return made

        order("open_order")
        part = order("part_received_order")
        purchasing.receive(world, self.now, part, percent=50)
        whole = order("received_order")
        purchasing.receive(world, self.now, whole)
        finished = order("finished_order", shipping_cents=1_250)
        purchasing.finish(world, self.now, finished)

    def purchases(self) -> None:
        """What a customer offers, and what was bought: of a product, in several lines."""
        world = self.world
        product = next(one.id for one in world.products.values() if one.maintain_stock)

        def purchase(mark: str, *lines: Any) -> Any:
            made = purchasing.add_purchase(
                world,
                self.now,
                customer_id=world.landmarks["customer"],
                lines=[purchasing.purchase_line(world, self.now, **one) for one in lines],
            )
            self._mark(mark, made.id)
            return made

        laptop = {"name": "Used laptop, cracked lid", "cost_cents": 12_345}
        purchase("offered_purchase", laptop)
        bought = purchase(
            "customer_purchase",
            laptop,
            {"name": "Switch", "cost_cents": 3_333, "quantity": 3, "product_id": product},
        )
        purchasing.finish_purchase(world, self.now, bought)
