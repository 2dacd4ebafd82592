"""A shop with a till, invented: it is read from a JSON file. Nothing else knows of it."""

import datetime as dt
import json
from contextlib import asynccontextmanager
from pathlib import Path

from attrs import field, frozen

from subledger.config.fields import describe
from subledger.hooks import hookimpl
from subledger.manifest import Direction, Frequency, Manifest, Operation, Role
from subledger.model.kinds import (
    CUSTOMER,
    INVOICE,
    PAYMENT,
    PURCHASE,
    REFUND_RECEIPT,
    SALES_RECEIPT,
)
from subledger.model.stored import load
from subledger.ports import Page, RawRecord, SourceType

READS = (CUSTOMER, INVOICE, PAYMENT, SALES_RECEIPT, REFUND_RECEIPT, PURCHASE)


@frozen(kw_only=True)
class ShopConfig:
    """Where the shop keeps its day."""

    day: Path = field(metadata=describe("The file.", example='"day.json"'))


@frozen
class Shop:
    """Reads the day whole, each time; what was struck out is there without its entity."""

    config: ShopConfig

    async def check(self):
        """Nothing can be wrong."""
        return ()

    async def extract(self, request):
        """All rows in one page."""
        rows = json.loads(self.config.day.read_text())
        wanted = [row for row in rows if row["kind"] in request.kinds]
        yield Page(
            records=[
                RawRecord(id=row["id"], data=row, makes=frozenset({row["kind"]})) for row in wanted
            ]
        )


@asynccontextmanager
async def opened(config, _context):
    """The source."""
    yield Shop(config)


def normalise(record):
    """The entity as it was written; none where it was struck out."""
    return [load(record.data["entity"])] if record.data["entity"] else []


@hookimpl
def register_sources():
    """The shop as a service business that is paid at the counter."""
    manifest = Manifest(
        name="corner-shop",
        title="Corner Shop",
        direction=Direction.SOURCE,
        roles=(Role.PSA,),
        kinds=dict.fromkeys(READS, frozenset({Operation.READ})),
        frequency=Frequency(default=dt.timedelta(hours=1), minimum=dt.timedelta(minutes=1)),
    )
    yield SourceType(manifest=manifest, config=ShopConfig, open=opened, normalise=normalise)
