"""A runtime in virtual time, a plain HTTP client, and the simulated PEX on a socket."""

import datetime as dt
import itertools
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import aiohttp
import pytest
from attrs import define, field

from subledger.errors import TemporaryError
from subledger.model import kinds
from subledger.ports import Context, ExtractRequest, Page
from subledger.runtime import HttpResponse, Runtime
from subledger.secret import Secret
from subledger.testing.vault import MemoryVault
from subledger_pex.config import PexConfig
from subledger_pex.simulator import FaultPlan, Simulation, generate_business
from subledger_pex.simulator.server import serving
from subledger_pex.source import open_source

KINDS = frozenset({kinds.CARD_TRANSACTION, kinds.FEE, kinds.TRANSFER, kinds.DEPOSIT})


@define
class PlainHttp:
    """The HTTP port over aiohttp; ``timeout`` may be shortened for a test."""

    session: aiohttp.ClientSession
    limit: float = 20.0

    async def __call__(
        self,
        method,
        url,
        *,
        headers=None,
        params=None,
        body=None,
        timeout=30.0,  # noqa: ASYNC109
    ) -> HttpResponse:
        """One answer, or TemporaryError."""
        try:
            async with self.session.request(
                method,
                url,
                headers=headers,
                params=params,
                data=body,
                timeout=aiohttp.ClientTimeout(total=min(timeout, self.limit)),
                allow_redirects=False,
            ) as answer:
                return HttpResponse(
                    status=answer.status,
                    headers={name.lower(): text for name, text in answer.headers.items()},
                    body=await answer.read(),
                )
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TemporaryError("no answer") from error


@define
class VirtualTime:
    """A clock that only sleeping moves; ``slept`` lists the pauses."""

    now: dt.datetime
    slept: list[float] = field(factory=list)

    def __call__(self) -> dt.datetime:
        """Now."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Moves the clock and comes back at once."""
        self.slept.append(seconds)
        self.now += dt.timedelta(seconds=seconds)


@define
class Log:
    """Keeps what was logged."""

    events: list[tuple[str, Mapping[str, Any]]] = field(factory=list)

    def info(self, event: str, **values: Any) -> None:
        """Keeps an event."""
        self.events.append((event, values))

    warning = info

    def text(self) -> str:
        """Everything that was logged."""
        return repr(self.events)


def make_context(http: Any, now: dt.datetime) -> tuple[Context, VirtualTime, Log]:
    """A context in virtual time."""
    clock, log, numbers = VirtualTime(now), Log(), itertools.count(1)
    runtime = Runtime(
        now=clock,
        sleep=clock.sleep,
        random=random.Random(1),  # noqa: S311 - jitter of pauses
        new_id=lambda: f"{next(numbers):026d}",
        http=http,
    )
    context = Context(connection="pex", runtime=runtime, log=log, vault=MemoryVault())
    return context, clock, log


@pytest.fixture
def context():
    """The maker of contexts in virtual time."""
    return make_context


@define
class World:
    """A simulated business on a socket, and the connector in front of it."""

    simulation: Simulation
    url: str
    context: Context
    clock: VirtualTime
    log: Log
    http: PlainHttp

    def request(self, **values: Any) -> ExtractRequest:
        """The whole year and every kind, unless told otherwise."""
        business = self.simulation.business
        asked = {"kinds": KINDS, "since": business.first_day, "until": business.today, **values}
        return ExtractRequest(**asked)

    def source(self, **settings: Any) -> Any:
        """The connector in front of the simulated business."""
        config = {"token": Secret("demo-token"), "base_url": self.url, **settings}
        return open_source(PexConfig(**config), self.context)

    async def pages(self, request: ExtractRequest | None = None, **settings: Any) -> list[Page]:
        """The pages of a whole run."""
        found: list[Page] = []
        await self.read_into(found, request, **settings)
        return found

    async def read_into(
        self, found: list[Page], request: ExtractRequest | None = None, **settings: Any
    ) -> None:
        """Appends page by page, so that those before an error are kept."""
        async with self.source(**settings) as source:
            async for page in source.extract(request or self.request()):
                found.append(page)  # noqa: PERF401 - a comprehension would lose them

    def faults(self, **values: Any) -> None:
        """Sets what goes wrong, and counts requests from here."""
        self.simulation.faults = FaultPlan(**values)
        self.simulation.requests_in_plan = 0

    def asked(self) -> list[str]:
        """The paths of all requests."""
        return [entry.path for entry in self.simulation.requests]


_business = cache(generate_business)


@pytest.fixture
def world():
    """Opener of simulated businesses."""

    @asynccontextmanager
    async def opened(
        *, seed: int = 1, transactions: int = 600, funding: Any = "prepaid"
    ) -> AsyncIterator[World]:
        business = _business(
            seed=seed, transactions=transactions, today=dt.date(2026, 3, 20), funding=funding
        )
        simulation = Simulation.of(business)
        async with serving(simulation) as url, aiohttp.ClientSession() as session:
            http = PlainHttp(session)
            context, clock, log = make_context(http, simulation.now)
            yield World(simulation, url, context, clock, log, http)

    return opened
