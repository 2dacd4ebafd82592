"""A runtime in virtual time, and the simulated Syncro in front of the connector."""

import datetime as dt
import itertools
import random
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from attrs import define, field

from subledger.errors import RecordRejected, TemporaryError
from subledger.model import Entity, kinds
from subledger.ports import Context, ExtractRequest, Page, RawRecord
from subledger.runtime import HttpResponse, Runtime
from subledger.secret import Secret
from subledger.testing.vault import MemoryVault
from subledger_syncro.config import SyncroConfig
from subledger_syncro.normalise import normalise
from subledger_syncro.simulator import Request, Simulation, answer, truth
from subledger_syncro.sink import open_sink
from subledger_syncro.source import open_source

TODAY = dt.date(2026, 4, 10)
KINDS = frozenset(
    {
        *(kinds.CUSTOMER, kinds.ITEM, kinds.VENDOR, kinds.INVOICE, kinds.CREDIT_MEMO),
        *(kinds.PAYMENT, kinds.REFUND, kinds.PURCHASE_ORDER, kinds.BILL, kinds.PURCHASE),
    }
)
HOSTS = ("https://acme.syncromsp.com", "https://other.syncromsp.com")


@define
class VirtualTime:
    """A clock that only sleeping and tests move; ``slept`` lists the pauses."""

    now: dt.datetime
    slept: list[float] = field(factory=list)

    def __call__(self) -> dt.datetime:
        """Now."""
        return self.now

    def seconds(self) -> float:
        """The seconds on the watch."""
        return self.now.timestamp()

    def advance(self, **span: float) -> None:
        """Moves the clock."""
        self.now += dt.timedelta(**span)

    async def sleep(self, seconds: float) -> None:
        """Moves the clock and comes back at once."""
        self.slept.append(seconds)
        self.advance(seconds=seconds)


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


@define
class Wire:
    """The HTTP port in front of a simulation, without a socket; keeps what was sent."""

    simulation: Simulation
    sent: list[tuple[str, str, Any, bytes | None]] = field(factory=list)

    async def __call__(
        self,
        method,
        url,
        *,
        headers=None,
        params=None,
        body=None,
        timeout=30.0,  # noqa: ASYNC109 - the port has it
    ) -> HttpResponse:
        """One answer, or TemporaryError where the simulator hangs up."""
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}" in HOSTS
        assert timeout > 0
        self.sent.append((method, parts.path, params, body))
        found = answer(
            self.simulation,
            Request(
                method=method,
                path=parts.path,
                query=tuple(params or ()),
                headers={**(headers or {}), "Host": parts.netloc},
                body=body or b"",
            ),
        )
        if found.is_lost:
            raise TemporaryError("no answer")
        lower = {name.lower(): text for name, text in found.headers.items()}
        return HttpResponse(status=found.status, headers=lower, body=found.body)


def make_context(http: Any, clock: VirtualTime | None = None) -> tuple[Context, VirtualTime, Log]:
    """A context in virtual time."""
    noon = dt.datetime.combine(TODAY, dt.time(12), dt.UTC)
    time, log, numbers = clock or VirtualTime(noon), Log(), itertools.count(1)
    runtime = Runtime(
        now=time,
        sleep=time.sleep,
        random=random.Random(1),  # noqa: S311 - jitter of pauses
        new_id=lambda: f"{next(numbers):026d}",
        http=http,
    )
    return Context(connection="syncro", runtime=runtime, log=log, vault=MemoryVault()), time, log


@pytest.fixture
def context():
    """The maker of contexts in virtual time."""
    return make_context


@define
class World:
    """A simulated account, and the connector in front of it."""

    simulation: Simulation
    wire: Wire
    context: Context
    clock: VirtualTime
    log: Log
    payer: int = 0
    open: list[int] = field(factory=list)

    def config(self, **settings: Any) -> SyncroConfig:
        """The connection's settings."""
        return SyncroConfig(**{"api_token": Secret("demo-token"), "subdomain": "acme", **settings})

    def source(self, **settings: Any) -> Any:
        """The connector as a source."""
        return open_source(self.config(**settings), self.context)

    def sink(self, **settings: Any) -> Any:
        """The connector as a sink."""
        config = self.config(**{"payments": "from_books", **settings})
        return open_sink(config, self.context)

    def request(self, **values: Any) -> ExtractRequest:
        """The whole year with what was dated back, and every kind, unless told otherwise."""
        since = TODAY - dt.timedelta(days=372)
        asked = {"kinds": KINDS, "since": since, "until": self.clock.now.date(), **values}
        return ExtractRequest(**asked)

    async def pages(
        self, *, settings: Mapping[str, Any] | None = None, **values: Any
    ) -> list[Page]:
        """The pages of a whole run."""
        async with self.source(**(settings or {})) as source:
            return [page async for page in source.extract(self.request(**values))]

    @property
    def marks(self) -> Mapping[str, int]:
        """Identifiers of the hand-made cases."""
        return self.simulation.world.landmarks

    @property
    def truth(self) -> Mapping[str, Any]:
        """What the account adds up to."""
        return truth(self.simulation.world)

    def asked(self, since: int = 0) -> list[str]:
        """Method and path of the requests from number ``since`` on."""
        prefix = "/api/v1/"
        return [f"{one[0]} {one[1].removeprefix(prefix)}" for one in self.wire.sent[since:]]


def make_world(*, seed: int = 1, invoices: int = 60, permissions: Any = None) -> World:
    """A simulated account of a year; it has every hand-made case, whatever its size."""
    clock = VirtualTime(dt.datetime.combine(TODAY, dt.time(12), dt.UTC))
    more = {} if permissions is None else {"permissions": permissions}
    simulation = Simulation.of(
        today=TODAY, seed=seed, invoices=invoices, monotonic=clock.seconds, clock=clock, **more
    )
    wire = Wire(simulation)
    context, clock, log = make_context(wire, clock)
    return World(simulation, wire, context, clock, log)


@pytest.fixture
def world():
    """Opener of simulated accounts."""
    return make_world


@define
class Read:
    """What a run means: entities by kind and id, rejections by kind and id, what is gone."""

    records: dict[tuple[frozenset[str], str], RawRecord] = field(factory=dict)
    entities: dict[tuple[str, str], Entity] = field(factory=dict)
    rejected: dict[str, RecordRejected] = field(factory=dict)

    def take(self, pages: list[Page]) -> "Read":
        """Takes pages as the kernel does: what a record makes no more is gone."""
        for page in pages:
            for record in page.records:
                self._take(record)
        return self

    def _take(self, record: RawRecord) -> None:
        self.records[record.makes, record.id] = record
        self.rejected.pop(record.id, None)
        for kind in record.makes:
            self.entities.pop((kind, record.id), None)
        try:
            for entity in normalise(record):
                assert entity.kind in record.makes
                self.entities[entity.kind, entity.id] = entity
        except RecordRejected as error:
            self.rejected[record.id] = error

    def get(self, kind: str, id_: object) -> Any:
        """One entity; None where there is none."""
        return self.entities.get((kind, str(id_)))

    def of(self, *wanted: str) -> list[Any]:
        """The entities of some kinds."""
        return [entity for (kind, _), entity in self.entities.items() if kind in wanted]


@pytest.fixture
def read():
    """Reads pages as the kernel does."""
    return lambda *pages: Read().take([page for some in pages for page in some])
