"""What the parts of the sinks' contract share: stands, the kinds they try, and verdicts."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

from attrs import evolve, frozen

from subledger.model.kinds import Kind
from subledger.ports import (
    Absent,
    Delivery,
    Outcome,
    Posted,
    Query,
    Question,
    Refused,
    Unknown,
)
from subledger.testing.bench import Bench
from subledger.testing.contracts.base import breach
from subledger.testing.contracts.booking import BooksContract, documents
from subledger.testing.contracts.connector import Errand
from subledger.testing.outside import Fault, Trouble
from subledger.testing.stand import Stand, another, fresh, standing

T = TypeVar("T")

_TRIES: Final = 6
LISTS: Final = Question(id=1, query=Query.LISTS)


@frozen(kw_only=True)
class Made:
    """What came of a delivery: an outcome, or an exception; and how many requests it made."""

    outcome: Outcome | Exception
    requests: int

    @property
    def told(self) -> str:
        """The same for people."""
        if isinstance(self.outcome, Exception):
            return f"raised {type(self.outcome).__name__}: {self.outcome}"
        return f"answered {self.outcome!r:.300}"


class SinkBase(BooksContract):
    """What the parts of the contract of a sink share."""

    _prepared: Delivery | None = None

    def errands(self) -> Sequence[Errand]:
        """As ever, and the lists."""
        return (*super().errands(), self.lists)

    async def lists(self, bench: Bench) -> object:
        """Reads the lists of the books."""
        async with bench.open() as sink:
            return [page async for page in sink.read(LISTS)]  # type: ignore[union-attr]

    async def ready(self, bench: Bench) -> None:
        """Has the kernel make a delivery for :meth:`work`."""
        async with standing(bench, self.specimens) as stand:
            self._prepared = await stand.delivery(self.subject_kind())

    async def work(self, bench: Bench) -> list[object]:
        """All errands, and a document where one was prepared."""
        done = await super().work(bench)
        if self._prepared is not None:
            async with bench.open() as sink:
                done.append(await sink.deliver([self._prepared]))  # type: ignore[union-attr]
        return done

    def stood(self, history: Callable[[Stand], Awaitable[T]], gone: str = "flag") -> T:
        """The result of a history on a stand of its own."""

        async def on(bench: Bench) -> T:
            async with standing(bench, self.specimens, gone) as stand:
                return await history(stand)

        return self.rig().run(on)

    async def troubled(self, stand: Stand, delivery: Delivery, trouble: Trouble, at: int) -> Made:
        """What a delivery becomes whose ``at``-th request is in trouble."""
        door = stand.bench.door
        before = len(door.requests)
        door.faults = [Fault(what=trouble, at=at)]
        try:
            outcome: Outcome | Exception = await stand.send(delivery)
        except Exception as error:  # noqa: BLE001 - it is judged by the caller
            outcome = error
        finally:
            door.faults = []
        return Made(outcome=outcome, requests=len(door.requests) - before)

    async def each_trouble(
        self, stand: Stand, kind: Kind, troubles: Sequence[Trouble]
    ) -> list[tuple[str, Delivery, Made]]:
        """A delivery for each sort of trouble and each request that a delivery makes."""
        found = []
        delivery, number = await stand.delivery(kind), 0
        for trouble in troubles:
            for at in range(1, 100):
                number += 1
                made = await self.troubled(stand, one := another(delivery, number), trouble, at)
                if made.requests < at:
                    break
                found.append((f"{trouble} at its request {at}", one, made))
        return found

    async def later(self, stand: Stand, delivery: Delivery, made: Outcome | Exception) -> Made:
        """What becomes of a delivery in the end, when the kernel goes on with it."""
        for number in range(_TRIES):
            if isinstance(made, Posted) or (isinstance(made, Refused) and made.again is None):
                break
            wait = getattr(made, "again", None) or getattr(made, "retry_after", None) or 60.0
            if not self.real_time:
                await asyncio.sleep(min(wait, 86400.0))
            if isinstance(made, Unknown):
                if made.decide:
                    break
                made = await _tried(stand.sink.find, delivery)
                continue
            if isinstance(made, Absent | Refused):
                again = fresh(delivery, f"{delivery.marker}, attempt {number}")
                delivery = evolve(again, key=delivery.key)
            made = await _tried(stand.send, delivery)
        return Made(outcome=made, requests=0)

    def once(self, stand: Stand, delivery: Delivery, made: Made, when: str) -> None:
        """Demands that a delivery is in the books exactly once, and that the sink says so."""
        __tracebackhide__ = True
        there = len(stand.written(delivery)) if documents(self.type, delivery.kind) else 1
        if not isinstance(made.outcome, Posted) or there != 1:
            breach(
                f"{when}: in the end it {made.told}, and the books hold {there} such documents",
                promise="in the end it is posted, and there is one document",
                hint="find() tells what became of a write; Absent only where it is certainly not "
                "there; Refused(again=...) or TemporaryError where nothing was written",
            )


async def _tried(call: Callable[[Delivery], Awaitable[Outcome]], delivery: Delivery) -> Any:
    try:
        return await call(delivery)
    except Exception as error:  # noqa: BLE001 - it is judged by the caller
        return error


__all__ = ["LISTS", "Made", "SinkBase"]
