"""What happens in the worlds of QuickBooks Online before they heal."""

from attrs import frozen

from subledger_quickbooks_online.together import ITEMS


@frozen(kw_only=True)
class Scenario:
    """A business, what happens to it, and whether a day's records were posted before.

    ``late`` are the seconds that pass before: an access token lives for an hour. ``items`` is how
    many writes one batch of the API takes: several batches are under way at once where it is few.
    """

    business: str
    happens: object
    posted: bool = False
    late: float = 1.0
    items: int = ITEMS


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
    "online_at_once": Scenario(business="cards", happens=day, items=1),
    "online_update": Scenario(business="cards", happens=corrected, posted=True),
    "online_expired": Scenario(business="cards", happens=day, late=7200.0),
    "online_us": Scenario(business="us", happens=day),
    "online_ca": Scenario(business="ca", happens=day),
    "online_invoice": Scenario(business="us", happens=reworded, posted=True),
}
