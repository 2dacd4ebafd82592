"""What happens in a world before it heals; each is varied by the office's random numbers.

A scenario is short, so that a crash hits it everywhere: together they hold a new vendor shared by
two, splits, transfers, fees, updates, and changes at every awkward moment.
"""

from subledger.flow.undo import Undo
from subledger.flow.undo import undo as take_back
from subledger.model import Way
from subledger.model.kinds import FEE, TRANSFER
from subledger.store.moments import to_ms
from subledger.testing.workplace import FLOW, SINK, SOURCE

from .office import POLL


async def _pause(office):
    await office.rest(office.rng.choice((POLL / 10, POLL, 2 * POLL)))


def shop_records(office, feed):
    """Two purchases at one new shop, one of them split."""
    name = f"Shop {office.rng.randrange(1000)}"
    records = [
        feed.movement(1, merchant=name),
        feed.movement(2, merchant=name.upper(), parts=office.rng.choice((2, 3))),
    ]
    office.rng.shuffle(records)
    return records


def moved_records(office, feed):
    """A transfer in either direction, and a fee."""
    way = office.rng.choice((Way.IN, Way.OUT))
    records = [feed.movement(3, kind=TRANSFER, way=way), feed.movement(4, kind=FEE)]
    office.rng.shuffle(records)
    return records


async def shop(office, feed):
    """Two purchases at one new shop are posted."""
    feed.put(*shop_records(office, feed))
    await office.run_flow()
    await _pause(office)
    await office.poll()


async def move(office, feed):
    """A transfer and a fee are posted."""
    feed.put(*moved_records(office, feed))
    await office.run_flow()
    await _pause(office)
    await office.poll()


async def update(office, feed):
    """Records that were posted change; see `posted` of the simulation."""
    for movement in office.rng.sample(feed.records, 2):
        feed.change(movement)
    await office.run_flow()
    await _pause(office)
    await office.poll()


async def undo(office, feed):
    """A person undoes what was posted; one of the records changes in its source meanwhile."""
    chosen = office.rng.sample(feed.records, 2)
    feed.undone = {(one.kind, one.id) for one in chosen}
    wanted = Undo(
        flow=FLOW,
        source=SOURCE,
        sink=SINK,
        manifest=office.settings.connections[SINK].sink.manifest,
        records=sorted(feed.undone),
    )
    by = {"owner": "person", "now": to_ms(office.clock()), "who": "person"}
    office.disk.do(lambda c: take_back(c, wanted, **by))
    if office.rng.random() < 0.5:
        await office.poll()
    feed.change(chosen[0])
    await office.run_flow()
    await _pause(office)
    await office.poll()


async def hasty(office, feed):
    """Records change after they were planned and before they are sent."""
    records = [*shop_records(office, feed)[:1], *moved_records(office, feed)[:1]]
    feed.put(*records)
    await office.run_flow()
    if office.rng.random() < 0.5:
        await _pause(office)
    for movement in records:
        feed.change(movement)
    await office.run_flow()
    await office.poll()


async def late(office, feed):
    """Records change while the document of one of them is on its way."""
    records = [*shop_records(office, feed)[:1], *moved_records(office, feed)[:1]]
    feed.put(*records)
    await office.run_flow()

    async def while_in_flight():
        for movement in records:
            feed.change(movement)
        await office.run_flow()

    office.errands[office.rng.choice((2, 3))] = while_in_flight
    await _pause(office)
    await office.poll()
    await _pause(office)
    await office.poll()


async def first(office, feed):
    """The first session ever: lists are read, then the records are planned within the session."""
    feed.put(*shop_records(office, feed)[:1])
    await office.run_flow()
    await _pause(office)
    await office.poll()


async def pex(office, cards):
    """The real PEX connector: four records are posted, later somebody changes their tags."""
    await office.run_flow()
    await _pause(office)
    await office.poll()
    await _pause(office)
    cards.retag(office.rng)
    await office.run_flow()
    await office.poll()


async def counter(office, feed):
    """A shop's day: a sale, a purchase, and an invoice's payment into the same account."""
    feed.day()
    await office.run_flow()
    await _pause(office)
    await office.poll()


async def struck(office, feed):
    """A document that is paid at once changes, another is struck out; a new one just as it goes."""
    changed, gone = office.rng.sample(feed.at_once(), 2)
    moment = office.rng.choice((0, 1, 2))
    new = feed.sale("2003")
    feed.put(new)
    feed.change(changed)
    await office.run_flow()

    async def strike():
        feed.strike(gone)
        feed.strike(new)
        await office.run_flow()

    if moment:  # while the answer to that write is on its way
        office.errands[moment] = strike
    else:
        await strike()
    await _pause(office)
    await office.poll()


COUNTERS = (counter.__name__, struck.__name__)
"""Those of a shop's counter; the others are of card money."""
_ALL = (shop, move, update, struck, undo, hasty, late, first, pex, counter)
SCENARIOS = {one.__name__: one for one in _ALL}
