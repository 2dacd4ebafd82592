"""A world while it is played: server processes that die or freeze, between two outside systems."""

import asyncio
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any, Final, cast

from attrs import define, evolve, field

from subledger.config import Settings
from subledger.errors import TemporaryError
from subledger.flow.dispatch import DispatchReport
from subledger.flow.proof import prove
from subledger.flow.runs import RunReport
from subledger.ledger.effects import State
from subledger.ledger.findings import listing
from subledger.runtime import Http, HttpResponse
from subledger.store import Store
from subledger.store.moments import to_ms
from subledger.testing import ledger
from subledger.testing.crash import Disk
from subledger.testing.outside import Clock, Door, OutsideBooks
from subledger.testing.servers import DELIVER, RUN, Job, Servers
from subledger.testing.verdict import Result
from subledger.testing.workplace import FLOW, ROUND, SINK, SOURCE, Side, Workplace

ROUNDS: Final = 40
"""A world that has not come to rest after so many rounds never will."""

ANSWERS: Final = {
    name: Job(does="answer", lease=f"connection:{name}", proves=True) for name in (SOURCE, SINK)
}
"""A peer's job. It may write late: what the other side says that it did is true for ever."""


@define
class _Way:
    """A stretch of the way to an outside system; ``begun`` and ``done`` count who has passed."""

    http: Http
    called: Callable[[], None] = lambda: None
    begun: int = 0
    done: int = 0

    async def __call__(self, method: str, url: str, **more: Any) -> HttpResponse:
        """The answer."""
        self.called()
        self.begun += 1
        answer = await self.http(method, url, **more)
        self.done += 1
        return answer


@define(kw_only=True)
class Play:
    """A flow between two outside systems, served by one process after another.

    ``given`` are the sides as their outside systems make them. On the way to a source, to books
    that we call, or to us where the other side calls, a request meets the trouble of its door.
    """

    given: Mapping[str, Side]
    books: OutsideBooks
    disk: Disk
    clock: Clock
    configured: Callable[[Mapping[str, Side]], Settings]
    servers: Servers = field(init=False)
    doors: dict[str, Door] = field(factory=dict, init=False)
    _sides: dict[str, Side] = field(factory=dict, init=False)
    _ways: list[_Way] = field(factory=list, init=False)
    _settings: Settings = field(init=False)
    _passwords: dict[str, str] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self.servers = Servers(
            disk=self.disk, clock=self.clock, open=self._open, outside=self._passed
        )
        for name, side in self.given.items():
            http = side.http if side.other is None else cast("Http", partial(self._answered, name))
            self._sides[name] = evolve(side, http=self._way(name, http))
        self._settings = self.configured(self._sides)

    def _way(self, name: str, http: Http) -> Http:
        acting = _Way(http)
        self.doors[name] = Door(acting)
        whole = _Way(self.doors[name], self._called)
        self._ways += [acting, whole]
        return whole

    def _called(self) -> None:
        if self.servers.called():
            self.servers.wake()

    def _passed(self) -> Hashable:
        return tuple((way.begun, way.done) for way in self._ways)

    def _open(self, store: Store, number: int) -> Workplace:
        process = Workplace(
            settings=self._settings, sides=self._sides, store=store, clock=self.clock, seed=number
        )
        process.passwords = self._passwords
        return process

    # ------------------------------------------------------------------- what happens

    async def settled_in(self) -> None:
        """What a person does once: consents on both sides, and sets those up who poll us."""
        process = self.servers.process
        await process.authorised()
        await process.enrolled()
        self._passwords = process.passwords
        self.servers.restart()

    async def run(self) -> RunReport | None:
        """The flow runs, as the schedule has it; None where the process stopped in it."""
        return await self.servers.served(RUN, Workplace.run)

    async def deliver(self) -> DispatchReport | None:
        """Who polls us does it once; what is planned is delivered where the kernel does that."""
        for side in self._sides.values():
            if side.other is not None:
                await side.other.poll(side.http)
        if self._sides[SINK].other is None:
            return await self.servers.served(DELIVER, lambda one: one.kernel.dispatch(SINK))
        return None

    async def _answered(self, name: str, method: str, url: str, **more: Any) -> HttpResponse:
        """The serving process answers who polls us. Raises TemporaryError."""
        answer = await self.servers.served(
            ANSWERS[name], lambda process: process.inward(name)(method, url, **more)
        )
        if answer is not None:
            return answer
        if self.servers.just_froze:
            await asyncio.sleep(more.get("timeout", 30.0))
        raise TemporaryError("the connection was lost")

    async def heal(self) -> list[str]:
        """Runs and delivers until a calm round changes nothing; what is wrong if none comes."""
        run = dispatch = None
        before = self._contents()
        for _ in range(ROUNDS):
            await asyncio.sleep(ROUND)
            trouble = self._trouble()
            run, dispatch = await self.run(), await self.deliver()
            after = self._contents()
            reports = [report for report in (run, dispatch) if report is not None]
            calm = trouble == self._trouble()
            well = calm and all(one.state == "done" for one in reports)
            if well and after == before and not self._put_off():
                return []
            before = after
        return [f"it does not come to rest: {run} {dispatch}"]

    def _trouble(self) -> object:
        """What has gone wrong so far; the other side of a peer does not report it."""
        return self.servers.stops, [door.struck for door in self.doors.values()]

    def _contents(self) -> object:
        return self.disk.do(ledger.content), list(self.books.documents())

    def _put_off(self) -> bool:
        now = to_ms(self.clock())
        return any(
            effect.state is State.PLANNED and (effect.not_before or 0) > now
            for effect in self.disk.do(ledger.effects)
        )

    # ----------------------------------------------------------------- what there is

    def result(self) -> Result:
        """What the books and the store hold now."""
        do = self.disk.do
        return Result(
            documents=tuple(self.books.documents()),
            records=tuple(do(ledger.records)),
            effects=tuple(do(ledger.effects)),
            findings=tuple((one.category, one.message) for one in do(listing)),
            proof=do(lambda c: prove(c, FLOW, SOURCE, SINK)),
        )
