"""The SOAP service on a real store, with a company file and calls as the Web Connector makes them.

Nothing is real but the code under test: no sockets, no clock, no randomness.
"""

import asyncio
import datetime as dt
import itertools
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from attrs import define, evolve, field
from lxml import etree

from subledger.flow.desk import Take, nobody
from subledger.flow.peer import KernelPeer
from subledger.ledger import books, effects
from subledger.manifest import Operation
from subledger.model import Line, Movement, Reference, Way
from subledger.model.kinds import ACCOUNT
from subledger.model.stored import dump, fingerprint
from subledger.money import Money
from subledger.ports import Query
from subledger.runtime import Runtime
from subledger.secret import Secret
from subledger.store.engine import Store, memory_store
from subledger.store.moments import to_ms
from subledger.store.schema import EFFECT, FINDING, LEASE
from subledger_quickbooks_desktop.config import OWNER_ID, QuickBooksDesktopConfig
from subledger_quickbooks_desktop.service import Service
from subledger_quickbooks_desktop.simulator.com import Session
from subledger_quickbooks_desktop.simulator.quickbooks import CompanyFile, create_sample_company
from subledger_quickbooks_desktop.simulator.web_connector import Reply, RunResult, WebConnector
from subledger_quickbooks_desktop.simulator.web_connector.company import (
    define_request,
    hcp_request,
    mod_request,
)
from subledger_quickbooks_desktop.simulator.web_connector.soap import (
    parse_int,
    parse_string,
    parse_strings,
    render_call,
)

START = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
PASSWORD = "correct horse battery staple"
FILE_ID = "{11111111-2222-3333-4444-555555555555}"
OTHER_FILE_ID = "{99999999-2222-3333-4444-555555555555}"
REGISTER = "Operating Checking"


async def _no_http(*_arguments: object, **_options: object) -> Any:
    raise AssertionError("the service calls nobody")


@define
class Clock:
    """Time that a test moves."""

    now: dt.datetime = START

    def __call__(self) -> dt.datetime:
        """The moment, each one a little later than the last, as for a real clock."""
        self.now += dt.timedelta(milliseconds=1)
        return self.now

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.now += dt.timedelta(seconds=seconds)


@define
class Bench:
    """One connection's service, its store and its company file; `call` is the Web Connector."""

    config: QuickBooksDesktopConfig
    clock: Clock = field(factory=Clock)
    store: Store = field(factory=memory_store)
    connection: str = "books"
    plan: Callable[[str], Any] = field(default=None)
    take: Take = nobody
    lines: list[Mapping[str, Any]] = field(factory=list)
    wire: list[tuple[str, bytes]] = field(factory=list)
    numbers: Any = field(factory=lambda: itertools.count(1))
    service: Service = field(init=False)
    company: CompanyFile = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.company = CompanyFile(":memory:", self.clock, rng=Random(1))  # noqa: S311 - repeatable
        create_sample_company(self.company, year_start=START.date(), closing_date=None)
        self.mark_company(FILE_ID)
        self.restart()

    def mark_company(self, file_id: str) -> None:
        """Give the company file a FileID, as the Web Connector does when it meets it."""
        session = self.company.begin_session(company_file="", app_name="mark")
        session.process(define_request("13.0", OWNER_ID))
        session.process(mod_request("13.0", OWNER_ID, "FileID", file_id))
        session.end()

    def restart(self) -> None:
        """The server process is another one; only the store is the same."""
        runtime = Runtime(
            now=self.clock,
            sleep=asyncio.sleep,
            random=Random(1),  # noqa: S311 - repeatable
            new_id=lambda: f"{next(self.numbers):032x}",
            http=_no_http,
        )
        log = structlog.wrap_logger(
            structlog.ReturnLogger(),
            processors=[lambda _logger, _method, event: self.lines.append(dict(event)) or ""],
        )
        self.service = Service(
            self.config,
            KernelPeer(
                self.connection,
                runtime,
                log,
                self.store,
                self.plan or _nothing_to_plan,
                lambda name, content: self.wire.append((name, content)),
                take=self.take,
            ),
        )

    # ------------------------------------------------------------------- calls

    async def post(self, body: bytes, *, address: str = "10.0.0.1") -> Reply:
        """One request that has arrived, as the service answers it."""
        status, answer = await self.service.answer(body, address)
        return Reply(
            status=status, headers={"content-type": "text/xml; charset=utf-8"}, body=answer
        )

    async def call(self, method: str, *values: str | int, address: str = "10.0.0.1") -> Any:
        """Call a method and read the answer as strictly as the Web Connector does."""
        reply = await self.post(render_call(method, values), address=address)
        assert reply.status == 200, (method, reply)
        if method == "authenticate":
            return parse_strings(method, reply)
        return (parse_int if method == "receiveResponseXML" else parse_string)(method, reply)

    async def login(self, password: str = PASSWORD, *, address: str = "10.0.0.1") -> list[str]:
        """Authenticate."""
        return await self.call("authenticate", "books", password, address=address)

    async def ask(self, ticket: str, hcp: str = "") -> str:
        """Call sendRequestXML."""
        path = r"C:\Books\Northwind.qbw"
        return await self.call("sendRequestXML", ticket, hcp, path, "US", 13, 0)

    async def give(self, ticket: str, answer: str, hresult: str = "", message: str = "") -> int:
        """Call receiveResponseXML."""
        return await self.call("receiveResponseXML", ticket, answer, hresult, message)

    def hcp(self) -> str:
        """What the open company file says of itself."""
        session = self.company.begin_session(company_file="", app_name="hcp")
        try:
            return session.process(hcp_request("13.0", OWNER_ID))
        finally:
            session.end()

    def session(self) -> Session:
        """A session with QuickBooks."""
        return self.company.begin_session(company_file="", app_name="subledger")

    async def until(self, name: str, *, ticket: str = "") -> tuple[str, str, Session]:
        """Go on until a request of this name is out: the ticket, the request and QuickBooks."""
        fresh = not ticket
        ticket = ticket or (await self.login())[0]
        session = self.session()
        request = await self.ask(ticket, self.hcp() if fresh else "")
        for _ in range(40):
            assert request, f"no {name} came"
            if name_of(request) == name:
                return ticket, request, session
            await self.give(ticket, session.process(request))
            request = await self.ask(ticket)
        raise AssertionError(f"no {name} came in 40 rounds")

    def connector(self, **options: Any) -> WebConnector:
        """The Web Connector simulator on this service."""
        settings = {
            "username": "books",
            "password": PASSWORD,
            "app_name": "subledger",
            "owner_id": OWNER_ID,
            "clock": self.clock,
            "sleep": self._sleep,
        }
        return WebConnector(Direct(self), self.company, **{**settings, **options})

    async def run(self) -> RunResult:
        """One run of the Web Connector; it fails the test when it does not come to an end."""
        async with asyncio.timeout(60):
            return await self.connector().run_once()

    async def _sleep(self, seconds: float) -> None:
        self.clock.forward(seconds)

    # ------------------------------------------------------------------ ledger

    async def plan_checks(self, count: int, *, first: int = 1) -> list[int]:
        """Plan so many card purchases, and ask for the lists that they need."""

        def work(c: sa.Connection) -> list[int]:
            now = to_ms(self.clock())
            books.ask(c, self.connection, Query.LISTS, now)
            numbers = range(first, first + count)
            return [effects.plan(c, intent(self.connection, n), now).id for n in numbers]

        return await self.store.tx(work)

    async def states(self) -> Sequence[str]:
        """The states of all effects in their order."""
        return await self.store.tx(
            lambda c: list(c.execute(sa.select(EFFECT.c.state).order_by(EFFECT.c.id)).scalars())
        )

    async def findings(self) -> list[str]:
        """The categories of the open findings."""
        return await self.store.tx(
            lambda c: list(
                c.execute(sa.select(FINDING.c.category).where(FINDING.c.state == "open")).scalars()
            )
        )

    async def lease_until(self) -> int:
        """When the lease of the connection ends, in milliseconds."""
        return await self.store.tx(
            lambda c: c.execute(
                sa.select(LEASE.c.until).where(LEASE.c.name == f"connection:{self.connection}")
            ).scalar_one()
        )

    def posted(self) -> list[dict[str, Any]]:
        """The documents in the books that are ours."""
        return [row for row in self.company.documents() if row["memo"].startswith("sl:")]


