"""The command that runs the simulator in the foreground."""

from datetime import UTC, date, datetime

from .clock import EASTERN
from .faults import parse_plan
from .generate import generate_business
from .state import Simulation


def simulate_pex(
    *,
    port: int = 8701,
    host: str = "127.0.0.1",
    seed: int = 1,
    transactions: int = 2000,
    today: str | None = None,
    token: str = "demo-token",  # noqa: S107 - opens made-up data only
    credit: bool = False,
    fault: str = "",
) -> None:
    """Run a PEX card platform with made-up data until it is interrupted.

    Parameters
    ----------
    port
        TCP port; 0 picks a free one.
    host
        Address to listen on.
    seed
        The same seed gives the same business.
    transactions
        At least so many records of all kinds.
    today
        Last day of the data, as YYYY-MM-DD; the current day in US Eastern time by default.
    token
        API token that is accepted.
    credit
        A business of the credit programme instead of a prepaid one.
    fault
        Faults to inject, such as "rate_limit_every=5,error_at=3;7,slow_seconds=0.2,reorder".

    """
    last_day = _day(today) if today else datetime.now(UTC).astimezone(EASTERN).date()
    plan = parse_plan(fault)
    business = generate_business(
        seed=seed,
        transactions=transactions,
        today=last_day,
        funding="credit" if credit else "prepaid",
    )
    simulation = Simulation.of(business, token=token)
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
