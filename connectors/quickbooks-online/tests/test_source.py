"""The books as a source: what changed, each party and item before the document that names it."""

import datetime as dt
import json
from decimal import Decimal

import attrs
import pytest

from subledger.errors import RecordRejected
from subledger.model import Reference, kinds
from subledger.money import Money
from subledger.ports import ExtractRequest
from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.knowledge import pages
from subledger_quickbooks_online.manifest import SOURCE
from subledger_quickbooks_online.normalise import balance_of, normalise
from subledger_quickbooks_online.source import QuickBooksOnlineSource
from subledger_quickbooks_online.wire.query import Select

KINDS = frozenset({kinds.CUSTOMER, kinds.ITEM, kinds.INVOICE, kinds.CREDIT_MEMO, kinds.PAYMENT})


@pytest.fixture
def trade(world):
    """A customer with a sub-customer, an invoice and a part payment."""
    company = world.company
    parent = company.create("Customer", {"DisplayName": "Silva"})
    child = company.create(
        "Customer",
        {"DisplayName": "West", "ParentRef": {"value": parent["Id"]}, "Job": True},
    )
    company.create("Customer", {"DisplayName": "Nobody"})
    invoice = company.create(
        "Invoice",
        {
            "CustomerRef": {"value": child["Id"]},
            "TxnDate": "2026-03-01",
            "DocNumber": "I-1",
            "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}, "TotalTax": Decimal("4.13")},
            "Line": [
                {
                    "Amount": Decimal("50.00"),
                    "DetailType": "SalesItemLineDetail",
                    "SalesItemLineDetail": {
                        "ItemRef": {"value": "1"},
                        "Qty": 2,
                        "UnitPrice": 25,
                        "TaxCodeRef": {"value": "TAX"},
                    },
                }
            ],
        },
    )
    payment = company.create(
        "Payment",
        {
            "CustomerRef": {"value": child["Id"]},
            "TotalAmt": Decimal("20.00"),
            "TxnDate": "2026-03-02",
            "Line": [
                {
                    "Amount": Decimal("20.00"),
                    "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}],
                }
            ],
        },
    )
    return {"parent": parent, "child": child, "invoice": invoice, "payment": payment}


async def run(world, cursor=None, **values):
    request = ExtractRequest(
        **{
            "kinds": KINDS,
            "since": dt.date(2026, 1, 1),
            "until": dt.date(2026, 3, 31),
            "cursor": cursor,
            **values,
        }
    )
    source = QuickBooksOnlineSource(world.config, world.context)
    pages = [page async for page in source.extract(request)]
    assert all(page.cursor is None for page in pages[:-1])
    return [record for page in pages for record in page.records], pages[-1].cursor


def labels(records):
    return [(*record.makes, record.id) for record in records]


async def test_the_first_run_brings_documents_after_what_they_name(world, trade):
    """Parent, child, item, invoice, payment; nobody who bought nothing."""
    records, _ = await run(world)
    assert labels(records) == [
        ("customer", trade["parent"]["Id"]),
        ("customer", trade["child"]["Id"]),
        ("item", "1"),
        ("invoice", trade["invoice"]["Id"]),
        ("payment", trade["payment"]["Id"]),
    ]


async def test_a_full_page_is_followed_by_the_next(world, trade):
    """Every customer comes once, over as many pages as it takes."""
    client = Client(world.config, world.context)
    found = [page async for page in pages(client, Select(entity="Customer", most=2))]
    names = [one["DisplayName"] for page in found for one in page]
    assert [len(page) for page in found] == [2, 1]
    assert set(names) == {"Silva", "West", "Nobody"}


async def test_entities_say_what_the_books_say(world, trade):
    """Amounts, tax, references and what a payment settles are exact."""
    records, _ = await run(world)
    entities = {record.makes: next(iter(normalise(record))) for record in records}
    invoice = entities[frozenset({kinds.INVOICE})]
    assert (invoice.amount, invoice.number) == (Money.of("54.13"), "I-1")
    assert invoice.tax.amount == Money.of("4.13")
    assert invoice.lines[0].quantity == 2
    assert invoice.party.record == trade["child"]["Id"]
    payment = entities[frozenset({kinds.PAYMENT})]
    [application] = payment.applications
    assert application.document.record == trade["invoice"]["Id"]
    assert application.amount == Money.of("20.00")
    customer = entities[frozenset({kinds.CUSTOMER})]
    assert (customer.name, customer.parent.record) == ("Silva:West", trade["parent"]["Id"])
    balances = [balance_of(record) for record in records]
    assert [money.text() for money in balances if money] == ["54.13", "-20.00"]


async def test_later_runs_bring_what_changed_and_what_is_gone(world, trade):
    """A deleted payment comes as a record that makes nothing; its invoice comes again."""
    _, cursor = await run(world)
    world.simulation.clock.advance(dt.timedelta(hours=1))
    _, cursor = await run(world, cursor)
    world.simulation.clock.advance(dt.timedelta(hours=1))
    assert (await run(world, cursor))[0] == []
    world.person.delete("Payment", trade["payment"]["Id"])
    records, _ = await run(world, cursor)
    assert ("payment", trade["payment"]["Id"]) in labels(records)
    [gone] = [record for record in records if record.makes == {kinds.PAYMENT}]
    assert list(normalise(gone)) == []
    assert balance_of(gone) == Money(0)


