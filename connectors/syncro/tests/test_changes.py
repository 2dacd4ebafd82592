"""What a later run finds: changes, moves, deletions, stops; and what a run without news costs."""

import datetime as dt
from decimal import Decimal

import pytest
from attrs import evolve

from subledger.errors import ConnectorError, RecordRejected
from subledger.model import kinds
from subledger_syncro.errors import NotPermitted
from subledger_syncro.normalise import normalise
from subledger_syncro.simulator import READER, purchasing, sales

LIMIT = 180
"""Requests in a minute."""


def cursor_of(pages):
    """The cursor that a run left."""
    return [page.cursor for page in pages if page.cursor][-1]


def ids(pages, what):
    """Identifiers of the records of one sort."""
    return [record.id for page in pages for record in page.records if what in record.data]


async def later(account, pages, **settings):
    """The next run."""
    return await account.pages(cursor=cursor_of(pages), settings=settings)


def applied(settlement):
    """Kind, record and cents of what a settlement is applied to."""
    return {
        (one.document.kind, one.document.record): one.amount.minor
        for one in settlement.applications
    }


async def test_a_run_without_news_hands_over_nothing_and_costs_little(world):
    """The same run twice: no record the second time, and a handful of requests."""
    account = world()
    first = await account.pages()
    before = len(account.wire.sent)
    again = await later(account, first)
    assert [record for page in again for record in page.records] == []
    assert cursor_of(again) == cursor_of(first)
    assert len(account.wire.sent) - before <= 6


async def test_a_changed_invoice_is_read_again_with_its_customer_and_payments(world, read):
    """One detail for one change, and what it refers to comes first."""
    account = world()
    first = await account.pages()
    account.clock.advance(hours=1)
    invoice = account.simulation.world.invoices[account.marks["paid_in_two"]]
    more = sales.line(
        account.simulation.world, account.clock(), item="More", name="More work", price_cents=1000
    )
    account.simulation.world.put(invoice, account.clock(), lines=(*invoice.lines, more))
    before = len(account.wire.sent)
    again = await later(account, first)
    assert ids(again, "invoice") == [str(invoice.id)]
    assert set(ids(again, "payment")) == {
        str(account.marks["first_part"]),
        str(account.marks["second_part"]),
    }
    (records,) = [page.records for page in again if page.records]
    assert next(iter(records[0].data)) == "customer"
    assert account.asked(before).count(f"GET invoices/{invoice.id}") == 1
    found = read(first, again)
    assert (
        found.get(kinds.INVOICE, invoice.id).amount.minor
        == account.truth["invoices"][str(invoice.id)]["total"]
    )


async def test_a_payment_that_is_new_comes_with_the_next_run(world, read):
    """Applied or not: an unapplied one is credit of the customer."""
    account = world()
    first = await account.pages()
    account.clock.advance(hours=1)
    payer = account.marks["payer"]
    made = sales.pay(
        account.simulation.world,
        account.clock(),
        customer_id=payer,
        cents=12_345,
        day=account.clock().date(),
        method="Check",
    )
    found = read(await later(account, first)).get(kinds.PAYMENT, made.id)
    assert (found.amount.text(), found.applications) == ("123.45", ())
    assert found.party.record == str(payer)


async def test_a_moved_payment_changes_what_it_settles(world, read):
    """The payment goes from one invoice to the other, whichever of the two is looked at."""
    account = world()
    first = await account.pages()
    account.clock.advance(hours=1)
    now, simulated = account.clock(), account.simulation.world
    customer = account.marks["payer"]
    left, right = (
        sales.add_invoice(
            simulated,
            now,
            customer_id=customer,
            day=now.date(),
            lines=[sales.line(simulated, now, item="A", name="A", price_cents=5_000)],
        )
        for _ in range(2)
    )
    payment = sales.pay_invoice(simulated, now, left)
    second = await later(account, first)
    account.clock.advance(hours=1)
    sales.move_payment(simulated, account.clock(), payment, {right.id: 5_000})
    third = await later(account, second)
    before, after = (read(pages).get(kinds.PAYMENT, payment.id) for pages in (second, third))
    assert applied(before) == {(kinds.INVOICE, str(left.id)): 5_000}
    assert applied(after) == {(kinds.INVOICE, str(right.id)): 5_000}


