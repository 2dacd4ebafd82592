"""S8: what a shop buys from its customers is paid at once, and is in the books as such."""

from contextlib import asynccontextmanager
from decimal import Decimal

import pytest
from attrs import define, evolve
from service_world import ServiceWorld, open_service_world

from subledger.model.kinds import INVOICE, PURCHASE
from subledger_syncro.simulator import purchasing

BOOKS = pytest.mark.parametrize("books", ["online", "desktop"])
ON = {"customer_purchases": True}
SELLER = "Silva Dental"


@define
class Counter:
    """Where people of the shop buy from customers."""

    world: ServiceWorld

    def behave(self, **switches):
        """Sets switches of the simulated Syncro."""
        simulation = self.world.shop.simulation
        simulation.behaviour = evolve(simulation.behaviour, **switches)

    def lines(self, *things):
        """Lines of a purchase: name, cents, quantity, and a product's name where it is one."""
        shop = self.world.shop
        return [
            purchasing.purchase_line(
                shop.world,
                shop.now,
                name=name,
                cost_cents=cents,
                quantity=quantity,
                product_id=shop.products.get(name),
            )
            for name, cents, quantity in things
        ]

    def offer(self, *things):
        """A customer offers something."""
        shop, lines = self.world.shop, self.lines(*things)
        return purchasing.add_purchase(
            shop.world, shop.now, customer_id=shop.customers[SELLER], lines=lines
        )

    def buy(self, *things):
        """It is taken and paid."""
        shop = self.world.shop
        return purchasing.finish_purchase(shop.world, shop.now, self.offer(*things))

    def strike(self, purchase):
        """Somebody deletes a purchase."""
        shop = self.world.shop
        shop.world.remove(shop.world.purchases[purchase.id], shop.now)


@asynccontextmanager
async def opened(folder, books, psa=ON, **flow):
    """A shop that buys from customers, and books that pay from the bank."""
    async with open_service_world(folder, books, psa=psa, flow=flow) as world:
        counter = Counter(world)
        counter.behave(customer_purchases=True)
        world.shop.customer(SELLER)
        settings = {"purchase_account": world.ledger.names["bank"]}
        world.reconfigure(flows={"sales": {"settings": settings}})
        yield world, counter


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
async def test_s8_a_customer_purchase_is_paid_to_the_customer(tmp_path, books):
    """S8: once it is final it leaves the bank, to the cent and once; nobody owes anything."""
    async with opened(tmp_path, books) as (world, counter):
        then = before(world)
        counter.offer(("Used phone", 9_999, 1))
        bought = counter.buy(("Used laptop, cracked lid", 12_345, 1), ("Charger", 333, 3))
        await world.sync()
        assert await world.findings() == []
        total = Decimal("133.44")
        assert changed(world, then) == {"bank": -total, "expense": total}
        paper = world.paper(PURCHASE, bought)
        assert (paper.party, paper.date) == (SELLER, bought.date)
        assert paper.type == ("Purchase" if books == "online" else "Check")
        assert world.change(paper, "bank") == -total
        assert len(world.papers()) == 1
        await world.quiet()
        proof = await world.proof()
        assert proof.buckets["posted"].total.minor == -13_344
        assert SELLER not in world.ledger.entries("vendor")
        await world.reconcile()


@BOOKS
async def test_s8_an_offer_is_posted_when_it_is_bought(tmp_path, books):
    """S8: an estimate moves nothing, and posts nothing, until it is final."""
    async with opened(tmp_path, books) as (world, counter):
        then = before(world)
        offer = counter.offer(("Used phone", 5_000, 1))
        await world.sync()
        assert (world.papers(), changed(world, then)) == ({}, {})
        shop = world.shop
        purchasing.finish_purchase(shop.world, shop.now, shop.world.purchases[offer.id])
        await world.sync()
        assert changed(world, then) == {"bank": Decimal(-50), "expense": Decimal(50)}
        await world.quiet()
        await world.proof()


