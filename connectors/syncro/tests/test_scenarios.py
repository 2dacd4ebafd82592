"""What happens in a service business, and the documents that follow from it."""

import datetime as dt
from decimal import Decimal

import pytest
from attrs import evolve

from subledger.model import kinds
from subledger_syncro.simulator import sales

D = dt.date(2026, 4, 9)


def applied(settlement):
    """Kind, record and text of what a settlement is applied to."""
    return {
        (one.document.kind, one.document.record): one.amount.text()
        for one in settlement.applications
    }


@pytest.fixture
def business(world, read):
    """An account in which a test can invoice and be paid, and what a fresh read makes of it."""

    class Business:
        def __init__(self):
            self.account = world(invoices=30)
            self.world = self.account.simulation.world
            self.customer = self.account.marks["double_one"]

        @property
        def now(self):
            return self.account.clock()

        def invoice(self, *cents, taxable=False, **values):
            lines = [
                sales.line(
                    self.world, self.now, item="Work", name="Work", price_cents=one, taxable=taxable
                )
                for one in cents
            ]
            values = {"customer_id": self.customer, "day": D, **values}
            return sales.add_invoice(self.world, self.now, lines=lines, **values)

        def pay(self, cents, applied=None, **values):
            values = {"customer_id": self.customer, "day": D, **values}
            return sales.pay(self.world, self.now, cents=cents, applied=applied, **values)

        async def read(self, **settings):
            return read(await self.account.pages(settings=settings))

    return Business()


async def test_an_invoice_with_tax_paid_in_two_parts(business):
    """270.63 with 20.63 of tax, paid 100.00 and 170.63: one invoice, two payments."""
    invoice = business.invoice(25_000, taxable=True, tax_rate_id=901)
    first = business.pay(10_000, {invoice.id: 10_000})
    second = business.pay(17_063, {invoice.id: 17_063})
    found = await business.read()
    document = found.get(kinds.INVOICE, invoice.id)
    assert (document.amount.text(), document.tax.amount.text()) == ("270.63", "20.63")
    assert [line.amount.text() for line in document.lines] == ["250.00"]
    assert document.lines[0].taxable
    assert document.date == D
    for payment, amount in ((first, "100.00"), (second, "170.63")):
        settlement = found.get(kinds.PAYMENT, payment.id)
        assert settlement.amount.text() == amount
        assert applied(settlement) == {(kinds.INVOICE, str(invoice.id)): amount}
        assert not settlement.derived


async def test_an_overpayment_leaves_credit(business):
    """300.00 for an invoice of 250.00: 50.00 stays unapplied."""
    invoice = business.invoice(25_000)
    payment = business.pay(30_000, {invoice.id: 25_000})
    settlement = (await business.read()).get(kinds.PAYMENT, payment.id)
    assert applied(settlement) == {(kinds.INVOICE, str(invoice.id)): "250.00"}
    assert (settlement.amount - settlement.applied).text() == "50.00"


async def test_a_payment_of_two_whole_invoices_needs_no_guess(business):
    """The totals add up to the payment: the split is certain."""
    one, two = business.invoice(12_000), business.invoice(18_000)
    payment = business.pay(30_000, {one.id: 12_000, two.id: 18_000})
    settlement = (await business.read()).get(kinds.PAYMENT, payment.id)
    assert applied(settlement) == {
        (kinds.INVOICE, str(one.id)): "120.00",
        (kinds.INVOICE, str(two.id)): "180.00",
    }
    assert not settlement.derived


async def test_a_split_over_two_invoices_pays_the_oldest_first_and_says_so(business):
    """300.00 for 120.00 and 200.00: the older one whole, and the record is marked."""
    older = business.invoice(12_000, day=D - dt.timedelta(days=9))
    newer = business.invoice(20_000)
    payment = business.pay(30_000, {newer.id: 18_000, older.id: 12_000})
    settlement = (await business.read()).get(kinds.PAYMENT, payment.id)
    assert applied(settlement) == {
        (kinds.INVOICE, str(older.id)): "120.00",
        (kinds.INVOICE, str(newer.id)): "180.00",
    }
    assert settlement.derived


