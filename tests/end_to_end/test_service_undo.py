"""X4 and scenario 16: what a flow put into the books is taken out again, honestly."""

import datetime as dt
from decimal import Decimal
from functools import partial

import pytest
from service_world import open_service_world

from subledger.flow.linking import Link, link
from subledger.flow.planned import recent_runs
from subledger.flow.undo import Action, NotUndone, Undo, look, undo
from subledger.ledger import leases, records
from subledger.ledger.upsert import upsert
from subledger.model.kinds import CUSTOMER, INVOICE, PAYMENT
from subledger.model.marker import marker
from subledger.preview import preview
from subledger.store.schema import POSTING

BOOKS = pytest.mark.parametrize("books", ["online", "desktop"])

OPENING = 250_000
"""What the sample company of QuickBooks Desktop has in the bank."""


def wish(world, **what):
    """What a person asks for, with the sink's abilities."""
    sink = world.kernel.settings.connections["books"].sink
    return Undo(flow="sales", source="psa", sink="books", manifest=sink.manifest, **what)


async def runs(world):
    """The runs that planned something, the newest first."""
    return await world.kernel.store.read(recent_runs, "sales")


async def undone(world, **what):
    """Undoes, and tells what became of each record."""
    by = {"owner": "person", "now": world.kernel.now_ms(), "who": "Ann", "reason": "wrong month"}
    steps = await world.kernel.store.tx(partial(undo, **by), wish(world, **what))
    return {(step.kind, step.record): step for step in steps}


def standing(world):
    """The trial balance, but for empty accounts and what the company began with."""
    balance = world.ledger.trial_balance()
    return {name: value for name, value in balance.items() if value and abs(value) != OPENING}


@BOOKS
async def test_x4_a_run_is_undone_and_locked_records_are_listed(tmp_path, books):
    """X4, scenario 16: undo restores the books as before the run; what is locked is named."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental")
        day = world.shop.today
        first = world.shop.invoice("Silva Dental", 10_000)
        await world.sync()
        before = standing(world)
        locked = world.shop.invoice("Silva Dental", 700, day=day - dt.timedelta(days=20))
        made = [world.shop.invoice("Silva Dental", 20_000 + n) for n in range(3)]
        paid = world.shop.pay(made[0])
        world.shop.reprice(first, 12_500)
        planned = await preview(world.kernel, "sales", lambda *_: None)
        assert len(planned.documents) == 6
        assert standing(world) == before  # the preview wrote nothing
        await world.sync()
        world.ledger.close_books(day - dt.timedelta(days=10))
        await world.sync()
        newest = (await runs(world))[0].number
        shown = await world.kernel.store.read(look, wish(world, run=newest))
        steps = await undone(world, run=newest)
        assert list(steps.values()) == shown
        assert steps[INVOICE, str(locked.id)].action is Action.LEAVE
        assert "closed" in steps[INVOICE, str(locked.id)].why
        assert steps[INVOICE, str(first.id)].action is Action.RESTORE
        assert {steps[INVOICE, str(one.id)].action for one in made} == {Action.DELETE}
        assert steps[PAYMENT, str(paid.id)].action is Action.DELETE
        await world.deliver()
        assert set(world.papers()) == {marker(INVOICE, str(one.id)) for one in (first, locked)}
        world.ledger.close_books(None)
        receivables = world.ledger.names["receivables"]
        assert standing(world)[receivables] == before[receivables] + 7
        (finding,) = await world.findings("undone")
        assert finding.records == 5
        assert "Ann" in finding.message
        await world.proof()
        await world.quiet()


@BOOKS
async def test_x4_what_is_undone_stays_out_until_a_person_wants_it_back(tmp_path, books):
    """X4: a change in the source does not post it again; retry does, as the source has it now."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        await world.sync()
        (step,) = (await undone(world, records=[(INVOICE, str(invoice.id))])).values()
        assert (step.action, step.amount.minor) == (Action.DELETE, 10_000)
        await world.deliver()
        assert standing(world) == {}
        world.shop.reprice(invoice, 12_500)
        await world.quiet()
        assert standing(world) == {}
        proof = await world.proof()
        assert proof.buckets["held"].total.minor == 12_500
        (again,) = (await undone(world, records=[(INVOICE, str(invoice.id))])).values()
        assert (again.action, again.why) == (Action.LEAVE, "it was undone already")
        (finding,) = await world.findings("undone")
        await world.retry(finding)
        await world.sync()
        assert world.balance("receivables") == 125
        assert len(world.papers()) == 1
        assert await world.findings() == []
        await world.quiet()
        await world.proof()
        await world.reconcile()


