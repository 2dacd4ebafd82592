"""Syncro tells of everything that people do with money, goods and credit in another year, too."""

from subledger.testing.contracts.completeness import CompletenessContract
from subledger_syncro.plugin import register_sources
from subledger_syncro.simulator import purchasing, sales
from subledger_syncro.simulator.clock import local_day
from subledger_syncro.testing import SyncroOutside

(SOURCE,) = register_sources()


def trade(world, now):
    """Sales paid, voided, refunded in part, deleted; credit given; goods that came in part."""
    customer, vendor = min(world.customers), min(world.vendors)
    day = local_day(now)

    def sell(cents, **more):
        line = sales.line(world, now, item="Visit", name="Visit", price_cents=cents, **more)
        return sales.add_invoice(world, now, customer_id=customer, day=day, lines=[line])

    discounted = sell(10_000, discount_cents=1_050)
    sales.pay_invoice(world, now, discounted)
    sales.refund(world, now, world.invoices[discounted.id], 3_000)
    sales.refund(world, now, sell(2_500), pay_out=False)
    sales.void_invoice(world, now, sell(4_000))
    deleted = sell(6_000)
    sales.pay_invoice(world, now, deleted, 2_000)
    sales.delete_invoice(world, now, world.invoices[deleted.id])
    money = {"customer_id": customer, "day": day}
    sales.pay(world, now, cents=5_000, method=sales.CREDIT_METHOD, **money)
    sales.pay(world, now, cents=5_500, method=sales.CREDIT_METHOD, success=False, **money)
    sales.pay(world, now, cents=-700, **money)
    order = purchasing.add_order(
        world, now, vendor_id=vendor, lines=[(one, 4) for one in list(world.products)[:3]]
    )
    purchasing.receive(world, now, order, percent=50)


class TestSyncro(CompletenessContract):
    """An account without customer purchases, in which much went on today."""

    type = SOURCE

    def outside(self, clock):
        """The account without a socket."""
        outside = SyncroOutside(clock, seed=2, invoices=60)
        trade(outside.simulation.world, clock())
        return outside
