"""What happens in the worlds of QuickBooks Online before they heal."""

from attrs import frozen


@frozen(kw_only=True)
class Scenario:
    """A business, what happens to it, and whether a day's records were posted before.

    ``late`` are the seconds that pass before: an access token lives for an hour.
    """

    business: str
    happens: object
    posted: bool = False
    late: float = 1.0


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
    "online_update": Scenario(business="cards", happens=corrected, posted=True),
    "online_expired": Scenario(business="cards", happens=day, late=7200.0),
    "online_us": Scenario(business="us", happens=day),
    "online_ca": Scenario(business="ca", happens=day),
    "online_invoice": Scenario(business="us", happens=reworded, posted=True),
}
