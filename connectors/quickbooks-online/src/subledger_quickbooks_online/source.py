"""The books as a source: parties, items, sales, bills, credits and payments that changed."""

import datetime as dt
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, Final

from attrs import define, field

from subledger.model.kinds import CUSTOMER, ITEM, VENDOR, Kind
from subledger.ports import Context, ExtractRequest, Page, RawRecord
from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.config import QuickBooksOnlineConfig
from subledger_quickbooks_online.knowledge import Knowledge, everything, pages
from subledger_quickbooks_online.normalise import ENTITIES, KINDS
from subledger_quickbooks_online.postings import Record, identifier, lines
from subledger_quickbooks_online.reading import LOOK_BACK, OVERLAP, changes
from subledger_quickbooks_online.wire.objects import Found, is_deleted
from subledger_quickbooks_online.wire.query import EVERYTHING, Select, moment, quoted

_LISTS: Final = (CUSTOMER, VENDOR, ITEM)
_DOCUMENTS: Final = tuple(kind for kind in ENTITIES if kind not in _LISTS)
_DETAILS: Final = (
    *("SalesItemLineDetail", "ItemBasedExpenseLineDetail", "AccountBasedExpenseLineDetail"),
    "GroupLineDetail",
)
"""Parts of a line that name customers and items."""
_AT_ONCE: Final = 100
"""Ids in one query."""


class QuickBooksOnlineSource:
    """The books of one company as a source. Implements :class:`subledger.ports.Source`."""

    def __init__(self, config: QuickBooksOnlineConfig, context: Context) -> None:
        self._client = Client(config, context)
        self._now = context.runtime.now
        self._knowledge = Knowledge(self._client, self._now)

    async def check(self) -> Sequence[str]:
        """Reads the company's name; returns what is worth knowing."""
        info = await self._knowledge.info()
        return [f"{info.get('CompanyName', '')}: company {await self._client.realm()}."]

    async def extract(self, request: ExtractRequest) -> AsyncIterator[Page]:
        """The pages of a run; the last one carries the cursor, which is a moment.

        The first run reads by posting date, later ones what changed, however old it is.
        """
        began = self._now()
        run = _Run(self._client, request, await self._currency())
        since = _moment(request.cursor)
        if since is None:
            async for page in self._first(run, request):
                yield page
        else:
            async for page in self._later(run, request, since, began):
                yield page
        yield Page(records=(), cursor=moment(began))

    async def _currency(self) -> str:
        preferences = await self._knowledge.preferences()
        currency = preferences.get("CurrencyPrefs")
        home = identifier(currency, "HomeCurrency") if isinstance(currency, Mapping) else ""
        return home or "USD"

    async def _first(self, run: "_Run", request: ExtractRequest) -> AsyncIterator[Page]:
        for kind in _LISTS:
            if kind in request.kinds and kind in request.whole:
                select = Select(entity=ENTITIES[kind], where=(EVERYTHING,), fields=_fields(kind))
                async for records in pages(self._client, select):
                    yield await run.page(_found(kind, records))
        dates = (
            f"TxnDate >= {quoted(request.since.isoformat())}",
            f"TxnDate <= {quoted(request.until.isoformat())}",
        )
        for kind in _DOCUMENTS:
            if kind in request.kinds:
                select = Select(entity=ENTITIES[kind], where=dates)
                async for records in pages(self._client, select):
                    yield await run.page(_found(kind, records))

    async def _later(
        self, run: "_Run", request: ExtractRequest, since: dt.datetime, now: dt.datetime
    ) -> AsyncIterator[Page]:
        wanted = [
            kind
            for kind in (*_LISTS, *_DOCUMENTS)
            if kind in request.kinds and (kind in _DOCUMENTS or kind in request.whole)
        ]
        since -= OVERLAP
        if now - since < LOOK_BACK:
            async for found in changes(self._client, [ENTITIES[kind] for kind in wanted], since):
                yield await run.page(sorted(found, key=_order))
            return
        changed = f"MetaData.LastUpdatedTime >= {quoted(moment(since))}"
        for kind in wanted:
            where = (changed, EVERYTHING) if kind in _LISTS else (changed,)
            select = Select(entity=ENTITIES[kind], where=where, fields=_fields(kind))
            async for records in pages(self._client, select):
                yield await run.page(_found(kind, records))