async def test_what_is_gone_is_told_among_more_changes_than_one_answer_holds(world, trade):
    """Beyond a thousand changes of other kinds and of its own, a deletion still comes."""
    whole = frozenset({kinds.CUSTOMER})
    _, cursor = await run(world, whole=whole)
    world.simulation.clock.advance(dt.timedelta(hours=1))
    body = {"CustomerRef": {"value": trade["child"]["Id"]}, "TotalAmt": Decimal(1)}
    with world.company.transaction():
        for number in range(1005):
            world.company.create("Customer", {"DisplayName": f"C{number}"})
            world.company.create("Payment", body)
    world.simulation.clock.advance(dt.timedelta(seconds=1))
    world.person.delete("Payment", trade["payment"]["Id"])
    world.simulation.clock.advance(dt.timedelta(hours=1))
    records, _ = await run(world, cursor, whole=whole)
    told = labels(records)
    assert sum(kind == "customer" for kind, _ in set(told)) >= 1005
    assert sum(kind == "payment" for kind, _ in set(told)) == 1006
    gone = next(r for r in records if labels([r]) == [("payment", trade["payment"]["Id"])])
    assert list(normalise(gone)) == []


async def test_what_changes_while_a_long_run_reads_comes_with_the_next(world, trade):
    """A run of an hour loses nothing of what happened behind its back."""
    source = QuickBooksOnlineSource(world.config, world.context)
    request = ExtractRequest(kinds=KINDS, since=dt.date(2026, 1, 1), until=dt.date(2026, 3, 31))
    told = source.extract(request)
    first = await anext(told)
    assert ("invoice", trade["invoice"]["Id"]) in labels(first.records)
    world.simulation.clock.advance(dt.timedelta(minutes=1))
    world.person.edit("Invoice", trade["invoice"]["Id"], {"PrivateNote": "by hand"})
    world.simulation.clock.advance(dt.timedelta(hours=1))
    cursor = [page.cursor async for page in told][-1]
    records, _ = await run(world, cursor)
    assert ("invoice", trade["invoice"]["Id"]) in labels(records)


@pytest.mark.parametrize("ahead", [10, -10])
async def test_clocks_may_differ_by_ten_minutes(world, trade, ahead):
    """What changes right after a run is found by the next one, whichever clock is ahead."""
    now = world.context.runtime.now
    runtime = attrs.evolve(world.context.runtime, now=lambda: now() + dt.timedelta(minutes=ahead))
    world.context = attrs.evolve(world.context, runtime=runtime)
    world.simulation.clock.advance(dt.timedelta(hours=1))
    _, cursor = await run(world)
    world.simulation.clock.advance(dt.timedelta(seconds=1))
    world.person.delete("Payment", trade["payment"]["Id"])
    world.simulation.clock.advance(dt.timedelta(minutes=30))
    records, _ = await run(world, cursor)
    assert ("payment", trade["payment"]["Id"]) in labels(records)


async def test_a_voided_invoice_makes_nothing(world, trade):
    """A void in the books is a removal for whoever reads them."""
    _, cursor = await run(world)
    world.simulation.clock.advance(dt.timedelta(hours=1))
    world.person.void("Invoice", trade["invoice"]["Id"])
    records, _ = await run(world, cursor)
    [invoice] = [record for record in records if record.makes == {kinds.INVOICE}]
    assert list(normalise(invoice)) == []


async def test_a_cursor_of_long_ago_is_read_by_queries(world, trade):
    """After more than thirty days the change log is too short, and queries serve."""
    _, cursor = await run(world)
    world.simulation.clock.advance(dt.timedelta(days=60))
    world.vault.kept = world.connect()
    world.person.edit("Invoice", trade["invoice"]["Id"], {"PrivateNote": "x"})
    world.simulation.log.clear()
    records, _ = await run(world, cursor)
    assert ("invoice", trade["invoice"]["Id"]) in labels(records)
    assert ("GET", "cdc") not in world.asked()


async def test_whole_lists_bring_everybody(world, trade):
    """Where all customers are wanted, those without a document come too."""
    records, _ = await run(world, whole=frozenset({kinds.CUSTOMER}))
    assert sum(record.makes == {kinds.CUSTOMER} for record in records) == 3


async def test_what_has_no_counterpart_is_rejected_by_itself(world, trade):
    """A bundle is told as excluded; the records around it go on."""
    records, _ = await run(world)
    [item] = [record for record in records if record.makes == {kinds.ITEM}]
    bundle = attrs.evolve(item, data={**item.data, "Type": "Group"})
    with pytest.raises(RecordRejected) as caught:
        list(normalise(bundle))
    assert caught.value.category == "excluded"


async def test_records_are_plain_json(world, trade):
    """Whoever stores the records needs nothing of ours to do so."""
    records, _ = await run(world)
    for record in records:
        assert json.loads(json.dumps(record.data)) == record.data