@BOOKS
async def test_s8_a_product_is_bought_on_its_item(tmp_path, books):
    """S8: a product that a customer sells is a line with its item, to the cent."""
    async with opened(tmp_path, books) as (world, counter):
        then = before(world)
        world.shop.product("Switch", 34_900, cost_cents=20_000, maintain_stock=True)
        bought = counter.buy(("Switch", 10_001, 2), ("Cable", 99, 1))
        await world.sync()
        paper = world.paper(PURCHASE, bought)
        assert paper.items == ("Switch",)
        moved = changed(world, then)
        assert (moved.pop("bank"), moved.pop("expense")) == (Decimal("-201.01"), Decimal("0.99"))
        assert sum(moved.values()) == Decimal("200.02")
        await world.quiet()
        await world.proof()
        await world.reconcile()


@BOOKS
@pytest.mark.parametrize("gone", ["void", "delete"])
async def test_s8_a_purchase_changes_and_goes(tmp_path, books, gone):
    """S8: another price is corrected in the books; what is deleted in Syncro leaves them."""
    async with opened(tmp_path, books, gone=gone) as (world, counter):
        then = before(world)
        bought = counter.buy(("Used laptop", 12_345, 1))
        await world.sync()
        lines = counter.lines(("Used laptop", 12_000, 1))
        world.shop.edit(bought, lines=tuple(lines))
        await world.sync()
        assert changed(world, then) == {"bank": Decimal(-120), "expense": Decimal(120)}
        counter.strike(bought)
        await world.sync()
        assert changed(world, then) == {}
        await world.quiet()
        await world.proof()


@BOOKS
async def test_s8_switched_off_nothing_is_posted_and_a_finding_says_so(tmp_path, books):
    """S8: without the switch purchases stay out; the finding names it, and is told once."""
    async with opened(tmp_path, books, psa={}) as (world, counter):
        then = before(world)
        bought = counter.buy(("Used laptop", 12_345, 1))
        await world.sync()
        assert (world.papers(), changed(world, then)) == ({}, {})
        (finding,) = await world.findings()
        assert (finding.category, finding.subject) == ("excluded", "customer_purchases")
        assert "customer_purchases = true" in finding.hint
        await world.proof()
        await world.skip(finding)
        world.advance(days=3)
        await world.sync()
        assert await world.findings() == []
        world.reconfigure(connections={"psa": ON})
        await world.sync()
        assert changed(world, then)["bank"] == Decimal("-123.45")
        assert world.paper(PURCHASE, bought).party == SELLER
        await world.quiet()
        await world.proof()


@BOOKS
async def test_s8_an_address_without_an_answer_holds_up_nothing(tmp_path, books):
    """S8: invoices post, a finding tells what is missing; once there is an answer, all is there."""
    async with opened(tmp_path, books) as (world, counter):
        counter.behave(purchases_tell="nothing")
        then = before(world)
        counter.buy(("Used laptop", 12_345, 1))
        invoice = world.shop.invoice(SELLER, 10_000)
        await world.sync()
        assert world.change(world.paper(INVOICE, invoice)) == Decimal(100)
        assert "bank" not in changed(world, then)
        (finding,) = await world.findings()
        assert (finding.category, finding.subject) == ("unavailable", "customer_purchases")
        counter.behave(purchases_tell="all")
        world.advance(days=40)
        await world.sync()
        assert changed(world, then)["bank"] == Decimal("-123.45")
        assert await world.findings() == []
        await world.quiet()
        await world.proof()


@BOOKS
async def test_s8_without_an_account_to_pay_from_a_purchase_waits(tmp_path, books):
    """S8: the setting that is missing is named, and the purchase posts once it is there."""
    async with opened(tmp_path, books) as (world, counter):
        world.reconfigure(flows={"sales": {"settings": {"purchase_account": None}}})
        then = before(world)
        counter.buy(("Used laptop", 12_345, 1))
        await world.sync()
        assert changed(world, then) == {}
        (finding,) = await world.findings()
        assert "purchase_account" in f"{finding.subject} {finding.message} {finding.hint}"
        await world.proof()
        settings = {"purchase_account": world.ledger.names["bank"]}
        world.reconfigure(flows={"sales": {"settings": settings}})
        await world.sync()
        assert changed(world, then)["bank"] == Decimal("-123.45")
        await world.quiet()
