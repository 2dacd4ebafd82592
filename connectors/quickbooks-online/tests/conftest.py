"""The connector in front of the simulated QuickBooks Online: no socket, virtual time."""

import datetime as dt
import itertools
import random
from collections.abc import Mapping
from typing import Any

import pytest
from attrs import define, field

from subledger.errors import TemporaryError
from subledger.ports import Context, Grant
from subledger.runtime import HttpResponse, Runtime
from subledger.secret import Secret
from subledger.testing.vault import MemoryVault
from subledger_quickbooks_online.config import QuickBooksOnlineConfig
from subledger_quickbooks_online.simulator import door
from subledger_quickbooks_online.simulator.state import Simulation
from subledger_quickbooks_online.simulator.wire import Request
from subledger_quickbooks_online.sink import QuickBooksOnlineSink

BASE = "http://127.0.0.1:1"


@define
class Log:
    """Keeps what was logged."""

    events: list[tuple[str, Mapping[str, Any]]] = field(factory=list)

    def info(self, event: str, **values: Any) -> None:
        """Keeps an event."""
        self.events.append((event, values))

    debug = warning = info


@define(eq=False)
class DoorHttp:
    """The HTTP port in front of the simulator's door; it plays what happens on the way."""

    simulation: Simulation
    seen: list[tuple[str, str, Mapping[str, str], bytes]] = field(factory=list)

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
        """One answer, or TemporaryError where it was lost."""
        from urllib.parse import urlencode  # noqa: PLC0415

        full = f"{url}?{urlencode(list(params))}" if params else url
        self.seen.append((method, full, dict(headers or {}), body or b""))
        request = Request.of(method, full, headers=headers, body=body or b"")
        response = door.answer(self.simulation, request)
        if response.lost:
            raise TemporaryError("no answer from the server")
        return HttpResponse(
            status=response.status,
            headers={name.lower(): text for name, text in response.headers.items()},
            body=response.body,
        )


@define
class World:
    """A simulated company with our app connected, and what the connector is given."""

    simulation: Simulation
    http: DoorHttp
    context: Context
    vault: MemoryVault
    log: Log
    slept: list[float]
    config: QuickBooksOnlineConfig

    @property
    def company(self) -> Any:
        """The books."""
        return self.simulation.company

    def sink(self, **settings: Any) -> QuickBooksOnlineSink:
        """A new sink, as after a restart."""
        return QuickBooksOnlineSink(make_config(**settings), self.context)

    def asked(self) -> list[tuple[str, str]]:
        """Method and path below the company of all requests."""
        return [
            (entry.method, entry.path.rpartition(f"/{self.simulation.chosen_realm}/")[2])
            for entry in self.simulation.log
        ]

    def connect(self) -> Grant:
        """A grant as if a person had agreed just now."""
        given = self.simulation.connect()
        now = self.simulation.now
        return Grant(
            access=Secret(given["access_token"]),
            refresh=Secret(given["refresh_token"]),
            expires=now + dt.timedelta(seconds=given["expires_in"]),
            facts={"realm": self.simulation.chosen_realm},
        )


def make_config(**settings: Any) -> QuickBooksOnlineConfig:
    """The settings of a connection to the simulator."""
    values = {
        "client_id": "simulated-client",
        "client_secret": Secret("simulated-secret"),
        "base_url": BASE,
        "oauth_url": BASE,
        **settings,
    }
    return QuickBooksOnlineConfig(**values)


def make_world(**options: Any) -> World:
    """A company of its own."""
    simulation = Simulation.open(**options)
    simulation.base_url = BASE
    http, log, slept = DoorHttp(simulation), Log(), []
    numbers = itertools.count(1)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        simulation.clock.advance(dt.timedelta(seconds=seconds))

    runtime = Runtime(
        now=simulation.clock,
        sleep=sleep,
        random=random.Random(1),  # noqa: S311 - jitter of pauses
        new_id=lambda: f"{next(numbers):026d}",
        http=http,
    )
    vault = MemoryVault()
    context = Context(connection="books", runtime=runtime, log=log, vault=vault)
    world = World(simulation, http, context, vault, log, slept, make_config())
    vault.kept = world.connect()
    return world


@pytest.fixture
def world():
    """A company whose app is connected."""
    return make_world()


@pytest.fixture
def worlds():
    """The maker of companies."""
    return make_world
