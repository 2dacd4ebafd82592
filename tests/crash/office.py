"""One company's office in virtual time: source, server, Web Connector and QuickBooks.

The server is a process that can die or freeze in mid-step: its objects are dropped, the store
stays, and the next call meets a new process.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random
from typing import Any

from attrs import define, evolve, field

from subledger.config.settings import Settings
from subledger.kernel import Kernel
from subledger.runtime import Runtime
from subledger.store.moments import to_ms
from subledger.testing.crash import Died, Disk, Froze, Steps, Trap
from subledger.testing.virtual_time import VirtualLoop
from subledger_quickbooks_desktop.config import OWNER_ID
from subledger_quickbooks_desktop.service import Service
from subledger_quickbooks_desktop.simulator.faults import FaultPlan, Faults
from subledger_quickbooks_desktop.simulator.quickbooks import CompanyFile
from subledger_quickbooks_desktop.simulator.web_connector import (
    Reply,
    TransportError,
    WebConnector,
)

from .chance import chance
from .server import Diary, Zombie, leases_of, name_of

BOOKS = "books"
CARDS = "cards"
FLOW = "cards"
PASSWORD = "typed once"
CALL_TIMEOUT = 100.0
POLL = 300.0
"""Seconds between two polls; longer than a lease."""


@define
class Process:
    """One server process: kernel, service and its view of the store."""

    kernel: Kernel
    service: Service
    trap: Trap


@define
class Office:
    """The whole simulation. ``traps`` are for the first processes, one each; later ones live."""

    loop: VirtualLoop
    settings: Settings
    disk: Disk
    company: CompanyFile
    clock: Callable[[], dt.datetime]
    rng: Random
    http: Any = None
    traps: list[Trap] = field(factory=list)
    thaw_after: int = 0
    faults: str = ""
    diary: Diary = field(factory=Diary)
    problems: list[str] = field(factory=list)
    process: Process | None = None
    processes: int = 0
    calls: int = 0
    writes: int = 0
    zombie: Zombie | None = None
    runs: int = 0
    errands: dict[int, Callable[[], Awaitable[None]]] = field(factory=dict)
    source_version: Callable[[], Any] = lambda: None
    connector: WebConnector = field(init=False)
    _named: Any = None

    def __attrs_post_init__(self):
        plan = Faults(FaultPlan.parse(self.faults), rng=chance("faults"))
        self.connector = WebConnector(
            self,
            self,
            username=BOOKS,
            password=PASSWORD,
            app_name="subledger",
            owner_id=OWNER_ID,
            clock=self.clock,
            faults=plan,
        )

    # --------------------------------------------------------------- the server

    def server(self) -> Process:
        """The process that serves now; a new one where the last has gone."""
        if self.process is None:
            self.processes += 1
            trap = self.traps.pop(0) if self.traps else Trap()
            owner = f"process-{self.processes}"
            luck = chance(owner)
            runtime = Runtime(
                now=self.clock,
                sleep=asyncio.sleep,
                random=luck,
                new_id=lambda: f"{luck.getrandbits(128):032x}",
                http=self.http,
            )
            kernel = Kernel(self.settings, self.disk.store(trap), runtime, self.diary, owner)
            config = self.settings.connections[BOOKS].config
            self.process = Process(kernel, Service(config, kernel.peer(BOOKS)), trap)
        return self.process

    async def served(self, work: Callable[[Process], Any], doing: str) -> Any:
        """The result of a coroutine of the server; None where the process stopped in it."""
        process = self.server()
        try:
            return await Steps(work(process), process.trap)
        except Died:
            self.process = None
        except Froze as stopped:
            self.process = None
            self.zombie = Zombie(
                frozen=stopped.frozen,
                trap=process.trap,
                doing=doing,
                owner=process.kernel.owner,
                held=self.leases(),
                due=self.calls + self.thaw_after,
            )
        return None

    async def run_flow(self) -> Any:
        """The flow is run, as the schedule does."""
        self.runs += 1
        return await self.served(lambda process: process.kernel.run_flow(FLOW), "run")

    async def compared(self) -> list[str]:
        """What is wrong between the books as they were read back and what was posted."""
        found = await self.served(lambda process: process.kernel.compare_answered(), "compare")
        return [f"the books differ: {one}" for one in found if not one.agrees]

    def state(self) -> Any:
        """A name for the durable state, and for what the server is asked for at the moment."""
        now = to_ms(self.clock())  # as fine as the store writes it
        return (self.runs, self.calls, self.source_version(), now, self._contents())

    def _contents(self) -> Any:
        """A name for what store and company file hold; thought out anew only after a change."""
        changes = (self.disk.changes, self.company.store._connection.total_changes)
        if self._named is None or self._named[0] != changes:
            contents = (self.disk.content(), self.company.store.snapshot())
            self._named = (changes, tuple(map(name_of, contents)))
        return self._named[1]

    # -------------------------------------------------------- the Web Connector

    async def poll(self) -> Any:
        """One run of the Web Connector."""
        return await self.connector.run_once()

    async def post(self, action: str, body: bytes) -> Reply:
        """Carries one SOAP call to the server; the Web Connector's transport."""
        self.calls += 1
        method = action.rpartition("/")[2]
        if self.zombie is not None and self.calls == self.zombie.due:
            await self.thaw()
        if method == "receiveResponseXML" and self.writes in self.errands:
            await self.errands.pop(self.writes)()
        answer = await self.served(lambda process: process.service.answer(body, "pc"), method)
        if answer is not None:
            return Reply(status=answer[0], headers={"content-type": "text/xml"}, body=answer[1])
        if self.zombie is not None and self.zombie.due == self.calls + self.thaw_after:
            await asyncio.sleep(2 * CALL_TIMEOUT)
        raise TransportError("the connection was reset")

    def begin_session(self, *, company_file: str, app_name: str) -> Any:
        """QuickBooks' door; counts what is written."""
        return _Counted(
            self.company.begin_session(company_file=company_file, app_name=app_name), self
        )

    # ---------------------------------------------------------------- the frozen

    def leases(self) -> dict[str, int]:
        """Leases that are held now, by name, with their epochs."""
        now = to_ms(self.clock())
        return {row.name: row.epoch for row in self.disk.do(leases_of) if row.until >= now}

    async def thaw(self) -> None:
        """The frozen process goes on; what it held and lost meanwhile, it must not use."""
        zombie, self.zombie = self.zombie, None
        if zombie is None:
            return
        epochs = {row.name: row.epoch for row in self.disk.do(leases_of)}
        lease = f"flow:{FLOW}" if zombie.doing == "run" else f"connection:{BOOKS}"
        fenced = lease in zombie.held and epochs[lease] != zombie.held[lease]
        answer = None
        with suppress(Died):
            answer = await zombie.frozen
        zombie.trap.kill()
        if not fenced:
            return
        proves = zombie.doing == "receiveResponseXML"  # what QuickBooks posted is true for ever
        anew = zombie.owner in {row.owner for row in self.disk.do(leases_of)}
        if zombie.trap.late_writes and not proves and not anew:
            self.problems.append(f"a frozen process wrote after it was superseded ({zombie.doing})")
        if zombie.doing == "sendRequestXML" and b"QBXML" in answer[1]:
            self.problems.append("a frozen process sent a document after it was superseded")

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


def with_source(settings: Settings, type_: Any) -> Settings:
    """The settings with another source behind the connection ``cards``."""
    cards = evolve(settings.connections[CARDS], type=type_)
    return evolve(settings, connections={**settings.connections, CARDS: cards})