async def test_a_refund_invoice_is_a_credit_memo_and_the_money_a_refund(business):
    """Negative totals turn around; the money that went back is applied to the credit memo."""
    invoice = business.invoice(25_000, taxable=True, tax_rate_id=901)
    business.pay(27_063, {invoice.id: 27_063})
    back = sales.refund(business.world, business.now, invoice)
    (paid,) = business.world.payments_of(back.id)
    found = await business.read()
    memo = found.get(kinds.CREDIT_MEMO, back.id)
    assert (memo.amount.text(), memo.tax.amount.text()) == ("270.63", "20.63")
    assert [(line.amount.text(), line.quantity, line.price) for line in memo.lines] == [
        ("250.00", Decimal(1), Decimal("250.0"))
    ]
    assert found.get(kinds.INVOICE, back.id) is None
    refund = found.get(kinds.REFUND, paid.id)
    assert refund.amount.text() == "270.63"
    assert applied(refund) == {(kinds.CREDIT_MEMO, str(back.id)): "270.63"}
    assert memo.effect == -refund.effect
    assert found.get(kinds.PAYMENT, paid.id) is None


async def test_a_refund_that_was_not_paid_out_stays_as_credit(business):
    """Without money there is a credit memo, and no refund."""
    invoice = business.invoice(25_000)
    business.pay(25_000, {invoice.id: 25_000})
    back = sales.refund(business.world, business.now, invoice, 5_000, pay_out=False)
    found = await business.read()
    assert found.get(kinds.CREDIT_MEMO, back.id).amount.text() == "50.00"
    assert [
        one for one in found.of(kinds.REFUND) if applied(one).get(("credit_memo", str(back.id)))
    ] == []


async def test_an_invoice_of_zero_is_an_invoice(business):
    """Nothing to pay is a document all the same; so is an invoice without a line."""
    zero, empty = business.invoice(0), business.invoice()
    found = await business.read()
    for invoice in (zero, empty):
        assert found.get(kinds.INVOICE, invoice.id).amount.minor == 0


async def test_a_declined_payment_is_nothing(business):
    """An attempt that failed moves no money."""
    invoice = business.invoice(9_900)
    payment = business.pay(9_900, {invoice.id: 9_900}, success=False)
    found = await business.read()
    assert found.get(kinds.PAYMENT, payment.id) is None
    assert str(payment.id) not in found.rejected


async def test_credit_that_was_given_without_money_is_a_credit_memo(business):
    """Store credit for nothing, later used: a credit memo, and a settlement of no money."""
    given = business.pay(5_000, method="Store Credit")
    invoice = business.invoice(5_000)
    used = sales.use_credit(business.world, business.now, invoice, 5_000)
    found = await business.read()
    memo = found.get(kinds.CREDIT_MEMO, f"credit-{given.id}")
    assert memo.amount.text() == "50.00"
    assert found.get(kinds.PAYMENT, given.id) is None
    settlement = found.get(kinds.PAYMENT, used.id)
    assert settlement.amount.minor == 0
    assert applied(settlement) == {
        (kinds.INVOICE, str(invoice.id)): "50.00",
        (kinds.CREDIT_MEMO, f"credit-{given.id}"): "50.00",
    }


async def test_a_payment_names_its_invoice_so_that_it_can_wait_for_it(business):
    """A payment that comes before its invoice is posted points at the record, not at a name."""
    invoice = business.invoice(10_000)
    payment = business.pay(10_000, {invoice.id: 10_000})
    found = await business.read()
    (part,) = found.get(kinds.PAYMENT, payment.id).applications
    assert (part.document.kind, part.document.record, part.document.id) == (
        kinds.INVOICE,
        str(invoice.id),
        "",
    )


@pytest.mark.parametrize("direction", ["from_books", "off"])
async def test_payments_go_one_way_only(business, direction):
    """Where payments come from the books or not at all, none is read, invoices are."""
    invoice = business.invoice(10_000)
    business.pay(10_000, {invoice.id: 10_000})
    found = await business.read(payments=direction)
    assert found.of(kinds.PAYMENT, kinds.REFUND) == []
    assert found.get(kinds.INVOICE, invoice.id)
    assert "GET payments" not in business.account.asked()


