"""The command that runs the simulator in the foreground."""

import time
from datetime import UTC, date, datetime
from typing import Literal

from .behaviour import Behaviour
from .clock import SimulatedClock
from .faults import parse_plan
from .permissions import PRESETS
from .state import STARTS, Simulation


def simulate_syncro(
    *,
    port: int = 8703,
    host: str = "127.0.0.1",
    seed: int = 1,
    invoices: int = 600,
    today: str | None = None,
    token: str = "demo-token",  # noqa: S107 - opens made-up data only
    permissions: Literal["reader", "writer", "everything"] = "everything",
    limit: int = 180,
    goes_on: bool = False,
    webhook: str = "",
    fault: str = "",
) -> None:
    """Run a Syncro account with made-up data until it is interrupted.

    Parameters
    ----------
    port
        TCP port; 0 picks a free one.
    host
        Address to listen on.
    seed
        The same seed gives the same account.
    invoices
        Invoices made in the year before today; some are refunded or deleted again.
    today
        The day after the data ends, as YYYY-MM-DD; the current day in UTC by default.
    token
        API token that is accepted.
    permissions
        What the token may do.
    limit
        Requests a minute from one address; 0 switches the limit off.
    goes_on
        Let the business continue as the clock moves on.
    webhook
        Address that changes are posted to.
    fault
        Faults to inject, such as "rate_limit_every=5,storm=10;40,lose_write_at=1".

    """
    day = _day(today) if today else datetime.now(UTC).date()
    plan = parse_plan(fault)
    clock = SimulatedClock(datetime.combine(day, STARTS), time.monotonic)
    simulation = Simulation.of(
        today=day,
        seed=seed,
        invoices=invoices,
        monotonic=time.monotonic,
        clock=clock,
        token=token,
        permissions=PRESETS[permissions],
    )
    simulation.behaviour = Behaviour(limit_per_minute=limit, goes_on=goes_on, webhook_url=webhook)
    simulation.faults = plan
    from .server import serve_until_signal  # noqa: PLC0415 - the network is loaded only to serve

    serve_until_signal(simulation, host=host, port=port)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"--today cannot be {text!r}; expected: a day written YYYY-MM-DD"
        ) from None
