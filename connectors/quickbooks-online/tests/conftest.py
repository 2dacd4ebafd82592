"""The connector in front of the simulated QuickBooks Online: no socket, virtual time."""

import datetime as dt
import hashlib
import itertools
import random
from collections.abc import Mapping
from typing import Any

import pytest
from attrs import define, field

from subledger.errors import TemporaryError
from subledger.manifest import Operation
from subledger.model import (
    SALES,
    Application,
    Document,
    Line,
    Movement,
    Reference,
    Settlement,
    Way,
    kinds,
)
from subledger.model.marker import marker
from subledger.money import Money, total
from subledger.ports import Context, Delivery, Grant, Target
from subledger.runtime import HttpResponse, Runtime
from subledger.secret import Secret
from subledger.testing.vault import MemoryVault
from subledger_quickbooks_online.config import QuickBooksOnlineConfig
from subledger_quickbooks_online.simulator import door
from subledger_quickbooks_online.simulator.human import Person
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

    @property
    def person(self) -> Person:
        """Somebody who works in QuickBooks."""
        return Person(simulation=self.simulation, realm=self.simulation.chosen_realm)

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


def make_delivery(entity: Any, **values: Any) -> Delivery:
    """A delivery of an entity: created, under keys of its own, unless told otherwise."""
    number = int(hashlib.sha256(f"{entity.kind}{entity.id}".encode()).hexdigest()[:6], 16)
    given = {
        "effect": number,
        "kind": entity.kind,
        "operation": Operation.CREATE,
        "key": f"K{number:025d}",
        "attempt_key": f"A{number:025d}",
        "marker": marker(entity.kind, entity.id),
        "entity": entity,
        **values,
    }
    return Delivery(**given)


def usd(text: str) -> Money:
    """US dollars."""
    return Money.of(text)


ITEM_1 = Reference(kind=kinds.ITEM, id="1", name="Services")
CHECKING = Reference(kind=kinds.ACCOUNT, id="35", name="Checking")
VISA = Reference(kind=kinds.ACCOUNT, id="42", name="Visa")
SAVINGS = Reference(kind=kinds.ACCOUNT, id="36", name="Savings")
MEALS = Reference(kind=kinds.ACCOUNT, id="13", name="Meals and Entertainment")
OFFICE = Reference(kind=kinds.ACCOUNT, id="15", name="Office Expenses")
RECEIVABLES = Reference(kind=kinds.ACCOUNT, id="84", name="Accounts Receivable (A/R)")
PAYABLES = Reference(kind=kinds.ACCOUNT, id="33", name="Accounts Payable (A/P)")
UNDEPOSITED = Reference(kind=kinds.ACCOUNT, id="4", name="Undeposited Funds")
PAID = {
    kinds.SALES_RECEIPT: UNDEPOSITED,
    kinds.REFUND_RECEIPT: CHECKING,
    kinds.PURCHASE: CHECKING,
}


@define
class Make:
    """Makers of entities with references into the starter company."""

    customer: Reference
    vendor: Reference
    day: dt.date = dt.date(2026, 3, 1)

    def line(self, amount: str, **values: Any) -> Line:
        """A line of an item, unless it names an account."""
        given = {"amount": usd(amount), **values}
        if "account" not in given and "item" not in given:
            given["item"] = ITEM_1
        return Line(**given)

    def document(self, kind: Any = kinds.INVOICE, id: str = "1", **values: Any) -> Document:  # noqa: A002
        """A document over 100.00 of one line."""
        sales = kind in SALES
        lines = values.pop("lines", (self.line("100.00"),))
        tax = values.get("tax")
        amount = total([line.amount for line in lines] + ([tax.amount] if tax else []))
        given = {
            "kind": kind,
            "id": id,
            "party": self.customer if sales else self.vendor,
            "date": self.day,
            "amount": amount,
            "lines": tuple(lines),
            "account": PAID.get(kind, RECEIVABLES if sales else PAYABLES),
            **values,
        }
        return Document(**given)

    def settlement(
        self,
        kind: Any = kinds.PAYMENT,
        id: str = "1",  # noqa: A002
        amount: str = "100.00",
        applied: Any = (),
        **values: Any,
    ) -> Settlement:
        """A payment that settles what is given as (kind, id in the books, amount)."""
        customers = kind in (kinds.PAYMENT, kinds.REFUND)
        given = {
            "kind": kind,
            "id": id,
            "party": self.customer if customers else self.vendor,
            "date": self.day,
            "amount": usd(amount),
            "applications": tuple(
                Application(document=Reference(kind=of, id=number), amount=usd(part))
                for of, number, part in applied
            ),
            "account": RECEIVABLES if customers else PAYABLES,
            "money": UNDEPOSITED if kind == kinds.PAYMENT else CHECKING,
            **values,
        }
        return Settlement(**given)

    def movement(self, amount: str = "12.34", id: str = "1", **values: Any) -> Movement:  # noqa: A002
        """A card purchase on the Visa account."""
        lines = values.pop("lines", (self.line(amount, account=MEALS, memo="Lunch"),))
        given = {
            "id": id,
            "way": Way.OUT,
            "amount": usd(amount),
            "date": self.day,
            "lines": tuple(lines),
            "account": VISA,
            **values,
        }
        return Movement(**given)


@pytest.fixture
def make(world):
    """Makers of entities; a customer and a vendor of theirs are in the books."""
    customer = world.company.create("Customer", {"DisplayName": "Silva Dental"})
    vendor = world.company.create("Vendor", {"DisplayName": "Office Depot"})
    return Make(
        customer=Reference(kind=kinds.CUSTOMER, id=customer["Id"], name="Silva Dental"),
        vendor=Reference(kind=kinds.VENDOR, id=vendor["Id"], name="Office Depot"),
    )


@pytest.fixture
def maker():
    """The class of the makers of entities."""
    return Make


@pytest.fixture
def delivery():
    """The maker of deliveries."""
    return make_delivery


@pytest.fixture
def target():
    """The maker of targets, from what was posted, as the kernel makes them."""

    def of(posted):
        word = "" if posted.type in ("Customer", "Vendor", "Item") else posted.type
        return Target(type=word, id=posted.id, guard=posted.guard)

    return of
