"""A second card platform, invented: it is read from a JSON file. Nothing else knows of it."""

import datetime as dt
import json
from contextlib import asynccontextmanager
from pathlib import Path

from attrs import field, frozen

from subledger.config.fields import describe
from subledger.hooks import hookimpl
from subledger.manifest import Direction, Frequency, Manifest, Operation, Role
from subledger.model import Line, Movement, Tag, Way
from subledger.model.kinds import CARD_TRANSACTION, DEPOSIT, FEE, TRANSFER
from subledger.money import Money
from subledger.ports import Page, RawRecord, SourceType

KINDS = {"buy": CARD_TRANSACTION, "fee": FEE, "load": TRANSFER, "bonus": DEPOSIT}


@frozen(kw_only=True)
class CornerConfig:
    """Where the corner shop's cards keep their statement."""

    statement: Path = field(metadata=describe("The file.", example='"statement.json"'))


@frozen
class Corner:
    """Reads the statement whole, each time."""

    config: CornerConfig

    async def check(self):
        """Nothing can be wrong."""
        return ()

    async def extract(self, request):
        """All rows in one page."""
        rows = json.loads(self.config.statement.read_text())
        dated = (row for row in rows if row["day"] <= request.until.isoformat())
        yield Page(records=[RawRecord(id=row["no"], data=row) for row in dated])


@asynccontextmanager
async def opened(config, _context):
    """The source."""
    yield Corner(config)


def normalise(record):
    """One movement a row."""
    row = record.data
    amount = Money.of(row["amount"])
    tags = tuple(Tag(name=name, value=value, label=value) for name, value in row["tags"].items())
    yield Movement(
        kind=KINDS[row["sort"]],
        id=row["no"],
        way=Way.OUT if amount < Money(0) else Way.IN,
        amount=abs(amount),
        date=dt.date.fromisoformat(row["day"]),
        merchant=row.get("shop", ""),
        lines=(Line(amount=abs(amount), tags=tags),),
    )


@hookimpl
def register_sources():
    """The corner cards as a card platform."""
    manifest = Manifest(
        name="corner-cards",
        title="Corner Cards",
        direction=Direction.SOURCE,
        roles=(Role.CARD_PLATFORM,),
        kinds=dict.fromkeys(KINDS.values(), frozenset({Operation.READ})),
        frequency=Frequency(default=dt.timedelta(hours=1), minimum=dt.timedelta(minutes=1)),
    )
    yield SourceType(manifest=manifest, config=CornerConfig, open=opened, normalise=normalise)
