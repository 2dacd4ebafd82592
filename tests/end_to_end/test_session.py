"""D1-D4, P8, P10: the Web Connector's session, from the .qwc file to every sort of document."""

import asyncio
import datetime as dt
import re
from decimal import Decimal

import aiohttp
import pytest
from world import PASSWORD, TODAY, ago

from subledger import kernel
from subledger.flow import prepare
from subledger_pex.simulator import generate_business
from subledger_pex.simulator.landmarks import bought, plain
from subledger_quickbooks_desktop.simulator.quickbooks.settings import VERSIONS
from subledger_quickbooks_desktop.simulator.web_connector.soap import PARAMETERS

SOME = [bought(f"item {n}", -1000 - n, ago(30 - n), tags=plain("Fuel")) for n in range(12)]


async def test_description_and_support_page(make):
    """D1: the service describes all its methods, and the support page answers."""
    async with make() as world, aiohttp.ClientSession() as http:
        async with http.get(f"{world.url}/qbwc/books?wsdl") as answer:
            text = await answer.text()
        for method in PARAMETERS:
            assert f'name="{method}"' in text
        async with http.get(f"{world.url}/support") as answer:
            assert answer.status == 200


async def test_connector_file_by_command(make):
    """D1: the command writes the .qwc file of the enrolled connection, without the password."""
    async with make() as world:
        code, document = await world.command("qwc", "books")
        assert code == 0
        enrolled = (world.folder / "books.qwc").read_text()
        file_id = re.search("<FileID>(.*)</FileID>", enrolled)[1]
        assert f"<FileID>{file_id}</FileID>" in document["qwc"]
        assert PASSWORD not in document["qwc"]


async def test_wrong_password(make):
    """D1: a wrong password is refused, and nothing is read or written."""
    async with make(*SOME) as world:
        await world.run_flow()
        result = await world.company.session(password="guessed")
        assert (result.error, result.rounds) == ("QBWC1040", 0)


async def test_progress(make):
    """D2: the percentage only grows, and ends at 100; an idle session has nothing to do."""
    async with make(*SOME) as world:
        await world.sync()
        lines = [line for line in world.company.journal if "receiveResponseXMLRet" in line]
        numbers = [int(found[1]) for line in lines if (found := re.search(r'= *"?(\d+)', line))]
        assert len(numbers) >= len(SOME)
        writing = numbers[-len(SOME) :]
        assert writing == sorted(writing)
        assert (max(writing), writing[-1]) == (100, 100)
        idle = await world.session()
        assert idle.calls[-1] in ("authenticate", "closeConnection")
        assert idle.rounds == 0


async def test_waits_while_planning(make, monkeypatch):
    """D2: while much is still being planned, QuickBooks is kept waiting, not sent home."""
    monkeypatch.setattr(kernel, "PREPARE_BUDGET", dt.timedelta(0))
    monkeypatch.setattr(prepare, "BATCH", 4)
    monkeypatch.setattr(prepare.staged, "__defaults__", (4,))
    async with make(*SOME) as world:
        await world.run_flow()
        result = await world.session()
        assert result.calls.count("getLastError") >= 2
        assert (result.writes, result.percent) == (len(SOME), 100)
        await world.agree()


async def test_locked_records_are_put_off(make):
    """D2: what another user has open in QuickBooks is put off and tried again by itself."""
    async with make(*SOME) as world:
        await world.sync()
        world.company.books.configure(lock_error_rate=1.0)
        world.cards.add(bought("new", -5, world.cards.now, settlement=world.cards.now))
        await world.run_flow()
        assert (await world.session()).writes == 1
        assert await world.count() == {"posted": len(SOME), "waiting": 1}
        assert (await world.session()).writes == 0
        world.company.books.configure(lock_error_rate=0.0)
        await world.settle()
        await world.agree()


async def test_long_lists_come_in_pages(make):
    """D3: lists longer than a page are read whole, by iterators."""
    async with make(*SOME, books={"page_size": 7}) as world:
        for number in range(40):
            world.company.books.human.add_list_object("Vendor", {"Name": f"Vendor {number:02}"})
        await world.sync()
        index = await world.kernel.books("books")
        vendors = [entry.name for entry in index.entries if entry.kind == "vendor"]
        assert len([name for name in vendors if name.startswith("Vendor ")]) == 40
        await world.agree()


async def test_changes_of_lists_are_seen(make):
    """D3: a renamed, an added and a deleted entry are seen with the next reading of changes."""
    async with make(*SOME) as world:
        await world.sync()
        human = world.company.books.human
        world.advance(hours=2)
        human.rename_account("Fuel", "Motor Fuel")
        human.add_list_object("Class", {"Name": "Harbor"})
        human.add_list_object("Account", {"Name": "Snacks", "AccountType": "Expense"})
        await world.run_flow()
        await world.session()
        index = await world.kernel.books("books")
        assert not index.find("account", "Fuel")
        assert index.find("account", "Motor Fuel")
        assert index.find("class", "Harbor")
        for label, account in (("old name", "Fuel"), ("new name", "Snacks")):
            item = bought(
                label, -7, world.cards.now, settlement=world.cards.now, tags=plain(account)
            )
            world.cards.add(item)
        await world.sync()
        assert (await world.finding("mapping_missing")).subject == "tag GL Account = Fuel"
        assert world.company.books.balance("Snacks") == Decimal("0.07")