async def test_credit_that_is_used_later_is_applied_at_its_payment(world, read):
    """The payment that brought the credit settles the later invoice; the use moves no money."""
    account = world()
    first = await account.pages()
    now, simulated, customer = (
        account.clock(),
        account.simulation.world,
        account.marks["double_one"],
    )
    lines = [sales.line(simulated, now, item="A", name="A", price_cents=5_000, taxable=False)]
    early = sales.pay(simulated, now, customer_id=customer, cents=8_000, day=now.date())
    second = await later(account, first)
    assert read(second).get(kinds.PAYMENT, early.id).applications == ()
    account.clock.advance(days=3)
    now = account.clock()
    invoice = sales.add_invoice(simulated, now, customer_id=customer, day=now.date(), lines=lines)
    used = sales.use_credit(simulated, now, invoice, 5_000)
    found = read(second, await later(account, second))
    payment = found.get(kinds.PAYMENT, early.id)
    assert applied(payment) == {(kinds.INVOICE, str(invoice.id)): 5_000}
    assert payment.derived
    assert payment.amount.minor == 8_000
    assert found.get(kinds.PAYMENT, used.id) is None


async def test_credit_of_a_refund_invoice_settles_without_money(world, read):
    """Store credit that no payment brought comes from the open refund invoice."""
    account = world()
    now, simulated = account.clock(), account.simulation.world
    customer = account.marks["non_latin"]

    def invoice(cents):
        lines = [sales.line(simulated, now, item="A", name="A", price_cents=cents, taxable=False)]
        return sales.add_invoice(simulated, now, customer_id=customer, day=now.date(), lines=lines)

    credit, due = invoice(-4_000), invoice(4_000)
    use = sales.use_credit(simulated, now, due, 4_000)
    found = read(await account.pages()).get(kinds.PAYMENT, use.id)
    assert (found.amount.minor, found.derived) == (0, True)
    assert applied(found) == {
        (kinds.INVOICE, str(due.id)): 4_000,
        (kinds.CREDIT_MEMO, str(credit.id)): 4_000,
    }


async def test_credit_from_nowhere_is_held_with_its_reason(world, read):
    """Credit from before the start is not in the books, so nothing is made up."""
    account = world()
    now, simulated = account.clock(), account.simulation.world
    customer = account.marks["double_one"]
    long_ago = now.date() - dt.timedelta(days=700)
    sales.pay(simulated, now, customer_id=customer, cents=8_000, day=long_ago)
    lines = [sales.line(simulated, now, item="A", name="A", price_cents=5_000, taxable=False)]
    invoice = sales.add_invoice(simulated, now, customer_id=customer, day=now.date(), lines=lines)
    used = sales.use_credit(simulated, now, invoice, 5_000)
    error = read(await account.pages()).rejected[str(used.id)]
    assert error.category == "amount_mismatch"
    assert "50.00 USD of store credit" in error.message


async def test_a_deleted_invoice_is_found_by_the_weekly_look(world, read):
    """404 after posting: the record is handed over as gone, and its payment is free again."""
    account = world()
    first = await account.pages()
    doomed = account.simulation.world.invoices[account.marks["overpaid"]]
    account.clock.advance(hours=1)
    sales.delete_invoice(account.simulation.world, account.clock(), doomed)
    account.clock.advance(days=1)
    second = await later(account, first)
    assert str(doomed.id) not in ids(second, "gone")
    account.clock.advance(days=7)
    third = await later(account, second)
    assert ids(third, "gone") == [str(doomed.id)]
    (gone,) = [one for page in third for one in page.records if "gone" in one.data]
    assert gone.makes == {kinds.INVOICE, kinds.CREDIT_MEMO}
    assert normalise(gone) == ()
    found = read(first, second, third)
    assert found.get(kinds.INVOICE, doomed.id) is None
    assert found.get(kinds.PAYMENT, account.marks["overpayment"]).applications == ()
    account.clock.advance(days=8)
    assert ids(await later(account, third), "gone") == []


async def test_a_payment_that_still_names_a_deleted_invoice_leaves_credit(world, read):
    """The payment of a deleted invoice is told again, although nothing of it has changed."""
    account = world()
    first = await account.pages()
    doomed = account.simulation.world.invoices[account.marks["overpaid"]]
    account.simulation.world.remove(doomed, account.clock())
    account.clock.advance(days=8)
    second = await later(account, first)
    assert ids(second, "gone") == [str(doomed.id)]
    payment = read(first, second).get(kinds.PAYMENT, account.marks["overpayment"])
    assert (payment.amount.text(), payment.applications) == ("300.00", ())


