"""P1, P2, P3, X8: where purchases go in the books, checked before the first post."""

from decimal import Decimal

from world import SETTINGS, ago

from subledger_pex.simulator.landmarks import bought, plain, split
from subledger_pex.simulator.model import UNTAGGED, Transaction

TYPO = "PEX Card Acount"
TAGGED = bought("tagged", -51000, ago(9), tags=plain("Fuel", "Clinic", "Lakeside Clinic"))
UNMAPPED = bought("unmapped", -700, ago(8), tags=plain("201 · Equipment"))
LOAD = Transaction(
    account_id=48211,
    kind="ach_credit",
    cents=90000,
    time=ago(12),
    settlement=ago(12),
    description="ACH Credit",
    tags=None,
    landmark="load",
)


async def test_wrong_account_posts_nothing(make):
    """P1: while the account's name is not exactly in the books, nothing at all is posted."""
    async with make(TAGGED, LOAD, settings={"account": TYPO}) as world:
        result = await world.sync()
        assert result.writes == 0
        assert world.company.documents() == []
        finding = await world.finding("mapping_missing")
        assert TYPO in finding.message
        assert "exactly as the books show it" in finding.hint
        assert await world.count() == {"held": 2}

        account = {"Name": TYPO, "AccountType": "Bank"}
        world.company.books.human.add_list_object("Account", account)
        assert (await world.command("findings", "retry", str(finding.id)))[0] == 0
        await world.session()
        assert await world.count() == {"posted": 2}
        assert await world.findings() == []
        await world.agree()


async def test_any_missing_name_posts_nothing(make):
    """P1: a wrong name for fees alone stops the purchases too, before the first post."""
    async with make(TAGGED, settings={"fee_account": "Bank Fees"}) as world:
        assert (await world.sync()).writes == 0
        finding = await world.finding("mapping_missing")
        assert finding.subject == "account Bank Fees"
        code, document = await world.command("check", "--live")
        assert code == 3
        assert any("Bank Fees" in problem["message"] for problem in document["problems"])


async def test_inactive_account_posts_nothing(make):
    """P1: an account that is there but inactive is as good as missing, until it is active."""
    async with make(TAGGED, LOAD) as world:
        world.company.books.human.deactivate_account("Operating Checking")
        assert (await world.sync()).writes == 0
        active = {"IsActive": "true"}
        world.company.books.human.edit_list_object("Account", "Operating Checking", active)
        world.advance(hours=2)
        await world.sync()
        assert await world.count() == {"posted": 2}


async def test_right_names_pass_the_live_check(make):
    """P1: with right names the same check has nothing to say, and the books are as before."""
    async with make(TAGGED) as world:
        await world.sync()
        assert (await world.command("check", "--live"))[0] == 0
        await world.agree()


async def test_tags_choose_account_class_and_customer(make):
    """P2: the tags of a purchase become the expense account, class and customer of its line."""
    async with make(TAGGED) as world:
        await world.sync()
        document = world.document("tagged")
        assert document["type"] == "Check"
        assert (document["amount"], document["account"]) == (Decimal("510.00"), world.account)
        (line,) = document["lines"]
        assert line["account"] == "Fuel"
        assert line["class"] == "Clinic"
        assert line["customer"] == "Lakeside Clinic"
        assert document["payee"] == "Office Depot"


async def test_default_account_without_a_tag(make):
    """P2: what nobody tagged goes to the default expense account; without one it waits."""
    untagged = bought("untagged", -3300, ago(5), tags=UNTAGGED)
    async with make(untagged) as world:
        await world.sync()
        (line,) = world.document("untagged")["lines"]
        assert line["account"] == SETTINGS["default_expense_account"]


async def test_no_default_account(make):
    """P2: without a default account an untagged purchase waits, and the hint names the setting."""
    untagged = bought("untagged", -3300, ago(5), tags=UNTAGGED)
    async with make(untagged, settings={"default_expense_account": None}) as world:
        await world.sync()
        assert await world.count() == {"held": 1}
        assert "default_expense_account" in (await world.finding("mapping_missing")).hint


