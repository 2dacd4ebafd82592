"""A world for service businesses: Syncro, the kernel with its doors, and a general ledger."""

import asyncio
import datetime as dt
import tomllib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from attrs import define, evolve
from blank import blank_store
from ledgers import DesktopLedger, Ledger, OnlineLedger, Paper, papers_by_mark
from passing import Clock
from shop import API_TOKEN, open_shop
from world import PASSWORD, TODAY, Company, enrol, seat, toml

from subledger.config import load_settings
from subledger.connecting import CALLBACK, begin
from subledger.flow import waysout
from subledger.flow.proof import Proof, prove
from subledger.flow.reconcile import Comparison, last
from subledger.flow.runs import RunReport
from subledger.kernel import Kernel
from subledger.ledger import findings
from subledger.ledger.findings import FindingRow
from subledger.model.kinds import Kind
from subledger.model.marker import marker
from subledger.realworld import real_runtime
from subledger.server.app import Plant
from subledger.server.run import RELOAD, TICK, Listen, listening
from subledger_quickbooks_online.simulator import Clock as OnlineClock
from subledger_quickbooks_online.simulator import Simulation, Switches
from subledger_quickbooks_online.simulator.server import serving as online_serving
from subledger_syncro.simulator.server import serving as syncro_serving

SECRET = "simulated-secret"
HOOK = "a-hook-secret-that-nobody-may-see"
VERIFIER = "simulated-verifier"
SECRETS = {
    "SYNCRO_TOKEN": API_TOKEN,
    "QBO_SECRET": SECRET,
    "QBWC_PASSWORD": PASSWORD,
    "HOOK": HOOK,
    "VERIFIER": VERIFIER,
}
START = dt.datetime.combine(TODAY, dt.time(15), dt.UTC)
LABOUR = "Labour"


@define
class Skips:
    """The kernel's pauses: the world's clock moves on instead."""

    clock: Clock

    async def __call__(self, seconds: float) -> None:
        """Sleeps; the ticks of a server really pass, but shorter."""
        if seconds in (TICK, RELOAD):
            await asyncio.sleep(seconds / 50)
            return
        self.clock.ahead += dt.timedelta(seconds=seconds)
        await asyncio.sleep(0)


