"""Reads lists page by page, with a rule when to stop and a check that each page is its own."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from attrs import frozen

from subledger_syncro import errors
from subledger_syncro.client import SyncroClient
from subledger_syncro.wire import answers, requests
from subledger_syncro.wire.answers import Row
from subledger_syncro.wire.requests import Request

_AGAIN: Final = 2


@frozen(kw_only=True)
class ListPage:
    """One page: its rows, its number, and how many pages there are, where Syncro tells."""

    rows: Sequence[Row]
    number: int
    of: int | None


async def read_page(
    client: SyncroClient, request: Request, number: int, before: Sequence[Row] = ()
) -> ListPage | None:
    """A page; None where it only repeats ``before``, which is how some lists end.

    An answer that says it is another page is asked for again, and so is a page like the one
    before: it may have been given twice by mistake. Raises ConnectorError.
    """
    query = requests.page(request, number)
    repeated = False
    for _ in range(_AGAIN + 1):
        body = await client.get(query)
        rows = answers.rows_of(body, request.rows) or ()
        told, of = answers.meta_of(body)
        if told not in (None, number) and rows:
            continue
        repeated = bool(rows and before) and _first(rows) == _first(before)
        if not repeated:
            return ListPage(rows=rows, number=number, of=of)
    if repeated:
        return None
    raise errors.unreadable(request.path)


async def pages(client: SyncroClient, request: Request) -> AsyncIterator[ListPage]:
    """All pages from the first.

    It ends at the number of pages that the list tells, else at an empty or repeated page. Raises
    ConnectorError.
    """
    number, of = 1, None
    before: Sequence[Row] = ()
    while of is None or number <= of:
        found = await read_page(client, request, number, before)
        if found is None and of is not None:
            raise errors.unreadable(request.path)
        if found is None or not found.rows:
            return
        yield found
        number, of, before = number + 1, found.of, found.rows


async def pages_backwards(client: SyncroClient, request: Request) -> AsyncIterator[ListPage]:
    """All pages from the last; from the first where the list does not tell how many there are."""
    first = await read_page(client, request, 1)
    if first is None or first.of is None:
        async for page in pages(client, request):
            yield page
        return
    for number in range(first.of, 1, -1):
        found = await read_page(client, request, number)
        if found is not None:
            yield found
    yield first


async def rows(client: SyncroClient, request: Request) -> AsyncIterator[Row]:
    """All rows; a row that moved to another page while the list was read comes once."""
    seen: set[str] = set()
    async for page in pages(client, request):
        for row in page.rows:
            id_ = str(row.get("id"))
            if id_ not in seen:
                seen.add(id_)
                yield row


def _first(some: Sequence[Row]) -> object:
    return some[0].get("id")
