"""A source in this process: a feed of changes that is read from a cursor on, page by page."""

import asyncio
import datetime as dt
from contextlib import asynccontextmanager
from random import Random

from attrs import define, evolve, field

from subledger.manifest import Capability, Direction, Frequency, Manifest, Operation, Role
from subledger.model import Line, Movement, Reference, Way
from subledger.model.kinds import ACCOUNT, CARD_TRANSACTION, CLASS, FEE, TRANSFER
from subledger.money import Money
from subledger.ports import Page, RawRecord, SourceType

from .wanted import wanted_of

KINDS = (CARD_TRANSACTION, FEE, TRANSFER)
DAY = dt.date(2026, 3, 2)
_EXPENSES = ("Office Supplies", "Travel:Meals", "Fuel", "Software Subscriptions", "Telephone")
_CLASSES = ("Clinic", "Field Services:North", "Administration")


@define
class Feed:
    """What the source holds: each record's newest version, in the order of the last changes."""

    rng: Random
    page: int = 2
    changes: dict[tuple[str, str], tuple[int, Movement]] = field(factory=dict)
    newest: int = 0
    undone: set[tuple[str, str]] = field(factory=set)
    """Kind and id of records that a person took out of the books again."""

    def put(self, *movements):
        """New records, or new versions of known ones."""
        for movement in movements:
            self.newest += 1
            key = (movement.kind, movement.id)
            self.changes.pop(key, None)
            self.changes[key] = (self.newest, movement)

    @property
    def records(self):
        """The newest versions."""
        return [movement for _, movement in self.changes.values()]

    def wanted(self):
        """The documents that the books are to show."""
        kept = (one for one in self.records if (one.kind, one.id) not in self.undone)
        return map(wanted_of, kept)

    def change(self, movement):
        """The record comes back with another amount, day and accounts."""
        cents = self.rng.randrange(101, 99_999)
        day = movement.date + dt.timedelta(days=self.rng.randrange(3))
        self.put(evolve(movement, amount=Money(cents), date=day, lines=self.lines(cents)))

    def lines(self, cents, parts=1):
        """So many lines that add up."""
        cuts = sorted(self.rng.sample(range(1, cents), parts - 1))
        return tuple(
            Line(
                amount=Money(end - start),
                account=Reference(kind=ACCOUNT, name=self.rng.choice(_EXPENSES)),
                class_=Reference(kind=CLASS, name=self.rng.choice(_CLASSES)),
            )
            for start, end in zip([0, *cuts], [*cuts, cents], strict=True)
        )

    def movement(self, number, *, kind=CARD_TRANSACTION, way=Way.OUT, merchant="", parts=1):
        """A made-up record."""
        cents = self.rng.randrange(101, 99_999)
        return Movement(
            kind=kind,
            id=str(number),
            way=way,
            amount=Money(cents),
            date=DAY + dt.timedelta(days=self.rng.randrange(20)),
            merchant=merchant,
            merchant_normalised=merchant,
            lines=self.lines(cents, parts),
        )


@define
class FeedSource:
    """Reads the feed; each page is a round trip."""

    feed: Feed

    async def check(self):
        """Always well."""
        return ()

    async def extract(self, request):
        """What changed after the cursor, oldest change first."""
        after = int(request.cursor or 0)
        while True:
            await asyncio.sleep(0)
            waiting = sorted(
                ((at, one) for at, one in self.feed.changes.values() if at > after),
                key=lambda pair: pair[0],
            )
            found = waiting[: self.feed.page]
            if not found:
                return
            after = found[-1][0]
            await asyncio.sleep(0)
            yield Page(
                records=[RawRecord(id=one.id, data={"movement": one}) for _, one in found],
                cursor=str(after),
            )


def feed_type(feed):
    """The source as a connector registers it."""

    @asynccontextmanager
    async def opened(_config, _context):
        yield FeedSource(feed)

    return SourceType(
        manifest=Manifest(
            name="feed",
            title="Feed",
            direction=Direction.SOURCE,
            roles=(Role.CARD_PLATFORM,),
            kinds=dict.fromkeys(KINDS, frozenset({Operation.READ})),
            frequency=Frequency(default=dt.timedelta(hours=1), minimum=dt.timedelta(minutes=1)),
            capabilities=(Capability.INCREMENTAL,),
        ),
        config=object,
        open=opened,
        normalise=lambda raw: (raw.data["movement"],),
    )