@BOOKS
async def test_x4_what_rests_on_an_undone_document_is_named(tmp_path, books):
    """X4: a payment that stays is named beside its invoice: it becomes credit, or books refuse."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        await world.sync()
        paid = world.shop.pay(invoice)
        await world.sync()
        both = [(INVOICE, str(invoice.id)), (PAYMENT, str(paid.id))]
        shown = await world.kernel.store.read(look, wish(world, records=both))
        assert [step.resting for step in shown] == [(), ()]
        (step,) = (await undone(world, records=both[:1])).values()
        assert (step.action, step.resting) == (Action.DELETE, (f"payment/{paid.id}",))
        await world.deliver()
        refused = [row for row in await world.findings() if row.category != "undone"]
        assert bool(refused) == (books == "desktop")
        assert world.balance("receivables") == (0 if books == "desktop" else -100)
        assert len(world.papers()) == 1 + len(refused)
        assert marker(PAYMENT, str(paid.id)) in world.papers()
        await world.proof()


async def test_without_its_guard_a_change_in_the_source_posts_it_again(tmp_path, monkeypatch):
    """Control: where the source may overwrite what a person decided, the harness sees it."""
    columns = ("state", "version", "finding", "amount", "currency", "date", "changed")
    monkeypatch.setattr(records, "_PUT_POSTING", upsert(POSTING, *columns))
    async with open_service_world(tmp_path) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        await world.sync()
        await undone(world, records=[(INVOICE, str(invoice.id))])
        await world.deliver()
        world.shop.reprice(invoice, 12_500)
        await world.sync()
        assert world.balance("receivables") == 125


@BOOKS
async def test_x4_an_undo_that_the_books_refuse_is_told_and_can_be_tried_again(tmp_path, books):
    """X4, X5: the books closed since; the document stays, a person is told, retry undoes it."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental")
        day = world.shop.today - dt.timedelta(days=20)
        records = [world.shop.invoice("Silva Dental", 10_000, day=day) for _ in range(2)]
        await world.sync()
        world.ledger.close_books(day)
        await undone(world, records=[(INVOICE, str(one.id)) for one in records])
        await world.deliver()
        assert world.balance("receivables") == 200
        (finding,) = await world.findings()
        assert (finding.category, finding.records) == ("closed_period", 2)
        proof = await world.proof()
        assert proof.buckets["posted"].total.minor == 20_000
        world.ledger.close_books(None)
        await world.retry(finding)
        await world.sync()
        assert standing(world) == {}
        told = await world.findings("undone")
        assert sum(one.records for one in told) == 2
        await world.quiet()
        await world.proof()


