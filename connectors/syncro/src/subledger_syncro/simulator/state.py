"""A running simulation: the account as it is now, and every switch that changes its behaviour."""

import pickle
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

from attrs import define, field, frozen

from .behaviour import Behaviour
from .business import Business
from .catalogue import SUBDOMAIN
from .clock import SimulatedClock
from .faults import NO_FAULTS, FaultPlan
from .generate import generate
from .permissions import EVERYTHING
from .throttle import Throttle
from .world import World

STARTS = time(12, tzinfo=UTC)


@lru_cache(maxsize=8)
def _generated(seed: int, invoices: int, today: date) -> bytes:
    """The account to begin with; simulations of one seed copy it instead of living it again."""
    return pickle.dumps(generate(seed=seed, invoices=invoices, today=today))


@frozen(kw_only=True)
class LoggedRequest:
    """One request as the simulator saw it; status 0 means that the answer was lost."""

    number: int
    at: datetime
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    status: int


def _count_from_here(simulation: "Simulation", _: Any, plan: FaultPlan) -> FaultPlan:
    simulation.requests_in_plan = simulation.writes_in_plan = 0
    return plan


@define(kw_only=True)
class Simulation:
    """The mutable state behind the addresses.

    ``clock`` gives the instant that new records are stamped with. ``throttle`` counts requests;
    two accounts behind one address share theirs. Neither looks at the real time by itself.
    """

    world: World
    clock: Callable[[], datetime]
    throttle: Throttle
    business: Business | None = None
    subdomain: str = SUBDOMAIN
    tokens: dict[str, frozenset[str]] = field(factory=dict)
    """Permissions by token."""
    behaviour: Behaviour = field(factory=Behaviour)
    faults: FaultPlan = field(default=NO_FAULTS, on_setattr=_count_from_here)
    base_url: str = ""
    requests: list[LoggedRequest] = field(factory=list)
    requests_in_plan: int = 0
    writes_in_plan: int = 0
    last_list: Any = None

    @classmethod
    def of(
        cls,
        *,
        today: date,
        seed: int = 1,
        invoices: int = 300,
        monotonic: Callable[[], float],
        clock: Callable[[], datetime] | None = None,
        token: str = "demo-token",  # noqa: S107 - opens made-up data only
        permissions: Iterable[str] = EVERYTHING,
        subdomain: str = SUBDOMAIN,
    ) -> "Simulation":
        """A generated account that accepts one token; its clock starts at 12:00 UTC of ``today``.

        ``monotonic`` (seconds) feeds the rate limit. Without ``clock`` the simulated clock stands
        still until it is moved.
        """
        world, business = pickle.loads(_generated(seed, invoices, today))  # noqa: S301 - our own
        return cls(
            world=world,
            business=business,
            clock=clock or SimulatedClock(datetime.combine(today, STARTS)),
            throttle=Throttle(monotonic=monotonic),
            tokens={token: frozenset(permissions)},
            subdomain=subdomain,
        )

    @property
    def now(self) -> datetime:
        """The simulated instant, to the millisecond that Syncro shows."""
        moment = self.clock()
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def catch_up(self) -> None:
        """Let the business go on until now, if it is meant to."""
        if self.behaviour.goes_on and self.business is not None:
            self.business.carry_on(self.now)

    def log(self, method: str, path: str, query: tuple[tuple[str, str], ...], status: int) -> None:
        """Remember a request."""
        self.requests.append(
            LoggedRequest(
                number=len(self.requests) + 1,
                at=self.now,
                method=method,
                path=path,
                query=query,
                status=status,
            )
        )
