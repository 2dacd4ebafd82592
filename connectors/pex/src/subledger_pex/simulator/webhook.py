"""Settlement callbacks as the vendor delivers them: HTTPS POST with a Basic shared secret."""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from .clock import stamp
from .jsontext import to_json
from .query import RefusedError
from .state import Simulation
from .wire import network_transaction

RETRY_SECONDS = (15, 30, 60, 120, 3600)
TIMEOUT_SECONDS = 10
VERSION = "4.0"


def settlement_callback(simulation: Simulation, transaction_id: int) -> dict[str, Any]:
    """The body for a transaction listed under this id; RefusedError 404 when there is none.

    A settled transaction makes a Settlement, a pending one an Auth without a transaction id.
    """
    seen = simulation.find(transaction_id)
    if seen is None:
        raise RefusedError(404, "Transaction not found")
    account = seen.transaction.account_id
    ledger = simulation.ledger_cents().get(account, 0)
    available = ledger + simulation.held_cents().get(account, 0)
    kind = "Auth" if seen.is_pending else "Settlement"
    return {
        "CallbackTime": stamp(simulation.now),
        "Data": network_transaction(
            seen, ledger_cents=ledger, available_cents=available, kind=kind
        ),
    }


async def deliver(
    url: str,
    body: dict[str, Any],
    *,
    secret: str,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    retries: tuple[float, ...] = RETRY_SECONDS,
) -> list[int]:
    """Post a callback until it is accepted (2xx) or the retries are used up.

    Answers the status of every attempt, 0 for none. Waits 15, 30, 60, 120 and 3600 seconds
    between attempts through ``sleep``; each attempt may take ten seconds.
    """
    headers = {
        "Authorization": f"Basic {b64encode(secret.encode()).decode()}",
        "Content-Type": "application/json",
        "X-PEX-Version": VERSION,
    }
    data = to_json(body).encode()
    statuses: list[int] = []
    async with ClientSession(timeout=ClientTimeout(total=TIMEOUT_SECONDS)) as session:
        for wait in (0, *retries):
            if wait:
                await sleep(wait)
            try:
                async with session.post(url, data=data, headers=headers) as response:
                    statuses.append(response.status)
                    if response.ok:
                        break
            except (ClientError, TimeoutError):
                statuses.append(0)
    return statuses
