"""Notifications of changes, as an administrator sets them up in the web pages.

Nothing documents their body or a signature, so a client may take them only as a sign to look.
"""

from contextlib import suppress
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from .clock import stamp
from .jsontext import to_json
from .present import shown
from .state import Simulation
from .world import KINDS, Event

TYPES = {kind: record for record, kind in KINDS.items()}
TIMEOUT_SECONDS = 10


def notification(simulation: Simulation, event: Event) -> dict[str, Any]:
    """The body for a change, as far as ``webhook_body`` tells anything."""
    how = simulation.behaviour.webhook_body
    if how == "empty":
        return {}
    link = f"{simulation.base_url}/{event.kind}s/{event.id}"
    body: dict[str, Any] = {
        "text": f"{event.kind} {event.id} was {event.action} at {stamp(event.at)}",
        "html": f"<p>{event.kind} {event.id} was {event.action}</p>",
        "link": link,
    }
    record = simulation.world.table(TYPES[event.kind]).get(event.id)
    if how == "attributes" and record is not None:
        body["attributes"] = shown(record, simulation.world, simulation.behaviour)
    return body


def take(simulation: Simulation) -> list[dict[str, Any]]:
    """The bodies that are to be posted to ``webhook_url`` now; each is given once.

    Several changes of one record make one notification; without an address there are none.
    """
    events, simulation.world.unsent = simulation.world.unsent, []
    if not simulation.behaviour.webhook_url:
        return []
    latest = {
        (event.kind, event.id): event
        for event in events
        if event.kind in simulation.behaviour.webhook_kinds
    }
    return [notification(simulation, event) for event in latest.values()]


async def deliver(url: str, bodies: list[dict[str, Any]]) -> None:
    """Post notifications once each; nobody is told when one fails."""
    headers = {"Content-Type": "application/json"}
    async with ClientSession(timeout=ClientTimeout(total=TIMEOUT_SECONDS)) as session:
        for body in bodies:
            with suppress(ClientError, TimeoutError):
                async with session.post(url, data=to_json(body).encode(), headers=headers):
                    pass
