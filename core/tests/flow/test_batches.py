"""Batches: what is sent together does not depend on each other."""

import datetime as dt

import attrs
import pytest

from subledger.flow.desk import SqlDesk
from subledger.ledger.effects import Intent, plan
from subledger.manifest import Operation
from subledger.model import (
    Application,
    Attachment,
    Document,
    Item,
    Line,
    Party,
    Reference,
    Settlement,
)
from subledger.model.kinds import (
    ACCOUNT,
    ATTACHMENT,
    BILL,
    CUSTOMER,
    INVOICE,
    ITEM,
    PAYMENT,
    VENDOR,
)
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

    def claim(self, most=30, under_way=()):
        """What leaves next."""
        return SqlDesk(self.c, "books", 1).claim_many(most, "b", under_way)

    def post(self, batch):
        """The books take all of it."""
        for one in batch:
            posted = Posted(type=one.kind, id=f"T-{one.kind}-{one.entity.id}")
            self.desk.settle(one.effect, posted)

    def run(self):
        """Claims and posts all; the kinds of each batch."""
        seen = []
        while batch := self.claim():
            seen.append([(delivery.kind, str(delivery.operation)) for delivery in batch])
            self.post(batch)
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


def invoices(count, **more):
    """So many invoices of the customer."""
    return [attrs.evolve(BILLED, id=str(n), **more) for n in range(1, count + 1)]


def bill(number):
    """A bill, which has nothing to do with the customer."""
    line = (Line(amount=TEN, account=Reference(kind=ACCOUNT, id="7")),)
    vendor = Reference(kind=VENDOR, id="V", name="Paper")
    return attrs.evolve(BILLED, kind=BILL, id=number, party=vendor, lines=line)


def kinds(batch):
    """What is in a batch."""
    return [delivery.kind for delivery in batch]


def test_a_batch_is_filled_with_what_comes_later_in_the_posting_order(batches):
    """Bills and payments of other invoices fill the batch in which the last invoices leave."""
    batches.plan(PARTY, BILLED)
    batches.run()
    batches.plan(PAID, bill("9"), *invoices(3)[1:])
    assert kinds(batches.claim()) == [INVOICE, INVOICE, BILL, PAYMENT]


def test_a_name_without_an_identifier_waits_for_all_of_its_kind(batches):
    """An item that a line only names may be the one that is created now."""
    named = Reference(kind=ITEM, name="Labour")
    batches.plan(PARTY)
    batches.run()
    batches.plan(Item(id="3", name="Labour"))
    batches.plan(attrs.evolve(BILLED, lines=(Line(amount=TEN, item=named),)))
    assert batches.run() == [[(ITEM, "create")], [(INVOICE, "create")]]


def test_a_change_is_known_by_what_it_changes_in_the_books(batches):
    """A document that names an entry by its identifier only waits for a change of that entry."""
    batches.plan(PARTY)
    batches.run()
    batches.plan(attrs.evolve(PARTY, name="Acme Inc."), operation=Operation.UPDATE)
    known = Reference(kind=CUSTOMER, id="T-customer-1", name="Acme")
    batches.plan(attrs.evolve(BILLED, party=known))
    assert batches.run() == [[(CUSTOMER, "update")], [(INVOICE, "create")]]


def test_what_depends_on_nothing_under_way_leaves_beside_it(batches):
    """Other invoices leave while a batch of invoices is under way, once and in order."""
    batches.plan(PARTY)
    batches.run()
    batches.plan(*invoices(5))
    first = batches.claim(2)
    second = batches.claim(2, first)
    assert [one.entity.id for one in (*first, *second)] == ["1", "2", "3", "4"]
    assert [one.entity.id for one in batches.claim(2, [*first, *second])] == ["5"]


def test_what_depends_on_something_under_way_waits_for_it(batches):
    """A payment is neither sent nor set aside while its invoice is under way."""
    batches.plan(PARTY)
    batches.run()
    batches.plan(BILLED, PAID)
    sent = batches.claim(1)
    assert batches.claim(1, sent) == []
    batches.post(sent)
    assert kinds(batches.claim(1)) == [PAYMENT]


def test_a_batch_that_could_be_fuller_waits_for_what_is_under_way(batches):
    """Where something waits for what is under way, all that would leave beside it waits too."""
    batches.plan(PARTY)
    batches.run()
    batches.plan(*invoices(2), PAID)
    sent = batches.claim(1)
    assert batches.claim(2, sent) == []
    batches.post(sent)
    assert kinds(batches.claim(2)) == [INVOICE, PAYMENT]


def test_a_removal_waits_for_everything_that_is_written(batches):
    """A payment is removed after what is under way, also where that has nothing to do with it."""
    batches.plan(PARTY, BILLED, PAID)
    batches.run()
    batches.plan(PAID, operation=Operation.VOID)
    batches.plan(bill("9"))
    sent = batches.claim(1)
    assert kinds(sent) == [BILL]
    assert batches.claim(1, sent) == []
    batches.post(sent)
    assert kinds(batches.claim(1)) == [PAYMENT]


def test_a_file_is_under_way_alone(batches):
    """A file, which may be large, leaves after everything else, and nothing beside it."""
    file = Attachment(
        kind=ATTACHMENT, id="7", document=Reference(kind=INVOICE, record="1"), name="a.pdf", url="u"
    )
    batches.plan(PARTY, BILLED)
    batches.run()
    batches.plan(file, attrs.evolve(file, id="8"), bill("9"))
    first = batches.claim(30)
    assert kinds(first) == [BILL]
    assert batches.claim(30, first) == []
    batches.post(first)
    second = batches.claim(30)
    assert kinds(second) == [ATTACHMENT]
    assert batches.claim(30, second) == []
