"""P6, P7, X2: everything that moves the balance reaches the books, to the cent."""

import datetime as dt
from decimal import Decimal

from attrs import evolve
from world import CREDIT_CARD, TODAY, ago, business

from subledger_pex.simulator import generate_business
from subledger_pex.simulator.clock import instant
from subledger_pex.simulator.landmarks import bought, plain
from subledger_pex.simulator.model import Allocation, Attachment, Invoice, Payment

PREPAID = {
    "purchase": "Check",
    "merchant_credit": "Deposit",
    "card_fee": "Check",
    "business_fee": "Check",
    "ach_credit": "JournalEntry",
    "ach_debit": "JournalEntry",
    "wire_in": "JournalEntry",
    "rebate": "Deposit",
    "rebate_reversal": "Check",
    "dispute": "Deposit",
}


async def test_everything_that_moves_a_prepaid_balance(make):
    """P6: purchases, credits, every fee, ACH in and out, wires, rebates and disputes are posted."""
    whole = generate_business(seed=1, transactions=0, today=TODAY)
    async with make(whole=whole) as world:
        await world.sync()
        truth = world.cards.truth()
        assert set(truth["by_kind"]) == set(PREPAID)
        posted = {mark.rpartition("-")[2] for mark in world.marks()}
        for kind, type_ in PREPAID.items():
            numbers = [n for n, row in truth["transactions"].items() if row["kind"] == kind]
            found = {world.company.document(n)["type"] for n in numbers if n in posted}
            assert type_ in found, (kind, found)
        await world.agree()


async def test_balance_of_the_account(make):
    """P6: the account in the books has the balance of PEX, less what is held and explained."""
    whole = generate_business(seed=1, transactions=0, today=TODAY)
    async with make(whole=whole) as world:
        await world.sync()
        proof = await world.proof()
        pex = sum(world.cards.ledger_cents().values())
        waiting = sum(proof.buckets[name].total.minor for name in ("held", "rejected"))
        assert world.company.books.balance(world.account) * 100 == pex - waiting
        assert sum(row.records for row in await world.findings()) == (
            proof.buckets["held"].records + proof.buckets["rejected"].records
        )


async def test_credit_programme(make):
    """P6: on a credit programme the documents are charges and credits on a credit card account."""
    whole = generate_business(seed=2, transactions=0, today=TODAY, funding="credit")
    async with make(whole=whole, settings={"account": CREDIT_CARD}) as world:
        await world.sync()
        types = {d["type"] for d in world.company.documents()}
        assert types == {"CreditCardCharge", "CreditCardCredit", "JournalEntry"}
        await world.agree()
        proof, truth = await world.proof(), world.cards.truth()
        waiting = sum(proof.buckets[name].total.minor for name in ("held", "rejected"))
        owed = -int(world.company.books.balance(CREDIT_CARD) * 100)
        assert owed == truth["owed"] + waiting
        assert proof.buckets["rejected"].records


def invoice(number, cents, *payments, spent):
    """A closed invoice of last month; payments are pairs of type and cents."""
    paid = instant(TODAY - dt.timedelta(days=5), 0)
    return Invoice(
        id=number,
        cents=cents,
        issued=instant(TODAY - dt.timedelta(days=20), 6),
        due=TODAY - dt.timedelta(days=5),
        closed=paid,
        allocations=tuple(
            Allocation(tag_value=tag, category="CardAccountPurchase", cents=part)
            for tag, part in spent
        ),
        payments=tuple(
            Payment(id=number * 10 + n, type=kind, paid=paid, description=kind, cents=amount)
            for n, (kind, amount) in enumerate(payments)
        ),
    )


