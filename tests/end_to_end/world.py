"""A world: a business with cards, a server, and a company with QuickBooks, joined by sockets."""

import asyncio
import datetime as dt
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import forked
import structlog
from attrs import define, evolve, field
from blank import blank_store
from passing import Clock, Naps

from subledger.config import load_settings
from subledger.flow.proof import Proof, prove
from subledger.flow.reconcile import Comparison, compare
from subledger.flow.runs import RunReport
from subledger.kernel import Kernel
from subledger.ledger import findings
from subledger.ledger.findings import FindingRow
from subledger.realworld import real_runtime
from subledger.server.run import Listen, serving
from subledger_pex.simulator import Business, Simulation, generate_business, instant
from subledger_pex.simulator.server import serving as pex_serving
from subledger_quickbooks_desktop.config import OWNER_ID
from subledger_quickbooks_desktop.simulator.desk import Desk, open_desk
from subledger_quickbooks_desktop.simulator.faults import FaultPlan, Faults
from subledger_quickbooks_desktop.simulator.quickbooks import CompanyFile, create_sample_company
from subledger_quickbooks_desktop.simulator.web_connector import (
    Behaviour,
    HttpTransport,
    RunResult,
    WebConnector,
    add_to_company,
    load_qwc,
)

TODAY = dt.date(2026, 3, 16)
TOKEN = "a-token-that-nobody-may-see"
PASSWORD = "a-password-that-nobody-may-see"
ENVIRONMENT = {"PEX_TOKEN": TOKEN, "QBWC_PASSWORD": PASSWORD}
REGISTER = "PEX Card Account"
CREDIT_CARD = "PEX Credit Card"
_SIGN = {"Check": -1, "CreditCardCharge": -1, "Deposit": 1, "CreditCardCredit": 1}
FLOW: Mapping[str, Any] = {
    "recipe": "card-expenses",
    "source": "cards",
    "sink": "books",
    "every": "manual",
}
SETTINGS: Mapping[str, Any] = {
    "account": REGISTER,
    "funding_account": "Operating Checking",
    "fee_account": "Bank Service Charges",
    "rebate_account": "Card Rebates",
    "default_expense_account": "Uncategorized Expense",
}


def toml(tables: Mapping[str, Any], path: str = "") -> str:
    """Tables as TOML text; a value that is None is left out."""
    plain = [f"{k} = {_value(v)}" for k, v in tables.items() if not isinstance(v, Mapping | None)]
    lines = [f"[{path}]", *plain] if path and plain else plain
    nested = [
        toml(v, f"{path}.{k}" if path else k) for k, v in tables.items() if isinstance(v, Mapping)
    ]
    return "\n".join([*lines, *nested])


