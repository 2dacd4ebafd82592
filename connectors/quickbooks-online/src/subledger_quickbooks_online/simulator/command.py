"""The command that runs the simulator in the foreground."""

import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from .clock import Clock
from .faults import Fault, FaultPlanError, parse_plan
from .state import REALM, Simulation
from .switches import NO_LIMITS, Switches, parse_switches
from .webhooks import Subscription

_WRONG_USE = 2


def quickbooks_online(
    *,
    port: int = 8702,
    host: str = "127.0.0.1",
    seed: int = 1,
    realm: str = REALM,
    company: Path | None = None,
    country: str = "US",
    closing_date: str = "",
    webhook: str = "",
    throttling: bool = True,
    switches: str = "",
    fault: str = "",
) -> None:
    """Run a QuickBooks Online with one company until it is interrupted.

    One host serves everything: discovery, the authorisation page, tokens, and the API at
    /v3/company/REALM. The app's client id is simulated-client, its secret simulated-secret, and
    its verifier token simulated-verifier. A person in the books acts at /simulator/, which lists
    what can be done.

    Parameters
    ----------
    port
        TCP port; 0 picks a free one.
    host
        Address to listen on.
    seed
        The same seed gives the same tokens and the same company.
    realm
        The company's id.
    company
        Company file; it is made when it does not exist. Without one the books are in memory.
    country
        Where a new company sits: US has automated sales tax, any other tax codes on each line.
    closing_date
        The books are closed up to this day, written YYYY-MM-DD.
    webhook
        URL that is told of changes.
    throttling
        Whether the limits of requests are kept.
    switches
        Other behaviour, such as "consent=ask,rotate_every=0,grace=0,webhook_format=legacy".
    fault
        Faults to inject, such as "lost-answer@2,throttle@5-9,slow=0.2~GET*".

    """
    try:
        plan = parse_plan(fault)
        chosen = parse_switches(Switches() if throttling else NO_LIMITS, switches)
        closed = date.fromisoformat(closing_date) if closing_date else None
    except (FaultPlanError, ValueError) as wrong:
        sys.stderr.write(f"{wrong}\n")
        raise SystemExit(_WRONG_USE) from wrong
    path, sits = str(company) if company else ":memory:", {"CompanyInfo.Country": country}
    simulation = Simulation.open(
        realm=realm, path=path, clock=Clock(_now), seed=seed, preferences=sits, switches=chosen
    )
    _serve(simulation, host=host, port=port, plan=plan, closed=closed, webhook=webhook)


def _serve(
    simulation: Simulation,
    *,
    host: str,
    port: int,
    plan: Iterable[Fault],
    closed: date | None,
    webhook: str,
) -> None:
    simulation.faults.set(plan)
    if closed:
        simulation.company.close_books(closed)
    if webhook:
        verifier = simulation.app.verifier_token
        simulation.subscriptions.append(Subscription(url=webhook, verifier=verifier))
    from .server import serve_until_signal  # noqa: PLC0415 - the network is loaded only to serve

    try:
        serve_until_signal(simulation, host=host, port=port)
    finally:
        simulation.close()


def _now() -> datetime:
    return datetime.now(UTC)
