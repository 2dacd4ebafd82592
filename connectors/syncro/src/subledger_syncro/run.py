"""One run of the source: lists, changed invoices, payments, orders; deletions; purchases last."""

import datetime as dt
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from typing import Final, TypeVar

from attrs import evolve

from subledger.errors import ConnectorError
from subledger.model.kinds import CUSTOMER, ITEM, VENDOR
from subledger.ports import ExtractRequest, Page, RawRecord
from subledger_syncro import asking, errors, listing, notice, shelf
from subledger_syncro.client import SyncroClient
from subledger_syncro.config import SyncroConfig
from subledger_syncro.cursor import Cursor, Mark, changed_at, is_due
from subledger_syncro.reading import INVOICES, ORDERS, PAYMENTS, PURCHASES, Reader
from subledger_syncro.shelf import ASCENDING, DESCENDING, ListNeeded, Shelf
from subledger_syncro.view import View
from subledger_syncro.wire import dates, requests
from subledger_syncro.wire.answers import Row

T = TypeVar("T")
Reading = Callable[[str], Awaitable[list[RawRecord]]]
"""Reads the records of one identifier."""

_PAGE: Final = 25
_BEAT: Final = 20
"""So many pages of a list are read in a few seconds, or at most in one pause of the limit."""
_BEFORE_START: Final = dt.timedelta(days=31)
"""An invoice may be dated after its last change, by so much."""
_SECOND_LOOK: Final = dt.timedelta(days=2)
"""So much is read again once a day: a row that pages lost while they shifted is found."""


