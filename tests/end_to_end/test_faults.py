"""X1, D5: whatever breaks, and wherever: nothing is lost, nothing is doubled, every cent agrees."""

import asyncio

import pytest
from world import ago

from subledger_pex.simulator.landmarks import bought, plain
from subledger_quickbooks_desktop.simulator.faults import METHODS

ITEMS = [
    bought("one", -100, ago(9), tags=plain("Fuel")),
    bought("two", -200, ago(8), tags=plain("Fuel")),
    bought("back", 300, ago(7), tags=plain("Fuel")),
    bought("four", -400, ago(6), tags=plain("Fuel")),
]
WRITES = ("lost-answer", "answer-unseen", "crash-in-quickbooks", "duplicate-receive")
RARE = {
    "connectionError": "modal@1,",
    "getLastError": "wrong-company@1,",
}
CUTS = [
    f"{RARE.get(method, '')}{cut}={method}@{1 if method in RARE else at}"
    for method in METHODS
    for cut, at in (("cut", 1), ("cut-after", 1))
]
LATE_CUTS = [
    f"{cut}={method}@{at}"
    for method in ("sendRequestXML", "receiveResponseXML")
    for cut in ("cut", "cut-after")
    for at in (2, 8, 9, 10, 11)
]
OPENINGS = ("modal@1", "open-error=0x80040408@1", "slow=0.02")


async def disturbed(make, fault, seed=1):
    """A sync under a fault, and then as many undisturbed ones as it takes."""
    async with make(*ITEMS) as world:
        await world.run_flow()
        if "wrong-company" in fault:
            await world.session("cut=receiveResponseXML@2")  # the right company is known then
            world.advance(minutes=5)
        await world.session(fault, seed)
        fired = list(world.company.fired)
        await world.settle()
        assert await world.count() == {"posted": 4}
        assert set(world.marks().values()) == {1}
        await world.agree()
        assert (await world.sync()).writes == 0
        return fired


@pytest.mark.parametrize("at", [1, 3])
@pytest.mark.parametrize("fault", WRITES)
async def test_fault_at_a_write(make, fault, at):
    """X1: an answer that is lost, unseen or doubled, and a crash, leave each document once."""
    assert await disturbed(make, f"{fault}@{at}") == [f"{fault} write@{at}"]


@pytest.mark.parametrize("fault", [*CUTS, *LATE_CUTS])
async def test_cut_connection(make, fault):
    """X1: a connection that breaks before or after any call leaves each document once."""
    fired = await disturbed(make, fault)
    assert (
        fired[-1].partition("@")[0].replace(" ", "=") == fault.rpartition(",")[2].partition("@")[0]
    )


@pytest.mark.parametrize("fault", OPENINGS)
async def test_quickbooks_that_does_not_open(make, fault):
    """D5: a dialog, a QuickBooks that does not start, or a slow one, only delay the work."""
    await disturbed(make, fault)


@pytest.mark.parametrize("seed", range(6))
async def test_everything_at_random(make, seed):
    """X1: with every third call, write or opening disturbed at random the result is the same."""
    async with make(*ITEMS) as world:
        await world.run_flow()
        fired = 0
        for number in range(8):
            await world.session("random=0.3", seed * 100 + number)
            fired += len(world.company.fired)
            world.advance(minutes=5)
        assert fired
        await world.settle()
        assert await world.count() == {"posted": 4}
        await world.agree()


async def test_lost_answer_is_settled_by_asking(make):
    """D5: after a lost answer QuickBooks is asked for its stored one; nothing is sent again."""
    async with make(*ITEMS) as world:
        await world.run_flow()
        await world.session("lost-answer@2")
        assert len(world.company.documents()) == 2
        world.advance(minutes=5)
        result = await world.session()
        assert result.writes == 2
        history = await world.kernel.store.read(
            lambda c: c.exec_driver_sql("SELECT action FROM history WHERE effect IS NOT NULL").all()
        )
        actions = [row[0] for row in history]
        assert actions.count("recovered") == 1
        assert actions.count("posted") == 3
        await world.agree()


