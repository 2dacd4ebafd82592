"""Deliveries that are under way at once, each on its own way to the books."""

import asyncio
from collections.abc import Coroutine, Sequence
from types import TracebackType
from typing import Any, Self

from subledger.ports import Delivery, Outcome

Answer = Sequence[Outcome] | Exception
"""The outcomes of deliveries that left together, or why there are none."""


class Flights:
    """Up to ``most`` of them. None goes on where whoever waits for them is stopped.

    Where only one may be under way it is no task of its own.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._sent: dict[Any, list[Delivery]] = {}

    @property
    def under_way(self) -> list[Delivery]:
        """Every delivery that has left and has not landed."""
        return [delivery for sent in self._sent.values() for delivery in sent]

    @property
    def have_room(self) -> bool:
        """Whether one more may leave."""
        return len(self._sent) < self._most

    def start(
        self, deliveries: list[Delivery], work: Coroutine[Any, Any, Sequence[Outcome]]
    ) -> None:
        """Sends some deliveries off; ``work`` is what gives their outcomes."""
        flight = _ended(work)
        self._sent[flight if self._most == 1 else asyncio.ensure_future(flight)] = deliveries

    async def landed(self) -> list[tuple[list[Delivery], Answer]]:
        """Waits until at least one has landed; nothing where none is under way."""
        if not self._sent:
            return []
        if self._most == 1:
            flight, deliveries = self._sent.popitem()
            return [(deliveries, await flight)]
        done, _rest = await asyncio.wait(self._sent, return_when=asyncio.FIRST_COMPLETED)
        in_order = [flight for flight in self._sent if flight in done]
        return [(self._sent.pop(flight), flight.result()) for flight in in_order]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Stops what is still under way, and waits until it has stopped."""
        if self._sent and self._most > 1:
            for flight in self._sent:
                flight.cancel()
            await asyncio.wait(self._sent)


async def _ended(work: Coroutine[Any, Any, Sequence[Outcome]]) -> Answer:
    try:
        return await work
    except Exception as error:  # noqa: BLE001 - others are under way: whoever waits judges it
        return error