@BOOKS
async def test_x4_a_lost_answer_to_a_removal_is_settled(tmp_path, books):
    """X4: the books removed it, the answer was lost: it is found gone, and counts as undone."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental")
        records = [world.shop.invoice("Silva Dental", 10_000 + n) for n in range(3)]
        await world.sync()
        await undone(world, records=[(INVOICE, str(one.id)) for one in records])
        if books == "online":
            world.ledger.simulation.faults.set("lost-answer@1,forget-requestids")
            world.advance(minutes=10)
            await world.kernel.dispatch("books")
            world.ledger.simulation.faults.set("")
        else:
            await world.company.session("lost-answer@1")
            assert world.company.fired
        world.advance(minutes=10)
        await world.sync()
        assert standing(world) == {}
        found = await world.findings()
        assert {(one.category, one.states) for one in found} == {("undone", "undone")}
        assert sum(one.records for one in found) == 3
        await world.quiet()
        await world.proof()


@BOOKS
async def test_x4_skip_gives_up_an_undo_that_has_not_happened(tmp_path, books):
    """X4, X5: the document stands as before, and follows its record again."""
    async with open_service_world(tmp_path, books) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        await world.sync()
        await undone(world, records=[(INVOICE, str(invoice.id))])
        (finding,) = await world.findings("undone")
        await world.skip(finding)
        await world.sync()
        assert world.balance("receivables") == 100
        world.shop.reprice(invoice, 12_500)
        await world.sync()
        assert world.balance("receivables") == 125
        assert await world.findings() == []
        await world.proof()


@BOOKS
async def test_x4_what_has_not_left_does_not_go(tmp_path, books):
    """X4: an undone record that waits for the books is withdrawn; skip leaves it out for good."""
    async with open_service_world(tmp_path, books, flow={"review": True}) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        await world.sync()
        (step,) = (await undone(world, records=[(INVOICE, str(invoice.id))])).values()
        assert step.action is Action.WITHDRAW
        await world.approve("sales")
        await world.sync()
        assert standing(world) == {}
        (finding,) = await world.findings("undone")
        await world.skip(finding)
        world.shop.reprice(invoice, 12_500)
        await world.sync()
        await world.approve("sales")
        await world.sync()
        assert standing(world) == {}
        await world.proof()


async def test_x4_documents_are_kept_at_zero_on_demand(tmp_path):
    """X4: with void, the document stays in the books with nothing in it."""
    async with open_service_world(tmp_path, "desktop") as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        await world.sync()
        steps = await undone(world, records=[(INVOICE, str(invoice.id))], void=True)
        assert [step.action for step in steps.values()] == [Action.VOID]
        await world.deliver()
        assert standing(world) == {}
        assert set(world.papers()) == {marker(INVOICE, str(invoice.id))}
        await world.quiet()


async def test_x4_entries_of_lists_and_linked_documents_stay(tmp_path):
    """X4: what was in the books before us, and customers, are not removed; each says why."""
    async with open_service_world(tmp_path, "online") as world:
        customer = world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        theirs = world.ledger.add_customer("Silva Dental")
        world.ledger.enter_invoice(theirs, invoice.number, Decimal("100.00"))
        await world.sync()
        (finding,) = await world.findings("duplicate_document")
        same, now = Link(source="psa", sink="books"), world.kernel.now_ms()
        await world.kernel.store.tx(link, finding.id, same, now, "Ann")
        wanted = [(INVOICE, str(invoice.id)), (CUSTOMER, str(customer))]
        steps = await undone(world, records=wanted)
        assert {step.action for step in steps.values()} == {Action.LEAVE}
        assert "linked" in steps[INVOICE, str(invoice.id)].why
        assert "lists" in steps[CUSTOMER, str(customer)].why
        assert world.balance("receivables") == 100


async def test_x4_what_cannot_be_undone_is_said(tmp_path):
    """X4: an unknown record or run, and a run under way, change nothing."""
    async with open_service_world(tmp_path, "online") as world:
        with pytest.raises(NotUndone, match="knows no invoice 4711"):
            await undone(world, records=[(INVOICE, "4711")])
        with pytest.raises(NotUndone, match="has no run 9"):
            await undone(world, run=9)
        now = world.kernel.now_ms()
        await world.kernel.store.tx(leases.take, "flow:sales", "another", now, 60_000)
        with pytest.raises(NotUndone, match="under way"):
            await undone(world, run=1)
