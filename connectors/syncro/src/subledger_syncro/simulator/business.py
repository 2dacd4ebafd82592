"""The everyday business, day by day: invoices are made, paid, corrected; goods are ordered."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import TypeAlias

from attrs import define, field

from . import happenings, making
from .model import Invoice
from .world import World

OPENING_HOUR, OPEN_HOURS = 14, 8
"""In UTC, which is morning in the account's time zone."""

Action: TypeAlias = Callable[[datetime], object]

# chance in percent, then what follows a new invoice and after how many days
HABITS: tuple[tuple[int, tuple[tuple[str, int], ...]], ...] = (
    (46, (("pay", 20),)),
    (8, (("pay_part", 10), ("pay", 35))),
    (4, (("pay_part", 5), ("pay_part", 15), ("pay", 40))),
    (9, (("pay_all", 30),)),
    (4, (("pay_more", 12),)),
    (4, (("decline", 7), ("pay", 9))),
    (6, (("pay", 75),)),
    (4, (("edit", 1), ("pay", 25))),
    (1, (("void", 2),)),
    (2, (("delete", 3),)),
    (1, (("pay", 5), ("delete", 9))),
    (3, (("pay", 10), ("refund", 18))),
    (2, (("pay", 10), ("move", 14))),
    (1, (("pay", 10), ("lose_payment", 13))),
    (5, ()),
)
ORDERS = ((60, (("finish", 8),)), (20, (("receive_part", 5), ("finish", 15))), (20, ()))


def opening(day: date, hour: int = OPENING_HOUR) -> datetime:
    """The instant at which the office opens on a day, or another hour in UTC."""
    return datetime.combine(day, time(hour), tzinfo=UTC)


@define(kw_only=True)
class Business:
    """What is going to happen; a seed decides it.

    ``usual`` is the number of invoices on a day after the generated year.
    """

    world: World
    rng: Random
    usual: int = 2
    _today: date = date.min
    _agenda: dict[date, list[tuple[str, int]]] = field(factory=dict)
    _running: Iterator[datetime] = field(factory=lambda: iter(()))
    _next: datetime | None = None

    def live(self, day: date, quota: int) -> None:
        """Let a whole day pass, on which ``quota`` invoices are made."""
        for _ in self._steps(day, quota):
            pass

    def carry_on(self, now: datetime) -> None:
        """Let everything happen that is due until ``now``, each thing at its own instant."""
        while True:
            if self._next is None:
                self._next = next(self._running, None)
            if self._next is None:
                tomorrow = self._today + timedelta(days=1)
                if opening(tomorrow) > now:
                    return
                self._running = self._steps(tomorrow, self.usual)
            elif self._next > now:
                return
            else:
                self._next = None

    def _steps(self, day: date, quota: int) -> Iterator[datetime]:
        """Tells when the next thing happens, and does it when asked for the one after it."""
        self._today = day
        actions = [*self._due(day), *self._new(day, quota)]
        spacing = timedelta(hours=OPEN_HOURS) / (len(actions) + 1)
        for at, action in enumerate(actions):
            moment = opening(day) + at * spacing
            moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
            yield moment
            action(moment)

    def _due(self, day: date) -> Iterator[Action]:
        for name, number in self._agenda.pop(day, ()):
            yield partial(self._do, name, number)

    def _new(self, day: date, quota: int) -> Iterator[Action]:
        schedules = [
            one.id
            for one in self.world.schedules.values()
            if day.day == 1 and not one.paused and one.customer_id in self.world.customers
        ]
        for at in range(quota):
            yield partial(self._invoice, schedules[at] if at < len(schedules) else None)
        for chance, action in (
            (quota * 4, self._order),
            (10, partial(making.change_customer, self.world, self.rng)),
            (4, self._purchase),
        ):
            if self.rng.randrange(100) < chance:
                yield action

    def _do(self, name: str, number: int, now: datetime) -> None:
        world = self.world
        if name in happenings.ON_ORDER:
            happenings.ON_ORDER[name](world, self.rng, now, world.orders[number])
        elif name in happenings.ON_PURCHASE:
            happenings.ON_PURCHASE[name](world, self.rng, now, world.purchases[number])
        elif number in world.invoices:
            happenings.ON_INVOICE[name](world, self.rng, now, world.invoices[number])

    def _invoice(self, schedule: int | None, now: datetime) -> None:
        made: Invoice = (
            making.single_invoice(self.world, self.rng, now)
            if schedule is None
            else making.recurring_invoice(self.world, self.rng, now, schedule)
        )
        self._plan(now, made.id, HABITS)

    def _order(self, now: datetime) -> None:
        self._plan(now, making.order(self.world, self.rng, now).id, ORDERS)

    def _purchase(self, now: datetime) -> None:
        """Most of what customers offer is bought some days later, every fourth offer never."""
        number = making.purchase(self.world, self.rng, now).id
        if number % 4:
            due = now.date() + timedelta(days=number % 4)
            self._agenda.setdefault(due, []).append(("buy", number))

    def _plan(
        self,
        now: datetime,
        number: int,
        habits: tuple[tuple[int, tuple[tuple[str, int], ...]], ...],
    ) -> None:
        weights = [weight for weight, _ in habits]
        (steps,) = self.rng.choices([steps for _, steps in habits], weights)
        late = self.rng.randrange(6)
        for name, days in steps:
            due = now.date() + timedelta(days=days + late)
            self._agenda.setdefault(due, []).append((name, number))
