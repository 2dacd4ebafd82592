"""The simulated PEX as the outside of a connector under test, for anybody's contracts."""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final, Literal

from attrs import define, field

from subledger.money import Money
from subledger.runtime import Http
from subledger.testing import Clock, Held
from subledger.testing.inward import Inward
from subledger_pex.simulator import Simulation, generate_business
from subledger_pex.simulator.app import handler
from subledger_pex.simulator.clock import wall
from subledger_pex.simulator.model import INTERNAL_KINDS
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
        """Every settled transaction, and every payment of an invoice, under its day.

        Business account and cards are one account: what went from one to another moves nothing.
        """
        now = self.simulation.now
        for item in self.simulation.transactions:
            seen = seen_at(item, now)
            if seen and item.settlement_wall and item.is_settled_at(now):
                moves = Money(0 if item.kind in INTERNAL_KINDS else item.cents)
                day = item.settlement_wall.date()
                yield Held(id=str(seen.id), version=seen, date=day, moves=moves)
        for invoice in self.simulation.business.invoices:
            for payment in invoice.payments if invoice.status_at(now) == "Closed" else ():
                yield Held(
                    id=f"invoice-{invoice.id}-payment-{payment.id}",
                    version=payment,
                    date=wall(payment.paid).date(),
                    moves=Money(payment.moved_cents),
                )

    def change(self) -> None:
        """A note is written to the newest transaction, and a pending one settles."""
        self.simulation.disturb()


def _seconds(span: dt.timedelta) -> float:
    return span.total_seconds()
