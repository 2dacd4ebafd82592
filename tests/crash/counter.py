"""A shop's counter as a source: what is paid at once, and an invoice that is paid on the side."""

import datetime as dt
from collections import Counter as Tally
from contextlib import asynccontextmanager

from attrs import define, field, frozen

from subledger.manifest import Capability, Direction, Frequency, Manifest, Operation, Role
from subledger.model import (
    PAID_AT_ONCE,
    Application,
    Document,
    Item,
    Line,
    Party,
    Reference,
    Settlement,
    Tax,
)
from subledger.model.kinds import (
    CUSTOMER,
    INVOICE,
    ITEM,
    PAYMENT,
    PURCHASE,
    REFUND_RECEIPT,
    SALES_RECEIPT,
    VENDOR,
    Kind,
)
from subledger.model.marker import marker
from subledger.money import Money
from subledger.ports import SourceType

from .feed import DAY, Feed, FeedSource

CLIENT = Reference(kind=CUSTOMER, record="7", name="Silva Dental")
WORK = Reference(kind=ITEM, record="23", name="Managed workstation")
SUPPLIER = Reference(kind=VENDOR, record="8", name="Corner Hardware")
_KINDS = (CUSTOMER, VENDOR, ITEM, INVOICE, PAYMENT, SALES_RECEIPT, PURCHASE)


@frozen(kw_only=True)
class Chart:
    """Names of accounts in the books, the tax in per cent, and whether receipts are refunded."""

    money: str
    owed: str
    income: str
    expense: str
    tax: str
    percent: int
    refunds: bool

    @property
    def kinds(self):
        """What the shop holds."""
        return (*_KINDS, REFUND_RECEIPT) if self.refunds else _KINDS


@frozen(kw_only=True)
class Struck:
    """A record that the shop struck out: it is gone from the source."""

    kind: Kind
    id: str


@define
class Counter(Feed):
    """What the shop holds; each record's identifier is unique among all kinds."""

    chart: Chart = field(kw_only=True)
    linked: dict[str, str] = field(factory=dict)
    """Documents that a person entered by hand, by the marker of the record they stand for."""
    beside: tuple[Document, ...] = ()
    """What a person entered by hand that looks like these, and stands for no record."""

    @property
    def records(self):
        """The newest versions of what was not struck out."""
        return [one for _, one in self.changes.values() if not isinstance(one, Struck)]

    @property
    def struck(self):
        """Markers of what was struck out."""
        gone = (one for _, one in self.changes.values() if isinstance(one, Struck))
        return {marker(one.kind, one.id) for one in gone}

    def open(self):
        """What was there before: parties, what is sold, and an invoice that is not paid yet."""
        self.put(
            Party(kind=CUSTOMER, id="7", name=CLIENT.name, email="ap@example.com"),
            Party(kind=VENDOR, id="8", name=SUPPLIER.name),
            Item(id="23", name=WORK.name, taxable=True),
            self._document(INVOICE, "1001"),
        )

    def day(self):
        """A sale, a purchase, what was brought back, and the payment of the invoice."""
        records = [self.sale("2001"), self._document(PURCHASE, "3001"), self._paid()]
        if self.chart.refunds:
            records.append(self._document(REFUND_RECEIPT, "2002"))
        self.rng.shuffle(records)
        self.put(*records)

    def at_once(self):
        """The records whose money moved with them."""
        return [one for one in self.records if one.kind in PAID_AT_ONCE]

    def sale(self, number):
        """A sales receipt with tax."""
        return self._document(SALES_RECEIPT, number)

    def change(self, movement):
        """The document comes back with another amount and day."""
        self.put(self._document(movement.kind, movement.id))

    def strike(self, document):
        """The document is gone."""
        self.put(Struck(kind=document.kind, id=document.id))

    def _document(self, kind, number):
        """Whole dollars, so that the tax is exact; only what is sold has a number."""
        net = 100 * self.rng.randrange(10, 900)
        sold = kind != PURCHASE
        tax = net * self.chart.percent // 100 if sold else 0
        return Document(
            kind=kind,
            id=number,
            number=number if kind in (INVOICE, SALES_RECEIPT) else "",
            party=CLIENT if sold else SUPPLIER,
            date=DAY + dt.timedelta(days=self.rng.randrange(20)),
            amount=Money(net + tax),
            lines=(Line(amount=Money(net), item=WORK if sold else None, taxable=sold),),
            tax=Tax(amount=Money(tax), rate="901") if sold else None,
        )

    def _paid(self):
        invoice = next(one for one in self.records if one.kind == INVOICE)
        whole = Application(
            document=Reference(kind=INVOICE, record=invoice.id), amount=invoice.amount
        )
        return Settlement(
            kind=PAYMENT,
            id="44",
            party=CLIENT,
            date=invoice.date + dt.timedelta(days=self.rng.randrange(3)),
            amount=invoice.amount,
            applications=(whole,),
        )


def postings(document, chart):
    """What a document does to each account, in cents, debit positive; nothing for a list entry."""
    moved = Tally()
    if isinstance(document, Settlement):
        moved[chart.money] += document.amount.minor
        moved[chart.owed] -= document.amount.minor
    elif isinstance(document, Document):
        sign = 1 if document.debits else -1
        moved[chart.money if document.kind in PAID_AT_ONCE else chart.owed] += (
            sign * document.amount.minor
        )
        other = chart.expense if document.kind == PURCHASE else chart.income
        moved[other] -= sign * sum(line.amount.minor for line in document.lines)
        moved[chart.tax] -= sign * (document.tax.amount.minor if document.tax else 0)
    return moved


def flow_of(chart, tax_code):
    """The flow's table."""
    settings = {
        "receivables_account": chart.owed,
        "deposit_account": chart.money,
        "purchase_account": chart.money,
        "income_account": chart.income,
        "bill_account": chart.expense,
        "default_tax_code": tax_code,
    }
    if chart.refunds:
        settings["refund_account"] = chart.money
    return {"recipe": "psa-invoices", "every": "1h", "settings": settings}


@frozen
class Nothing:
    """The settings of a connection that needs none."""


def counter_type(feed, chart):
    """The shop as a connector registers it."""

    @asynccontextmanager
    async def opened(_config, _context):
        yield FeedSource(feed)

    return SourceType(
        manifest=Manifest(
            name="counter",
            title="Counter",
            direction=Direction.SOURCE,
            roles=(Role.PSA,),
            kinds=dict.fromkeys(chart.kinds, frozenset({Operation.READ})),
            frequency=Frequency(default=dt.timedelta(hours=1), minimum=dt.timedelta(minutes=1)),
            capabilities=(Capability.INCREMENTAL,),
        ),
        config=Nothing,
        open=opened,
        normalise=_normalise,
    )


def _normalise(raw):
    one = raw.data["movement"]
    return () if isinstance(one, Struck) else (one,)
