"""The lists of the company as entries: all of them at first, then what changed."""

import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from subledger.model.kinds import (
    ACCOUNT,
    CLASS,
    CUSTOMER,
    DEPARTMENT,
    ITEM,
    PAYMENT_METHOD,
    TAX_CODE,
    TERMS,
    VENDOR,
    Kind,
)
from subledger.ports import BookEntry
from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.interpret import entry_of
from subledger_quickbooks_online.knowledge import Record, pages
from subledger_quickbooks_online.wire import requests
from subledger_quickbooks_online.wire.objects import Found, changed, is_deleted
from subledger_quickbooks_online.wire.query import EVERYTHING, Select, moment, quoted

KINDS: Final[Mapping[str, Kind]] = {
    "Account": ACCOUNT,
    "Class": CLASS,
    "Department": DEPARTMENT,
    "Customer": CUSTOMER,
    "Vendor": VENDOR,
    "Item": ITEM,
    "Term": TERMS,
    "PaymentMethod": PAYMENT_METHOD,
    "TaxCode": TAX_CODE,
}
"""The lists that are read, by Intuit's names."""
WITHOUT_CHANGES: Final = frozenset({"TaxCode"})
"""Lists that the API reports no changes of: they are read whole each time."""
LOOK_BACK: Final = dt.timedelta(days=29)
"""How far back changes are asked for; the API goes back 30 days."""
OVERLAP: Final = dt.timedelta(minutes=15)
"""Windows of changes overlap: clocks differ by up to ten minutes, and late commits appear with an
earlier time."""
MOST_CHANGES: Final = 1000
"""Objects in one answer to a question for changes; there is no next page."""


def since_of(position: str, now: dt.datetime) -> dt.datetime | None:
    """The moment from which changes are asked for; None where everything has to be read.

    A position is the moment of an earlier answer, as ISO 8601 with an offset.
    """
    try:
        at = dt.datetime.fromisoformat(position)
    except ValueError:
        return None
    if at.tzinfo is None or now - at > LOOK_BACK - OVERLAP:
        return None
    return at - OVERLAP


async def lists(
    client: Client, position: str, now: dt.datetime
) -> AsyncIterator[Sequence[BookEntry]]:
    """The entries of every list, page by page."""
    since = since_of(position, now)
    whole = KINDS if since is None else WITHOUT_CHANGES
    if since is not None:
        asked = [name for name in KINDS if name not in WITHOUT_CHANGES]
        async for found in changes(client, asked, since):
            yield entries(found)
    for name in whole:
        async for page in pages(client, _select(name)):
            yield entries([Found(entity=name, object=record) for record in page])


async def changes(
    client: Client, entities: Sequence[str], since: dt.datetime
) -> AsyncIterator[list[Found]]:
    """What changed since a moment.

    A full answer is followed up by entity: what is gone by further questions for changes, since
    nothing else tells of it, and what is there by queries.
    """
    found = await _changed(client, entities, since)
    yield found
    if len(found) < MOST_CHANGES:
        return
    for name in entities:
        async for gone in _gone(client, name, since):
            yield gone
        async for page in pages(client, _select(name, since)):
            yield [Found(entity=name, object=record) for record in page]


async def deletions(client: Client, entities: Sequence[str], since: dt.datetime) -> list[Found]:
    """What was deleted since a moment, however much else has changed."""
    found = await _changed(client, entities, since)
    if len(found) < MOST_CHANGES:
        return [each for each in found if is_deleted(each.object)]
    return [each for name in entities async for some in _gone(client, name, since) for each in some]


async def _gone(client: Client, name: str, since: dt.datetime) -> AsyncIterator[list[Found]]:
    """What was deleted of one entity; answers come in the order of time, as far as is known."""
    while True:
        found = await _changed(client, [name], since)
        yield [each for each in found if is_deleted(each.object)]
        latest = max((at for each in found if (at := _changed_at(each.object))), default=since)
        if len(found) < MOST_CHANGES:
            return
        # more in one second than an answer holds: what is left of that second cannot be asked for
        since = max(latest, since + dt.timedelta(seconds=1))


async def _changed(client: Client, entities: Sequence[str], since: dt.datetime) -> list[Found]:
    return list(changed(await client.get(requests.changes(entities, since))))


def _changed_at(record: Record) -> dt.datetime | None:
    metadata = record.get("MetaData")
    text = metadata.get("LastUpdatedTime") if isinstance(metadata, Mapping) else None
    try:
        at = dt.datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else None


def _select(name: str, since: dt.datetime | None = None) -> Select:
    where = [EVERYTHING] if name in KINDS and name not in WITHOUT_CHANGES else []
    if since is not None:
        where.append(f"MetaData.LastUpdatedTime >= {quoted(moment(since))}")
    fields = "*, Sku" if name == "Item" else "*"
    return Select(entity=name, where=tuple(where), fields=fields)


def entries(found: Sequence[Found]) -> list[BookEntry]:
    """Entries of the lists that are read; categories of items are not sold and left out."""
    return [
        _entry(KINDS[each.entity], each.object)
        for each in found
        if each.entity in KINDS and each.object.get("Id") and each.object.get("Type") != "Category"
    ]


def _entry(kind: Kind, record: Record) -> BookEntry:
    if is_deleted(record):
        name = str(record.get("FullyQualifiedName") or record.get("Name") or "")
        return BookEntry(
            kind=kind, id=str(record["Id"]), name=name, active=False, subtype="deleted"
        )
    return entry_of(kind, record)
