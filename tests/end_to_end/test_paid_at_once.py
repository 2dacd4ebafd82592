"""Sales receipts, refund receipts and purchases: documents whose money moves with them."""

import datetime as dt
import json
import shutil
from contextlib import asynccontextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from attrs import define, evolve, field
from service_world import open_service_world

from subledger.errors import ConfigError
from subledger.flow.undo import Action, Undo, undo
from subledger.model import Line, Tax
from subledger.model.kinds import (
    CUSTOMER,
    INVOICE,
    PAYMENT,
    PURCHASE,
    REFUND_RECEIPT,
    SALES_RECEIPT,
)
from subledger.model.stored import dump
from subledger.preview import preview
from subledger.testing import builders as b

BOOKS = pytest.mark.parametrize("books", ["online", "desktop"])
HERE = Path(__file__).resolve().parent
CLIENT = b.customer("7", "Silva Dental")
ALL = (CUSTOMER, INVOICE, PAYMENT, SALES_RECEIPT, REFUND_RECEIPT, PURCHASE)
OF = {
    "online": ALL,
    "desktop": tuple(kind for kind in ALL if kind != REFUND_RECEIPT),
}
"""The kinds of the flow: QuickBooks Desktop has no refund receipt."""


@define
class Till:
    """The shop's day, and a person who keeps it."""

    file: Path
    rows: dict = field(factory=dict)

    def put(self, *entities):
        """New documents, or new versions of known ones."""
        for entity in entities:
            self.rows[entity.kind, entity.id] = dump(entity)
        self.write()

    def strike(self, entity):
        """Takes a document out of the day."""
        self.rows[entity.kind, entity.id] = None
        self.write()

    def write(self):
        """Saves the day."""
        rows = [
            {"kind": kind, "id": id_, "entity": text} for (kind, id_), text in self.rows.items()
        ]
        self.file.write_text(json.dumps(rows))


@asynccontextmanager
async def opened(folder, books, **changes):
    """A world whose service business is the corner shop, and its till."""
    shutil.copy(HERE / "corner_shop.py", folder)
    till = Till(folder / "day.json")
    till.put(CLIENT)
    flow = {"kinds": list(OF[books]), **changes.pop("flow", {})}
    psa = {"connector": "corner-shop", "day": "day.json", "api_token": None, "base_url": None}
    plugins = {"corner-shop": {"path": "corner_shop.py"}}
    async with open_service_world(
        folder, books, psa=psa, plugins=plugins, flow=flow, **changes
    ) as world:
        names = world.ledger.names
        settings = {
            "purchase_account": names["bank"],
            "deposit_accounts": {"Card": names["bank"]},
        }
        world.reconfigure(flows={"sales": {"settings": settings}})
        yield world, till


def sale(world, number, amount, **more):
    """A sale of today over one line, which the default item takes."""
    day = world.shop.today
    lines = (Line(amount=b.money(amount), memo="Cable"),)
    return b.sales_receipt(number, party=CLIENT, date=day, lines=lines, **more)


def before(world):
    """The balances as they are now."""
    return dict(world.ledger.trial_balance())


def changed(world, then):
    """What changed since, by the role of the account."""
    now = world.ledger.trial_balance()
    roles = {name: role for role, name in world.ledger.names.items()}
    moved = {name: now[name] - then.get(name, 0) for name in now}
    return {roles.get(name, name): change for name, change in moved.items() if change}


@BOOKS
async def test_a_sale_that_is_paid_at_once(tmp_path, books):
    """A sales receipt posts money and revenue, to the cent and once; its method chooses where."""
    async with opened(tmp_path, books) as (world, till):
        await world.sync()  # the lists of the books are known
        then = before(world)
        cash = sale(world, "501", "40.10", payment_number="1881")
        till.put(cash, sale(world, "502", "59.90", method="Card"))
        planned = await preview(world.kernel, "sales", lambda *_: None)
        sales = [one for one in planned.documents if one.kind == SALES_RECEIPT]
        assert [one.record for one in sales] == ["501", "502"]
        assert changed(world, then) == {}
        await world.sync()
        assert changed(world, then) == {
            "undeposited": Decimal("40.10"),
            "bank": Decimal("59.90"),
            "income": Decimal("-100.00"),
        }
        paper = world.paper(SALES_RECEIPT, cash)
        assert (paper.type, paper.number, paper.party) == ("SalesReceipt", "501", "Silva Dental")
        assert paper.items == ("Labour",)
        proof = await world.proof()
        assert proof.buckets["posted"].total.minor == 10_000
        assert {bucket.total.minor for bucket in proof.by_account.values()} == {4_010, 5_990, 0}
        await world.quiet()
        await world.reconcile()


@BOOKS
async def test_sales_tax_of_a_sale_that_is_paid_at_once(tmp_path, books):
    """The tax is the source's, and a discount is a line of its own."""
    async with opened(tmp_path, books) as (world, till):
        then = before(world)
        lines = (
            Line(amount=b.money("110.00"), memo="Laptop bag", taxable=True),
            Line(amount=b.money("-10.00"), memo="Discount", taxable=True),
        )
        tax = Tax(amount=b.money("8.25"), rate="901")
        day = world.shop.today
        till.put(b.sales_receipt("501", "108.25", party=CLIENT, date=day, lines=lines, tax=tax))
        await world.sync()
        assert await world.findings() == []
        moved = changed(world, then)
        assert (moved["undeposited"], moved["income"]) == (Decimal("108.25"), Decimal(-100))
        await world.quiet()
        await world.proof()


