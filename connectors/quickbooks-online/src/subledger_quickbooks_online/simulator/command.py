"""The command that runs the simulator in the foreground."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

from .clock import Clock
from .faults import FaultPlanError, parse_plan
from .state import REALM, App, Simulation
from .switches import NO_LIMITS, Switches, with_switches
from .webhooks import Subscription

_WRONG_USE = 2


def quickbooks_online(
    *,
    port: int = 8702,
    host: str = "127.0.0.1",
    seed: int = 1,
    realm: str = REALM,
    company: Path | None = None,
    client_id: str = "simulated-client",
    client_secret: str = "simulated-secret",  # noqa: S107 - opens made-up data only
    verifier_token: str = "simulated-verifier",  # noqa: S107 - signs made-up data only
    webhook: str = "",
    webhook_format: str = "cloudevents",
    webhook_pace: float = 1.0,
    consent: str = "always",
    throttling: bool = True,
    rotate_every: int = 86_400,
    grace: int = 86_400,
    closing_date: str = "",
    fault: str = "",
) -> None:
    """Run a QuickBooks Online with one company until it is interrupted.

    One host serves everything: discovery at /.well-known/openid_configuration, the authorisation
    page, tokens, and the API at /v3/company/REALM. A person in the books acts at /simulator/.

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
    client_id
        Client id of the app.
    client_secret
        Client secret of the app.
    verifier_token
        What webhook notifications are signed with.
    webhook
        URL that is told of changes.
    webhook_format
        "cloudevents" or "legacy".
    webhook_pace
        Factor for the pauses between deliveries that are tried again.
    consent
        What the person at the authorisation page does: "always", "deny", or "ask" for a form.
    throttling
        Whether the limits of requests are kept.
    rotate_every
        Seconds after which a refresh replaces the refresh token.
    grace
        Seconds that a replaced refresh token goes on working.
    closing_date
        The books are closed up to this day, written YYYY-MM-DD.
    fault
        Faults to inject, such as "lost-answer@2,throttle@5-9,slow=0.2~GET*".

    """
    try:
        plan = parse_plan(fault)
        switches = with_switches(
            Switches() if throttling else NO_LIMITS,
            {
                "consent": consent,
                "webhook_format": webhook_format,
                "webhook_pace": webhook_pace,
                "rotate_every": rotate_every,
                "grace": grace,
            },
        )
        closed = date.fromisoformat(closing_date) if closing_date else None
    except (FaultPlanError, ValueError) as wrong:
        sys.stderr.write(f"{wrong}\n")
        raise SystemExit(_WRONG_USE) from wrong
    simulation = Simulation.open(
        realm=realm,
        path=str(company) if company else ":memory:",
        clock=Clock(_now),
        seed=seed,
        switches=switches,
    )
    simulation.app = App(
        client_id=client_id, client_secret=client_secret, verifier_token=verifier_token
    )
    simulation.faults.set(plan)
    if closed:
        simulation.company.close_books(closed)
    if webhook:
        simulation.subscriptions.append(Subscription(url=webhook, verifier=verifier_token))
    from .server import serve_until_signal  # noqa: PLC0415 - the network is loaded only to serve

    try:
        serve_until_signal(simulation, host=host, port=port)
    finally:
        simulation.close()


def _now() -> datetime:
    return datetime.now(UTC)