def _fields(kind: Kind) -> str:
    return "*, Sku" if kind == ITEM else "*"


def _moment(cursor: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(cursor) if cursor else None


def _found(kind: Kind, records: Iterable[Record]) -> list[Found]:
    return [Found(entity=ENTITIES[kind], object=record) for record in records]


def _order(found: Found) -> int:
    return list(KINDS).index(found.entity) if found.entity in KINDS else len(KINDS)


@define
class _Run:
    """One run: what was handed over already, so that each party comes once."""

    client: Client
    request: ExtractRequest
    currency: str
    handed: dict[Kind, set[str]] = field(factory=lambda: {kind: set() for kind in _LISTS})

    async def page(self, found: Sequence[Found]) -> Page:
        """A page of records, after the parties and items that they refer to."""
        known = [each for each in found if each.entity in KINDS and each.object.get("Id")]
        for each in known:
            kind = KINDS[each.entity]
            if kind in self.handed:
                self.handed[kind].add(str(each.object["Id"]))
        named = [pair for each in known for pair in _named(each)]
        before: list[Found] = []
        for kind in _LISTS:
            if kind in self.request.kinds:
                before += await self._entries(kind, [number for of, number in named if of == kind])
        return Page(records=[self._raw(each) for each in (*before, *known)])

    async def _entries(self, kind: Kind, numbers: Sequence[str]) -> list[Found]:
        """Entries that are referred to and were not handed over, each after its parent."""
        fetched: list[Found] = []
        wanted = self._missing(kind, numbers)
        while wanted:
            level = await self._fetch(kind, wanted)
            fetched = level + fetched
            parents = [identifier(each.object, "ParentRef") for each in level]
            wanted = self._missing(kind, parents) if kind == CUSTOMER else []
        return fetched

    def _missing(self, kind: Kind, numbers: Iterable[str]) -> list[str]:
        found = [number for number in dict.fromkeys(numbers) if number.isdecimal()]
        missing = [number for number in found if number not in self.handed[kind]]
        self.handed[kind].update(missing)
        return missing

    async def _fetch(self, kind: Kind, numbers: Sequence[str]) -> list[Found]:
        fetched: list[Found] = []
        for start in range(0, len(numbers), _AT_ONCE):
            ids = ", ".join(quoted(number) for number in numbers[start : start + _AT_ONCE])
            select = Select(
                entity=ENTITIES[kind], where=(f"Id IN ({ids})", EVERYTHING), fields=_fields(kind)
            )
            fetched += _found(kind, await everything(self.client, select))
        return fetched

    def _raw(self, found: Found) -> RawRecord:
        return RawRecord(
            id=str(found.object["Id"]),
            data=plain(found.object),
            context={"currency": self.currency},
            makes=frozenset({KINDS[found.entity]}),
        )


def _named(found: Found) -> Iterator[tuple[Kind, str]]:
    """The parties and items that a document names."""
    if KINDS[found.entity] in _LISTS or is_deleted(found.object):
        return
    yield CUSTOMER, identifier(found.object, "CustomerRef")
    yield VENDOR, identifier(found.object, "VendorRef")
    yield from _named_in(lines(found.object))


def _named_in(of: Iterable[Record]) -> Iterator[tuple[Kind, str]]:
    for line in of:
        for sort in _DETAILS:
            detail = line.get(sort)
            if isinstance(detail, Mapping):
                yield ITEM, identifier(detail, "ItemRef")
                yield CUSTOMER, identifier(detail, "CustomerRef")
                yield from _named_in(lines(detail))


def plain(value: Any) -> Any:
    """A record as plain JSON for whoever stores it: exact amounts are kept as text."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


@asynccontextmanager
async def open_source(
    config: QuickBooksOnlineConfig, context: Context
) -> AsyncIterator[QuickBooksOnlineSource]:
    """The source of one company."""
    yield QuickBooksOnlineSource(config, context)
