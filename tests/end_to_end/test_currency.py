"""Books in another currency than US dollars: a flow names it, and everything else follows."""

from decimal import Decimal

import pytest
from service_world import open_service_world

from subledger.errors import ConfigError
from subledger.model.kinds import INVOICE, PAYMENT

CANADA = {"CompanyInfo.Country": "CA", "CurrencyPrefs.HomeCurrency.value": "CAD"}
CAD = {"currency": "CAD"}


async def test_a_canadian_business_is_posted_in_its_own_currency(tmp_path):
    """Canadian dollars in the source are Canadian dollars in the books, proved to the cent."""
    world_of = open_service_world(
        tmp_path, psa=CAD, preferences=CANADA, flow=CAD, settings={"tax": "none"}
    )
    async with world_of as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 10_000)
        paid = world.shop.pay(invoice)
        await world.sync()
        assert await world.findings() == []
        assert world.change(world.paper(INVOICE, invoice)) == 100
        assert world.change(world.paper(PAYMENT, paid)) == -100
        proof = await world.proof()
        assert (proof.source.currency, proof.without_amount) == ("CAD", 0)
        assert proof.buckets["posted"].records == proof.records
        compared = await world.reconcile()
        assert {one.posted_total.currency for one in compared} == {"CAD"}
        assert [one.books_total.minor for one in compared] == [0]
        await world.quiet()


async def test_a_record_in_another_currency_than_the_flows_waits(tmp_path):
    """US dollars do not get into a Canadian flow: the record waits, and the others go on."""
    async with open_service_world(tmp_path, preferences=CANADA, flow=CAD) as world:
        world.shop.customer("Silva Dental")
        world.shop.invoice("Silva Dental", 10_000)
        await world.sync()
        (finding,) = await world.findings("currency")
        assert "100.00 USD" in finding.message
        assert "CAD" in finding.message
        assert world.ledger.trial_balance().get("Accounts Receivable (A/R)", 0) == Decimal(0)


@pytest.mark.parametrize(
    ("books", "code", "words"),
    [
        ("desktop", "CAD", "US dollars only, not in CAD"),
        ("online", "dollars", "not a currency code"),
    ],
)
async def test_a_currency_that_cannot_be_is_refused_beforehand(tmp_path, books, code, words):
    """QuickBooks Desktop is the US edition, and a code has three letters: both are said at once."""
    with pytest.raises(ConfigError) as refusal:
        async with open_service_world(tmp_path, books, flow={"currency": code}):
            pass
    (problem,) = refusal.value.problems
    assert problem.path == "flows.sales.currency"
    assert words in problem.message
    assert problem.hint
