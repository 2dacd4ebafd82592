"""The Syncro source: whole lists, changed invoices, payments, purchase orders, then deletions."""

import datetime as dt
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from attrs import evolve

from subledger.model.kinds import CUSTOMER, ITEM, VENDOR
from subledger.ports import Context, ExtractRequest, Page, RawRecord
from subledger_syncro import checking, listing, view
from subledger_syncro.client import SyncroClient
from subledger_syncro.config import SyncroConfig
from subledger_syncro.cursor import Cursor, Mark, changed_at, is_due
from subledger_syncro.reading import INVOICES, ORDERS, PAYMENTS, Reader, gone
from subledger_syncro.shelf import ASCENDING, DESCENDING, Shelf
from subledger_syncro.view import View
from subledger_syncro.wire import dates, requests
from subledger_syncro.wire.answers import Row

T = TypeVar("T")

_PAGE: Final = 25
_BEFORE_START: Final = dt.timedelta(days=31)
"""An invoice may be dated after its last change, by so much."""
_SECOND_LOOK: Final = dt.timedelta(days=2)
"""So much is read again once a day: a row that pages lost while they shifted is found."""


@asynccontextmanager
async def open_source(config: SyncroConfig, context: Context) -> AsyncIterator["SyncroSource"]:
    """A source for one connection."""
    client = SyncroClient(
        host=config.host,
        token=config.api_token,
        context=context,
        per_minute=config.requests_per_minute,
    )
    yield SyncroSource(config, context, client)


class SyncroSource:
    """One account. Raises ConnectorError subclasses only."""

    def __init__(self, config: SyncroConfig, context: Context, client: SyncroClient) -> None:
        self._config = config
        self._context = context
        self._client = client

    async def check(self) -> Sequence[str]:
        """Says whose token it is, which time zone dates are in, and which permissions it lacks."""
        return await checking.sentences(self._client, self._config, writes=False)

    async def extract(self, request: ExtractRequest) -> AsyncIterator[Page]:
        """What changed since the cursor; first what was posted from ``request.since`` on.

        Documents dated after ``request.until`` come as well: their change is told only once.
        Reading twice from one cursor gives a superset.
        """
        zone = await checking.time_zone(self._client, self._config)
        seen = view.of_config(self._config, zone)
        run = _Run(self._config, self._client, request, seen, now=self._context.runtime.now())
        async for page in run.pages():
            yield page