def _value(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else json.dumps(value)


def company_tables(
    pex: str,
    *,
    cards: Mapping[str, Any] | None = None,
    books: Mapping[str, Any] | None = None,
    flow: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    step: Mapping[str, Any] | None = None,
    **others: Any,
) -> dict[str, Any]:
    """One company's tables of the configuration; what is given comes over the usual values."""
    source = {"connector": "pex", "token": {"env": "PEX_TOKEN"}, "base_url": pex}
    sink = {"connector": "quickbooks-desktop", "password": {"env": "QBWC_PASSWORD"}}
    return {
        **others,
        "connections": {
            "cards": {**source, "requests_per_second": 200, **(cards or {})},
            "books": {**sink, **(books or {})},
        },
        "flows": {
            "cards": {
                **FLOW,
                **(flow or {}),
                "settings": {**SETTINGS, **(settings or {})},
                "step": step or {},
            }
        },
    }


def business(*items: Any, **changes: Any) -> Business:
    """A business with these transactions only, numbered in their order."""
    made = generate_business(seed=1, transactions=0, today=TODAY, **changes)
    numbered = [
        evolve(item, id=700_000_001 + n, authorisation_id=600_000_001 + n, network_id=880_001 + n)
        for n, item in enumerate(items)
    ]
    landmarks = {item.landmark: item.id for item in numbered}
    return evolve(made, transactions=tuple(numbered), landmarks=landmarks)


def since(items: Iterable[Any]) -> dict[str, dt.date]:
    """A flow's start two weeks before anything happened: the empty year before it is not read."""
    first = min((item.time.date() for item in items), default=TODAY)
    return {"start": first - dt.timedelta(days=14)}


def ago(days: float, hour: int = 12) -> dt.datetime:
    """An Eastern wall time so many days before the first day of the world."""
    return instant(TODAY - dt.timedelta(days=days), hour)


async def command(
    folder: Path, *words: str, environment: Mapping[str, str] = ENVIRONMENT
) -> tuple[int, Any]:
    """Runs a command of the CLI as a process; its exit status and its JSON document."""
    config = folder / "subledger.toml" if (folder / "subledger.toml").exists() else folder
    process = await asyncio.to_thread(
        forked.start, *words, "--config", str(config), "--json", environment=environment
    )
    out, error = await asyncio.to_thread(process.communicate)
    assert "Traceback" not in error, error
    return process.returncode or 0, json.loads(out)


@define
class Company:
    """A computer with QuickBooks and a Web Connector that knows one connection of ours."""

    books: CompanyFile
    clock: Clock
    url: str
    desk: Desk | None = None
    journal: list[str] = field(factory=list)
    fired: list[str] = field(factory=list)

    def connector(
        self,
        fault: str = "",
        seed: int = 1,
        password: str = PASSWORD,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> WebConnector:
        """Its Web Connector; ``fault`` is a plan as people write it."""
        faults = Faults(FaultPlan.parse(fault), rng=Random(seed))  # noqa: S311 - no secret
        self.fired = faults.fired
        return WebConnector(
            HttpTransport(self.url),
            self.books,
            username=self.url.rpartition("/")[2],
            password=password,
            app_name="subledger",
            owner_id=OWNER_ID,
            clock=self.clock,
            sleep=sleep,
            log=self.journal.append,
            faults=faults,
            door=self.desk,
            behaviour=Behaviour(noop_seconds=0.02),
        )

    async def session(self, fault: str = "", seed: int = 1, **more: Any) -> RunResult:
        """The user clicks Update once; ``fired`` are then the faults that happened."""
        return await self.connector(fault, seed, **more).run_once()

    def documents(self) -> list[dict[str, Any]]:
        """Every document but the opening balance."""
        return [d for d in self.books.documents() if d["memo"] != "Account Opening Balance"]

    def document(self, number: int | str) -> dict[str, Any]:
        """The one document that carries this number."""
        (found,) = (d for d in self.documents() if str(number) in marker(d))
        return found

    def register(self, account: str) -> dict[str, Decimal]:
        """What each of our documents changes in an account, by mark. A mark met twice fails."""
        found: dict[str, Decimal] = {}
        for document in self.documents():
            mark = marker(document)
            assert mark not in found, f"{mark} is in the books twice"
            found[mark] = change(document, account)
        return found


def marker(document: Mapping[str, Any]) -> str:
    """The mark at the start of a document's memo."""
    memo = document["memo"] or (document["lines"][0]["memo"] if document["lines"] else "")
    return str(memo).partition(" ")[0]


def change(document: Mapping[str, Any], account: str) -> Decimal:
    """What a document changes in an account: positive debits it."""
    sign = _SIGN.get(document["type"])
    if sign is not None:
        return sign * document["amount"] if document["account"] == account else Decimal(0)
    return sum((x["amount"] for x in document["lines"] if x["account"] == account), Decimal(0))


@define
class World:
    """One flow ``cards`` from a simulated PEX to a simulated QuickBooks company."""

    folder: Path
    clock: Clock
    cards: Simulation
    kernel: Kernel
    company: Company
    url: str
    naps: Naps
    account: str = REGISTER

    async def looked(self) -> None:
        """Waits until the schedule has looked twice, and so has begun whatever is due now."""
        enough = self.naps.ticks + 3
        while self.naps.ticks < enough:  # noqa: ASYNC110 - the schedule tells nobody
            await asyncio.sleep(0.02)

    def advance(self, **span: float) -> None:
        """Lets time pass everywhere."""
        step = dt.timedelta(**span)
        self.clock.ahead += step
        self.cards.clock.advance(step)

    async def run_flow(self) -> RunReport:
        """Reads the source and plans."""
        return await self.kernel.run_flow("cards", "test")

    async def session(self, fault: str = "", seed: int = 1) -> RunResult:
        """One update of the Web Connector."""
        return await self.company.session(fault, seed)

    async def sync(self) -> RunResult:
        """What a person means by sync: read, and let QuickBooks take everything."""
        await self.run_flow()
        result = await self.session()
        assert not result.failed, result
        return result

    async def proof(self, **period: str) -> Proof:
        """The proof of agreement; it has to agree whenever a test looks at it."""
        found = await self.kernel.store.read(prove, "cards", "cards", "books", **period)
        assert found.agrees, found
        return found

    async def count(self) -> dict[str, int]:
        """How many records ended in each bucket, empty ones left out."""
        buckets = (await self.proof()).buckets
        return {name: bucket.records for name, bucket in buckets.items() if bucket.records}

    async def findings(self) -> list[FindingRow]:
        """What a person sees."""
        return await self.kernel.store.read(findings.listing)

    async def finding(self, category: str) -> FindingRow:
        """The one finding of a category."""
        (found,) = (row for row in await self.findings() if row.category == category)
        return found

    async def reconcile(self) -> Comparison:
        """Reads the books back and compares."""
        question = await self.kernel.ask_for_documents(self.kernel.settings.flows["cards"])
        assert question is not None
        result = await self.session()
        assert not result.failed, result
        found = await self.kernel.store.tx(compare, question, self.kernel.now_ms())
        assert found is not None
        return found

    async def agree(self) -> None:
        """The source, our ledger and the books agree to the cent, by record."""
        proof = await self.proof()
        truth = self.cards.truth()
        assert proof.source.minor == truth["total"] + truth["paid"]
        comparison = await self.reconcile()
        assert comparison.agrees, comparison
        assert comparison.posted_total == proof.buckets["posted"].total
        posted = self.company.register(self.account)
        assert len(posted) == proof.buckets["posted"].records
        assert sum(posted.values()) == proof.buckets["posted"].total.amount
        settled = truth["transactions"] | truth["payments"]
        for mark, amount in posted.items():
            assert int(amount * 100) == settled[mark.rpartition("-")[2]]["cents"], mark

    def landmark(self, name: str) -> int:
        """The number of a transaction by its name."""
        return self.cards.business.landmarks[name]

    def document(self, name: str) -> dict[str, Any]:
        """The document of a named transaction."""
        return self.company.document(self.landmark(name))

    def change(self, name: str, **values: Any) -> None:
        """Something happens to a named transaction in PEX, now."""
        (item,) = (t for t in self.cards.transactions if t.id == self.landmark(name))
        self.cards.change(item, **values)

    async def command(self, *words: str) -> tuple[int, Any]:
        """Runs a command on this world's configuration and database, as a process."""
        return await command(self.folder, *words)

    async def settle(self) -> None:
        """Lets the Web Connector run, as often as it takes after a fault, until all is done."""
        for _ in range(6):
            self.advance(minutes=5)
            result = await self.session()
            if not result.failed and result.percent in (None, 100):
                return
        raise AssertionError(result)

    def marks(self) -> Counter[str]:
        """How often each record of ours is in the books."""
        return Counter(marker(document) for document in self.company.documents())


@contextmanager
def seat(path: Path, clock: Clock, url: str, **sample: Any) -> Any:
    """A computer with the sample company in a real file."""
    with ExitStack() as stack:
        books = CompanyFile(path, clock)
        stack.callback(books.close)
        values = {"year_start": TODAY - dt.timedelta(days=500), "closing_date": None}
        create_sample_company(books, **{**values, **sample})
        yield Company(books, clock, url)


async def enrol(kernel: Kernel, connection: str, url: str, company: Company, folder: Path) -> None:
    """Adds the connection's .qwc file to the Web Connector, as a person does."""
    found = kernel.settings.connections[connection]
    assert found.sink is not None
    assert found.sink.peer is not None
    peer = found.sink.peer(found.config, kernel.peer(connection))
    path = folder / f"{connection}.qwc"
    path.write_bytes(await peer.enrolment(url.replace("127.0.0.1", "localhost")))
    application = load_qwc(path)
    add_to_company(
        company.books,
        app_name=application.app_name,
        owner_id=application.owner_id,
        file_id=application.file_id,
    )


@asynccontextmanager
async def open_world(
    folder: Path,
    *items: Any,
    cards_behaviour: Mapping[str, Any] | None = None,
    funding: str = "prepaid",
    whole: Business | None = None,
    sample: Mapping[str, Any] | None = None,
    **tables: Any,
) -> AsyncIterator[World]:
    """A world with these transactions (or a ``whole`` business), and no time passed yet.

    ``tables`` are changes of :func:`company_tables`.
    """
    if whole is None:
        tables["flow"] = {**since(items), **tables.get("flow", {})}
    made = whole or business(*items, funding=funding)
    simulation = Simulation.of(made, token=TOKEN)
    simulation.behaviour = evolve(simulation.behaviour, **(cards_behaviour or {}))
    clock = Clock(made.starts - dt.datetime.now(dt.UTC))
    async with AsyncExitStack() as stack:
        pex = await stack.enter_async_context(pex_serving(simulation))
        config = folder / "subledger.toml"
        config.write_text(toml(company_tables(pex, **tables)))
        settings = load_settings(config, environment=ENVIRONMENT)
        store = blank_store(folder / "subledger.db")
        stack.callback(store.close)
        real = await stack.enter_async_context(real_runtime())
        naps = Naps()
        runtime = evolve(real, now=clock, sleep=naps)
        kernel = Kernel(settings, store, runtime, structlog.get_logger(), "world")
        listen = Listen(host="127.0.0.1", port=0)
        url = await stack.enter_async_context(serving(kernel, listen))
        company = stack.enter_context(
            seat(folder / "company.db", clock, f"{url}/qbwc/books", **(sample or {}))
        )
        await enrol(kernel, "books", url, company, folder)
        company.desk = stack.enter_context(open_desk(company.books, clock))
        account = settings.flows["cards"].plan.account if "cards" in settings.flows else REGISTER
        yield World(folder, clock, simulation, kernel, company, url, naps, account)
