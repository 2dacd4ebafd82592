"""P2: a tag chooses the tax code, in books that have tax codes on purchases and in US books."""

from decimal import Decimal

from online_cards import open_card_world
from world import REGISTER, ago

from subledger_pex.simulator import catalogue
from subledger_pex.simulator.landmarks import bought
from subledger_pex.simulator.model import Split, TagSet

MAPPING = {"tax_tag": "Project note"}
PERCENT = 13


def answers(account, code):
    """Tags of a purchase: its account, and the tax code in a text tag."""
    return (catalogue.ACCOUNT_TAG, account), (catalogue.NOTE_TAG, code)


def coded(name, cents, code, days=12):
    """A purchase of fuel with a tax code."""
    return bought(name, cents, ago(days), tags=TagSet(answers=answers("Fuel", code)))


def canada(ledger):
    """A person sets up the company: in Canada, with sales tax and two codes."""
    ledger.person.set_preferences({"CompanyInfo.Country": "CA", "TaxPrefs.UsingSalesTax": True})
    for name, percent in (("HST", PERCENT), ("Exempt", 0)):
        rate = {"TaxRateName": f"{name} rate", "RateValue": percent, "TaxAgencyId": "1"}
        ledger.company.tax_service(
            {"TaxCode": name, "TaxRateDetails": [{**rate, "TaxApplicableOn": "Purchase"}]}
        )


async def test_p2_online_a_tag_chooses_the_tax_code(tmp_path):
    """P2: outside the US each line gets its code, and what was paid stays what was paid."""
    parts = TagSet(
        splits=(
            Split(cents=1130, answers=answers("Fuel", "HST")),
            Split(cents=100, answers=answers("Office Supplies", "exempt")),
        )
    )
    items = coded("fuel", -2260, "HST"), bought("split", -1230, ago(11), tags=parts)
    async with open_card_world(tmp_path, *items, step={"mapping": MAPPING}) as world:
        canada(world.ledger)
        await world.sync("cards")
        assert await world.findings() == []
        papers = {paper.raw["TotalAmt"]: paper.raw for paper in world.ledger.papers()}
        assert set(papers) == {Decimal("22.60"), Decimal("12.30")}
        codes = world.ledger.company.query("select * from TaxCode")["TaxCode"]
        names = {code["Id"]: code["Name"] for code in codes}
        lines = [line for amount in sorted(papers) for line in papers[amount]["Line"]]
        given = [line["AccountBasedExpenseLineDetail"]["TaxCodeRef"]["value"] for line in lines]
        assert [names[code] for code in given] == ["HST", "Exempt", "HST"]
        balance = world.ledger.trial_balance()
        assert balance["Fuel"] == Decimal("30.00")
        assert balance["Office Supplies"] == Decimal("1.00")
        assert balance[REGISTER] == Decimal("-34.90")
        await world.reconcile("cards")


async def test_p2_online_a_code_that_the_books_do_not_have_waits(tmp_path):
    """P2: an unknown code holds its purchase only; a right one posts it."""
    items = coded("fuel", -2260, "HST"), coded("wrong", -500, "PST 99")
    async with open_card_world(tmp_path, *items, step={"mapping": MAPPING}) as world:
        canada(world.ledger)
        await world.sync("cards")
        assert len(world.papers()) == 1
        (finding,) = await world.findings()
        assert finding.category == "mapping_missing"
        assert 'no tax code "PST 99"' in finding.message


async def test_p2_online_the_us_drops_no_code_silently(tmp_path):
    """P2: a US company has no tax codes on purchases: refused with the reason, not dropped."""
    items = coded("fuel", -2260, "California"), coded("plain", -500, "NON")
    async with open_card_world(tmp_path, *items, step={"mapping": MAPPING}) as world:
        await world.sync("cards")
        (paper,) = world.ledger.papers()
        assert paper.raw["TotalAmt"] == Decimal("5.00")
        (finding,) = await world.findings()
        assert (finding.category, finding.subject) == ("feature_off", "tax codes of purchases")


async def test_p2_desktop_another_edition_keeps_the_code(make):
    """P2: QuickBooks Desktop outside the US keeps the code, and the amount includes the tax."""
    async with make(coded("fuel", -2260, "Tax"), step={"mapping": MAPPING}) as world:
        world.company.books.configure(country="CA")
        await world.sync()
        found = world.company.books.human.request("CheckQuery", {"IncludeLineItems": "true"})
        (check,) = found
        assert check.findtext("ExpenseLineRet/SalesTaxCodeRef/FullName") == "Tax"
        assert (check.findtext("IsTaxIncluded"), check.findtext("Amount")) == ("true", "22.60")
        await world.agree()


async def test_p2_desktop_the_us_edition_drops_no_code_silently(make):
    """P2: the US edition has none: refused with the reason; what has no code is posted."""
    plain = bought("plain", -500, ago(11))
    async with make(coded("fuel", -2260, "Tax"), plain, step={"mapping": MAPPING}) as world:
        await world.sync()
        (document,) = world.company.documents()
        assert document["amount"] == Decimal("5.00")
        finding = await world.finding("feature_off")
        assert finding.subject == "tax codes of purchases"
        assert "tax_tag" in finding.hint