@define
class ServiceWorld:
    """One flow ``sales`` from a simulated Syncro to simulated books."""

    folder: Path
    clock: Clock
    shop: Any
    kernel: Kernel
    ledger: Any
    url: str
    company: Company | None = None

    def advance(self, **span: float) -> None:
        """Lets time pass everywhere."""
        self.clock.ahead += dt.timedelta(**span)
        if self.shop.clock is not self.clock:
            self.shop.clock.advance(dt.timedelta(**span))

    async def run_flow(self, name: str = "sales") -> RunReport:
        """Reads the source and plans."""
        return await self.kernel.run_flow(name, "test")

    async def deliver(self) -> None:
        """Lets the books take what waits."""
        if self.company is None:
            report = await self.kernel.dispatch("books")
            assert report.state == "done", report
            return
        for _ in range(3):
            result = await self.company.session()
            assert not result.failed, result
            if result.percent in (None, 100):
                return

    async def sync(self, name: str = "sales") -> RunReport:
        """Reads, plans, and lets the books take everything; an hour passes first."""
        self.advance(hours=1)
        report = await self.run_flow(name)
        assert report.state in ("done", "waiting"), report
        await self.deliver()
        return report

    def reconfigure(self, **tables: Any) -> None:
        """A person changes the configuration: these values come over those that are there."""
        path = self.folder / "subledger.toml"
        path.write_text(toml(_over(tomllib.loads(path.read_text()), tables)))
        self.kernel.settings = load_settings(path, environment=SECRETS)

    async def back(self, name: str) -> None:
        """What the books have goes to the service business's system; an hour passes first."""
        self.advance(hours=1)
        report = await self.run_flow(name)
        assert report.state in ("done", "waiting"), report
        if self.company is not None:
            await self.deliver()
        delivered = await self.kernel.dispatch("psa")
        assert delivered.state == "done", delivered

    async def quiet(self, name: str = "sales") -> None:
        """The same again writes nothing."""
        before = self.written()
        await self.sync(name)
        await self.sync(name)
        assert self.written() == before

    def written(self) -> int:
        """A number that every write to the books raises."""
        if isinstance(self.ledger, OnlineLedger):
            log = self.ledger.simulation.log
            return sum(
                e.method == "POST" and "query" not in e.path for e in log if "/v3/" in e.path
            )
        return sum(1 for _ in self.company.books.documents())  # type: ignore[union-attr]

    def papers(self) -> dict[str, Paper]:
        """Our documents in the books, by mark, each once."""
        return papers_by_mark(self.ledger)

    def paper(self, kind: Kind, record: Any) -> Paper:
        """The document of a record."""
        return self.papers()[marker(kind, str(record.id))]

    def change(self, paper: Paper, role: str = "receivables") -> Decimal:
        """What a document changes in an account."""
        return self.ledger.change(paper, self.ledger.names[role])

    def balance(self, role: str) -> Decimal:
        """The balance of an account, debit positive."""
        return self.ledger.trial_balance()[self.ledger.names[role]]

    async def proof(self, name: str = "sales", *, agrees: bool = True) -> Proof:
        """The proof of agreement; it has to agree unless a test says that it must not."""
        flow = self.kernel.settings.flows[name]
        found = await self.kernel.store.read(
            prove, flow.name, flow.source, flow.sink, currency=flow.currency
        )
        assert found.agrees or not agrees, found
        return found

    async def findings(self, *categories: str) -> list[FindingRow]:
        """What a person sees, of some categories only where any are given."""
        rows = await self.kernel.store.read(findings.listing)
        return [row for row in rows if not categories or row.category in categories]

    async def retry(self, finding: FindingRow) -> None:
        """A person mended the cause and says so."""
        now = self.kernel.now_ms()
        manifest = self.kernel.settings.connections["books"].sink.manifest
        again = partial(waysout.retry, manifest=manifest)
        await self.kernel.store.tx(again, finding.id, now, "person", "books")

    async def skip(self, finding: FindingRow) -> None:
        """A person leaves out what a finding is about."""
        now = self.kernel.now_ms()
        await self.kernel.store.tx(waysout.skip, finding.id, now, "person", "not needed")

    async def approve(self, name: str) -> int:
        """A person lets the planned documents go; how many."""
        now = self.kernel.now_ms()
        return await self.kernel.store.tx(waysout.approve, name, now, "person")

    async def poke(self) -> None:
        """Any request to the simulated QuickBooks: it then delivers its notifications."""
        await self.kernel.runtime.http("GET", f"{self.ledger.simulation.base_url}/simulator/state")
        await asyncio.sleep(0.3)

    async def until(self, true: Callable[[], bool]) -> None:
        """Waits for what the server does by itself."""
        for _ in range(1500):
            if true():
                return
            await asyncio.sleep(0.02)
        raise AssertionError("it did not come to that")

    async def reconcile(self, name: str = "sales") -> list[Comparison]:
        """Reads every account of the flow back, and finds what was posted."""
        flow = self.kernel.settings.flows[name]
        asked = [
            account
            for account in flow.plan.accounts
            if await self.kernel.ask_for_documents(flow, account) is not None
        ]
        assert asked
        before = {row.id for row in await self.findings()}
        await self.deliver()
        await self.kernel.compare_answered()
        wrong = await self.findings("missing_in_books", "changed_in_books", "doubled_in_books")
        assert [row for row in wrong if row.id not in before] == []
        compared = [await self.kernel.store.read(last, flow.sink, account) for account in asked]
        return [one for one in compared if one is not None]