async def test_paid_invoice_with_rebate(make):
    """Scenario 5: 4,210.55 paid with 4,168.44 and a rebate of 42.11, spread to the cent.

    A second invoice, whose payments do not add up, is held with the reason.
    """
    spent = [("Fuel", 200000), ("Travel:Hotel", 150000), ("Telephone", 71055)]
    items = [bought(tag, -cents, ago(40), tags=plain(tag)) for tag, cents in spent]
    good = invoice(91, 421055, ("PEXTransfer", 416844), ("RebateCredit", 4211), spent=spent)
    bad = invoice(92, 100000, ("PEXTransfer", 99000), spent=[("Fuel", 100000)])
    whole = evolve(business(*items, funding="credit"), invoices=(good, bad))
    settings = {"account": CREDIT_CARD}
    async with make(whole=whole, settings=settings, cards={"rebates": "distribute"}) as world:
        await world.sync()
        cash = world.company.document("invoice-91-payment-910")
        rebate = world.company.document("invoice-91-payment-911")
        assert cash["type"] == "JournalEntry"
        assert {line["account"]: line["amount"] for line in cash["lines"]} == {
            CREDIT_CARD: Decimal("4168.44"),
            "Operating Checking": Decimal("-4168.44"),
        }
        assert (rebate["type"], rebate["amount"]) == ("CreditCardCredit", Decimal("42.11"))
        assert {line["account"]: line["amount"] for line in rebate["lines"]} == {
            "Fuel": Decimal("20.00"),
            "Travel:Hotel": Decimal("15.00"),
            "Telephone": Decimal("7.11"),
        }
        finding = await world.finding("amount_mismatch")
        assert "a difference of 10.00" in finding.message
        assert world.company.books.balance(CREDIT_CARD) == 0
        await world.agree()


async def test_payment_that_the_bank_rejects_later(make):
    """P6: a payment that was posted and is rejected later is told; retry voids its document."""
    payments = [("PEXTransfer", 10000)]
    whole = business(bought("spent", -10000, ago(40)), funding="credit")
    paid = invoice(91, 10000, *payments, spent=[("Fuel", 10000)])
    whole = evolve(whole, invoices=(paid,))
    async with make(whole=whole, settings={"account": CREDIT_CARD}) as world:
        await world.sync()
        assert await world.count() == {"posted": 2}
        (first,) = paid.payments
        again = Payment(
            id=919, type="PEXTransfer", paid=first.paid, description="again", cents=10000
        )
        both = (evolve(first, rejected=True), again)
        world.cards.business = evolve(whole, invoices=(evolve(paid, payments=both),))
        await world.sync()
        finding = await world.finding("gone_in_source")
        assert "invoice-91-payment-910" in finding.message
        assert (await world.command("status"))[0] == 1
        await world.command("findings", "retry", str(finding.id))
        await world.session()
        (void,) = (d for d in world.company.documents() if d["voided"])
        assert "invoice-91-payment-910" in void["lines"][0]["memo"]
        assert world.company.books.balance(CREDIT_CARD) == 0
        assert await world.count() == {"posted": 2, "held": 1}
        assert await world.findings() == []
        assert (await world.command("status"))[0] == 0
        assert (await world.reconcile()).agrees


async def test_receipts_are_linked(make):
    """P7: the link of a receipt stands in the memo; a receipt that comes later is added."""
    early = Attachment(id="a" * 24, type="Image", created=ago(9), loaded=ago(9))
    late = Attachment(id="b" * 24, type="Pdf", created=ago(-2), loaded=ago(-2))
    item = bought("receipt", -1811, ago(9), attachments=(early, late))
    async with make(item, cards={"receipts": "link"}) as world:
        await world.sync()
        memo = world.document("receipt")["memo"]
        assert early.id in memo
        assert "http" in memo
        assert late.id not in memo
        world.advance(days=3)
        await world.sync()
        memo = world.document("receipt")["memo"]
        assert early.id in memo
        assert late.id in memo
        assert (await world.sync()).writes == 0


async def test_without_receipts(make):
    """P7: where receipts are not asked for, no link is looked up or written."""
    file = Attachment(id="a" * 24, type="Image", created=ago(9), loaded=ago(9))
    async with make(bought("receipt", -1811, ago(9), attachments=(file,))) as world:
        await world.sync()
        assert file.id not in world.document("receipt")["memo"]
