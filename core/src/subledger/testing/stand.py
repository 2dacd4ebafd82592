"""A stand: a sink with its outside, and the real kernel that hands it deliveries."""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from attrs import define, evolve, field

from subledger.config import Settings
from subledger.findings import Finding
from subledger.manifest import Operation
from subledger.model import Entity, kinds
from subledger.model.kinds import Kind
from subledger.model.marker import marker
from subledger.ports import Delivery, Outcome, Posted, Refused, Sink, SinkType, Target
from subledger.testing.bench import Bench
from subledger.testing.invented import INVENTED_RECORDS, InventedSystem
from subledger.testing.outside import Written
from subledger.testing.specimens import changed, renumbered
from subledger.testing.watched import Passed
from subledger.testing.workplace import ROUND, SINK, SOURCE, Side, Workplace, settings_of

Make = Callable[[Kind, int], Sequence[Entity]]
"""Makes the specimen of a kind as the last one, with what it needs before it."""

ENTRIES: Final = (*kinds.LISTS, *kinds.PARTIES)
_TURNS: Final = 4
_LATER: Final = 1e9


@define
class Ambush(Passed):
    """A sink that keeps one delivery back: the kernel hands it over, the outside never sees it."""

    stand: "Stand"

    async def deliver(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """As the sink, without what is waited for."""
        wanted = [one for one in deliveries if self.stand.waits_for(one)]
        others = [one for one in deliveries if not self.stand.waits_for(one)]
        outcomes = iter(await self.sink.deliver(others) if others else ())
        self.stand.caught += wanted
        return [_KEPT if one in wanted else next(outcomes) for one in deliveries]


_KEPT: Final = Refused(
    finding=Finding(category="rate_limited", subject="the contract", message="it is kept back"),
    again=_LATER,
)


@define(kw_only=True)
class Stand:
    """A sink at work. ``sink`` is opened, as a dispatch opens it, for calls by hand.

    ``system`` is the source that the kernel reads; ``wanted`` the delivery that is waited for.
    """

    bench: Bench
    make: Make
    system: InventedSystem = field(factory=InventedSystem)
    wanted: tuple[Kind, str, Operation] | None = None
    caught: list[Delivery] = field(factory=list)
    work: Workplace = field(init=False)
    sink: Sink = field(init=False)

    def waits_for(self, delivery: Delivery) -> bool:
        """Whether this is the delivery that is kept back."""
        return self.wanted == (delivery.kind, delivery.entity.id, delivery.operation)

    async def delivery(
        self, kind: Kind, operation: Operation = Operation.CREATE, number: int = 1
    ) -> Delivery:
        """The delivery by which the kernel creates, changes or removes a specimen; not sent yet.

        What it refers to is in the books, and so is the specimen itself unless it is created.
        Raises LookupError where the kernel does not come to hand it over.
        """
        specimens = list(self.make(kind, number))
        subject = specimens[-1]
        if operation is Operation.CREATE:
            self.wanted = (kind, subject.id, operation)
            self.system.put(*specimens)
            return await self._caught()
        self.system.put(*specimens)
        await self.sync()
        if operation is Operation.UPDATE:
            self.wanted = (kind, subject.id, operation)
            self.system.put(changed(subject))
            return await self._caught()
        if kind in ENTRIES:  # which the kernel leaves where they are
            return await self._removal(subject, operation)
        self.wanted = (kind, subject.id, operation)
        self.system.remove(subject)
        return await self._caught()

    async def _caught(self) -> Delivery:
        for _ in range(_TURNS):
            await self.work.round()
            if self.caught:
                self.wanted = None
                return self.caught.pop()
            await asyncio.sleep(ROUND)
        told = [f"{one.category}: {one.message}" for one in await self.work.findings()]
        raise LookupError(f"The kernel never came to {self.wanted}; it found {told or 'nothing'}.")

    async def _removal(self, subject: Entity, operation: Operation) -> Delivery:
        made = self.posted(subject)
        last = next(
            one.delivery for one in self.work.attempts if one.delivery.entity.id == subject.id
        )
        target = Target(type="", id=made.id, guard=made.guard)
        return fresh(last, f"removal of {subject.id}", operation=operation, target=target)

    def posted(self, subject: Entity) -> Posted:
        """What the sink answered for a specimen. Raises LookupError where it is not posted."""
        for one in reversed(self.work.attempts):
            same = (one.delivery.kind, one.delivery.entity.id) == (subject.kind, subject.id)
            if same and isinstance(one.outcome, Posted):
                return one.outcome
        raise LookupError(f"{subject.kind} {subject.id} is not posted: {self.work.attempts}")

    async def sync(self) -> None:
        """Runs and delivers until nothing waits any more."""
        for _ in range(_TURNS):
            last = await self.work.round()
            if not last.run.changed and last.dispatch and not last.dispatch.delivered:
                return
            await asyncio.sleep(ROUND)

    async def send(self, delivery: Delivery) -> Outcome:
        """Hands one delivery to the opened sink."""
        (outcome,) = await self.sink.deliver([delivery])
        return outcome

    async def post(self, delivery: Delivery) -> Posted:
        """Hands one delivery to the opened sink. Raises AssertionError where it is not posted."""
        outcome = await self.send(delivery)
        if not isinstance(outcome, Posted):
            record = f"{delivery.kind} {delivery.entity.id}"
            raise AssertionError(f"{record} is not posted: {outcome}")  # noqa: TRY004 - of a test
        return outcome

    def written(self, delivery: Delivery) -> list[Written]:
        """The documents of the books that carry the marker of a delivery."""
        outside: Any = self.bench.outside
        return carrying(outside.documents(), delivery.marker)


def another(delivery: Delivery, number: int) -> Delivery:
    """A delivery like this one, of another record."""
    entity = renumbered(delivery.entity, number)
    mark = marker(entity.kind, entity.id)
    if hasattr(entity, "memo"):
        entity = evolve(entity, memo=entity.memo.replace(delivery.marker, mark))  # type: ignore[misc]
    return fresh(delivery, mark, entity=entity, marker=mark, effect=number)


def fresh(delivery: Delivery, seed: str, **changes: Any) -> Delivery:
    """A delivery with idempotency keys that belong to a text, as for another write."""
    name = hashlib.sha256(seed.encode()).hexdigest()[:25]
    place = {"batch": f"b{name}", "place": 1} if delivery.batch else {}
    return evolve(delivery, **{"key": f"k{name}", "attempt_key": f"a{name}", **place, **changes})


def together(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """The deliveries as one batch."""
    name = deliveries[0].attempt_key[1:]
    return [evolve(one, batch=f"b{name}", place=place) for place, one in enumerate(deliveries, 1)]


def carrying(documents: Sequence[Written], mark: str) -> list[Written]:
    """The documents with a marker; those that move nothing do not count beside one that does."""
    found = [one for one in documents if _carries(one, mark)]
    return [one for one in found if one.amount] or found


def _carries(document: Written, mark: str) -> bool:
    """Whether the marker stands there, and not only a longer one that begins with it."""
    at = document.text.find(mark)
    while at >= 0:
        after = document.text[at + len(mark) : at + len(mark) + 1]
        if not (after.isalnum() or after in ("-", "_", ".", "~")) or not after:
            return True
        at = document.text.find(mark, at + 1)
    return False


def settings_for(sides: Mapping[str, Side], gone: str) -> Settings:
    """The settings of a flow of all that a sink creates.

    They are read once for the same sides, since that takes as long as a short history.
    """
    asked = ([(side.type, repr(side.settings)) for side in sides.values()], gone)
    for known, settings in _SETTINGS:
        if known == asked:
            return settings
    creatable = sides[SINK].type.manifest.able(Operation.CREATE) & kinds.KNOWN
    settings = settings_of(sides, {"kinds": sorted(creatable), "gone": gone})
    _SETTINGS.append((asked, settings))
    return settings


_SETTINGS: Final[deque[tuple[object, Settings]]] = deque(maxlen=4)


@asynccontextmanager
async def standing(bench: Bench, make: Make, gone: str = "flag") -> AsyncIterator[Stand]:
    """A stand on a bench. ``gone`` is what the kernel does with records that are removed."""
    type_ = bench.type
    if not isinstance(type_, SinkType):
        raise TypeError(f"{type_.manifest.name} is not a sink")
    stand = Stand(bench=bench, make=make)
    sides = {
        SOURCE: Side.of(INVENTED_RECORDS, stand.system),
        SINK: Side.of(
            type_, bench.outside, http=bench.door, around=lambda sink: Ambush(sink, stand)
        ),
    }
    stand.work = Workplace(
        settings=settings_for(sides, gone), sides=sides, clock=bench.clock, diary=bench.diary
    )
    async with stand.work.opened() as sink:
        stand.sink = sink
        yield stand
