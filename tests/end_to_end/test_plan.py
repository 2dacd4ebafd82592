"""X3, X7: the preview writes nothing; closed periods are seen before posting."""

import datetime as dt
import hashlib

import pytest
from world import TODAY, ago, since

from subledger_pex.simulator.landmarks import bought, plain

CLOSED = TODAY - dt.timedelta(days=20)
OLD = bought("old", -100, ago(30), tags=plain("Fuel"))
NEW = bought("new", -200, ago(9), tags=plain("Fuel"))


def contents(folder):
    """A digest of every file that a world keeps."""
    files = [path for path in folder.iterdir() if path.suffix in (".db", ".toml", ".qwc")]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


async def test_plan_writes_nothing(make):
    """X3, scenario 16: the plan shows the exact documents; no byte of store or books changes."""
    async with make(OLD, NEW, flow={"review": True}) as world:
        await world.sync()
        await world.looked()
        before = contents(world.folder)
        code, document = await world.command("plan", "cards")
        assert contents(world.folder) == before
        assert code == 0
        shown = {d["record"]: d for d in document["flows"]["cards"]["documents"]}
        old = shown[f"card_transaction {world.landmark('old')}"]
        assert (old["document"], old["operation"], old["amount"]) == ("Check", "create", "-1.00")
        assert old["postings"] == [
            {
                "account": world.account,
                "debit": "",
                "credit": "1.00",
                "class": "",
                "customer": "",
            },
            {"account": "Fuel", "debit": "1.00", "credit": "", "class": "", "customer": ""},
        ]
        await world.command("approve", "cards")
        await world.session()
        posted = world.document("old")
        assert (posted["memo"], posted["payee"]) == (old["memo"], old["party"])


async def test_plan_before_anything_was_read(make):
    """X3: before the lists of the books are known the plan says so, and still writes nothing."""
    async with make(OLD) as world:
        await world.looked()
        before = contents(world.folder)
        code, document = await world.command("plan")
        assert (code, document["flows"]["cards"]["state"]) == (4, "waiting")
        assert contents(world.folder) == before


@pytest.mark.parametrize(
    ("policy", "count"),
    [
        ("hold", {"posted": 1, "held": 1}),
        ("redate", {"posted": 2}),
        ("skip", {"posted": 1, "skipped": 1}),
    ],
)
async def test_closed_period(make, policy, count):
    """X7: what lies in a closed period is held, moved to the first open day, or left out."""
    async with make(OLD, NEW, flow={"closed_period": policy}) as world:
        world.company.books.human.set_closing_date(CLOSED)
        await world.sync()
        assert await world.count() == count
        if policy == "redate":
            first_open = CLOSED + dt.timedelta(days=1)
            assert world.document("old")["date"] == first_open.isoformat()
        else:
            assert str(CLOSED) in (await world.finding("closed_period")).message
        await world.agree()


async def test_reopened_period(make):
    """X7: once the period is open again, what was held for it is posted by itself."""
    async with make(OLD, NEW) as world:
        world.company.books.human.set_closing_date(CLOSED)
        await world.sync()
        assert await world.count() == {"posted": 1, "held": 1}
        world.company.books.human.set_closing_date(None)
        world.advance(hours=2)
        await world.sync()
        assert await world.count() == {"posted": 2}
        assert await world.findings() == []


@pytest.mark.parametrize("policy", ["hold", "redate", "skip"])
async def test_closed_between_plan_and_post(make, policy):
    """X7, scenario 18: a closing date set after planning stops what lies before it, nothing half.

    QuickBooks tells its closing date at the start of the session, and refuses such a document.
    """
    async with make(NEW, flow={"closed_period": policy, **since([OLD])}) as world:
        await world.sync()
        late = bought("late", -300, ago(40), settlement=ago(39), tags=plain("Fuel"))
        world.cards.add(late)
        world.advance(minutes=1)
        await world.run_flow()
        assert await world.count() == {"posted": 1, "waiting": 1}
        world.company.books.human.set_closing_date(CLOSED)
        await world.session()
        world.advance(hours=2)
        await world.sync()
        dates = [dt.date.fromisoformat(d["date"]) for d in world.company.documents()]
        assert all(date > CLOSED for date in dates)
        expected = {
            "hold": {"posted": 1, "held": 1},
            "redate": {"posted": 2},
            "skip": {"posted": 1, "skipped": 1},
        }
        assert await world.count() == expected[policy]
        await world.agree()