class _Run:
    """One run from its cursor; the cursor moves with each page."""

    def __init__(
        self,
        config: SyncroConfig,
        client: SyncroClient,
        request: ExtractRequest,
        seen: View,
        *,
        now: dt.datetime,
    ) -> None:
        self._client = client
        self._config = config
        self._request = request
        self._now = now
        self._overlap = dt.timedelta(minutes=config.overlap_minutes)
        self._cursor = _begun(Cursor.of(request.cursor), request.since)
        self._full = is_due(self._cursor.full, config.lists_every, now)
        self._first = not self._cursor.full
        self._kinds = request.kinds
        if config.payments != "to_books":
            self._kinds -= PAYMENTS
        start = dt.date.fromisoformat(self._cursor.start)
        midnight = dt.datetime.combine(start, dt.time(), seen.zone)
        self._since = dates.stamp(midnight - _BEFORE_START)
        self._shelf = Shelf(client, seen, start=self._cursor.start, since=self._since)
        self._reader = Reader(
            client, seen, self._shelf, kinds=self._kinds, start=self._cursor.start
        )

    async def pages(self) -> AsyncIterator[Page]:
        """Every page."""
        steps = []
        if self._full:
            steps.append(self._lists())
        if self._kinds & INVOICES or self._kinds & PAYMENTS:
            steps.append(self._invoices())
        if self._kinds & PAYMENTS:
            steps.append(self._payments())
        if self._kinds & ORDERS:
            steps.append(self._orders())
        if self._kinds & INVOICES:
            steps.append(self._deleted())
        for step in steps:
            async for page in step:
                yield page
        if self._full:
            self._cursor = evolve(self._cursor, full=dates.stamp(self._now))
        yield Page(records=(), cursor=self._cursor.text())

    async def _lists(self) -> AsyncIterator[Page]:
        """Customers, products and vendors, where all of them are wanted."""
        whole = self._request.whole & self._kinds
        if CUSTOMER in whole:
            async for page in listing.pages(self._client, requests.CUSTOMERS):
                found = [(await self._reader.customer(row))[0] for row in page.rows]
                yield _listed([one for records in found for one in records], page)
        if ITEM in whole:
            async for page in listing.pages(self._client, requests.PRODUCTS):
                yield _listed([one for row in page.rows for one in self._reader.product(row)], page)
        if VENDOR in whole:
            async for page in listing.pages(self._client, requests.VENDORS):
                found = [await self._reader.vendor(row) for row in page.rows]
                yield _listed([one for records in found for one in records], page)

    async def _invoices(self) -> AsyncIterator[Page]:
        """Changed invoices, the one that changed first first, each with its payments."""
        if self._full and self._kinds & PAYMENTS:
            await self._shelf.load_payments()
        mark = self._cursor.invoices
        again = _SECOND_LOOK if self._full and not self._first else self._overlap
        since = mark.since(max(again, self._overlap))
        # a first read that goes on needs the totals of what it has handed over already
        listed = self._since if self._first or not since else since
        request = requests.invoices_since(listed)
        rows = [row async for row in listing.rows(self._client, request)]
        for row in rows:
            self._shelf.add_invoice(row)
        rows = [row for row in rows if changed_at(row) >= since]
        known = self._cursor.ids("invoices")
        done, todo = 0, _changed(rows, mark)
        for some in _chunks(todo):
            records = [record for row in some for record in await self._reader.invoice(_id(row))]
            known |= {_id(row) for row in some if self._reader.is_wanted(row.get("date"), "date")}
            done += len(some)
            self._move("invoices", mark := mark.moved(some, self._overlap), known)
            yield self._page(records, done, len(todo))

    async def _payments(self) -> AsyncIterator[Page]:
        """Changed payments, those that are applied to nothing included; in a full run deletions."""
        mark, known = self._cursor.payments, self._cursor.ids("payments")
        full = self._full or self._cursor.ordered not in (ASCENDING, DESCENDING)
        rows = await self._shelf.load_payments() if full else await self._newest_payments(mark)
        since = mark.since(self._overlap)
        fresh = [row for row in rows if changed_at(row) >= since or _id(row) not in known]
        done, todo = 0, _changed(fresh, mark)
        for some in _chunks(todo):
            records = [record for row in some for record in await self._reader.payment(_id(row))]
            known |= {_id(row) for row in some}
            done += len(some)
            self._move("payments", mark := mark.moved(some, self._overlap), known)
            yield self._page(records, done, len(todo))
        if full:
            self._cursor = evolve(self._cursor, ordered=self._shelf.ordered)
            missing = sorted(known - {_id(row) for row in rows})
            lost = [one for one in missing if await self._is_gone("payments", "payment", one)]
            self._move("payments", mark, known - set(lost))
            yield self._page([record for one in lost for record in gone("payment", one)], 0, 0)

    async def _newest_payments(self, mark: Mark) -> list[Row]:
        """The newest payments, back to a page on which all are older than the mark, or known."""
        descending = self._cursor.ordered == DESCENDING
        read = listing.pages if descending else listing.pages_backwards
        since = mark.since(self._overlap)
        rows: list[Row] = []
        async for page in read(self._client, requests.PAYMENTS):
            rows += page.rows
            if all(changed_at(row) < since or mark.has(row) for row in page.rows):
                break
        for row in rows:
            self._shelf.add_payment(row)
        return rows

    async def _orders(self) -> AsyncIterator[Page]:
        """Changed purchase orders; the list has no filter, so it is read whole."""
        mark, known = self._cursor.orders, self._cursor.ids("orders")
        rows = [row async for row in listing.rows(self._client, requests.ORDERS)]
        since = mark.since(self._overlap)
        done, todo = 0, _changed([row for row in rows if changed_at(row) >= since], mark)
        for some in _chunks(todo):
            records = [record for row in some for record in await self._reader.order(_id(row))]
            known |= {_id(row) for row in some}
            done += len(some)
            self._move("orders", mark := mark.moved(some, self._overlap), known)
            yield self._page(records, done, len(todo))
        missing = sorted(known - {_id(row) for row in rows})
        name = "purchase_order"
        lost = [one for one in missing if await self._is_gone("purchase_orders", name, one)]
        if lost:
            self._move("orders", mark, known - set(lost))
            yield self._page([record for one in lost for record in gone(name, one)], 0, 0)

    async def _deleted(self) -> AsyncIterator[Page]:
        """Invoices that were handed over and are not listed any more; from time to time."""
        if not is_due(self._cursor.swept, self._config.deletions_every, self._now):
            return
        swept = evolve(self._cursor, swept=dates.stamp(self._now))
        if self._first:
            self._cursor = swept
            return
        listed = {_id(row): row for row in await self._shelf.load_invoices()}
        known = self._cursor.ids("invoices")
        overlooked = {
            id_
            for id_, row in listed.items()
            if id_ not in known and self._reader.is_wanted(row.get("date"), "date")
        }
        lost: set[str] = set()
        for some in _chunks(sorted((known - listed.keys()) | overlooked)):
            records: list[RawRecord] = []
            for one in some:
                found = await self._reader.invoice(one)
                records += found
                if found[:1] == gone("invoice", one):
                    lost.add(one)
            yield self._page(records, 0, 0)
        self._cursor = swept.remembering("invoices", (known | overlooked) - lost)

    async def _is_gone(self, path: str, name: str, id_: str) -> bool:
        return await self._client.record(requests.one(path, id_), name) is None

    def _move(self, name: str, mark: Mark, known: set[str]) -> None:
        self._cursor = self._cursor.moved(name, mark).remembering(name, known)

    def _page(self, records: Sequence[RawRecord], done: int, of: int) -> Page:
        return Page(records=records, cursor=self._cursor.text(), done=done, of=of)


def _begun(cursor: Cursor, since: dt.date) -> Cursor:
    """The cursor, begun anew where an earlier day is asked for than ever before."""
    start = since.isoformat()
    if cursor.start and cursor.start <= start:
        return cursor
    known = {f"known_{name}": getattr(cursor, f"known_{name}") for name in _NAMES}
    return Cursor(start=start, **known)


_NAMES: Final = ("invoices", "payments", "orders")


def _listed(records: Sequence[RawRecord], page: listing.ListPage) -> Page:
    return Page(records=records, done=page.number, of=page.of or 0)


def _changed(rows: Iterable[Row], mark: Mark) -> list[Row]:
    """What was not handed over in this version, the oldest change first."""
    return sorted(
        (row for row in rows if not mark.has(row)), key=lambda row: (changed_at(row), _id(row))
    )


def _chunks(some: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(some), _PAGE):
        yield some[start : start + _PAGE]


def _id(row: Row) -> str:
    return str(row.get("id"))