async def test_no_tag_manager(make):
    """P2: a business without PEX's tag manager gets the default account on every purchase."""
    untagged = bought("untagged", -3300, ago(5), tags=UNTAGGED)
    async with make(untagged, cards_behaviour={"tags_enabled": False}) as world:
        await world.sync()
        (line,) = world.document("untagged")["lines"]
        assert line["account"] == SETTINGS["default_expense_account"]
        assert line["class"] == ""
        await world.agree()


async def test_split_and_refund(make):
    """P3, scenario 2: 86.40 split over two accounts and classes, 20.00 back: both signs right."""
    lines = (5000, "Office Supplies", "Clinic"), (3640, "Medical Supplies", "Field Services")
    both = (1500, "Fuel", "Clinic"), (500, "Travel", "")
    items = (
        bought("split", -8640, ago(20), tags=split(*lines)),
        bought("refund", 2000, ago(10), tags=split(*both)),
    )
    async with make(*items) as world:
        await world.sync()
        spent, back = world.document("split"), world.document("refund")
        assert (spent["type"], spent["amount"]) == ("Check", Decimal("86.40"))
        found = [(line["amount"], line["account"], line["class"]) for line in spent["lines"]]
        assert found == [
            (Decimal("50.00"), "Office Supplies", "Clinic"),
            (Decimal("36.40"), "Medical Supplies", "Field Services"),
        ]
        assert (back["type"], back["amount"]) == ("Deposit", Decimal("20.00"))
        assert [line["account"] for line in back["lines"]] == ["Fuel", "Travel"]
        balances = world.company.books.trial_balance()
        assert balances["Office Supplies"] == Decimal("50.00")
        assert balances["Fuel"] == Decimal("-15.00")
        assert balances[world.account] == Decimal("-66.40")
        await world.agree()


async def test_split_that_does_not_add_up(make):
    """P3: a split that does not add up is never posted; the finding names the difference."""
    wrong = split((2500, "Fuel", "Clinic"), (3000, "Travel", "Clinic"))
    async with make(bought("wrong", -6000, ago(20), tags=wrong), TAGGED) as world:
        await world.sync()
        assert await world.count() == {"posted": 1, "rejected": 1}
        assert "a difference of 5.00" in (await world.finding("amount_mismatch")).message
        right = split((2500, "Fuel", "Clinic"), (3500, "Travel", "Clinic"))
        world.change("wrong", tags=right)
        await world.sync()
        assert await world.count() == {"posted": 2}
        await world.agree()


async def test_complete_mapping_first(make):
    """X8: where the flow asks for it, nothing is posted while one record has no counterpart."""
    async with make(TAGGED, UNMAPPED, flow={"require_complete_mapping": True}) as world:
        assert (await world.sync()).writes == 0
        assert await world.count() == {"held": 2}
        categories = {row.category for row in await world.findings()}
        assert categories == {"mapping_missing", "dependency"}
        world.change("unmapped", tags=plain("Office Supplies"))
        await world.sync()
        assert await world.count() == {"posted": 2}
        assert await world.findings() == []
        await world.agree()


async def test_complete_mapping_calls_back(make):
    """X8: a hole that appears after planning calls back what was planned and has not left."""
    async with make(TAGGED, flow={"require_complete_mapping": True}) as world:
        await world.sync()
        world.cards.add(bought("second", -100, world.cards.now, settlement=world.cards.now))
        await world.run_flow()
        assert await world.count() == {"posted": 1, "waiting": 1}
        new = UNMAPPED, {"time": world.cards.now, "settlement": world.cards.now}
        world.cards.add(bought("hole", -70, **new[1], tags=new[0].tags))
        await world.run_flow()
        assert (await world.session()).writes == 0
        assert await world.count() == {"posted": 1, "held": 2}


async def test_without_that_setting_the_others_go(make):
    """X8: without the setting only the record without a counterpart waits."""
    async with make(TAGGED, UNMAPPED) as world:
        await world.sync()
        assert await world.count() == {"posted": 1, "held": 1}
