"""Companies of other kinds: strict, with several currencies, with features switched off."""

import datetime as dt
from decimal import Decimal

import pytest

from subledger.model import (
    SALES,
    Application,
    Line,
    Party,
    Reference,
    Settlement,
    Tax,
    Way,
    kinds,
)
from subledger.money import Money
from subledger.ports import Posted
from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.knowledge import Knowledge
from subledger_quickbooks_online.simulator.company import Behaviour

STRICT = Behaviour(
    unknown_property="refuse",
    feature_off="refuse",
    us_global_tax="refuse",
    journal_party_lines="one",
    missing_item="refuse",
    paid_bill_payment="refuse",
    customer_with_balance="refuse",
    foreign_letters="refuse",
)
CHECKING = Reference(kind=kinds.ACCOUNT, id="35", name="Checking")
OFFICE = Reference(kind=kinds.ACCOUNT, id="15", name="Office Expenses")
VISA = Reference(kind=kinds.ACCOUNT, id="42", name="Visa")
RECEIVABLES = Reference(kind=kinds.ACCOUNT, id="84", name="Accounts Receivable (A/R)")


async def one(world, delivery, **settings):
    [outcome] = await world.sink(**settings).deliver([delivery])
    return outcome


def parties(world, **values):
    customer = world.company.create("Customer", {"DisplayName": "Silva", **values})
    vendor = world.company.create("Vendor", {"DisplayName": "Office Depot", **values})
    return (
        Reference(kind=kinds.CUSTOMER, id=customer["Id"], name="Silva"),
        Reference(kind=kinds.VENDOR, id=vendor["Id"], name="Office Depot"),
    )


@pytest.fixture
def strict(worlds):
    """A company that refuses whatever it may."""
    return worlds(behaviour=STRICT)


def entities(maker, customer, vendor):
    """One of each sort."""
    make = maker(customer=customer, vendor=vendor)
    cost = (make.line("12.34", account=OFFICE, memo="tea \U0001f375 \u201cgreen\u201d"),)
    yield Party(id="9", name="Caf\u00e9 \u0141\u00f3d\u017a \U0001f375")
    yield make.document(lines=(make.line("10.00", memo="\u2013"),), message="Danke \u20ac")
    yield make.document(kinds.CREDIT_MEMO)
    yield make.document(kinds.BILL, lines=cost)
    yield make.document(kinds.VENDOR_CREDIT, lines=cost)
    yield make.document(kinds.SALES_RECEIPT)
    yield make.document(kinds.REFUND_RECEIPT)
    yield make.document(kinds.PURCHASE, lines=cost)
    yield make.settlement()
    yield make.settlement(kinds.REFUND)
    yield make.settlement(kinds.BILL_PAYMENT)
    yield make.movement(lines=cost, party=vendor)
    yield make.movement(lines=cost, account=CHECKING, way=Way.IN, party=vendor)
    yield make.movement(lines=cost, kind=kinds.JOURNAL_ENTRY)


async def test_the_strictest_company_takes_everything(strict, maker, delivery):
    """Nothing that we send needs a company to be lenient."""
    for number, entity in enumerate(entities(maker, *parties(strict))):
        for settings in ({}, {"bank_payments": "check", "transfers": "journal_entry"}):
            sent = delivery(entity, attempt_key=f"{number:025d}{len(settings)}")
            outcome = await one(strict, sent, **settings)
            assert isinstance(outcome, Posted), (entity, outcome)


async def test_without_class_tracking_the_class_is_left_out_and_told(worlds, maker, delivery):
    """A class that the company does not track is not sent, and the warning says so."""
    off = {"AccountingInfoPrefs": {"ClassTrackingPerTxnLine": False, "ClassTrackingPerTxn": False}}
    world = worlds(behaviour=STRICT, preferences=off)
    customer, vendor = parties(world)
    make = maker(customer=customer, vendor=vendor)
    class_ = Reference(kind=kinds.CLASS, id="1", name="West")
    movement = make.movement(lines=(make.line("12.34", account=OFFICE, class_=class_),))
    outcome = await one(world, delivery(movement))
    assert isinstance(outcome, Posted), outcome
    assert [warning.category for warning in outcome.warnings] == ["feature_off"]


async def test_the_location_of_the_connection_is_on_every_document(world, make, delivery):
    """A configured location is found by its name; a misspelt one is told."""
    created = world.company.create("Department", {"Name": "Berlin"})
    outcome = await one(world, delivery(make.document()), location="berlin")
    stored = world.company.read("Invoice", outcome.id)
    assert stored["DepartmentRef"]["value"] == created["Id"]
    outcome = await one(world, delivery(make.document(id="2")), location="Bonn")
    assert outcome.finding.category == "mapping_missing"