def _over(known: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(known)
    for name, value in new.items():
        inner = merged.get(name)
        merged[name] = _over(inner or {}, value) if isinstance(value, Mapping) else value
    return merged


def tables(connections: Mapping[str, Any], ledger: Ledger, **changes: Any) -> dict[str, Any]:
    """The configuration: a flow ``sales``; ``flow`` and ``settings`` come over the usual values."""
    names = ledger.names
    settings = {
        "receivables_account": names["receivables"],
        "payables_account": names["payables"],
        "deposit_account": names["undeposited"],
        "income_account": names["income"],
        "cost_account": names["cost"],
        "bill_account": names["expense"],
        "refund_account": names["bank"],
        "default_item": LABOUR,
        "tax_codes": {"901": "Texas", "903": "Travis County"},
        **changes.get("settings", {}),
    }
    flow = {
        "recipe": "psa-invoices",
        "source": "psa",
        "sink": "books",
        "every": "manual",
        **changes.get("flow", {}),
        "settings": settings,
    }
    return {
        **{name: changes[name] for name in ("server", "plugins") if name in changes},
        "connections": connections,
        "flows": {"sales": flow, **changes.get("flows", {})},
    }


@asynccontextmanager
async def open_online(
    clock: Clock, switches: Switches | None = None, preferences: Mapping[str, Any] | None = None
) -> AsyncIterator[tuple[OnlineLedger, dict[str, Any]]]:
    """Books in QuickBooks Online, and the connection to them."""
    simulation = Simulation.open(
        clock=OnlineClock(clock), switches=switches, preferences=preferences
    )
    try:
        async with online_serving(simulation) as url:
            yield (
                OnlineLedger(simulation),
                {
                    "connector": "quickbooks-online",
                    "client_id": "simulated-client",
                    "client_secret": {"env": "QBO_SECRET"},
                    "base_url": url,
                    "oauth_url": url,
                    "environment": "sandbox",
                },
            )
    finally:
        simulation.close()


@asynccontextmanager
async def open_kernel(
    folder: Path, clock: Clock, written: Mapping[str, Any], door: Any = listening
) -> AsyncIterator[tuple[Kernel, str]]:
    """The kernel on a configuration, and the address of its doors."""
    config = folder / "subledger.toml"
    config.write_text(toml(written))
    settings = load_settings(config, environment=SECRETS)
    async with AsyncExitStack() as stack:
        store = blank_store(folder / "subledger.db")
        stack.callback(store.close)
        real = await stack.enter_async_context(real_runtime())
        runtime = evolve(real, now=clock, sleep=Skips(clock))
        kernel = Kernel(settings, store, runtime, structlog.get_logger(), "world")
        plant = Plant(kernel)
        plant.furnish()
        listen = Listen(host="127.0.0.1", port=0)
        given = (kernel, listen, plant) if door is listening else (kernel, listen)
        yield kernel, await stack.enter_async_context(door(*given))


@asynccontextmanager
async def open_service_world(
    folder: Path,
    books: str = "online",
    *,
    psa: Mapping[str, Any] | None = None,
    connection: Mapping[str, Any] | None = None,
    switches: Switches | None = None,
    preferences: Mapping[str, Any] | None = None,
    connected: bool = True,
    door: Any = listening,
    **changes: Any,
) -> AsyncIterator[ServiceWorld]:
    """A world without documents; ``books`` is online or desktop."""
    clock = Clock(START - dt.datetime.now(dt.UTC))

    def advance(**span: float) -> None:
        clock.ahead += dt.timedelta(**span)

    shop = open_shop(clock, advance)
    async with AsyncExitStack() as stack:
        syncro = await stack.enter_async_context(syncro_serving(shop.simulation))
        company: Company | None = None
        ledger: Any
        if books == "online":
            ledger, sink = await stack.enter_async_context(
                open_online(clock, switches, preferences)
            )
        else:
            company = stack.enter_context(seat(folder / "company.db", clock, ""))
            ledger = DesktopLedger(company.books)
            sink = {"connector": "quickbooks-desktop", "password": {"env": "QBWC_PASSWORD"}}
        ledger.add_item(LABOUR)
        ledger.add_tax("Texas", ("TX", "8.25"))
        ledger.add_tax("Travis County", ("State", "6.25"), ("Austin", "1"), ("Transit", "1"))
        source = {"connector": "syncro", "api_token": {"env": "SYNCRO_TOKEN"}, "base_url": syncro}
        connections = {
            "psa": {**source, **(psa or {})},
            "books": {**sink, **(connection or {})},
        }
        written = tables(connections, ledger, **changes)
        kernel, url = await stack.enter_async_context(open_kernel(folder, clock, written, door))
        if company is not None:
            company.url = f"{url}/qbwc/books"
            await enrol(kernel, "books", url, company, folder)
        world = ServiceWorld(folder, clock, shop, kernel, ledger, url, company)
        if books == "online" and connected:
            await connect(kernel, url)
        yield world


async def connect(kernel: Kernel, url: str, connection: str = "books") -> int:
    """A person authorises the books in a browser; the status of the last page."""
    address = await begin(kernel, connection, url + CALLBACK)
    for _ in range(4):
        answer = await kernel.runtime.http("GET", address)
        if "location" not in answer.headers:
            break
        address = answer.headers["location"]
    return answer.status
