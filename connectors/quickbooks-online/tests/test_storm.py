"""Many documents under many faults: at the end each is there once, to the cent."""

import datetime as dt
import random
from collections import Counter
from decimal import Decimal

import attrs
import pytest

from subledger.errors import TemporaryError
from subledger.model import Party, Reference, Way, kinds
from subledger.ports import Posted, Refused, Unknown

CHECKING = Reference(kind=kinds.ACCOUNT, id="35", name="Checking")
OFFICE = Reference(kind=kinds.ACCOUNT, id="15", name="Office Expenses")
SAVINGS = Reference(kind=kinds.ACCOUNT, id="36", name="Savings")
FAULTS = (
    "lost-answer",
    "dropped",
    "error-before",
    "error-after",
    "fault-inside-200",
    "throttle",
    "expired-token",
    "two-errors",
)


def some_entity(chance, make, number):
    """A document or party of any sort over any amount."""
    amount = str(Decimal(chance.randint(1, 99_999)).scaleb(-2))
    cost = (make.line(amount, account=OFFICE),)
    sort = chance.randrange(9)
    name = str(number)
    if sort == 0:
        return Party(kind=kinds.CUSTOMER, id=name, name=f"Customer {number}")
    if sort <= 2:
        kind = (kinds.INVOICE, kinds.CREDIT_MEMO)[sort - 1]
        return make.document(kind, id=name, lines=(make.line(amount),), number=f"N{number}")
    if sort == 3:
        return make.document(kinds.BILL, id=name, lines=cost)
    if sort == 4:
        return make.settlement(kinds.PAYMENT, id=name, amount=amount)
    if sort == 5:
        return make.settlement(kinds.REFUND, id=name, amount=amount)
    if sort == 6:
        return make.movement(id=name, amount=amount, lines=cost)
    if sort == 7:
        return make.movement(id=name, amount=amount, lines=cost, account=CHECKING, way=Way.IN)
    other = (make.line(amount, account=SAVINGS),)
    return make.movement(id=name, amount=amount, lines=other, kind=kinds.TRANSFER)


def some_faults(chance):
    """A plan in which about every fourth call of some sorts goes wrong."""
    return ",".join(
        f"{name}@/{chance.randint(4, 9)}" for name in chance.sample(FAULTS, chance.randint(1, 4))
    )


class Kernel:
    """What the kernel does with a sink, in a few lines: claim, send, settle, look for."""

    def __init__(self, world, deliveries, chance):
        self.world, self.chance = world, chance
        self.waiting = list(deliveries)
        self.lost, self.posted, self.rejected = [], [], []
        self.batches = 0

    async def run(self):
        """Until nothing waits."""
        for _ in range(400):
            if not (self.waiting or self.lost):
                return
            try:
                await self.round()
            except TemporaryError as error:
                self.rest(error.retry_after or 60)
        raise AssertionError("it never ends")

    def rest(self, seconds):
        """Comes back later."""
        self.world.simulation.clock.advance(dt.timedelta(seconds=seconds))

    async def round(self):
        """One dispatch by a new process."""
        sink = self.world.sink()
        for sent in list(self.lost):
            self.settle(sent, await sink.find(sent))
        count = self.chance.randint(1, 6)
        batch = self.waiting[:count]
        self.batches += 1
        if self.chance.random() < 0.7:
            shared = f"B{self.batches:025d}"
            batch = [
                attrs.evolve(each, batch=shared, place=place)
                for place, each in enumerate(batch, start=1)
            ]
        outcomes = await sink.deliver(batch)
        self.waiting = self.waiting[count:]
        for sent, outcome in zip(batch, outcomes, strict=True):
            self.settle(sent, outcome)

    def settle(self, sent, outcome):
        """As the kernel: only what certainly did not happen gets a new key."""
        if sent in self.lost and not isinstance(outcome, Unknown):
            self.lost.remove(sent)
        if isinstance(outcome, Posted):
            self.posted.append((sent, outcome))
        elif isinstance(outcome, Unknown):
            assert not outcome.decide
            if sent not in self.lost:
                self.lost.append(sent)
        elif isinstance(outcome, Refused) and outcome.again is not None:
            again = f"{sent.attempt_key[:20]}{len(self.posted) + self.batches:06d}"
            self.waiting.append(attrs.evolve(sent, attempt_key=again, batch="", place=0))
        else:
            self.rejected.append((sent, outcome))


@pytest.mark.parametrize("seed", range(20))
async def test_everything_is_there_once_after_a_storm(world, make, delivery, seed):
    """Whatever was lost, delayed or refused for a while, the books are complete and exact."""
    chance = random.Random(seed)  # noqa: S311 - a test's own chance
    entities = [some_entity(chance, make, number) for number in range(25)]
    await world.sink().check()
    plan = some_faults(chance)
    world.simulation.faults.set(plan)
    kernel = Kernel(world, [delivery(entity) for entity in entities], chance)
    await kernel.run()
    assert not kernel.rejected, (plan, kernel.rejected[:2])
    assert len(kernel.posted) == len(entities)
    for sent, outcome in kernel.posted:
        effect = getattr(sent.entity, "effect", None)
        assert outcome.amount == effect, sent.entity
    written = Counter(outcome.type for _, outcome in kernel.posted)
    in_books = {
        name: len(world.company.query(f"select * from {name} maxresults 1000").get(name, []))
        for name in written
    }
    in_books.update({"Customer": in_books.get("Customer", 1) - 1} if "Customer" in written else {})
    assert in_books == dict(written), plan
    receivable = sum(
        sent.entity.effect.minor
        for sent, _ in kernel.posted
        if getattr(getattr(sent.entity, "account", None), "id", "") == "84"
    )
    balance = world.company.trial_balance().get("Accounts Receivable (A/R)", Decimal(0))
    assert balance == Decimal(receivable).scaleb(-2)


class Careless(Kernel):
    """Repeats a lost write under a new key, without looking."""

    def settle(self, sent, outcome):
        """Takes a lost answer for a refusal."""
        if isinstance(outcome, Unknown):
            again = f"{sent.attempt_key[:20]}{len(self.posted) + self.batches:06d}"
            self.waiting.append(attrs.evolve(sent, attempt_key=again, batch="", place=0))
        else:
            super().settle(sent, outcome)


async def test_whoever_repeats_without_looking_is_seen(world, make, delivery):
    """The negative control: the same storm doubles documents where lost writes are repeated."""
    chance = random.Random(1)  # noqa: S311 - a test's own chance
    movements = [make.movement(id=str(number)) for number in range(25)]
    await world.sink().check()
    world.simulation.faults.set("lost-answer@/2")
    await Careless(world, [delivery(each) for each in movements], chance).run()
    assert len(world.company.query("select * from Purchase maxresults 1000")["Purchase"]) > 25