async def test_a_company_with_several_currencies(worlds, maker, delivery):
    """Where several currencies are kept, each document names its own."""
    world = worlds(
        preferences={
            "CurrencyPrefs": {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "USD"}}
        }
    )
    customer, vendor = parties(world)
    make = maker(customer=customer, vendor=vendor)
    outcome = await one(world, delivery(make.document()))
    assert isinstance(outcome, Posted), outcome
    assert world.company.read("Invoice", outcome.id)["CurrencyRef"]["value"] == "USD"


async def test_a_company_without_sales_tax(worlds, maker, delivery):
    """Without sales tax an invoice has none, and tax of the source is refused."""
    world = worlds(behaviour=STRICT, preferences={"TaxPrefs": {"UsingSalesTax": False}})
    customer, vendor = parties(world)
    make = maker(customer=customer, vendor=vendor)
    assert isinstance(await one(world, delivery(make.document())), Posted)
    outcome = await one(world, delivery(make.document(id="2", tax=Tax(amount=Money.of("1.00")))))
    assert outcome.finding.category == "feature_off"


async def test_zero_invoices_and_remarks(world, make, delivery):
    """An invoice over nothing, with a remark, is an invoice."""
    lines = (make.line("0.00"), Line(amount=Money.of("0.00"), memo="Under warranty"))
    outcome = await one(world, delivery(make.document(lines=lines)))
    assert isinstance(outcome, Posted), outcome
    assert outcome.amount == Money(0)
    texts = [line.get("Description") for line in world.company.read("Invoice", outcome.id)["Line"]]
    assert "Under warranty" in texts


async def test_a_discount_lowers_the_invoice(world, make, delivery):
    """A negative line lowers the total, as an item and as a discount on an account."""
    account = Reference(kind=kinds.ACCOUNT, id="86", name="Discounts given")
    for number, line in enumerate((make.line("-10.00"), make.line("-10.00", account=account))):
        document = make.document(id=str(number), lines=(make.line("100.00"), line))
        outcome = await one(world, delivery(document))
        assert isinstance(outcome, Posted), outcome
        assert outcome.amount == Money.of("90.00")


CANADA = {"CompanyInfo.Country": "CA"}


def dollars(text):
    """Canadian dollars."""
    return Money.of(text, "CAD")


def canadian(world, maker):
    """A maker for a Canadian company, and its tax code that is called GST."""
    customer, vendor = parties(world)
    codes = world.company.query("select * from TaxCode")["TaxCode"]
    [number] = [code["Id"] for code in codes if code["Name"] == "GST"]
    code = Reference(kind=kinds.TAX_CODE, id=number, name="GST")
    return maker(customer=customer, vendor=vendor), code


def sold(amount, *, taxable=True):
    """A line of the starter item."""
    item = Reference(kind=kinds.ITEM, id="1", name="Services")
    return Line(amount=dollars(amount), item=item, taxable=taxable)


@pytest.mark.parametrize("charged", ["5.00", "5.01", "4.98"])
@pytest.mark.parametrize("kind", SALES)
async def test_a_sale_of_another_country(worlds, maker, delivery, kind, charged):
    """Outside the United States each line has its code, and the source's tax stands."""
    world = worlds(preferences=CANADA)
    make, code = canadian(world, maker)
    tax = Tax(amount=dollars(charged), code=code)
    document = make.document(kind, lines=(sold("60.00"), sold("40.00")), tax=tax)
    outcome = await one(world, delivery(document))
    assert isinstance(outcome, Posted), outcome
    assert outcome.amount == document.effect


@pytest.mark.parametrize("charged", ["5.00", "5.01", "4.98"])
@pytest.mark.parametrize("kind", [kinds.BILL, kinds.PURCHASE])
async def test_what_is_bought_in_another_country(worlds, maker, delivery, kind, charged):
    """The taxable lines of a bill or purchase have its code, and the tax of the source stands."""
    world = worlds(preferences=CANADA)
    make, code = canadian(world, maker)
    lines = tuple(
        Line(amount=dollars(amount), account=OFFICE, taxable=taxable)
        for amount, taxable in (("100.00", True), ("9.00", False))
    )
    document = make.document(kind, lines=lines, tax=Tax(amount=dollars(charged), code=code))
    outcome = await one(world, delivery(document), untaxed_code="exempt")
    assert isinstance(outcome, Posted), outcome
    assert outcome.amount == document.effect
    assert world.company.trial_balance()["Office Expenses"] == Decimal("109.00")


