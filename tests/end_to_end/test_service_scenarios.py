"""Scenarios over the whole of a service business: interruptions, two companies, kinds."""

import datetime as dt
import os
from decimal import Decimal
from random import Random

import pytest
from ledgers import papers_by_mark
from service_world import connect, open_service_world

from subledger.catalogue import Catalogue, installed
from subledger.flow import waysout
from subledger.model.kinds import ATTACHMENT, INVOICE, PURCHASE_ORDER, STAND_INS, TAX_CODE
from subledger.model.marker import marker
from subledger.preview import preview
from subledger_syncro.simulator import NO_FAULTS, parse_plan, truth

BOOKS = pytest.mark.parametrize("books", ["online", "desktop"])
SOURCE_FAULTS = ("drop_at", "html_at", "error_at", "truncate_at", "repeat_page_at")
ONLINE_FAULTS = ("lost-answer", "error-after", "error-before", "dropped", "expired-token")


INVOICES = int(os.environ.get("SUBLEDGER_INTERRUPTED", "60"))
"""Of a business that is interrupted; tests/benchmarks/interrupted.py plays 10,000."""


def busy_month(shop, invoices=INVOICES):
    """Invoices, whole, partial and split payments, credit, a refund and an order."""
    for name in ("Silva Dental", "Kowalczyk Law"):
        shop.customer(name)
    shop.product("Switch", 34_900, cost_cents=20_000, maintain_stock=True)
    shop.vendor("Northern Wholesale")
    made = [
        shop.invoice(name, 10_000 + n, lines=[("Switch", n % 3)] if n % 3 else ())
        for n in range(invoices // 2)
        for name in ("Silva Dental", "Kowalczyk Law")
    ]
    shop.pay(made[0])
    shop.pay(made[1], 5_000)
    shop.pay(made[1])
    shop.pay(made[2], 50_000)
    shop.refund(made[0])
    shop.finish(shop.order("Northern Wholesale", ("Switch", 2)))


def receivable(world):
    """What the customers owe by the business's own account, less what they have as credit."""
    found = truth(world.shop.world)
    return Decimal(found["receivable"] - sum(found["store_credit"].values())) / 100


async def test_interrupted_five_times_online(tmp_path):
    """Scenario 17: five interruptions on either side leave the same books, nothing twice."""
    async with open_service_world(tmp_path) as world:
        busy_month(world.shop)
        for seed in range(5):
            rng = Random(seed)  # noqa: S311 - chooses faults
            plan = f"{rng.choice(SOURCE_FAULTS)}={rng.randrange(1, INVOICES // 2)}"
            world.shop.simulation.faults = parse_plan(plan)
            fault = f"{rng.choice(ONLINE_FAULTS)}@{rng.randrange(1, 4)}"
            world.ledger.simulation.faults.set(fault)
            world.advance(minutes=10)
            await world.run_flow()
            await world.kernel.dispatch("books")
        assert any(entry.faults for entry in world.ledger.simulation.log)
        assert any(entry.status != 200 for entry in world.shop.simulation.requests)
        world.shop.simulation.faults = NO_FAULTS
        world.ledger.simulation.faults.set("")
        world.advance(days=1)
        await world.sync()
        await world.sync()
        await the_books_are_right(world)


@pytest.mark.parametrize("seed", [1, 2])
async def test_interrupted_five_times_desktop(tmp_path, seed):
    """Scenario 17: five lost answers and crashes of QuickBooks Desktop change nothing."""
    rng = Random(seed)  # noqa: S311 - chooses faults
    async with open_service_world(tmp_path, "desktop") as world:
        busy_month(world.shop)
        await world.run_flow()
        fired = []
        for _ in range(5):
            await world.company.session(
                f"lost-answer@{rng.randrange(2, INVOICES // 3)}", rng.randrange(99)
            )
            fired += world.company.fired
            world.advance(minutes=10)
        assert len(fired) >= 3
        await world.sync()
        await world.sync()
        await the_books_are_right(world)


@BOOKS
async def test_books_closed_between_preview_and_post(tmp_path, books):
    """Scenario 18: a closing date set after the plan stops what lies before it, nothing half."""
    async with open_service_world(tmp_path, books, flow={"review": True}) as world:
        world.shop.customer("Silva Dental")
        day = world.shop.today
        old = world.shop.invoice("Silva Dental", 10_000, day=day - dt.timedelta(days=20))
        new = world.shop.invoice("Silva Dental", 20_000)
        world.shop.pay(old)
        await world.sync()
        shown = await preview(world.kernel, "sales", lambda *_: None)
        assert sum(d.kind == INVOICE for d in shown.documents) == 2
        assert world.papers() == {}
        world.ledger.close_books(day - dt.timedelta(days=10))
        await world.approve("sales")
        await world.deliver()
        assert marker(INVOICE, str(old.id)) not in world.papers()
        await world.sync()
        await world.approve("sales")
        await world.deliver()
        assert set(world.papers()) == {marker(INVOICE, str(new.id))}
        (finding,) = await world.findings("closed_period")
        assert finding.hint
        assert world.balance("receivables") == 200
        world.ledger.close_books(None)
        await world.retry(finding)
        for _ in range(3):
            await world.sync()
            await world.approve("sales")
            await world.deliver()
        assert len(world.papers()) == 3
        assert world.balance("receivables") == 200
        await world.proof()


@BOOKS
async def test_what_the_source_takes_back_leaves_the_books(tmp_path, books):
    """Scenario 16, X5, X7: a month is undone by its source, but what lies in closed books."""
    gone = {"psa": {"deletions_every": "1h"}, "flow": {"gone": "delete"}}
    async with open_service_world(tmp_path, books, **gone) as world:
        world.shop.customer("Silva Dental")
        day = world.shop.today
        old = world.shop.invoice("Silva Dental", 10_000, day=day - dt.timedelta(days=20))
        made = [world.shop.invoice("Silva Dental", 20_000 + n) for n in range(3)]
        paid = [world.shop.pay(one) for one in made[:2]]
        before = dict(world.ledger.trial_balance())
        await world.sync()
        assert len(world.papers()) == 6
        world.ledger.close_books(day - dt.timedelta(days=10))
        for record in (*paid, *made, old):
            world.shop.delete(record)
        world.advance(days=2)
        for _ in range(3):
            await world.sync()
        assert set(world.papers()) == {marker(INVOICE, str(old.id))}
        (finding,) = await world.findings("closed_period")
        assert finding.records == 1
        assert world.balance("receivables") == 100
        world.ledger.close_books(None)
        await world.retry(finding)
        for _ in range(2):
            await world.sync()
        assert world.papers() == {}
        after = dict(world.ledger.trial_balance())
        assert {name: value for name, value in after.items() if value} == {
            name: value for name, value in before.items() if value
        }
        assert await world.findings() == []
        await world.proof()


async def the_books_are_right(world):
    """Each record is there once, and the balance is the one that the business has."""
    wrong = await world.findings()
    assert [row for row in wrong if row.category not in ("excluded", "text_changed")] == []
    assert world.balance("receivables") == receivable(world)
    assert world.balance("payables") == Decimal("-400.00")
    assert len(world.papers()) == INVOICES + 4 + 2 + 1
    await world.quiet()
    await world.proof()
    await world.reconcile()


@BOOKS
async def test_two_companies_with_the_same_names(tmp_path, books):
    """Scenario 20: two companies with customers and numbers of the same name do not mix."""
    first, second = tmp_path / "one", tmp_path / "two"
    first.mkdir()
    second.mkdir()
    async with (
        open_service_world(first, books) as one,
        open_service_world(second, books) as two,
    ):
        for world, cents in ((one, 10_000), (two, 22_200)):
            world.shop.customer("Silva Dental")
            world.shop.invoice("Silva Dental", cents)
            await world.sync()
        assert (one.balance("receivables"), two.balance("receivables")) == (100, 222)
        one.shop.invoice("Silva Dental", 5_000)
        one.advance(hours=1)
        await one.run_flow()
        if books == "online":
            one.ledger.person.disconnect()
            assert (await one.kernel.dispatch("books")).state == "failed"
        else:  # the wrong company file is open
            one.company.books, own = two.company.books, one.company.books
            result = await one.company.session()
            assert result.writes == 0
            assert "Nothing was sent" in result.complaint
            one.company.books = own
        two.shop.invoice("Silva Dental", 100)
        await two.sync()
        assert (one.balance("receivables"), two.balance("receivables")) == (100, 223)
        if books == "online":
            assert await connect(one.kernel, one.url) == 200
        else:
            now = one.kernel.now_ms()
            await one.kernel.store.tx(waysout.resume_connection, "books", now, "person")
        await one.sync()
        assert (one.balance("receivables"), two.balance("receivables")) == (150, 223)
        assert len(papers_by_mark(two.ledger)) == 2
        assert len(papers_by_mark(one.ledger)) == 2


def test_o3_the_same_kinds_as_desktop_and_more():
    """O3: Online takes every kind that Desktop takes, and attachments; both know tax groups."""
    catalogue = Catalogue(installed(), built_in=())
    online = catalogue.sink("quickbooks-online").manifest
    desktop = catalogue.sink("quickbooks-desktop").manifest
    assert set(desktop.kinds) - STAND_INS <= set(online.kinds)  # Online has no item receipts
    assert ATTACHMENT in set(online.kinds) - set(desktop.kinds)
    for manifest in (online, desktop):
        assert {INVOICE, PURCHASE_ORDER, TAX_CODE} <= set(manifest.kinds)
