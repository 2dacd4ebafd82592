"""The simulated PEX as the outside of a connector under test, for anybody's contracts."""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final, Literal

from attrs import define, field

from subledger.runtime import Http
from subledger.testing import Clock, Held
from subledger.testing.inward import Inward
from subledger_pex.simulator import Simulation, generate_business
from subledger_pex.simulator.app import handler
from subledger_pex.simulator.seen import seen_at

TOKEN: Final = "demo-token"  # noqa: S105 - opens made-up data only

_business = cache(generate_business)


@define(eq=False)
class PexOutside:
    """A simulated business with a year of transactions that ends today, without a socket."""

    clock: Clock
    transactions: int = 60
    seed: int = 1
    funding: Literal["prepaid", "credit"] = "prepaid"
    simulation: Simulation = field(init=False)

    @simulation.default
    def _opened(self) -> Simulation:
        business = _business(
            seed=self.seed,
            transactions=self.transactions,
            today=self.clock().date(),
            funding=self.funding,
        )
        simulation = Simulation.of(business, token=TOKEN)
        simulation.base_url = self.settings["base_url"]
        return simulation

    @property
    def settings(self) -> Mapping[str, Any]:
        """A connection that reads receipts, and takes webhooks."""
        return {
            "token": TOKEN,
            "base_url": "https://pex.example",
            "receipts": "link",
            "webhook_secret": "demo-webhook-secret",
            "requests_per_second": 50,
        }

    @property
    def http(self) -> Http:
        """The door, which takes no time."""
        started = self.clock()
        return Inward(handler(self.simulation, monotonic=lambda: _seconds(self.clock() - started)))

    def holds(self) -> Iterable[Held]:
        """Every settled transaction, of the cards and of the business account, under its day."""
        now = self.simulation.now
        for item in self.simulation.transactions:
            seen = seen_at(item, now)
            if seen and item.settlement_wall and item.is_settled_at(now):
                yield Held(id=str(seen.id), version=seen, date=item.settlement_wall.date())

    def change(self) -> None:
        """A note is written to the newest transaction, and a pending one settles."""
        self.simulation.disturb()


def _seconds(span: dt.timedelta) -> float:
    return span.total_seconds()
