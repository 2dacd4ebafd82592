"""One company with QuickBooks Online in virtual time: a source, the server, and the books.

The server is a process that can die or freeze in mid-step, and every request is a way there and a
way back: what the books have taken stays, whether or not somebody lives to read the answer.
"""

import asyncio
import datetime as dt
import json
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from attrs import define, field

from subledger.config.settings import Settings
from subledger.errors import TemporaryError
from subledger.runtime import HttpResponse
from subledger.store import Store
from subledger.store.schema import TOKEN
from subledger.testing.crash import Disk, Trap, name_of
from subledger.testing.servers import DELIVER, RUN, Job, Servers
from subledger.testing.workplace import FLOW, ROUND, SINK, Workplace
from subledger.vault import Keyring, Unsealable
from subledger_quickbooks_online.simulator import Request, Simulation, answer

from .office import opened

POLL = ROUND
"""Seconds between two rounds of the server."""
KEY = bytes(32)
_ASK = Job(does="ask")


@define
class OnlineOffice:
    """The whole simulation. ``traps`` are for the first processes, one each; later ones live."""

    settings: Settings
    disk: Disk
    simulation: Simulation
    clock: Callable[[], dt.datetime]
    rng: Random
    traps: list[Trap] = field(factory=list)
    thaw_after: int = 0
    renewals: int = 0
    kept: set[str] = field(factory=set)
    source_version: Callable[[], Any] = lambda: None
    servers: Servers = field(init=False)
    _named: Any = None
    _renewing: int = 0

    def __attrs_post_init__(self):
        self.servers = Servers(
            disk=self.disk,
            clock=self.clock,
            open=self._open,
            traps=self.traps,
            thaw_after=self.thaw_after,
            outside=self._outside,
        )

    def _open(self, store: Store, number: int) -> Workplace:
        return opened(self.settings, store, self.clock, number, sink=self.http)

    def _outside(self) -> Any:
        """A name for what lasts beside the store; thought out anew only after a change."""
        changes = self.simulation.company._store._connection.total_changes
        if self._named is None or self._named[0] != changes:
            self._named = (changes, name_of(self.simulation.company.snapshot()))
        door = (self.simulation.tokens.serial, *self.simulation.faults.counts)
        return self.source_version(), self._named[1], door

    async def run_flow(self) -> Any:
        """The flow is run, as the schedule does."""
        return await self.servers.served(RUN, Workplace.run)

    async def dispatch(self) -> Any:
        """What waits is delivered, as the schedule does."""
        return await self.servers.served(DELIVER, Workplace.deliver)

    async def ask(self, account: str) -> Any:
        """The documents of the flow on an account are asked for, as a person does."""
        flow = self.settings.flows[FLOW]
        return await self.servers.served(_ASK, lambda p: p.kernel.ask_for_documents(flow, account))

    async def rest(self, seconds: float) -> None:
        """Time passes."""
        await asyncio.sleep(seconds)

    # -------------------------------------------------------------- the network

    async def http(
        self,
        method,
        url,
        *,
        headers=None,
        params=None,
        body=None,
        timeout=30.0,  # noqa: ASYNC109
    ) -> HttpResponse:
        """The HTTP port: a request on its way, the books' answer, and the way back."""
        if self.servers.called():
            self.servers.wake()
        await asyncio.sleep(0)
        full = f"{url}?{urlencode(list(params))}" if params else url
        request = Request.of(method, full, headers=headers, body=body or b"")
        self._watch(request)
        response = answer(self.simulation, request)
        renews = request.path.endswith("/tokens/bearer")
        self._renewing += renews
        try:
            await asyncio.sleep(timeout if response.lost else 0)
        finally:
            self._renewing -= renews
        if response.lost:
            raise TemporaryError("no answer arrived")
        return HttpResponse(
            status=response.status,
            headers={name.lower(): text for name, text in response.headers.items()},
            body=response.body,
        )

    def _watch(self, request: Request) -> None:
        """Notes where a request uses what is not in the store, or renews what is being renewed."""
        if request.path.endswith("/tokens/bearer"):
            self.renewals += 1
            if self._renewing and self.servers.alone:
                self.servers.problems.append("two refreshes of one grant were under way at once")
            return
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.kept:
            grant = self.grant()
            self.kept.add(grant["access"] if grant else "")
        if token not in self.kept:
            self.servers.problems.append("an access token was used before its grant was kept")

    def grant(self) -> Any:
        """The grant in the store."""
        sealed = self.disk.do(lambda c: c.execute(sa.select(TOKEN.c.sealed)).scalar())
        if sealed is None:
            return None
        with suppress(Unsealable):
            return json.loads(Keyring([KEY]).open(sealed, SINK))
