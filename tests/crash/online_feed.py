"""What the sources hold in the worlds of QuickBooks Online: card money, or invoices."""

import datetime as dt
from contextlib import asynccontextmanager

from attrs import define, evolve

from subledger.manifest import Capability, Direction, Frequency, Manifest, Operation, Role
from subledger.model import (
    Application,
    Document,
    Item,
    Line,
    Party,
    Reference,
    Settlement,
    Tax,
    Way,
)
from subledger.model.kinds import (
    ACCOUNT,
    CREDIT_MEMO,
    CUSTOMER,
    INVOICE,
    ITEM,
    PAYMENT,
    REFUND,
    TRANSFER,
)
from subledger.money import Money
from subledger.ports import SourceType

from .feed import DAY, Feed, FeedSource, feed_type

__all__ = ["DeskFeed", "OnlineFeed", "desk_type", "feed_type"]

_EXPENSES = ("Office Expenses", "Travel", "Supplies", "Utilities", "Meals and Entertainment")
_SOLD = (CUSTOMER, ITEM, INVOICE, CREDIT_MEMO, PAYMENT, REFUND)
CLIENT = Reference(kind=CUSTOMER, record="7", name="Silva Dental")
WORK = Reference(kind=ITEM, record="23", name="Managed workstation")


@define
class OnlineFeed(Feed):
    """A card programme, whose lines fit the chart of a company in QuickBooks Online."""

    def lines(self, cents, parts=1):
        """So many lines that add up."""
        cuts = sorted(self.rng.sample(range(1, cents), parts - 1))
        return tuple(
            Line(
                amount=Money(end - start),
                account=Reference(kind=ACCOUNT, name=self.rng.choice(_EXPENSES)),
            )
            for start, end in zip([0, *cuts], [*cuts, cents], strict=True)
        )

    def day(self):
        """Two purchases at one new shop (one of them split), a refund and a transfer."""
        shop = f"Shop {self.rng.randrange(1000)}"
        self.put(
            self.movement(1, merchant=shop),
            self.movement(2, merchant=shop.upper(), parts=2),
            self.movement(3, merchant=shop, way=Way.IN),
            self.movement(4, kind=TRANSFER, way=self.rng.choice((Way.IN, Way.OUT))),
        )


@define
class DeskFeed(Feed):
    """A service business: a customer, an item, an invoice and a credit memo, both paid."""

    percent: int = 8

    def sale(self, kind, number):
        """An invoice or credit memo with tax; whole dollars, so that the tax is exact."""
        net = 100 * self.rng.randrange(10, 900)
        tax = net * self.percent // 100
        return Document(
            kind=kind,
            id=str(number),
            number=f"{number}",
            party=CLIENT,
            date=DAY + dt.timedelta(days=self.rng.randrange(20)),
            amount=Money(net + tax),
            lines=(Line(amount=Money(net), item=WORK, memo="Work", taxable=True),),
            tax=Tax(amount=Money(tax), rate="901"),
        )

    def day(self):
        """Everything that one customer brings."""
        invoice, credit = self.sale(INVOICE, 1001), self.sale(CREDIT_MEMO, 1002)
        self.put(
            Party(kind=CUSTOMER, id="7", name="Silva Dental", email="ap@example.com"),
            Item(id="23", name="Managed workstation", taxable=True),
            invoice,
            self.paid(invoice),
            credit,
            self.paid_back(credit),
        )

    def paid_back(self, credit):
        """The refund of a credit memo; the source numbers it as the credit memo."""
        applied = Application(
            document=Reference(kind=CREDIT_MEMO, record=credit.id), amount=credit.amount
        )
        return Settlement(
            kind=REFUND,
            id=credit.id,
            party=CLIENT,
            date=credit.date,
            amount=credit.amount,
            applications=(applied,),
        )

    def paid(self, invoice):
        """The payment of an invoice."""
        applied = Application(
            document=Reference(kind=INVOICE, record=invoice.id), amount=invoice.amount
        )
        return Settlement(
            kind=PAYMENT,
            id="44",
            party=CLIENT,
            date=invoice.date,
            amount=invoice.amount,
            applications=(applied,),
        )

    def correct(self):
        """The invoice gets another text: its amount is paid already."""
        invoice = next(one for one in self.records if one.kind == INVOICE)
        (line,) = invoice.lines
        self.put(evolve(invoice, lines=(evolve(line, memo=f"Work {self.rng.randrange(99)}"),)))


def desk_type(feed):
    """The service business as a connector registers it."""

    @asynccontextmanager
    async def opened(_config, _context):
        yield FeedSource(feed)

    return SourceType(
        manifest=Manifest(
            name="desk",
            title="Desk",
            direction=Direction.SOURCE,
            roles=(Role.PSA,),
            kinds=dict.fromkeys(_SOLD, frozenset({Operation.READ})),
            frequency=Frequency(default=dt.timedelta(hours=1), minimum=dt.timedelta(minutes=1)),
            capabilities=(Capability.INCREMENTAL,),
        ),
        config=object,
        open=opened,
        normalise=lambda raw: (raw.data["movement"],),
    )
