"""A sink that is watched: every delivery and its outcome are kept."""

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from typing import Literal

from attrs import define, frozen

from subledger.ports import BookDocument, BookEntry, Delivery, Outcome, Question, Sink


@frozen(kw_only=True)
class Attempt:
    """One delivery that a sink was given (deliver) or asked for (find), and what came of it.

    ``outcome`` is the exception where the sink raised one.
    """

    call: Literal["deliver", "find"]
    delivery: Delivery
    outcome: Outcome | BaseException


@define
class Passed:
    """The :class:`subledger.ports.Sink` in front of another one, which gets every call."""

    sink: Sink

    async def check(self) -> Sequence[str]:
        """As the sink."""
        return await self.sink.check()

    async def deliver(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """As the sink."""
        return await self.sink.deliver(deliveries)

    async def find(self, delivery: Delivery) -> Outcome:
        """As the sink."""
        return await self.sink.find(delivery)

    def read(
        self, question: Question
    ) -> AsyncIterator[tuple[Sequence[BookEntry], Sequence[BookDocument]]]:
        """As the sink."""
        return self.sink.read(question)

    async def closing_date(self) -> dt.date | None:
        """As the sink."""
        return await self.sink.closing_date()


@define
class Watched(Passed):
    """A sink that is watched; ``attempts`` grows with each call."""

    attempts: list[Attempt]

    async def deliver(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """As the sink; kept, also where it raises."""
        try:
            outcomes = await self.sink.deliver(deliveries)
        except BaseException as error:
            self.attempts += [
                Attempt(call="deliver", delivery=one, outcome=error) for one in deliveries
            ]
            raise
        self.attempts += [
            Attempt(call="deliver", delivery=one, outcome=outcome)
            for one, outcome in zip(deliveries, outcomes, strict=False)
        ]
        return outcomes

    async def find(self, delivery: Delivery) -> Outcome:
        """As the sink; kept, also where it raises."""
        try:
            outcome = await self.sink.find(delivery)
        except BaseException as error:
            self.attempts.append(Attempt(call="find", delivery=delivery, outcome=error))
            raise
        self.attempts.append(Attempt(call="find", delivery=delivery, outcome=outcome))
        return outcome
