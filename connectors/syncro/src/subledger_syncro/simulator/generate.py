"""A year of a managed service provider from a seed: the same arguments give the same account."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from .books import found_account
from .business import Business, opening
from .catalogue import RATES, STANDARD
from .landmarks import landmarks
from .world import World

DAYS = 365
LANDMARK_DAYS_AGO = 45
FIRST_OF_MONTH, WEEKDAY, WEEKEND = 250, 10, 1
FRIDAY = 4


def _weight(day: date) -> int:
    if day.day == 1:
        return FIRST_OF_MONTH
    return WEEKDAY if day.weekday() <= FRIDAY else WEEKEND


def quotas(first: date, count: int, days: int = DAYS) -> Iterator[int]:
    """How many of ``count`` invoices are made on each day: most on the first of a month."""
    weights = [_weight(first + timedelta(days=at)) for at in range(days)]
    total, done, seen = sum(weights), 0, 0
    for weight in weights:
        seen += weight
        due = count * seen // total
        yield due - done
        done = due


def generate(*, seed: int, invoices: int, today: date) -> tuple[World, Business]:
    """An account in which so many invoices were made in the year before ``today``.

    Refunds and the hand-made cases of ``landmarks`` come on top; some invoices are deleted again.
    The business that is given with it can go on after ``today``.
    """
    rng = Random(seed)  # noqa: S311 - made-up sample data, no secret depends on it
    first = today - timedelta(days=DAYS)
    world = World(rates={rate.id: rate for rate in RATES}, default_rate=STANDARD)
    found_account(world, rng, opening(first), customers=min(max(invoices // 12, 12), 3000))
    business = Business(world=world, rng=rng)
    for at, quota in enumerate(quotas(first, invoices)):
        day = first + timedelta(days=at)
        business.live(day, quota)
        if at == DAYS - LANDMARK_DAYS_AGO:
            landmarks(world, opening(day, hour=23))
    business.usual = max(invoices // DAYS, 2)
    world.unsent.clear()
    return world, business
