"""One company's office in virtual time: source, server, Web Connector and QuickBooks.

The server is a process that can die or freeze in mid-step: its objects are dropped, the store
stays, and the next call meets a new process.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from attrs import define, evolve, field

from subledger.config.settings import Settings
from subledger.runtime import Http
from subledger.store import Store
from subledger.testing.chance import chance
from subledger.testing.crash import Disk, Trap, name_of
from subledger.testing.servers import RUN, SINK_LEASE, Job, Servers
from subledger.testing.workplace import FLOW, ROUND, SINK, SOURCE, Side, Workplace, nowhere
from subledger_quickbooks_desktop.config import OWNER_ID
from subledger_quickbooks_desktop.service import Service
from subledger_quickbooks_desktop.simulator.faults import FaultPlan, Faults
from subledger_quickbooks_desktop.simulator.quickbooks import CompanyFile
from subledger_quickbooks_desktop.simulator.web_connector import (
    Reply,
    TransportError,
    WebConnector,
)

PASSWORD = "typed once"
CALL_TIMEOUT = 100.0
POLL = ROUND
"""Seconds between two polls."""
_WAY = 0.001
"""Seconds that a call is under way: what follows an answer is later than what was asked."""


def _late_document(answer: Any) -> str:
    late = answer is not None and b"QBXML" in answer[1]
    return "a frozen process sent a document after it was superseded" if late else ""


_JOBS = {
    "sendRequestXML": Job(does="sendRequestXML", lease=SINK_LEASE, breach=_late_document),
    # what QuickBooks posted is true for ever
    "receiveResponseXML": Job(does="receiveResponseXML", lease=SINK_LEASE, proves=True),
}


@define
class Office:
    """The whole simulation. ``traps`` are for the first processes, one each; later ones live."""

    settings: Settings
    disk: Disk
    company: CompanyFile
    clock: Callable[[], dt.datetime]
    rng: Random
    http: Http = nowhere
    traps: list[Trap] = field(factory=list)
    thaw_after: int = 0
    faults: str = ""
    writes: int = 0
    errands: dict[int, Callable[[], Awaitable[None]]] = field(factory=dict)
    source_version: Callable[[], Any] = lambda: None
    servers: Servers = field(init=False)
    connector: WebConnector = field(init=False)
    _service: Any = None
    _named: Any = None

    def __attrs_post_init__(self):
        self.servers = Servers(
            disk=self.disk,
            clock=self.clock,
            open=self._open,
            traps=self.traps,
            thaw_after=self.thaw_after,
            outside=self._outside,
        )
        plan = Faults(FaultPlan.parse(self.faults), rng=chance("faults"))
        self.connector = WebConnector(
            self,
            self,
            username=SINK,
            password=PASSWORD,
            app_name="subledger",
            owner_id=OWNER_ID,
            clock=self.clock,
            faults=plan,
        )

    def _open(self, store: Store, number: int) -> Workplace:
        """A process; the service is its own, and gone with it."""
        process = opened(self.settings, store, self.clock, number, source=self.http)
        config = self.settings.connections[SINK].config
        self._service = Service(config, process.kernel.peer(SINK))
        return process

    def _outside(self) -> Any:
        """A name for what lasts beside the store; thought out anew only after a change."""
        changes = self.company.store._connection.total_changes
        if self._named is None or self._named[0] != changes:
            self._named = (changes, name_of(self.company.store.snapshot()))
        return self.source_version(), self._named[1]

    async def run_flow(self) -> Any:
        """The flow is run, as the schedule does."""
        return await self.servers.served(RUN, Workplace.run)

    async def compared(self) -> list[str]:
        """What is wrong between the books as they were read back and what was posted."""
        job = Job(does="compare")
        found = await self.servers.served(job, lambda process: process.kernel.compare_answered())
        return [f"the books differ: {one}" for one in found or () if not one.agrees]

    async def read_back(self, *accounts: str) -> Any:
        """Comparisons of accounts that a person asks for."""
        kernel, flow = self.servers.process.kernel, self.settings.flows[FLOW]
        for account in accounts:
            await kernel.ask_for_documents(flow, account)
        await self.rest(1)
        await self.poll()
        job = Job(does="compare")
        found = await self.servers.served(job, lambda process: process.kernel.compare_answered())
        return found or []

    # -------------------------------------------------------- the Web Connector

    async def poll(self) -> Any:
        """One run of the Web Connector."""
        return await self.connector.run_once()

    async def post(self, action: str, body: bytes) -> Reply:
        """Carries one SOAP call to the server; the Web Connector's transport."""
        method = action.rpartition("/")[2]
        await self.rest(_WAY)
        if self.servers.called():
            await self.servers.thaw()
        if method == "receiveResponseXML" and self.writes in self.errands:
            await self.errands.pop(self.writes)()
        job = _JOBS.get(method) or Job(does=method, lease=SINK_LEASE)
        answer = await self.servers.served(job, lambda _process: self._service.answer(body, "pc"))
        if answer is not None:
            return Reply(status=answer[0], headers={"content-type": "text/xml"}, body=answer[1])
        if self.servers.just_froze:
            await asyncio.sleep(2 * CALL_TIMEOUT)
        raise TransportError("the connection was reset")

    def begin_session(self, *, company_file: str, app_name: str) -> Any:
        """QuickBooks' door; counts what is written."""
        return _Counted(
            self.company.begin_session(company_file=company_file, app_name=app_name), self
        )

    async def rest(self, seconds: float) -> None:
        """Time passes."""
        await asyncio.sleep(seconds)


@define
class _Counted:
    """A session with QuickBooks that counts the requests that change the books."""

    session: Any
    office: Office

    def __getattr__(self, name: str) -> Any:
        return getattr(self.session, name)

    def process(self, request: str) -> str:
        """Answers one message set."""
        if "newMessageSetID" in request and "oldMessageSetID" not in request:
            self.office.writes += 1
        return self.session.process(request)


def opened(settings, store, clock, number, *, source=nowhere, sink=nowhere) -> Workplace:
    """A process of the server; no other one of a world's past has the same seed."""
    ways = {SOURCE: source, SINK: sink}
    sides = {}
    for name, http in ways.items():
        connection = settings.connections[name]
        sides[name] = Side(type=connection.type or connection.sink, http=http)
    seed = chance(number, clock()).getrandbits(64)
    return Workplace(settings=settings, sides=sides, store=store, clock=clock, seed=seed)


def with_source(settings: Settings, type_: Any) -> Settings:
    """The settings with another source."""
    source = evolve(settings.connections[SOURCE], type=type_)
    return evolve(settings, connections={**settings.connections, SOURCE: source})