async def test_a_missing_permission_ends_the_run_and_is_named(world):
    """The hint says which permission the token lacks."""
    account = world(invoices=30, permissions=READER - {"Invoices - View Details"})
    with pytest.raises(NotPermitted) as caught:
        await account.pages()
    assert "Invoices - View Details" in caught.value.hint


async def test_a_deleted_payment_is_found_within_a_day(world, read):
    """A payment that is not listed any more and answers 404 is gone."""
    account = world()
    first = await account.pages()
    doomed = account.simulation.world.payments[account.marks["first_part"]]
    account.clock.advance(hours=1)
    sales.delete_payment(account.simulation.world, account.clock(), doomed)
    account.clock.advance(days=1)
    second = await later(account, first)
    assert ids(second, "gone") == [str(doomed.id), f"credit-{doomed.id}"]
    assert read(first, second).get(kinds.PAYMENT, doomed.id) is None


async def test_an_invoice_that_vanishes_while_it_is_read_is_gone(world):
    """Deleted between the list and its detail: told as gone, not an error."""
    account = world()
    first = await account.pages()
    account.clock.advance(hours=1)
    simulated, http = account.simulation.world, account.context.runtime.http
    victim = simulated.invoices[account.marks["voided"]]
    simulated.put(victim, account.clock(), note="touched")
    original = type(http).__call__

    async def deleting(self, method, url, **values):
        answer = await original(self, method, url, **values)
        if url.endswith("/invoices"):
            simulated.remove(simulated.invoices[victim.id], account.clock())
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(http), "__call__", deleting)
        again = await later(account, first)
    assert ids(again, "gone") == [str(victim.id)]


@pytest.mark.parametrize("stops", [(3,), (1, 4, 2, 5, 3)])
async def test_a_first_read_that_is_interrupted_ends_the_same(world, read, stops):
    """However often a run is stopped, the result is the same, and invoices are not read twice."""
    account = world(invoices=250)
    whole = read(await account.pages())
    details = [one for one in account.asked() if one.startswith("GET invoices/")]
    begun = len(account.wire.sent)
    pages, cursor = [], None
    for stop in stops:
        async with account.source() as source:
            run = source.extract(account.request(cursor=cursor))
            for _ in range(stop):
                page = await anext(run)
                pages.append(page)
                cursor = page.cursor or cursor
            await run.aclose()
    pages += await account.pages(cursor=cursor)
    assert read(pages).entities == whole.entities
    again = [one for one in account.asked(begun) if one.startswith("GET invoices/")]
    assert len(again) <= len(details) + 26 * len(stops)


async def test_reading_in_parts_gives_what_reading_at_once_gives(world, read):
    """A ledger that grows run by run ends in the same entities as one that is read whole."""
    account = world(invoices=60)
    account.simulation.behaviour = evolve(account.simulation.behaviour, goes_on=True)
    first = await account.pages()
    runs = [first]
    for _ in range(40):
        account.clock.advance(days=1, hours=5)
        runs.append(await later(account, runs[-1]))
    account.simulation.behaviour = evolve(account.simulation.behaviour, goes_on=False)
    account.clock.advance(days=8)
    runs.append(await later(account, runs[-1]))
    in_parts, at_once = read(*runs), read(await account.pages())
    assert len(ids([page for run in runs[1:] for page in run], "invoice")) > 40
    assert documents(in_parts) == documents(at_once)


def documents(found):
    """Documents and settlements by kind and id."""
    lists = (kinds.CUSTOMER, kinds.ITEM, kinds.VENDOR)
    return {key: as_posted(one) for key, one in found.entities.items() if key[0] not in lists}


def as_posted(entity):
    """Without what an unchanged document tells of a customer that has changed since."""
    plain = {"party": evolve(entity.party, name="")}
    if hasattr(entity, "billing"):
        plain |= {"billing": None, "email": ""}
    return evolve(entity, **plain)


