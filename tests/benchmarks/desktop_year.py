"""The office of a year's first sync into QuickBooks Desktop: company file and Web Connector.

Time is virtual: an answer of the server takes ``latency`` seconds, QuickBooks ``quickbooks``
seconds for each request. The Web Connector runs every minute until nothing is left to do.
"""

import asyncio
import time
from typing import Any

import year
from attrs import define, field

from subledger.kernel import Kernel
from subledger.testing.virtual_time import VirtualLoop
from subledger_quickbooks_desktop.config import OWNER_ID
from subledger_quickbooks_desktop.service import Service
from subledger_quickbooks_desktop.simulator.quickbooks import CompanyFile
from subledger_quickbooks_desktop.simulator.quickbooks.sample import create_sample_company
from subledger_quickbooks_desktop.simulator.web_connector import Reply, WebConnector

EVERY = 60.0
"""Seconds between two runs of the Web Connector: the least it offers."""
_TAKES_TIME = "receiveResponseXML"


def company(path: str, clock: Any) -> CompanyFile:
    """A sample company without a closing date, with the items that the flow names."""
    books = CompanyFile(path, clock)
    create_sample_company(books, year_start=year.START.date().replace(year=2024), closing_date=None)
    for name in (year.LABOUR, year.SALES_TAX):
        price = {"Price": "1.00", "AccountRef": {"FullName": "Services Income"}}
        books.human.add_list_object("ItemService", {"Name": name, "SalesOrPurchase": price})
    return books


@define
class Office:
    """A computer with QuickBooks and the Web Connector; ``calls`` counts its SOAP calls.

    ``cpu`` are the CPU seconds of the server, ``writes`` the message sets that change the books,
    ``reads`` the others; the last write was settled at ``written``.
    """

    kernel: Kernel
    service: Service
    books: CompanyFile
    loop: VirtualLoop
    latency: float = 0.05
    quickbooks: float = 0.2
    calls: int = 0
    cpu: float = 0.0
    sessions: int = 0
    writes: int = 0
    reads: int = 0
    written: float = 0.0
    settling: bool = False
    connector: WebConnector = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Puts the program onto the Web Connector's list."""
        self.connector = WebConnector(
            self,
            self,
            username=year.BOOKS,
            password=year.SECRET,
            app_name="subledger",
            owner_id=OWNER_ID,
            clock=self.kernel.runtime.now,
        )

    async def post(self, action: str, body: bytes) -> Reply:
        """Carries a SOAP call to the server; the Web Connector's transport."""
        self.calls += 1
        if action.endswith(_TAKES_TIME):
            await asyncio.sleep(self.quickbooks)
        await asyncio.sleep(self.latency)
        begun = time.process_time()
        status, text = await self.service.answer(body, "127.0.0.1")
        self.cpu += time.process_time() - begun
        if self.settling:
            self.written, self.settling = self.loop.time(), False
        return Reply(status=status, headers={"content-type": "text/xml"}, body=text)

    def begin_session(self, *, company_file: str, app_name: str) -> Any:
        """QuickBooks' door; counts what is asked."""
        return _Counted(
            self.books.begin_session(company_file=company_file, app_name=app_name), self
        )

    async def until_done(self) -> None:
        """Runs the Web Connector until a session finds nothing to do."""
        for _ in range(1_000):
            writes, reads = self.writes, self.reads
            result = await self.connector.run_once()
            assert not result.failed, result
            self.sessions += 1
            if (self.writes, self.reads) == (writes, reads):
                return
            await asyncio.sleep(EVERY)
        raise AssertionError("the Web Connector never comes to an end")


@define
class _Counted:
    session: Any
    office: Office

    def __getattr__(self, name: str) -> Any:
        return getattr(self.session, name)

    def process(self, request: str) -> str:
        """Answers one message set."""
        if "newMessageSetID" in request:
            self.office.writes += 1
            self.office.settling = True
        else:
            self.office.reads += 1
        answer: str = self.session.process(request)
        return answer


def opened(kernel: Kernel, books: CompanyFile, loop: VirtualLoop, **more: Any) -> Office:
    """The office of a kernel, whose settings name the books ``books``."""
    config: Any = kernel.settings.connections[year.BOOKS].config
    service = Service(config, kernel.peer(year.BOOKS))
    return Office(kernel, service, books, loop, **more)