@pytest.mark.parametrize("kind", [kinds.BILL, kinds.PURCHASE])
async def test_tax_that_no_line_carries_is_not_lost_in_silence(worlds, maker, delivery, kind):
    """A document with tax whose lines have no tax code is refused, and the hint says why."""
    world = worlds(preferences=CANADA)
    make, code = canadian(world, maker)
    lines = (Line(amount=dollars("100.00"), account=OFFICE),)
    document = make.document(kind, lines=lines, tax=Tax(amount=dollars("5.00"), code=code))
    outcome = await one(world, delivery(document))
    assert outcome.finding.category == "mapping_missing"
    assert "none of its lines has a tax code" in outcome.finding.message


async def test_lines_without_tax_in_another_country(worlds, maker, delivery):
    """A line without tax gets the code of the connection; without one the hint says so."""
    world = worlds(preferences=CANADA)
    make, code = canadian(world, maker)
    tax = Tax(amount=dollars("3.00"), code=code)
    document = make.document(lines=(sold("60.00"), sold("40.00", taxable=False)), tax=tax)
    outcome = await one(world, delivery(document))
    assert "untaxed_code" in outcome.finding.hint
    again = delivery(document, attempt_key="B" * 26)
    outcome = await one(world, again, untaxed_code="exempt")
    assert isinstance(outcome, Posted), outcome
    assert outcome.amount == document.amount


async def test_a_bill_of_another_country(worlds, maker, delivery):
    """A bill without tax is a bill without tax."""
    world = worlds(preferences=CANADA)
    make, _ = canadian(world, maker)
    lines = (Line(amount=dollars("10.00"), account=OFFICE),)
    outcome = await one(world, delivery(make.document(kinds.BILL, lines=lines)))
    assert isinstance(outcome, Posted), outcome
    assert outcome.amount == dollars("-10.00")


@pytest.mark.parametrize("untaxed", ["", "exempt"])
async def test_a_refund_of_another_country(worlds, maker, delivery, untaxed):
    """A credit memo with tax and its refund agree to the cent: the refund itself has no tax."""
    world = worlds(preferences=CANADA)
    make, code = canadian(world, maker)
    tax = Tax(amount=dollars("5.01"), code=code)
    settings = {"untaxed_code": untaxed} if untaxed else {}
    credit = make.document(kinds.CREDIT_MEMO, id="1", lines=(sold("100.00"),), tax=tax)
    given = await one(world, delivery(credit), **settings)
    assert isinstance(given, Posted), given
    money = Reference(kind=kinds.ACCOUNT, id="35", name="Checking")
    applied = Application(
        document=Reference(kind=kinds.CREDIT_MEMO, id=given.id), amount=credit.amount
    )
    refund = Settlement(
        kind=kinds.REFUND,
        id="1",
        party=credit.party,
        date=credit.date,
        amount=credit.amount,
        applications=(applied,),
        money=money,
    )
    again = delivery(refund, attempt_key="B" * 26)
    outcome = await one(world, again, **settings)
    assert isinstance(outcome, Posted), outcome
    assert (outcome.amount, outcome.warnings) == (dollars("105.01"), ())
    assert world.company.read("CreditMemo", given.id)["RemainingCredit"] == 0
    balances = world.company.trial_balance()
    assert balances["Checking"] == Decimal("-105.01")
    assert not any(value for name, value in balances.items() if "Receivable" in name)


async def test_a_check_tells_what_is_worth_knowing(world):
    """The company, its accounts, closed books, and credits that QuickBooks uses by itself."""
    plain = await world.sink().check()
    assert plain[0].startswith("Made-up Company: company ")
    assert plain[-1].endswith(" accounts.")
    assert len(plain) == 2
    world.person.close_books(dt.date(2026, 1, 31))
    world.company.set_preferences({"SalesFormsPrefs.AutoApplyCredit": True})
    _, closed, credits_, _ = await world.sink().check()
    assert "2026-01-31" in closed
    assert "Automatically apply credits" in credits_


async def test_changed_settings_are_known_after_a_quarter_of_an_hour(world):
    """What a person switches in the company is known soon, and not asked for at each document."""
    knowledge = Knowledge(Client(world.config, world.context), world.context.runtime.now)
    assert (await knowledge.company()).sales_tax
    world.company.set_preferences({"TaxPrefs.UsingSalesTax": False})
    world.simulation.clock.advance(dt.timedelta(minutes=14))
    assert (await knowledge.company()).sales_tax
    world.simulation.clock.advance(dt.timedelta(minutes=2))
    assert not (await knowledge.company()).sales_tax
