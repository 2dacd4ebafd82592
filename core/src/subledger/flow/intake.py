"""The intake loop: pages of a source become staged records, with the cursor (seam 1).

A source that polls us is asked instead, and hands its pages over at its desk.
"""

from collections.abc import Callable, Iterable, Sequence

import sqlalchemy as sa
from attrs import frozen

from subledger.config import FlowSettings
from subledger.errors import ContractBroken, PluginCrashed, RecordRejected
from subledger.findings import Finding
from subledger.guarding import reason_of
from subledger.ledger import books, leases, records
from subledger.ledger.records import GONE, UNREADABLE, Staged, Subscriber
from subledger.model import Entity, amount_of, date_of
from subledger.model.stored import dump, fingerprint
from subledger.money import Money
from subledger.ports import ExtractRequest, Query, Question, RawRecord, Source, SourceType
from subledger.store import Store
from subledger.store.schema import FLOW

_NUL = "\0"
"""SQLite ends a text of JSON here."""
_LONGEST = 4_000_000
"""Characters of a record; an invoice of ten thousand lines is shorter."""


def normalise_page(source: SourceType[object], page: Iterable[RawRecord]) -> list[Staged]:
    """Every record of a page, readable or not; never raises for a bad record.

    Raises :class:`ContractBroken` for a connector that returns what it must not.

    What moves nothing in the books is told too: it may have moved something when it was read last.
    """
    staged: dict[tuple[str, str], Staged] = {}
    for raw in page:
        for record in _normalise(source, raw):
            staged[record.kind, record.id] = record
    return list(staged.values())


def _normalise(source: SourceType[object], raw: RawRecord) -> list[Staged]:
    try:
        found = [_staged(raw, entity) for entity in source.normalise(raw)]
    except RecordRejected as error:
        finding = Finding(
            category=error.category,
            subject=error.field or f"record {raw.id}",
            message=error.message,
            hint=error.hint,
            detail=error.detail,
        )
    except Exception as error:  # noqa: BLE001 - a connector's bug parks one record, not the page
        _raise_if_broken(error)
        finding = Finding(
            category="unreadable",
            subject=f"record {raw.id}",
            message="the connector could not read this record",
            detail=error.message if isinstance(error, PluginCrashed) else reason_of(error),
        )
    else:
        return found + _missing(raw, found)
    return [_rejected(source, raw, finding)]


def _missing(raw: RawRecord, found: Sequence[Staged]) -> list[Staged]:
    """What the record may have been before, and is not any more."""
    gone = raw.makes - {record.kind for record in found}
    if found and not gone:
        return []
    return [
        Staged(
            raw=raw.id,
            makes=gone,
            kind=GONE,
            id=records.raw_key(raw.id, gone),
            version=GONE,
            entity="",
            amount=0,
            currency="",
            date="",
        )
    ]


def _staged(raw: RawRecord, entity: Entity) -> Staged:
    if _NUL in entity.id:
        raise RecordRejected("Its identifier holds the character NUL.", category="unreadable")
    text = dump(entity)
    if len(text) > _LONGEST:
        raise RecordRejected(
            f"It is {len(text):,} characters long; {_LONGEST:,} is the most.", category="unreadable"
        )
    amount, date = amount_of(entity), date_of(entity)
    return Staged(
        raw=raw.id,
        makes=raw.makes,
        kind=entity.kind,
        id=entity.id,
        version=fingerprint(text),
        entity=text,
        amount=amount.minor if amount is not None else None,
        currency=amount.currency if amount is not None else "",
        date=date.isoformat() if date else "",
    )


def _rejected(source: SourceType[object], raw: RawRecord, finding: Finding) -> Staged:
    amount = _balance(source, raw)
    version = fingerprint(f"{sorted(raw.data.items(), key=str)!r}{finding!r}")
    identifier = raw.id.replace(_NUL, "")
    return Staged(
        raw=identifier,
        makes=raw.makes,
        kind=UNREADABLE,
        id=records.raw_key(identifier, raw.makes),
        version=version,
        entity="",
        amount=amount.minor if amount is not None else None,
        currency=amount.currency if amount is not None else "",
        date="",
        finding=finding,
    )


def _balance(source: SourceType[object], raw: RawRecord) -> Money | None:
    if source.balance is None:
        return None
    try:
        return source.balance(raw)
    except Exception as error:  # noqa: BLE001 - what cannot be read has no known amount
        _raise_if_broken(error)
        return None


def _raise_if_broken(error: Exception) -> None:
    """What a connector returns must be sound: what it raises is about one record, this is not."""
    if isinstance(error, ContractBroken) and not isinstance(error, PluginCrashed):
        raise error


def store_page(
    c: sa.Connection,
    flow: str,
    connection: str,
    subscribers: Sequence[Subscriber],
    page: Sequence[Staged],
    *,
    cursor: str | None,
    epoch: int,
    now: int,
    lease: int,
) -> int:
    """Stores a page and the cursor in one transaction; returns how many records changed."""
    leases.renew(c, f"flow:{flow}", epoch, now, lease)
    changed = records.stage(c, connection, subscribers, page, now) if page else 0
    if cursor is not None:
        c.execute(sa.update(FLOW).where(FLOW.c.name == flow).values(cursor=cursor))
    return changed


@frozen(kw_only=True)
class Intake:
    """Where the pages of a run go: a flow under its lease, and those that read along."""

    store: Store
    flow: FlowSettings
    readers: Sequence[Subscriber]
    epoch: int
    now: Callable[[], int]
    lease: int

    async def read(
        self,
        source: SourceType[object],
        opened: Source,
        request: ExtractRequest,
        progress: Callable[[str, int, int], None],
    ) -> tuple[int, int]:
        """Reads a source to its end; how many records it handed over, and how many changed."""
        read = changed = 0
        cursor = request.cursor
        async for page in opened.extract(request):
            if page.records or page.cursor not in (None, cursor):
                cursor = page.cursor or cursor
                read += len(page.records)
                changed += await self.store.tx(
                    store_page,
                    self.flow.name,
                    self.flow.source,
                    self.readers,
                    normalise_page(source, page.records),
                    cursor=page.cursor,
                    epoch=self.epoch,
                    now=self.now(),
                    lease=self.lease,
                )
            progress("reading", page.done, page.of)
        return read, changed


def subscribers(flows: Iterable[FlowSettings], connection: str) -> list[Subscriber]:
    """The flows that read from a connection."""
    return [
        Subscriber(flow=flow.name, kinds=flow.kinds, removal=flow.removal)
        for flow in flows
        if flow.source == connection
    ]


def take(
    c: sa.Connection,
    source: SourceType[object],
    connection: str,
    flows: Iterable[FlowSettings],
    page: Iterable[RawRecord],
    *,
    now: int,
) -> int:
    """Stores what a peer hands over, in the transaction of its step; how many records changed."""
    return records.stage(
        c, connection, subscribers(flows, connection), normalise_page(source, page), now
    )


def ask(c: sa.Connection, flow: FlowSettings, request: ExtractRequest, now: int) -> None:
    """Puts a run's question to a source that polls us; answered when it comes next."""
    question = Question(
        id=0,
        query=Query.RECORDS,
        since=request.since,
        until=request.until,
        position=request.cursor or "",
        flow=flow.name,
        kinds=request.kinds,
        whole=request.whole,
    )
    books.ask_for_records(c, flow.source, question, now)
