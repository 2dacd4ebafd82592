"""Batches: what is sent together does not depend on each other."""

import datetime as dt

import attrs
import pytest

from subledger.flow.desk import SqlDesk
from subledger.ledger.effects import Intent, plan
from subledger.manifest import Operation
from subledger.model import Application, Document, Line, Party, Reference, Settlement
from subledger.model.kinds import CUSTOMER, INVOICE, PAYMENT
from subledger.model.stored import dump
from subledger.money import Money
from subledger.ports import Posted

DAY = dt.date(2026, 3, 1)
TEN = Money(1000)
ACME = Reference(kind=CUSTOMER, record="1", name="Acme")
PARTY = Party(kind=CUSTOMER, id="1", name="Acme")
BILLED = Document(kind=INVOICE, id="1", party=ACME, date=DAY, amount=TEN, lines=(Line(amount=TEN),))
PAID = Settlement(
    kind=PAYMENT,
    id="1",
    party=ACME,
    date=DAY,
    amount=TEN,
    applications=(Application(document=Reference(kind=INVOICE, record="1"), amount=TEN),),
)


class Batches:
    """A desk whose batches are posted at once."""

    def __init__(self, c):
        self.desk = SqlDesk(c, "books", 1)
        self.c = c

    def plan(self, *entities, operation=Operation.CREATE):
        """Plans to do something with some entities."""
        for entity in entities:
            intent = Intent(
                connection="books",
                flow="f",
                source="psa",
                kind=entity.kind,
                record=entity.id,
                operation=operation,
                entity=dump(entity),
                version="1",
                fingerprint="1",
            )
            plan(self.c, intent, 0)

    def run(self):
        """Claims and posts all; the kinds of each batch."""
        seen = []
        while batch := SqlDesk(self.c, "books", 1).claim_many(30, "b"):
            seen.append([(delivery.kind, str(delivery.operation)) for delivery in batch])
            for one in batch:
                posted = Posted(type=one.kind, id=f"T-{one.kind}-{one.entity.id}")
                self.desk.settle(one.effect, posted)
        return seen


@pytest.fixture
def batches(c):
    """A desk."""
    return Batches(c)


def test_what_is_needed_goes_before(batches):
    """A customer, an invoice and its payment go one after the other."""
    batches.plan(PAID, BILLED, PARTY)
    kinds = [[kind for kind, _operation in batch] for batch in batches.run()]
    assert kinds == [[CUSTOMER], [INVOICE], [PAYMENT]]


def test_a_change_goes_before_what_follows_from_it(batches):
    """A payment does not travel with the change of the invoice that it pays: it may be too much."""
    batches.plan(PARTY, BILLED)
    batches.run()
    batches.plan(PAID)
    batches.plan(BILLED, operation=Operation.UPDATE)
    assert batches.run() == [[(INVOICE, "update")], [(PAYMENT, "create")]]


def test_what_is_removed_goes_in_the_reverse_order(batches):
    """A payment is removed before the invoice that it paid, not beside it."""
    batches.plan(PARTY, BILLED, PAID)
    batches.run()
    batches.plan(BILLED, PAID, operation=Operation.VOID)
    assert batches.run() == [[(PAYMENT, "void")], [(INVOICE, "void")]]


def test_equals_travel_together(batches):
    """Control: invoices that do not depend on each other are one batch."""
    batches.plan(PARTY)
    batches.run()
    batches.plan(*(attrs.evolve(BILLED, id=str(n)) for n in range(5)))
    assert [len(batch) for batch in batches.run()] == [5]