@define
class Direct:
    """The Web Connector's transport without a network."""

    bench: Bench

    async def post(self, action: str, body: bytes) -> Reply:
        """Carry one call."""
        return await self.bench.post(body)


async def _nothing_to_plan(_connection: str) -> bool:
    return False


def intent(connection: str, number: int, **changes: Any) -> effects.Intent:
    """A purchase that is to be posted."""
    amount = Money(1000 + number)
    movement = Movement(
        id=str(number),
        way=Way.OUT,
        amount=amount,
        date=START.date(),
        account=Reference(kind=ACCOUNT, name=REGISTER),
        memo=f"sl:txn-{number} coffee",
        lines=(Line(amount=amount, account=Reference(kind=ACCOUNT, name="Fuel")),),
    )
    movement = evolve(movement, **changes)
    text = dump(movement)
    return effects.Intent(
        connection=connection,
        flow="cards",
        source="cards",
        kind=movement.kind,
        record=movement.id,
        operation=Operation.CREATE,
        entity=text,
        version="1",
        fingerprint=fingerprint(text),
        amount=movement.effect.minor,
        currency="USD",
        date=movement.date.isoformat(),
        account=REGISTER,
    )


def name_of(request: str) -> str:
    """The name of the first request of a message set; "enquiry" for an empty set."""
    requests = etree.fromstring(request.encode())[0]
    return str(requests[0].tag) if len(requests) else "enquiry"


@pytest.fixture
def name() -> Callable[[str], str]:
    """The name of the first request of a message set."""
    return name_of


@pytest.fixture
def make_bench() -> Callable[..., Bench]:
    """Makes a bench; keywords change the settings of the connection."""

    def make(**changes: Any) -> Bench:
        plan, take = changes.pop("plan", None), changes.pop("take", nobody)
        given = {
            "password": Secret(PASSWORD),
            "file_id": FILE_ID,
            "session_timeout": dt.timedelta(seconds=60),
        }
        return Bench(QuickBooksDesktopConfig(**{**given, **changes}), plan=plan, take=take)

    return make


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    """A bench with the usual settings."""
    return make_bench()


@pytest.fixture(scope="session")
def official_schema() -> etree.XMLSchema:
    """The published qbXML 13.0 schema; tests that need it skip without it."""
    named = os.environ.get("SUBLEDGER_CONTRACTS")
    beside = Path(__file__).resolve().parents[4].parent / "shared" / "contracts"
    folder = Path(named) if named else beside
    if not folder.is_dir():
        pytest.skip("the published schemas are not here (SUBLEDGER_CONTRACTS names their folder)")
    return etree.XMLSchema(etree.parse(folder / "qbxml" / "qbxmlops130.xsd"))