class Run:
    """One run from its cursor; the cursor moves with each page."""

    def __init__(
        self,
        config: SyncroConfig,
        client: SyncroClient,
        request: ExtractRequest,
        seen: View,
        *,
        account: str,
        now: dt.datetime,
    ) -> None:
        self._client = client
        self._config = config
        self._request = request
        self._now = now
        self._overlap = dt.timedelta(minutes=config.overlap_minutes)
        self._cursor = _begun(Cursor.of(request.cursor), request.since, account)
        self._full = is_due(self._cursor.full, config.lists_every, now)
        self._first = not self._cursor.full
        self._beats = 0
        self._invoices_listed: dict[str, Row] = {}
        self._kinds = request.kinds
        if config.payments != "to_books":
            self._kinds -= PAYMENTS
        start = dt.date.fromisoformat(self._cursor.start)
        midnight = dt.datetime.combine(start, dt.time(), seen.zone)
        self._since = dates.stamp(midnight - _BEFORE_START)
        self._shelf = Shelf(client, seen, start=self._cursor.start)
        self._reader = Reader(
            client, seen, self._shelf, kinds=self._kinds, start=self._cursor.start
        )

    async def pages(self) -> AsyncIterator[Page]:
        """Every page; last what nobody describes, so that it holds up nothing."""
        kinds = self._kinds
        for wanted, step in (
            (self._full, self._lists),
            (kinds & (INVOICES | PAYMENTS), self._invoices),
            (kinds & PAYMENTS, self._payments),
            (kinds & ORDERS, self._orders),
            (kinds & INVOICES, self._deleted),
            (True, self._done),
            (kinds & PURCHASES, self._purchases),
        ):
            if wanted:
                async for page in step():
                    yield page

    async def _done(self) -> AsyncIterator[Page]:
        """Everything that Syncro describes has been read."""
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
            async for beat in self._load(shelf.PAYMENTS):
                yield beat
        mark = self._cursor.invoices
        again = _SECOND_LOOK if self._full and not self._first else self._overlap
        since = mark.since(max(again, self._overlap))
        # a first read that goes on needs the totals of what it has handed over already
        if self._first or not since:
            async for beat in self._load(shelf.INVOICES):
                yield beat
            listed = self._invoices_listed
        else:
            listed = {}
            request = requests.invoices_since(since)
            async for beat in self._read(listing.pages(self._client, request), listed):
                yield beat
        rows = [row for row in listed.values() if changed_at(row) >= since]
        async for page in self._changes("invoices", self._reader.invoice, rows):
            yield page

    async def _payments(self) -> AsyncIterator[Page]:
        """Changed payments, those that are applied to nothing included; in a full run deletions."""
        mark = self._cursor.payments
        full = self._full or self._cursor.ordered not in (ASCENDING, DESCENDING)
        async for beat in self._load(shelf.PAYMENTS) if full else self._newest_payments(mark):
            yield beat
        rows = self._shelf.payments()
        since, known = mark.since(self._overlap), self._cursor.ids("payments")
        fresh = [row for row in rows if changed_at(row) >= since or _id(row) not in known]
        async for page in self._changes("payments", self._reader.payment, fresh):
            yield page
        if full:
            self._cursor = evolve(self._cursor, ordered=self._shelf.ordered)
            async for page in self._missing("payments", self._reader.payment, map(_id, rows)):
                yield page

    async def _newest_payments(self, mark: Mark) -> AsyncIterator[Page]:
        """The newest payments, back to a page on which all are older than the mark, or known."""
        descending = self._cursor.ordered == DESCENDING
        pages = (listing.pages if descending else listing.pages_backwards)(
            self._client, requests.PAYMENTS
        )
        since, found = mark.since(self._overlap), dict[str, Row]()

        async def until_known() -> AsyncIterator[listing.ListPage]:
            async for page in pages:
                yield page
                if all(changed_at(row) < since or mark.has(row) for row in page.rows):
                    return

        async for beat in self._read(until_known(), found):
            yield beat
        for row in found.values():
            self._shelf.add_payment(row)

    async def _orders(self) -> AsyncIterator[Page]:
        """Changed purchase orders; the list has no filter, so it is read whole."""
        listed: dict[str, Row] = {}
        async for beat in self._read(listing.pages(self._client, requests.ORDERS), listed):
            yield beat
        since = self._cursor.orders.since(self._overlap)
        rows = [row for row in listed.values() if changed_at(row) >= since]
        async for page in self._changes("orders", self._reader.order, rows):
            yield page
        async for page in self._missing("orders", self._reader.order, listed):
            yield page

    async def _purchases(self) -> AsyncIterator[Page]:
        """Customer purchases, where they are switched on; else now and then a word about them."""
        if not self._config.customer_purchases:
            if self._full or self._cursor.told not in ("", notice.OFF):
                for page in self._tell(notice.OFF if await asking.buys(self._client) else ""):
                    yield page
            return
        listed: dict[str, Row] = {}
        try:
            async for beat in self._read(listing.pages(self._client, requests.PURCHASES), listed):
                yield beat
            reason = "" if listed or await self._may_be_empty() else notice.ABSENT
        except ConnectorError as error:
            reason = await asking.reason_of(self._client, error)
        for page in self._tell(reason):
            yield page
        if not reason:
            async for page in self._changed_purchases(listed):
                yield page

    async def _changed_purchases(self, listed: Mapping[str, Row]) -> AsyncIterator[Page]:
        """What changed of the list, which has no filter; all of it where other states count now."""

        async def read(id_: str) -> list[RawRecord]:
            return await self._reader.purchase(id_, listed.get(id_))

        final = "/".join(sorted(self._config.final_purchases))
        if final != self._cursor.final:
            self._cursor = evolve(self._cursor, final=final, purchases=Mark())
        since, known = self._cursor.purchases.since(self._overlap), self._cursor.ids("purchases")
        rows = [row for id_, row in listed.items() if changed_at(row) >= since or id_ not in known]
        async for page in self._changes("purchases", read, rows):
            yield page
        async for page in self._missing("purchases", read, listed):
            yield page

    async def _may_be_empty(self) -> bool:
        """Whether no purchase at all is an answer: not where they went together with their tab."""
        return not self._cursor.ids("purchases") or await asking.buys(self._client)

    def _tell(self, what: str) -> Iterator[Page]:
        """A notice about customer purchases, if it is another one than the last."""
        if what != self._cursor.told:
            self._cursor = evolve(self._cursor, told=what)
            yield Page(records=[notice.record_of(what)], cursor=self._cursor.text())

    async def _deleted(self) -> AsyncIterator[Page]:
        """From time to time: invoices that are not listed any more, and any that were missed."""
        if not is_due(self._cursor.swept, self._config.deletions_every, self._now):
            return
        if not self._first:
            async for beat in self._load(shelf.INVOICES):
                yield beat
            known, listed = self._cursor.ids("invoices"), self._invoices_listed
            rows = [row for id_, row in listed.items() if id_ not in known]
            missed = [row for row in rows if self._reader.is_wanted(row.get("date"), "date")]
            async for page in self._changes("invoices", self._reader.invoice, missed):
                yield page
            async for page in self._missing("invoices", self._reader.invoice, listed):
                yield page
        self._cursor = evolve(self._cursor, swept=dates.stamp(self._now))

    async def _changes(self, name: str, read: Reading, rows: Iterable[Row]) -> AsyncIterator[Page]:
        """Hands over what was not handed over in this version, the oldest change first."""
        mark: Mark = getattr(self._cursor, name)
        fresh = (row for row in rows if not mark.has(row))
        todo = sorted(fresh, key=lambda row: (changed_at(row), _id(row)))
        known, done = self._cursor.ids(name), 0
        for some in _chunks(todo):
            records: list[RawRecord] | None = None
            while records is None:
                before = self._reader.handed()
                try:
                    records = [record for row in some for record in await read(_id(row))]
                except ListNeeded as needed:
                    self._reader.forget_since(before)
                    async for beat in self._load(needed.name):
                        yield beat
            known |= {_id(row) for row in some}
            known -= {record.id for record in records if "gone" in record.data}
            mark = mark.moved(some, self._overlap)
            self._cursor = self._cursor.moved(name, mark).remembering(name, known)
            done += len(some)
            yield Page(records=records, cursor=self._cursor.text(), done=done, of=len(todo))

    async def _missing(
        self, name: str, read: Reading, listed: Iterable[str]
    ) -> AsyncIterator[Page]:
        """Reads what is known and not listed any more: most of it was deleted."""
        unlisted = sorted(self._cursor.ids(name) - set(listed))
        async for page in self._changes(name, read, [{"id": id_} for id_ in unlisted]):
            yield page

    async def _load(self, name: str) -> AsyncIterator[Page]:
        """Keeps a whole list, once in a run."""
        found: dict[str, Row] = {}
        if name == shelf.PAYMENTS and not self._shelf.has_payments:
            async for beat in self._read(listing.pages(self._client, requests.PAYMENTS), found):
                yield beat
            self._shelf.add_all_payments(found.values())
        if name == shelf.INVOICES and not self._shelf.has_invoices:
            request = requests.invoices_since(self._since)
            async for beat in self._read(listing.pages(self._client, request), found):
                yield beat
            self._shelf.add_all_invoices(found.values())
            self._invoices_listed = found

    async def _read(
        self, pages: AsyncIterator[listing.ListPage], into: dict[str, Row]
    ) -> AsyncIterator[Page]:
        """Reads a list; a sign of life now and then, since nothing is handed over meanwhile."""
        count = 0
        async for page in pages:
            for row in page.rows:
                into.setdefault(_id(row), row)
            count += 1
            if count % _BEAT == 0:
                self._beats += 1
                cursor = evolve(self._cursor, beat=str(self._beats)).text()
                yield Page(records=(), cursor=cursor, done=page.number, of=page.of or 0)


def _begun(cursor: Cursor, since: dt.date, account: str) -> Cursor:
    """The cursor, begun anew where an earlier day is asked for than ever before.

    Raises ConnectorError where it belongs to another account, whose records are not deleted there.
    """
    if cursor.account and account and cursor.account != account:
        raise errors.other_account(cursor.account, account)
    account, start = account or cursor.account, since.isoformat()
    if cursor.start and cursor.start <= start:
        return evolve(cursor, beat="", account=account)
    known = {f"known_{name}": getattr(cursor, f"known_{name}") for name in _NAMES}
    return Cursor(start=start, account=account, told=cursor.told, **known)


_NAMES: Final = ("invoices", "payments", "orders", "purchases")


def _listed(records: Sequence[RawRecord], page: listing.ListPage) -> Page:
    return Page(records=records, done=page.number, of=page.of or 0)


def _chunks(some: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(some), _PAGE):
        yield some[start : start + _PAGE]


def _id(row: Row) -> str:
    return str(row.get("id"))
