"""A service business whose server is killed: invoices with tax, payments, refunds, deletions."""

import datetime as dt
from collections import Counter
from contextlib import asynccontextmanager
from decimal import Decimal
from random import Random

from attrs import define, field, frozen
from ledgers import OnlineLedger
from online_books import Wanted
from service_world import HOOK, LABOUR, tables
from shop import EXEMPT, GROUP, STANDARD, Shop, open_shop

from subledger.model.kinds import CREDIT_MEMO, INVOICE, PAYMENT, REFUND
from subledger.model.marker import marker
from subledger_syncro.simulator import sales
from subledger_syncro.simulator.model import Component, TaxRate
from subledger_syncro.simulator.server import serving

_GST, _GST_AND_PST = 921, 922
_CLIENTS = ("Silva Dental", "Kowalczyk Law", "Okafor Bakery", "Jensen Optics")
_PAST = 8


def _rate(number, **parts):
    found = [Component(name=name, percent=Decimal(percent)) for name, percent in parts.items()]
    return TaxRate(id=number, name=" and ".join(parts), components=tuple(found))


@frozen(kw_only=True)
class Country:
    """Where a business and its books are: tax codes of the books, by the business's tax rates.

    ``gone`` is what becomes of the document of a record that is deleted.
    """

    currency: str
    codes: dict[int, str]
    gone: str
    rates: tuple[TaxRate, ...] = ()
    taxes: tuple[tuple, ...] = ()


COUNTRIES = {
    "US": Country(
        currency="USD",
        codes={STANDARD: "Texas", GROUP: "Travis County"},
        gone="void",
        taxes=(
            ("Texas", ("TX", "8.25")),
            ("Travis County", ("State", "6.25"), ("Austin", "1"), ("Transit", "1")),
        ),
    ),
    "CA": Country(
        currency="CAD",
        codes={_GST: "GST", _GST_AND_PST: "GST/PST BC", EXEMPT: "Exempt"},
        gone="delete",
        rates=(_rate(_GST, GST=5), _rate(_GST_AND_PST, GST=5, PST=7)),
    ),
}


@define
class Sales:
    """The business at work; ``acts`` counts what happened."""

    rng: Random
    shop: Shop
    source: str = "psa"
    flow: str = "sales"
    account: str = "Accounts Receivable (A/R)"
    leaf: str = "payment"
    acts: Counter = field(factory=Counter)

    def call(self):
        """The headers and the body of its webhook."""
        return {"Authorization": f"Bearer {HOOK}"}, {}

    def news(self, number):
        """New invoices, and in turn whatever else happens to an older one."""
        for _ in range(self.rng.randrange(1, 4)):
            self._invoice()
        turn = (self._pay, self._pay_in_part, self._refund, self._delete, self._take_back)
        turn[number % len(turn)]()
        self._pay()

    def _did(self, act):
        self.acts[act] += 1

    def _invoice(self):
        amounts = [self.rng.randrange(500, 40_000) for _ in range(self.rng.randrange(1, 4))]
        self.shop.invoice(self.rng.choice(_CLIENTS), *amounts)
        self._did("invoices")

    def _owing(self, *, untouched=False):
        world = self.shop.world
        found = [
            one
            for one in world.invoices.values()
            if sales.balance_cents(world, one) > 0 and not (untouched and world.payments_of(one.id))
        ]
        return self.rng.choice(found)

    def _pay(self):
        self.shop.pay(self._owing())
        self._did("payments")

    def _pay_in_part(self):
        invoice = self._owing()
        owed = sales.balance_cents(self.shop.world, invoice)
        self.shop.pay(invoice, self.rng.randrange(1, owed // 3))
        self._did("partial payments")

    def _refund(self):
        """A paid invoice is taken back whole, and its money returned."""
        world = self.shop.world
        back = {one.note for one in world.invoices.values()}
        paid = [
            one
            for one in world.invoices.values()
            if sales.totals_of(world, one).total > 0
            and sales.is_paid(world, one)
            and f"Refund of invoice {one.number}" not in back
        ]
        self.shop.refund(self.rng.choice(paid))
        self._did("refunds")

    def _delete(self):
        self.shop.delete(self._owing(untouched=True))
        self._did("deleted invoices")

    def _take_back(self):
        """A payment is deleted: what it paid is owed again."""
        paid = [one for one in self.shop.world.payments.values() if one.cents > 0]
        back = {one.note for one in self.shop.world.invoices.values()}
        numbers = {one.id: one.number for one in self.shop.world.invoices.values()}
        free = [
            one
            for one in paid
            if not any(f"Refund of invoice {numbers.get(id_)}" in back for id_, _ in one.applied)
        ]
        self.shop.delete(self.rng.choice(free))
        self._did("deleted payments")

    def wanted(self):
        """What each invoice and payment changes in receivables."""
        world, cents = self.shop.world, {}
        for one in world.invoices.values():
            total = sales.totals_of(world, one).total
            cents[marker(INVOICE if total > 0 else CREDIT_MEMO, str(one.id))] = total
        for one in world.payments.values():
            cents[marker(PAYMENT if one.cents > 0 else REFUND, str(one.id))] = -one.cents
        return Wanted(cents=cents)


@asynccontextmanager
async def open_sales(rng, books, sink, country):
    """The business with a few invoices, and the tables of its configuration."""
    of, ledger = COUNTRIES[country], OnlineLedger(books.simulation)
    ledger.add_item(LABOUR)
    for name, *rates in of.taxes:
        ledger.add_tax(name, *rates)
    shop = open_shop(lambda: dt.datetime.now(dt.UTC), lambda **_span: None)
    shop.world.rates.update({rate.id: rate for rate in of.rates})
    for at, name in enumerate(_CLIENTS):
        shop.customer(name, tax_rate_id=[*of.codes, EXEMPT][at % (len(of.codes) + 1)])
    business = Sales(rng, shop)
    for _ in range(_PAST):
        business._invoice()
    for _ in range(_PAST // 2):
        business._pay_in_part()
    async with serving(shop.simulation) as url:
        source = {
            "connector": "syncro",
            "api_token": {"env": "SYNCRO_TOKEN"},
            "base_url": url,
            "currency": of.currency,
            "webhook_secret": {"env": "HOOK"},
            "requests_per_minute": 100_000,
            "lists_every": "1s",
            "deletions_every": "1s",
        }
        codes = {str(rate): code for rate, code in of.codes.items()}
        yield (
            business,
            tables(
                {"psa": source, "books": sink},
                ledger,
                flow={"every": "1h", "gone": of.gone, "currency": of.currency},
                settings={"tax_codes": codes},
            ),
        )
