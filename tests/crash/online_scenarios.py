"""What happens in the worlds of QuickBooks Online before they heal."""

from attrs import frozen

from subledger_quickbooks_online.wire.requests import MOST_ITEMS

from .online_counter import first, struck


@frozen(kw_only=True)
class Scenario:
    """A business, what happens to it, and whether a day's records were posted before.

    ``first`` where nothing at all was there before; else a shop has its customers and an invoice.
    ``late`` are the seconds that pass before: an access token lives for an hour. ``batch`` is
    how many writes leave together where the seed has several do so, ``at_once`` how many such
    batches are under way at once.
    """

    business: str
    happens: object
    posted: bool = False
    first: bool = False
    late: float = 1.0
    batch: int = MOST_ITEMS
    at_once: int = 1


async def day(office, feed):
    """A day's records come in and are posted."""
    feed.day()
    await office.run_flow()
    await office.dispatch()


async def corrected(office, feed):
    """Two records that were posted change."""
    for movement in office.rng.sample(feed.records, 2):
        feed.change(movement)
    await office.run_flow()
    await office.dispatch()


async def reworded(office, feed):
    """An invoice that was posted and paid changes."""
    feed.correct()
    await office.run_flow()
    await office.dispatch()


SCENARIOS = {
    "online": Scenario(business="cards", happens=day),
    "online_at_once": Scenario(business="cards", happens=day, batch=2, at_once=3),
    "online_update": Scenario(business="cards", happens=corrected, posted=True),
    "online_expired": Scenario(business="cards", happens=day, late=7200.0),
    "online_us": Scenario(business="us", happens=day),
    "online_ca": Scenario(business="ca", happens=day),
    "online_invoice": Scenario(business="us", happens=reworded, posted=True),
    "online_counter": Scenario(business="counter_us", happens=day),
    "online_counter_ca": Scenario(business="counter_ca", happens=day),
    "online_struck": Scenario(business="counter_us", happens=struck, posted=True),
    "online_struck_ca": Scenario(business="counter_ca", happens=struck, posted=True),
    "online_first": Scenario(business="counter_us", happens=first, first=True),
}
