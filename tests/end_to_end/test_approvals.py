"""P5, P9: what reviewers say in PEX, and the review of our own documents before posting."""

import datetime as dt

import pytest
from world import TODAY, ago

from subledger_pex.simulator.clock import instant
from subledger_pex.simulator.landmarks import bought, plain
from subledger_pex.simulator.model import UNTAGGED, Change

STATUSES = ("NotReviewed", "Approved", "Ignored", "Rejected", "NoReceipt")
REVIEWED = [
    bought(status, -1000 - number, ago(9), approval=status)
    for number, status in enumerate(STATUSES)
]


def accepting(accept):
    """The step with a filter."""
    return {"approvals": {"accept": accept}}


@pytest.mark.parametrize(
    ("accept", "posted"),
    [
        ("all", set(STATUSES)),
        ("approved", {"Approved"}),
        ("approved_or_ignored", {"Approved", "Ignored"}),
    ],
)
async def test_filter(make, accept, posted):
    """P5: all, approved only, or approved and ignored; what waits is counted and explained."""
    async with make(*REVIEWED, step=accepting(accept)) as world:
        await world.sync()
        found = {name for name in STATUSES if f"sl:txn-{world.landmark(name)}" in world.marks()}
        assert found == posted
        held = len(STATUSES) - len(posted)
        assert sum(row.records for row in await world.findings()) == held
        await world.agree()


async def test_later_approval_is_posted_once(make):
    """P5: what is approved weeks later is found by the look-back window, and posted once."""
    approved = Change(at=ago(-20), approval="Approved")
    item = bought("late", -9900, ago(25), approval="NotReviewed", changes=(approved,))
    async with make(item, step=accepting("approved")) as world:
        await world.sync()
        assert await world.count() == {"held": 1}
        world.advance(days=21)
        for _ in range(3):
            await world.sync()
            world.advance(days=1)
        assert list(world.marks().values()) == [1]
        await world.agree()


async def test_later_tag_changes_the_document(make):
    """P5: a tag that comes after posting changes the posted document; there is still only one."""
    change = Change(at=ago(-3), tags=plain("Fuel", "Clinic"))
    item = bought("late", -9900, ago(25), tags=UNTAGGED, changes=(change,))
    async with make(item) as world:
        await world.sync()
        before = world.document("late")
        assert before["lines"][0]["account"] == "Uncategorized Expense"
        world.advance(days=4)
        result = await world.sync()
        after = world.document("late")
        assert result.writes == 1
        assert [line["account"] for line in after["lines"]] == ["Fuel"]
        assert (after["txn_id"], after["amount"]) == (before["txn_id"], before["amount"])
        assert after["edit_sequence"] != before["edit_sequence"]
        assert (await world.sync()).writes == 0
        await world.agree()


async def test_monday_to_next_week(make):
    """Scenario 1: pending Monday, settled Wednesday, tagged Friday, approved later: one document.

    It is dated by its settlement and posted after the approval, although its id changed as well.
    """
    days = {name: TODAY + dt.timedelta(days=n) for name, n in (("wed", 2), ("fri", 4), ("next", 8))}
    item = bought(
        "journey",
        -7512,
        instant(TODAY, 5),
        settlement=instant(days["wed"], 2, 10),
        renumbered=True,
        approval="NotReviewed",
        tags=UNTAGGED,
        changes=(
            Change(at=instant(days["fri"], 10), tags=plain("Travel:Meals", "Clinic")),
            Change(at=instant(days["next"], 16), approval="Approved"),
        ),
    )
    async with make(item, step=accepting("approved")) as world:
        for _ in range(9):
            await world.sync()
            assert world.company.documents() == []
            world.advance(days=1)
        for _ in range(3):
            await world.sync()
            world.advance(days=1)
        document = world.document("journey")
        assert document["date"] == days["wed"].isoformat()
        (line,) = document["lines"]
        assert (line["account"], line["class"]) == ("Travel:Meals", "Clinic")
        assert len(world.company.documents()) == 1
        await world.agree()


async def test_review_before_posting(make):
    """P9: in a flow with a review nothing goes to the books before a person says `approve`."""
    async with make(*REVIEWED, flow={"review": True}) as world:
        for _ in range(2):
            await world.sync()
            assert world.company.documents() == []
        assert await world.count() == {"waiting": 5}
        assert (await world.finding("waiting_review")).records == 5
        code, document = await world.command("approve", "cards")
        assert (code, document["approved"]) == (0, 5)
        await world.session()
        assert await world.count() == {"posted": 5}
        assert await world.findings() == []
        await world.agree()