RECEIPTS = frozenset({kinds.CUSTOMER, kinds.ITEM, kinds.SALES_RECEIPT, kinds.REFUND_RECEIPT})


@pytest.fixture
async def receipts(world, make, delivery):
    """A sale that was paid at once, and part of it paid back."""
    method = Reference(kind=kinds.PAYMENT_METHOD, id="2", name="Check")
    paid = {"payment_method": method, "payment_number": "1042"}
    return await world.sink().deliver(
        [
            delivery(make.document(kinds.SALES_RECEIPT, number="S-1", **paid)),
            delivery(make.document(kinds.REFUND_RECEIPT, lines=(make.line("30.00"),))),
        ]
    )


async def test_receipts_are_read_with_how_they_were_paid(world, make, receipts):
    """Customer and item come first; both receipts are exact, and balance with the books."""
    records, _ = await run(world, kinds=RECEIPTS)
    assert labels(records) == [
        ("customer", make.customer.id),
        ("item", "1"),
        ("sales_receipt", receipts[0].id),
        ("refund_receipt", receipts[1].id),
    ]
    sale, refund = (next(iter(normalise(record))) for record in records[2:])
    assert (sale.number, sale.payment_number) == ("S-1", "1042")
    assert sale.method == "Check"
    assert sale.party.record == make.customer.id
    assert (sale.effect, refund.effect) == (Money.of("100.00"), Money.of("-30.00"))
    assert [balance_of(record) for record in records[2:]] == [each.amount for each in receipts]


async def test_receipts_that_were_taken_away_make_nothing(world, receipts):
    """A voided sale and a deleted refund come as changes that leave nothing."""
    _, cursor = await run(world, kinds=RECEIPTS)
    world.simulation.clock.advance(dt.timedelta(hours=1))
    sale, refund = receipts
    world.person.void("SalesReceipt", sale.id)
    world.person.delete("RefundReceipt", refund.id)
    records, _ = await run(world, cursor, kinds=RECEIPTS)
    gone = dict(zip(labels(records), records, strict=True))
    for kind, one in (("sales_receipt", sale), ("refund_receipt", refund)):
        record = gone[kind, one.id]
        assert list(normalise(record)) == []
        assert balance_of(record) == Money(0)


async def test_a_receipt_of_nobody_is_told(world, receipts):
    """A cash sale without a customer has no counterpart, and its amount is not lost sight of."""
    records, _ = await run(world, kinds=RECEIPTS)
    sale = records[2]
    data = {name: value for name, value in sale.data.items() if name != "CustomerRef"}
    nobody = attrs.evolve(sale, data=data)
    with pytest.raises(RecordRejected, match="without a customer") as caught:
        list(normalise(nobody))
    assert caught.value.category == "excluded"
    assert balance_of(nobody) == Money.of("100.00")


async def test_expenses_are_not_read(world, make, delivery):
    """An expense in the books may be anything that money went for: none is called a purchase."""
    await world.sink().deliver([delivery(make.movement())])
    everything = frozenset(SOURCE.kinds)
    records, _ = await run(world, kinds=everything)
    assert kinds.PURCHASE not in everything
    assert labels(records) == []


PAYABLES = frozenset({kinds.VENDOR, kinds.BILL, kinds.VENDOR_CREDIT, kinds.BILL_PAYMENT})


async def test_the_payables_are_read_as_well(world, make, delivery):
    """Vendor, bill, credit and payment come in order, with accounts by name and what is settled."""
    sink = world.sink()
    office = Reference(kind=kinds.ACCOUNT, id="15", name="Office Expenses")
    cost = (make.line("200.00", account=office, memo="Paper", customer=make.customer),)
    credit_lines = (make.line("50.00", account=office),)
    bill, credit = await sink.deliver(
        [
            delivery(make.document(kinds.BILL, lines=cost, number="B-1")),
            delivery(make.document(kinds.VENDOR_CREDIT, lines=credit_lines)),
        ]
    )
    applied = [("bill", bill.id, "200.00"), ("vendor_credit", credit.id, "50.00")]
    await sink.deliver(
        [delivery(make.settlement(kinds.BILL_PAYMENT, amount="150.00", applied=applied))]
    )
    records, _ = await run(world, kinds=PAYABLES)
    assert [next(iter(record.makes)) for record in records] == [
        "vendor",
        "bill",
        "vendor_credit",
        "bill_payment",
    ]
    vendor, document, _, payment = (next(iter(normalise(record))) for record in records)
    assert (vendor.kind, vendor.name) == (kinds.VENDOR, "Office Depot")
    assert document.effect == bill.amount
    assert document.lines[0].account.name == "Office Expenses"
    assert document.lines[0].customer.record == make.customer.id
    assert {each.document.record for each in payment.applications} == {bill.id, credit.id}
    assert payment.effect == Money.of("150.00")
    assert [money.text() for money in map(balance_of, records) if money is not None] == [
        "-200.00",
        "50.00",
        "150.00",
    ]
