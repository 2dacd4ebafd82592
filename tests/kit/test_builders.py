"""Entities from the builders are whole, and say what a test wants them to say."""

import datetime as dt
from decimal import Decimal

import pytest

from subledger.model import Application, Reference, Way, kinds
from subledger.model.stored import dump, load
from subledger.money import Money
from subledger.testing import builders as b

_ALL = (
    *(b.purchase, b.merchant_credit, b.fee, b.transfer, b.rebate, b.customer, b.vendor, b.item),
    *(b.invoice, b.credit_memo, b.bill, b.payment, b.refund, b.bill_payment),
)


@pytest.mark.parametrize("build", _ALL, ids=lambda build: build.__name__)
def test_each_entity_stands_by_itself(build):
    """Without an argument an entity is valid and survives being stored."""
    entity = build()
    assert load(dump(entity)) == entity
    assert entity == build()


def test_entities_differ_in_kind_and_id():
    """All of them can be records of one source."""
    assert len({(e.kind, e.id) for e in (build() for build in _ALL)}) == len(_ALL)


@pytest.mark.parametrize("amount", ["19.90", Decimal("19.90"), Money(1990)])
def test_amounts_may_be_written_in_several_ways(amount):
    """Text, Decimal and Money mean the same amount."""
    assert b.purchase(amount=amount).amount == Money(1990)


def test_a_float_is_no_amount():
    """Money is never a float, not even in a test."""
    with pytest.raises(TypeError):
        b.purchase(amount=19.9)


def test_dates_may_be_texts():
    """A date can be written as text."""
    assert b.fee(date="2026-02-28").date == dt.date(2026, 2, 28)


def test_lines_make_the_amount():
    """Where lines are given, the amount follows from them and the tax."""
    lines = (b.line("80.00", account="Fuel"), b.line("20.00", class_="North"))
    assert b.purchase(lines=lines).amount == Money(10000)
    assert b.invoice(lines=lines, tax=b.tax("8.00")).amount == Money(10800)
    assert lines[0].account == Reference(kind=kinds.ACCOUNT, name="Fuel")


def test_an_amount_includes_the_tax():
    """A total with tax leaves the rest to the one line; without a total the tax is added."""
    given = b.invoice(amount="108.00", tax=b.tax("8.00"))
    assert [line.amount for line in given.lines] == [Money(10000)]
    assert b.invoice(tax=b.tax("1.00")).amount == Money(1350)


def test_money_goes_the_way_of_its_kind():
    """Purchases and fees cost money, the others bring it."""
    ways = [build().way for build in (b.purchase, b.fee, b.merchant_credit, b.transfer, b.rebate)]
    assert ways == [Way.OUT, Way.OUT, Way.IN, Way.IN, Way.IN]


def test_a_payment_pays_its_invoice():
    """A payment takes amount and customer from the invoice that it pays."""
    invoice = b.invoice(amount="50.00", party=b.customer("8", "Doe Dental"))
    paid = b.payment(pays=invoice)
    assert (paid.amount, paid.party.name) == (Money(5000), "Doe Dental")
    assert paid.applications[0].document == Reference(kind=kinds.INVOICE, record="2001")


def test_a_payment_may_pay_in_part_or_several():
    """An amount of its own, or applications."""
    invoice = b.invoice(amount="50.00")
    assert b.payment(amount="20.00", pays=invoice).applied == Money(2000)
    several = [Application(document=b.refer(invoice), amount=Money(n)) for n in (100, 250)]
    assert b.payment(pays=several).amount == Money(350)


def test_bills_belong_to_vendors_and_invoices_to_customers():
    """The party fits the kind."""
    parties = [build().party.kind for build in (b.bill, b.bill_payment, b.invoice, b.refund)]
    assert parties == [kinds.VENDOR, kinds.VENDOR, kinds.CUSTOMER, kinds.CUSTOMER]


def test_other_currencies():
    """A currency goes to the whole document."""
    assert b.invoice(amount="5", currency="EUR").lines[0].amount == Money(500, "EUR")
    assert b.purchase(currency="EUR", amount="5").amount.currency == "EUR"


def test_a_file_belongs_to_its_document():
    """An attachment refers to the record of its document."""
    assert b.attachment(b.purchase("77")).document.record == "77"
