"""A running simulation: companies, connections, switches, faults, and what was asked."""

from collections.abc import Mapping, MutableMapping
from copy import copy, deepcopy
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from attrs import define, evolve, field, frozen

from .clock import Clock
from .company import Behaviour, Company
from .faults import Faults
from .files import FolderFiles, Key, StoredFile
from .switches import Switches
from .throttle import Throttle
from .tokens import Tokens
from .webhooks import Notification, Subscription, notification, told

REALM = "9341453172000001"
ACCOUNTING = "com.intuit.quickbooks.accounting"


@frozen(kw_only=True)
class App:
    """The app as its developer registered it; no redirect addresses means any."""

    client_id: str = "simulated-client"
    client_secret: str = field(default="simulated-secret", repr=False)
    redirect_uris: tuple[str, ...] = ()
    verifier_token: str = field(default="simulated-verifier", repr=False)


@frozen(kw_only=True)
class LoggedRequest:
    """One request as the simulator saw it; tokens are not kept. Status 0: no answer came."""

    number: int
    method: str
    path: str
    query: Mapping[str, str]
    status: int
    faults: tuple[str, ...] = ()


@frozen(kw_only=True)
class Snapshot:
    """Everything but the clock, and files in a folder, to go back to."""

    door: Mapping[str, Any] = field(repr=False)
    companies: Mapping[str, bytes] = field(repr=False)


_VALUES = ("app", "switches", "serial", "chosen_realm")
_COLLECTIONS = ("files", "log", "outbox", "subscriptions")
"""Of values that do not change: a copy of the collection is enough."""
_DOOR = (*_VALUES, *_COLLECTIONS, "faults", "tokens", "throttles")


@define(kw_only=True)
class Simulation:
    """The mutable state behind the door; one process may hold several companies."""

    clock: Clock
    companies: dict[str, Company]
    chosen_realm: str
    """The company that a person picks at the authorisation page."""
    app: App = field(factory=App)
    switches: Switches = field(factory=Switches)
    faults: Faults = field(factory=Faults)
    tokens: Tokens
    base_url: str = "http://simulator.invalid"
    files: MutableMapping[Key, StoredFile] = field(factory=dict)
    throttles: dict[str, Throttle] = field(factory=dict)
    subscriptions: list[Subscription] = field(factory=list)
    outbox: list[Notification] = field(factory=list)
    log: list[LoggedRequest] = field(factory=list)
    serial: int = 0

    @classmethod
    def open(
        cls,
        *,
        realm: str = REALM,
        path: str = ":memory:",
        clock: Clock | None = None,
        seed: int = 1,
        preferences: Mapping[str, Any] | None = None,
        behaviour: Behaviour | None = None,
        switches: Switches | None = None,
    ) -> "Simulation":
        """A simulation of one company; the clock stands still unless one is given.

        With a path the books are in that file, and uploaded files in a folder beside it.
        """
        clock = clock or Clock()
        company = Company.open(
            path, realm, clock, seed=seed, preferences=preferences or {}, behaviour=behaviour
        )
        return cls(
            clock=clock,
            companies={realm: company},
            chosen_realm=realm,
            tokens=Tokens(clock=clock, seed=seed),
            switches=switches or Switches(),
            files={} if path == ":memory:" else FolderFiles(Path(f"{path}.files")),
        )

    def add(self, realm: str, *, path: str = ":memory:") -> Company:
        """One more company of the same clock and seed."""
        self.companies[realm] = Company.open(path, realm, self.clock, seed=self.tokens.seed)
        return self.companies[realm]

    @property
    def now(self) -> datetime:
        """The simulated instant."""
        return self.clock()

    @property
    def company(self) -> Company:
        """The company of a simulation that holds one, or the chosen one."""
        return self.companies[self.chosen_realm]

    def company_name(self, realm: str) -> str:
        """A company's name."""
        info = self.companies[realm].query("select * from CompanyInfo")
        return str(info["CompanyInfo"][0]["CompanyName"])

    def connect(self, realm: str | None = None, scope: str = ACCOUNTING) -> dict[str, Any]:
        """Tokens as if a person had agreed just now; as the token endpoint answers them."""
        return self.tokens.connect(
            self.app.client_id, realm or self.chosen_realm, scope, self.switches
        )

    def set(self, **switches: Any) -> None:
        """Change some switches by name."""
        self.switches = evolve(self.switches, **switches)

    def throttle(self, realm: str) -> Throttle:
        """The windows of a company."""
        return self.throttles.setdefault(realm, Throttle())

    def next_tid(self) -> str:
        """The next value of the header intuit_tid."""
        self.serial += 1
        digest = sha256(f"{self.tokens.seed}:tid:{self.serial}".encode()).hexdigest()
        return f"1-{digest[:8]}-{digest[8:32]}"

    def collect(self, realm: str) -> None:
        """Turn what changed in a company into notifications for every subscription."""
        changes = told(self.companies[realm].take_changes())
        if not changes or self.switches.webhook_lost:
            return
        for subscription in self.subscriptions:
            self.serial += 1
            self.outbox.append(
                notification(subscription, realm, changes, self.switches, self.serial)
            )

    def take_notifications(self) -> list[Notification]:
        """The notifications since the last take, oldest first."""
        taken, self.outbox = self.outbox, []
        return taken

    def snapshot(self) -> Snapshot:
        """Everything but the clock."""
        return Snapshot(
            door={name: self._copied(name, getattr(self, name)) for name in _DOOR},
            companies={realm: company.snapshot() for realm, company in self.companies.items()},
        )

    def _copied(self, name: str, value: Any) -> Any:
        if name in _VALUES:
            return value
        return (
            copy(value) if name in _COLLECTIONS else deepcopy(value, {id(self.clock): self.clock})
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot of this simulation."""
        for name, value in snapshot.door.items():
            setattr(self, name, self._copied(name, value))
        for realm, content in snapshot.companies.items():
            self.companies[realm].restore(content)

    def close(self) -> None:
        """Close every company's file."""
        for company in self.companies.values():
            company.close()