async def test_an_earlier_start_reads_the_earlier_time(world, read):
    """Who asks for an earlier day gets what lies between as well."""
    account = world()
    half = dt.date(2025, 12, 1)
    first = await account.pages(since=half)
    dates = [one.date for one in read(first).of(kinds.INVOICE, kinds.PAYMENT)]
    assert min(dates) >= half
    assert await account.pages(since=half + dt.timedelta(days=60), cursor=cursor_of(first))
    again = await account.pages(cursor=cursor_of(first))
    assert min(one.date for one in read(again).of(kinds.INVOICE)) < half


async def test_an_order_becomes_a_bill_when_it_is_finished(world, read):
    """Open: a purchase order. Finished: its bill as well, which closes the order."""
    account = world()
    first = await account.pages()
    open_order = account.marks["open_order"]
    assert read(first).get(kinds.BILL, open_order) is None
    account.clock.advance(days=2)
    order = account.simulation.world.orders[open_order]
    purchasing.finish(account.simulation.world, account.clock(), order)
    bill = read(await later(account, first)).get(kinds.BILL, open_order)
    assert bill.date == account.clock().date()
    assert (bill.order.kind, bill.order.record) == (kinds.PURCHASE_ORDER, str(open_order))
    assert sum((line.quantity or 0) * (line.price or 0) for line in bill.lines) == Decimal(
        bill.amount.amount
    )


async def test_every_document_comes_after_what_it_refers_to(world):
    """Parties and items come before the first document that names them."""
    seen = set()
    for page in await world(invoices=150).pages():
        for record in page.records:
            try:
                entities = normalise(record)
            except RecordRejected:
                continue
            for entity in entities:
                wanted = [getattr(entity, "party", None), *(
                    line.item for line in getattr(entity, "lines", ())
                )]  # fmt: skip
                missing = {
                    (one.kind, one.record) for one in wanted if one is not None and one.record
                } - seen
                assert not missing or entity.kind == kinds.CUSTOMER
                seen.add((entity.kind, entity.id))


async def test_another_account_is_not_taken_for_deletions(world):
    """A connection that leads somewhere else ends with its reason, before anything is read."""
    account = world(invoices=30)
    first = await account.pages()
    account.simulation.subdomain = "other"
    before = len(account.wire.sent)
    with pytest.raises(ConnectorError, match="account other, but acme"):
        await account.pages(cursor=first[-1].cursor, settings={"subdomain": "other"})
    assert account.asked(before) == ["GET settings", "GET me"]


async def test_a_payment_of_a_deleted_customer_belongs_to_the_invoices_customer(world, read):
    """The payment tells no customer any more, but its invoice does."""
    account = world(invoices=30)
    customer = account.simulation.world.customers[account.marks["payer"]]
    account.simulation.world.remove(customer, account.clock())
    found = read(await account.pages())
    payment = found.get(kinds.PAYMENT, account.marks["split_payment"])
    assert payment.party.record == str(customer.id)
    assert found.get(kinds.INVOICE, account.marks["split_one"]).party.record == str(customer.id)


async def test_a_run_shows_that_it_is_alive(world):
    """A long read moves the cursor at least once a minute, so that nobody else takes the flow."""
    account = world(invoices=400)
    account.simulation.behaviour = evolve(
        account.simulation.behaviour,
        page_sizes={**account.simulation.behaviour.page_sizes, "payments": 1, "invoices": 1},
    )
    cursor, last, gaps = None, account.clock(), []
    async with account.source() as source:
        async for page in source.extract(account.request()):
            if page.cursor not in (None, cursor):
                cursor = page.cursor
                gaps.append((account.clock() - last).total_seconds())
                last = account.clock()
    for part in ("GET payments", "GET invoices"):  # each of them alone takes longer than that
        assert sum(one.startswith(part) for one in account.asked()) > 1.5 * LIMIT
    assert max(gaps) < 60
    assert "beat" not in cursor


async def test_a_run_that_is_stopped_while_it_only_reads_lists_goes_on(world, read):
    """A cursor that was stored as a sign of life is a cursor like any other."""
    account = world(invoices=60)
    sizes = {**account.simulation.behaviour.page_sizes, "payments": 1}
    account.simulation.behaviour = evolve(account.simulation.behaviour, page_sizes=sizes)
    whole = read(await account.pages())
    async with account.source() as source:
        run = source.extract(account.request())
        first = await anext(run)
        await run.aclose()
    assert first.records == ()
    rest = await account.pages(cursor=first.cursor)
    assert read(rest).entities == whole.entities