@BOOKS
@pytest.mark.parametrize("gone", ["void", "delete"])
async def test_a_sale_that_changes_and_goes(tmp_path, books, gone):
    """A changed sales receipt is changed in the books; one that is struck out leaves them."""
    async with opened(tmp_path, books, flow={"gone": gone}) as (world, till):
        then = before(world)
        first = sale(world, "501", "40.00")
        till.put(first)
        await world.sync()
        till.put(sale(world, "501", "45.00"))
        await world.sync()
        assert changed(world, then) == {"undeposited": Decimal(45), "income": Decimal(-45)}
        till.strike(first)
        await world.sync()
        assert changed(world, then) == {}
        papers = world.papers()
        assert [paper.voided for paper in papers.values()] == ([True] if gone == "void" else [])
        await world.quiet()
        await world.proof()


async def test_a_refund_that_is_paid_at_once(tmp_path):
    """A refund receipt takes revenue back once, and the money from the bank."""
    async with opened(tmp_path, "online") as (world, till):
        then = before(world)
        till.put(sale(world, "501", "40.00"))
        back = b.refund_receipt(
            "502", party=CLIENT, date=world.shop.today, lines=(Line(amount=b.money("15.00")),)
        )
        till.put(back)
        await world.sync()
        assert changed(world, then) == {
            "undeposited": Decimal(40),
            "income": Decimal(-25),
            "bank": Decimal(-15),
        }
        assert world.paper(REFUND_RECEIPT, back).type == "RefundReceipt"
        await world.proof()
        await world.reconcile()
        till.strike(back)
        world.reconfigure(flows={"sales": {"gone": "void"}})
        await world.sync()
        assert changed(world, then)["income"] == Decimal(-40)
        await world.quiet()
        await world.proof()


async def test_refund_receipts_into_quickbooks_desktop_are_refused_beforehand(tmp_path):
    """QuickBooks Desktop has no refund receipt: the flow says so before anything is read."""
    with pytest.raises(ConfigError) as refusal:
        async with opened(tmp_path, "desktop", flow={"kinds": list(ALL)}):
            pass
    (problem,) = refusal.value.problems
    assert "missing: refund_receipt on the right" in problem.message
    assert "'sales_receipt'" in problem.hint


@BOOKS
async def test_a_purchase_that_is_paid_at_once(tmp_path, books):
    """What is bought from a customer leaves the bank, once; it is no bill that anybody owes."""
    async with opened(tmp_path, books) as (world, till):
        then = before(world)
        lines = (Line(amount=b.money("60.00"), memo="Used laptop"),)
        bought = b.paid_purchase("901", party=CLIENT, date=world.shop.today, lines=lines)
        till.put(bought)
        await world.sync()
        assert await world.findings() == []
        assert changed(world, then) == {"bank": Decimal(-60), "expense": Decimal(60)}
        assert world.paper(PURCHASE, bought).party == "Silva Dental"
        till.put(evolve(bought, amount=b.money("55.00"), lines=(Line(amount=b.money("55.00")),)))
        await world.sync()
        assert changed(world, then) == {"bank": Decimal(-55), "expense": Decimal(55)}
        await world.proof()
        await world.quiet()
        await world.reconcile()


@BOOKS
async def test_a_payment_on_the_same_account_is_told_apart(tmp_path, books):
    """X2: reading the money's account back, payments count as ours, on another account."""
    async with opened(tmp_path, books) as (world, till):
        day = world.shop.today
        owed = b.invoice("101", party=CLIENT, date=day, lines=(Line(amount=b.money("70.00")),))
        till.put(owed, b.payment("201", pays=owed, date=day), sale(world, "501", "40.00"))
        await world.sync()
        compared = {one.account: one for one in await world.reconcile()}
        money = compared[world.ledger.names["undeposited"]]
        assert (money.posted, money.matched, money.foreign, money.elsewhere) == (1, 1, 0, 1)
        assert money.elsewhere_total.minor == 7_000
        assert compared[world.ledger.names["receivables"]].elsewhere == 0


@BOOKS
async def test_undo_of_a_sale_that_is_paid_at_once(tmp_path, books):
    """X4: a sales receipt and a purchase are taken out again, and stay out."""
    async with opened(tmp_path, books) as (world, till):
        then = before(world)
        lines = (Line(amount=b.money("60.00")),)
        bought = b.paid_purchase("901", party=CLIENT, date=world.shop.today, lines=lines)
        till.put(sale(world, "501", "40.00"), bought)
        await world.sync()
        wish = Undo(
            flow="sales",
            source="psa",
            sink="books",
            manifest=world.kernel.settings.connections["books"].sink.manifest,
            records=[(SALES_RECEIPT, "501"), (PURCHASE, "901")],
        )
        by = {"owner": "person", "now": world.kernel.now_ms(), "who": "Ann", "reason": "twice"}
        steps = await world.kernel.store.tx(partial(undo, **by), wish)
        assert [step.action for step in steps] == [Action.DELETE, Action.DELETE]
        await world.deliver()
        assert changed(world, then) == {}
        await world.quiet()
        await world.proof()


@BOOKS
async def test_closed_books_hold_a_sale(tmp_path, books):
    """X7: a receipt of a closed period waits with a finding, and posts when a person opens it."""
    async with opened(tmp_path, books) as (world, till):
        day = world.shop.today - dt.timedelta(days=20)
        world.ledger.close_books(day)
        then = before(world)
        till.put(evolve(sale(world, "501", "40.00"), date=day))
        await world.sync()
        assert changed(world, then) == {}
        (finding,) = await world.findings("closed_period")
        world.ledger.close_books(None)
        await world.retry(finding)
        await world.sync()
        assert changed(world, then) == {"undeposited": Decimal(40), "income": Decimal(-40)}
        assert await world.findings() == []
        await world.proof()