async def test_dates_are_days_of_the_account(business):
    """A day is a day whatever the zone; a moment is the day that it was at the account's place."""
    invoice = business.invoice(100, day=dt.date(2026, 3, 1))
    early = dt.datetime(2026, 4, 9, 3, 30, tzinfo=dt.UTC)
    business.world.invoices[invoice.id] = invoice = business.world.put(
        business.world.invoices[invoice.id], business.now, note="n"
    )
    order = next(iter(business.world.orders.values()))
    business.world.orders[order.id] = evolve(order, created_at=early)
    found = await business.read()
    assert found.get(kinds.INVOICE, invoice.id).date == dt.date(2026, 3, 1)
    assert found.get(kinds.PURCHASE_ORDER, order.id).date == dt.date(2026, 4, 8)
    found = await business.read(time_zone="Asia/Tokyo")
    assert found.get(kinds.INVOICE, invoice.id).date == dt.date(2026, 3, 1)
    assert found.get(kinds.PURCHASE_ORDER, order.id).date == dt.date(2026, 4, 9)


@pytest.mark.parametrize(
    ("children", "party", "parent"),
    [("own", "child", None), ("sub", "child", "parent"), ("parent", "parent", None)],
)
async def test_children_are_what_the_connection_says(business, children, party, parent):
    """A branch is a customer of its own, a sub-customer, or its invoices are the parent's."""
    marks = business.account.marks
    found = await business.read(children=children)
    invoice = found.get(kinds.INVOICE, marks["child_invoice"])
    assert invoice.party.record == str(marks[party])
    branch = found.get(kinds.CUSTOMER, marks["child"])
    above = branch.parent.record if branch.parent else None
    assert above == (str(marks[parent]) if parent else None)


async def test_the_tax_rate_of_lines_is_told(business):
    """A rate that differs by line is a tag of the line; the document's is the customer's."""
    business.account.simulation.behaviour = evolve(
        business.account.simulation.behaviour, line_tax_rate=True
    )
    invoice = (await business.read()).get(kinds.INVOICE, business.account.marks["mixed_rates"])
    rates = [[tag.value for tag in line.tags if tag.name == "tax_rate"] for line in invoice.lines]
    assert rates == [[], ["906"], []]
    assert invoice.tax.rate == "901"


async def test_the_rate_of_all_taxable_lines_is_the_documents(business):
    """Where the lines agree on a rate, it counts, whatever the customer's usual rate is."""
    business.account.simulation.behaviour = evolve(
        business.account.simulation.behaviour, line_tax_rate=True
    )
    values = {"item": "Work", "name": "Work", "price_cents": 5_000, "taxable": True}
    lines = [sales.line(business.world, business.now, tax_rate_id=906, **values) for _ in "12"]
    mixed = business.account.marks["mixed_rates"]
    usual = business.world.invoices[mixed].customer_id
    sold = sales.add_invoice(business.world, business.now, customer_id=usual, day=D, lines=lines)
    found = await business.read()
    assert found.get(kinds.INVOICE, mixed).tax.rate == "901"
    assert found.get(kinds.INVOICE, sold.id).tax.rate == "906"


@pytest.mark.parametrize("cents", [0, -5_000])
async def test_store_credit_of_nothing_is_no_document(business, cents):
    """Only credit that was given is a credit memo; nothing, or less, makes none."""
    given = business.pay(5_000, method="Store Credit")
    business.world.payments[given.id] = evolve(given, cents=cents)
    found = await business.read()
    assert found.get(kinds.CREDIT_MEMO, f"credit-{given.id}") is None


async def test_whole_lists_are_read_once_a_day(business):
    """Where every customer and product is wanted, all come, disabled ones too."""
    account = business.account
    whole = frozenset({kinds.CUSTOMER, kinds.ITEM, kinds.VENDOR})
    pages = await account.pages(whole=whole)
    makes = [next(iter(record.makes)) for page in pages for record in page.records]
    counts = account.truth["counts"]
    assert makes.count(kinds.ITEM) == counts["product"]
    assert makes.count(kinds.VENDOR) == counts["vendor"]
    assert makes.count(kinds.CUSTOMER) >= counts["customer"]
    before = len(account.wire.sent)
    account.clock.advance(hours=2)
    cursor = pages[-1].cursor
    await account.pages(whole=whole, cursor=cursor)
    assert "GET customers" not in account.asked(before)
    account.clock.advance(hours=23)
    await account.pages(whole=whole, cursor=cursor)
    assert "GET customers" in account.asked(before)