async def test_every_sort_of_document(make):
    """D4: checks, deposits, journal entries and vendors are created; a document is changed."""
    whole = generate_business(seed=5, transactions=0, today=TODAY)
    async with make(whole=whole) as world:
        await world.sync()
        types = {d["type"] for d in world.company.documents()}
        assert types == {"Check", "Deposit", "JournalEntry"}
        payees = {d["payee"] for d in world.company.documents()}
        assert "Barnes & Noble" in payees
        long = "Intercontinental Surgical And Dental Supply Of North America"
        assert any(payee and long.startswith(payee) and len(payee) <= 41 for payee in payees)
        assert world.company.books.balance("Bank Service Charges") > 0
        await world.agree()


@pytest.mark.parametrize("transfers", ["journal_entry", "transfer"])
async def test_transfers(make, transfers):
    """D4: money from the bank to the cards is a journal entry, or by choice a transfer."""
    load = bought("load", 90000, ago(9))
    load = type(load)(
        account_id=48211,
        kind="ach_credit",
        cents=90000,
        time=ago(9),
        settlement=ago(9),
        description="ACH Credit",
        tags=None,
        landmark="load",
    )
    async with make(load, books={"transfers": transfers}) as world:
        await world.sync()
        assert world.company.books.balance(world.account) == Decimal("900.00")
        (document,) = world.company.documents()
        assert (
            document["type"] == {"journal_entry": "JournalEntry", "transfer": "Transfer"}[transfers]
        )
        assert (await world.sync()).writes == 0
        assert (await world.reconcile()).agrees


async def test_older_quickbooks(make):
    """P10: an older QuickBooks gets requests of a version that it knows."""
    async with make(*SOME, debug={"wire_log": "wire"}) as world:
        known = tuple(version for version in VERSIONS if float(version) <= 12)
        world.company.books.configure(major_version=12, minor_version=0, versions=known)
        await world.sync()
        sent = [p.read_text() for p in (world.folder / "wire" / "books").glob("*-request.xml")]
        after_hello = {re.search(r'qbxml version="([\d.]+)"', text)[1] for text in sent}
        assert after_hello == {"12.0"}
        await world.agree()


async def test_newest_version(make):
    """P10: the ceiling is 13.0, also where QuickBooks knows more."""
    async with make(*SOME, debug={"wire_log": "wire"}) as world:
        world.company.books.configure(major_version=16)
        await world.sync()
        sent = [p.read_text() for p in (world.folder / "wire" / "books").glob("*-request.xml")]
        assert {re.search(r'qbxml version="([\d.]+)"', text)[1] for text in sent} == {"13.0"}


async def test_stop_and_resume(make):
    """P8: a running sync is stopped with `pause`; `resume` lets the rest go, each once."""
    async with make(*SOME) as world:
        await world.run_flow()
        posting, paused = asyncio.Event(), asyncio.Event()

        async def until_paused(seconds):
            await asyncio.sleep(seconds)
            if len(world.company.documents()) >= 2:
                posting.set()
                await paused.wait()

        running = asyncio.create_task(world.company.session("slow=0.01", sleep=until_paused))
        await posting.wait()
        assert (await world.command("pause", "cards"))[0] == 0
        paused.set()
        result = await running
        assert not result.failed
        done = len(world.company.documents())
        assert 2 <= done < len(SOME)
        world.advance(hours=2)
        assert (await world.session()).writes == 0
        assert (await world.command("status"))[1]["flows"]["cards"]["paused"]
        assert (await world.command("resume", "cards"))[0] == 0
        await world.settle()
        assert await world.count() == {"posted": len(SOME)}
        await world.agree()


async def test_stopped_reading_goes_on(make):
    """P8: a run that is stopped while it reads goes on where it was, and reads no window twice."""
    items = [bought(f"item {n}", -100 - n, ago(5 + n * 10), tags=plain("Fuel")) for n in range(30)]
    async with make(*items) as world:
        run = asyncio.create_task(world.run_flow())
        while len(world.cards.requests) < 8:  # noqa: ASYNC110 - PEX tells nobody
            await asyncio.sleep(0.005)
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)
        first = windows(world)
        world.cards.requests.clear()
        world.advance(minutes=3)
        assert (await world.run_flow()).state != "failed"
        second = windows(world)
        assert first
        assert second[0] >= max(first)
        await world.session()
        assert await world.count() == {"posted": len(items)}
        await world.agree()


def windows(world):
    """Where the windows that were asked for begin, in order."""
    starts = (dict(request.query).get("StartDate") for request in world.cards.requests)
    return [text for text in starts if text]
