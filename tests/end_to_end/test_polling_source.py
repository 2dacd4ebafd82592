"""S3, S11, X1: books that poll us are read in the midst of trouble; nothing is lost or doubled."""

import asyncio
import datetime as dt
import sqlite3
from contextlib import AsyncExitStack, asynccontextmanager, closing
from decimal import Decimal

import pytest
from attrs import define
from ledgers import DesktopLedger
from passing import Clock
from processes import Server, listening
from service_world import API_TOKEN, SECRETS, open_service_world, syncro_serving
from shop import open_shop
from world import command, enrol, seat, toml

from subledger.cli.opening import open_kernel
from subledger.config import load_settings

PAYMENTS = {"payments": {"source": "books", "sink": "psa", "every": "manual", "kinds": ["payment"]}}
CUTS = [
    f"{cut}={method}@{at}"
    for cut, method, ats in (
        ("cut", "receiveResponseXML", range(1, 6)),
        ("cut-after", "receiveResponseXML", range(1, 6)),
        ("cut-after", "sendRequestXML", range(2, 6)),
    )
    for at in ats
]
PAID = [Decimal(cents) / 100 for cents in (1001, 1002, 1003, 1004, 1005)]


@pytest.mark.parametrize("fault", CUTS)
async def test_a_session_cut_in_the_middle_of_an_answer(tmp_path, fault):
    """S11, X1: wherever a connection breaks while pages are read, each payment goes back once."""
    async with open_service_world(
        tmp_path,
        "desktop",
        psa={"payments": "from_books"},
        connection={"page_size": 2},
        settings={"payments": False, "refunds": False},
        flows=PAYMENTS,
    ) as world:
        world.shop.customer("Silva Dental")
        invoice = world.shop.invoice("Silva Dental", 25_000)
        await world.sync()
        for amount in PAID:
            world.ledger.receive("Silva Dental", invoice.number, amount)
        world.advance(hours=1)
        await world.run_flow("payments")
        result = await world.company.session(fault)
        assert world.company.fired, result
        await world.kernel.dispatch("psa")
        world.advance(hours=1)
        await world.deliver()
        await world.kernel.dispatch("psa")
        paid = sorted(payment.cents for payment in world.shop.world.payments.values())
        assert paid == [int(amount * 100) for amount in PAID]
        await world.back("payments")
        assert len(world.shop.world.payments) == len(PAID)
        await world.proof("payments")


@define
class Killing:
    """A transport to a server that is killed right after it has taken so many answers."""

    inner: object
    server: Server
    after: int
    taken: int = 0

    async def post(self, action, body):
        """Carries one call."""
        reply = await self.inner.post(action, body)
        if action.endswith("receiveResponseXML"):
            self.taken += 1
            if self.taken == self.after:
                await self.server.kill()
        return reply


def count(folder, table, where):
    """How many rows of the database are so."""
    with closing(sqlite3.connect(folder / "subledger.db", timeout=30)) as database:
        return database.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0]


@define
class Site:
    """The server as a process, and a company whose Web Connector calls it."""

    folder: object
    company: object
    server: Server | None = None
    port: str = "0"

    async def open(self):
        """Starts the server; it always listens where it did first."""
        config = str(self.folder / "subledger.toml")
        self.server = await listening("serve", "--config", config, "--port", self.port)
        self.port = self.server.url.rpartition(":")[2]
        self.company.url = f"{self.server.url}/qbwc/books"

    async def session_until_kill(self, after):
        """A session; the server does not outlive so many answers. The records stored by then."""
        connector = self.company.connector()
        connector._transport = Killing(connector._transport, self.server, after)
        result = await connector.run_once()
        assert result.failed, result
        return count(self.folder, "record", "connection = 'books'")

    async def session(self):
        """A session, once the one that broke off is forgotten."""
        for _ in range(100):
            result = await self.company.session()
            if result.percent == 100 and not result.failed:
                return
            await asyncio.sleep(0.2)
        raise AssertionError(result)

    async def rest(self):
        """Waits until everything that was read is where it belongs."""
        for _ in range(600):
            if not count(self.folder, "posting", "state <> 'posted'"):
                return
            await asyncio.sleep(0.1)
        raise AssertionError("it does not come to rest")


def tables(psa):
    """A flow of all customers from the books into Syncro, in small pages."""
    source = {"connector": "syncro", "api_token": {"env": "SYNCRO_TOKEN"}, "base_url": psa}
    books = {"connector": "quickbooks-desktop", "password": {"env": "QBWC_PASSWORD"}}
    flow = {"source": "books", "sink": "psa", "every": "manual", "kinds": ["customer"]}
    return {
        "connections": {
            "psa": source,
            "books": {**books, "session_timeout": "2s", "page_size": 3},
        },
        "flows": {"import": flow},
    }


@asynccontextmanager
async def opened(folder, company, psa):
    """A site whose flow has asked the books for their customers."""
    (folder / "subledger.toml").write_text(toml(tables(psa)))
    settings = load_settings(folder / "subledger.toml", environment=SECRETS)
    async with open_kernel(settings) as kernel:
        await enrol(kernel, "books", "http://localhost", company, folder)
    site = Site(folder, company)
    await site.open()
    try:
        assert (await command(folder, "sync", "import"))[0] == 0
        yield site
    finally:
        await site.server.kill()


@pytest.mark.timeout(600)
async def test_the_server_is_killed_between_two_pages(tmp_path, monkeypatch):
    """S3, X1: what was read stays, the rest is read by the next server; no customer comes twice."""
    monkeypatch.setenv("SYNCRO_TOKEN", API_TOKEN)
    clock = Clock(dt.timedelta(0))
    shop = open_shop(clock, lambda **_span: None)
    async with AsyncExitStack() as stack:
        psa = await stack.enter_async_context(syncro_serving(shop.simulation))
        company = stack.enter_context(seat(tmp_path / "company.db", clock, ""))
        ledger = DesktopLedger(company.books)
        for number in range(14):
            ledger.add_customer(f"Customer {number:02}")
        names = set(ledger.entries("customer"))
        site = await stack.enter_async_context(opened(tmp_path, company, psa))
        stored = [await site.session_until_kill(2)]
        for after in (3, 4):
            await site.open()
            await asyncio.sleep(2.1)
            stored.append(await site.session_until_kill(after))
        assert 0 < stored[0] < stored[1] < stored[2] < len(names)
        await site.open()
        await site.session()
        await site.rest()
    made = sorted(customer.business_name for customer in shop.world.customers.values())
    assert len(made) == len(names)
    assert {name for name in names if ":" not in name} <= set(made)