async def test_wrong_company(make):
    """D5: while another company file is open nothing is sent, and the finding says so."""
    async with make(*ITEMS) as world:
        await world.run_flow()
        await world.session("cut=sendRequestXML@4")  # the right company is known then
        world.advance(minutes=5)
        result = await world.session("wrong-company@1")
        assert result.writes == 0
        assert "Nothing was sent" in result.complaint
        assert "Southwind" in (await world.finding("wrong_company")).message
        await world.settle()
        assert await world.findings() == []
        await world.agree()


async def test_restored_backup(make):
    """D5: a restored backup stops the connection; after a reconciliation each is posted again."""
    async with make(*ITEMS) as world:
        await world.sync()
        world.advance(minutes=5)
        world.cards.add(bought("five", -500, world.cards.now, settlement=world.cards.now))
        await world.run_flow()
        result = await world.session("restored-backup@1")
        assert (result.writes, world.company.documents()) == (0, [])
        assert "restored from a backup" in result.complaint
        assert (await world.session()).writes == 0
        code, status = await world.command("status")
        assert code == 0, status
        assert status["connections"]["books"]["paused"]

        comparison = await world.reconcile()
        assert len(comparison.missing) == 4
        assert (await world.command("resume", "books"))[0] == 0
        assert (await world.command("findings", "retry", "--all"))[0] == 0
        await world.settle()
        assert await world.count() == {"posted": 5}
        assert set(world.marks().values()) == {1}
        assert await world.findings() == []
        await world.agree()


async def test_user_deletes(make):
    """X1: a document that a user deletes is told, and not posted again before a person says so."""
    async with make(*ITEMS) as world:
        await world.sync()
        world.cards.add(bought("five", -500, world.cards.now, settlement=world.cards.now))
        await world.run_flow()
        await world.session("user-delete@1")
        assert len(world.company.documents()) == 4
        comparison = await world.reconcile()
        assert len(comparison.deleted) == 1
        assert (await world.sync()).writes == 0
        assert (await world.finding("missing_in_books")).records == 1


async def test_user_edits(make):
    """X1: a memo that a user adds to leaves amounts as they are, so all agrees."""
    async with make(*ITEMS) as world:
        await world.sync()
        world.advance(minutes=1)
        world.cards.add(bought("five", -500, world.cards.now, settlement=world.cards.now))
        await world.run_flow()
        await world.session("user-edit@1")
        assert any("checked by hand" in d["memo"] for d in world.company.documents())
        await world.agree()


async def test_two_connectors(make):
    """X1, A10: two computers poll at once: one works, the other is told to wait; no double work."""
    async with make(*ITEMS) as world:
        await world.run_flow()
        first, second = world.company.connector("slow=0.02"), world.company.connector("slow=0.02")
        results = await asyncio.gather(first.run_once(), second.run_once())
        assert sorted(result.writes for result in results) == [0, 4]
        assert "Application Busy" in {result.status for result in results}
        await world.settle()
        await world.agree()


async def test_interrupted_reading(make):
    """Scenario 17: a first sync that is interrupted five times ends like one that is not."""
    items = [bought(f"item {n}", -100 - n, ago(5 + n * 7), tags=plain("Fuel")) for n in range(50)]
    async with make(*items) as world:
        faults = type(world.cards.faults)
        for stop in (3, 5, 6, 4, 7):
            world.cards.faults = faults(drop_at=tuple(range(stop, stop + 9)))
            assert (await world.run_flow()).state == "failed"
        world.cards.faults = faults()
        await world.sync()
        assert await world.count() == {"posted": 50}
        assert set(world.marks().values()) == {1}
        await world.agree()


async def test_the_same_run_twice(make):
    """Scenario 19: the same run a second time writes nothing, neither here nor in the books."""
    async with make(*ITEMS) as world:
        await world.sync()
        report = await world.run_flow()
        assert (report.read, report.changed, report.planned) == (4, 0, 0)
        assert (await world.session()).writes == 0
