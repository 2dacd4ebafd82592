"""One company with QuickBooks Online in virtual time: a source, the server, and the books.

The server is a process that can die or freeze in mid-step, and every request is a way there and a
way back: what the books have taken stays, whether or not somebody lives to read the answer.
"""

import asyncio
import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from attrs import define, field

from subledger.config.settings import Settings
from subledger.errors import TemporaryError
from subledger.kernel import Kernel
from subledger.runtime import HttpResponse, Runtime
from subledger.store.moments import to_ms
from subledger.store.schema import TOKEN
from subledger.testing.crash import Died, Disk, Froze, Steps, Trap
from subledger.testing.virtual_time import VirtualLoop
from subledger.vault import Keyring, Unsealable
from subledger_quickbooks_online.simulator import Request, Simulation, answer

from .chance import chance
from .server import Diary, Zombie, leases_of, name_of

BOOKS = "books"
SOURCE = "source"
FLOW = "flow"
POLL = 300.0
"""Seconds between two rounds of the server; longer than a lease."""
KEY = bytes(32)


class _Kernel(Kernel):
    """Comparing what the store holds needs no lease: its writes are not held against the frozen."""

    trap: Trap

    async def compare_answered(self) -> Any:
        """As ever."""
        before = self.trap.late_writes
        found = await super().compare_answered()
        self.trap.late_writes = before
        return found


@define
class Process:
    """One server process: its kernel and its view of the store."""

    kernel: Kernel
    trap: Trap


@define
class OnlineOffice:
    """The whole simulation. ``traps`` are for the first processes, one each; later ones live."""

    loop: VirtualLoop
    settings: Settings
    disk: Disk
    simulation: Simulation
    clock: Callable[[], dt.datetime]
    rng: Random
    traps: list[Trap] = field(factory=list)
    thaw_after: int = 0
    diary: Diary = field(factory=Diary)
    problems: list[str] = field(factory=list)
    process: Process | None = None
    processes: int = 0
    calls: int = 0
    renewals: int = 0
    zombie: Zombie | None = None
    steps: int = 0
    kept: set[str] = field(factory=set)
    source_version: Callable[[], Any] = lambda: None
    _thawing: Any = None
    _named: Any = None
    _renewing: int = 0

    # --------------------------------------------------------------- the server

    def server(self) -> Process:
        """The process that serves now; a new one where the last has gone."""
        if self.process is None:
            self.processes += 1
            trap = self.traps.pop(0) if self.traps else Trap()
            owner = f"process-{self.processes}"
            luck = chance(owner, self.clock())
            runtime = Runtime(
                now=self.clock,
                sleep=asyncio.sleep,
                random=luck,
                new_id=lambda: f"{luck.getrandbits(128):032x}",
                http=self.http,
            )
            kernel = _Kernel(self.settings, self.disk.store(trap), runtime, self.diary, owner)
            kernel.trap = trap
            kernel.keys = lambda: Keyring([KEY], entropy=luck.randbytes)
            self.process = Process(kernel, trap)
        return self.process

    async def served(self, work: Callable[[Kernel], Any], doing: str) -> Any:
        """The result of a coroutine of the server; None where the process stopped in it."""
        self.steps += 1
        process = self.server()
        try:
            return await Steps(work(process.kernel), process.trap)
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
        return await self.served(lambda kernel: kernel.run_flow(FLOW), "run")

    async def dispatch(self) -> Any:
        """What waits is delivered, as the schedule does."""
        return await self.served(lambda kernel: kernel.dispatch(BOOKS), "dispatch")

    async def ask(self) -> Any:
        """The documents of the flow are asked for, as a person does."""
        flow = self.settings.flows[FLOW]
        return await self.served(lambda kernel: kernel.ask_for_documents(flow), "ask")

    async def rest(self, seconds: float) -> None:
        """Time passes."""
        await asyncio.sleep(seconds)

    def state(self) -> Any:
        """A name for the durable state, and for what the server is asked for at the moment."""
        now = to_ms(self.clock())  # as fine as the store writes it
        return (self.steps, self.source_version(), now, self._contents())

    def _contents(self) -> Any:
        """A name for all that lasts; thought out anew only after a change."""
        company, door = self.simulation.company, self.simulation
        files = (self.disk.changes, company._store._connection.total_changes)
        outside = (door.tokens.serial, *door.faults.counts)
        if self._named is None or self._named[0] != (files, outside):
            contents = tuple(map(name_of, (self.disk.content(), company.snapshot())))
            self._named = ((files, outside), (contents, outside))
        return self._named[1]

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
        self.calls += 1
        if self.zombie is not None and self.calls == self.zombie.due:
            self._thawing = asyncio.ensure_future(self.thaw())
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
            if self._renewing and self.zombie is None and self._thawing is None:
                self.problems.append("two refreshes of one grant were under way at once")
            return
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.kept:
            grant = self.grant()
            self.kept.add(grant["access"] if grant else "")
        if token not in self.kept:
            self.problems.append("an access token was used before its grant was kept")

    def grant(self) -> Any:
        """The grant in the store."""
        import json  # noqa: PLC0415 - rare

        sealed = self.disk.do(lambda c: c.execute(sa.select(TOKEN.c.sealed)).scalar())
        if sealed is None:
            return None
        with suppress(Unsealable):
            return json.loads(Keyring([KEY]).open(sealed, BOOKS))

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
        lease = f"connection:{BOOKS}" if zombie.doing == "dispatch" else f"flow:{FLOW}"
        fenced = lease in zombie.held and epochs[lease] != zombie.held[lease]
        with suppress(Died):
            await zombie.frozen
        zombie.trap.kill()
        anew = zombie.owner in {row.owner for row in self.disk.do(leases_of)}
        if fenced and zombie.trap.late_writes and not anew:
            self.problems.append(f"a frozen process wrote after it was superseded ({zombie.doing})")

    async def thawed(self) -> bool:
        """Waits until the frozen process has come to its end; whether there was one."""
        there = self.zombie is not None or self._thawing is not None
        if self._thawing is not None:
            await self._thawing
        await self.thaw()
        return there
