"""The commands as processes, on books that are called over the internet."""

import asyncio
import re

import forked
from service_world import SECRETS, open_service_world
from world import command

from subledger.cli.exits import Exit
from subledger.ledger import leases
from subledger.model.kinds import INVOICE, PAYMENT


async def connect_by_command(world):
    """Runs `subledger connect`, and opens the address that it prints as a browser would."""
    words = ("connect", "books", "--no-browser", "--config", str(world.folder / "subledger.toml"))
    process = await asyncio.to_thread(forked.start, *words, environment=SECRETS)
    address = ""
    while not address and (line := await asyncio.to_thread(process.stderr.readline)):
        address = "".join(re.findall(r"http://\S+", line.decode()))
    while address:
        answer = await world.kernel.runtime.http("GET", address)
        address = answer.headers.get("location", "")
    out, _error = await asyncio.to_thread(process.communicate)
    return process.returncode, out


async def test_from_connect_to_reconcile(tmp_path, unused_port):
    """O1, S1: connect, plan, sync, status and reconcile do the whole job, and say so."""

    async def run(*words):
        return await command(tmp_path, *words, environment=SECRETS)

    server = {"port": unused_port}
    async with open_service_world(tmp_path, connected=False, server=server) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 25_000)
        payment = world.shop.pay(invoice, 10_000)
        code, refused = await run("sync")
        assert code != 0
        previewed = (await run("plan"))[1]["flows"]["sales"]
        for shown in (refused["runs"][0], previewed):
            assert shown["hint"] == "They are read with the next delivery; documents follow."
        assert (await run("findings"))[1]["findings"][0]["category"] == "auth_expired"
        assert (await run("status"))[1]["connections"]["books"]["last_seen"] == ""

        code, said = await connect_by_command(world)
        assert (code, "connected" in said) == (0, True)

        code, shown = await run("plan")
        assert code == 0
        assert "Invoice" in str(shown)
        assert world.papers() == {}

        code, done = await run("sync")
        assert (code, done["deliveries"][0]["state"]) == (0, "done")
        assert world.paper(INVOICE, invoice).open == 150
        assert world.paper(PAYMENT, payment).number == ""

        code, compared = await run("reconcile")
        assert (code, [c["matched"] for c in compared["comparisons"]]) == (0, [2])
        code, told = await run("status")
        assert (code, bool(told["connections"]["books"]["last_seen"])) == (0, True)
        assert (await run("findings"))[1]["findings"] == []


async def test_books_that_do_not_answer(tmp_path, unused_port):
    """O1, X2: reconcile names what keeps the books from answering, not a next session."""

    async def run(*words):
        return await command(tmp_path, *words, environment=SECRETS)

    async with open_service_world(tmp_path, server={"port": unused_port}) as world:
        world.shop.customer("Silva Dental")
        world.shop.invoice("Silva Dental", 25_000)
        await world.sync()
        world.ledger.person.disconnect()
        code, compared = await run("reconcile")
        assert (code, compared["comparisons"]) == (Exit.REMOTE, [])
        assert "renews the access" in compared["failed"]["books"]
        words = ("reconcile", "--config", str(tmp_path / "subledger.toml"))
        process = await asyncio.to_thread(forked.start, *words, environment=SECRETS)
        out, _error = await asyncio.to_thread(process.communicate)
        assert "the books did not answer: Intuit no longer renews the access" in out
        assert "next session" not in out


async def test_books_that_another_process_is_busy_with(tmp_path, unused_port):
    """O1, X2: while another process delivers, the question waits for the next delivery."""
    async with open_service_world(tmp_path, server={"port": unused_port}) as world:
        world.shop.customer("Silva Dental")
        world.shop.invoice("Silva Dental", 25_000)
        await world.sync()
        year = 365 * 86_400_000
        store, now = world.kernel.store, world.kernel.now_ms()
        assert await store.tx(leases.take, "connection:books", "another", now, year) is not None
        words = ("reconcile", "--config", str(tmp_path / "subledger.toml"))
        process = await asyncio.to_thread(forked.start, *words, environment=SECRETS)
        out, _error = await asyncio.to_thread(process.communicate)
        assert "sales: the question waits for the next delivery; run this again later" in out
