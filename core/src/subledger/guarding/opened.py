"""What a plugin opens, guarded: a source, a sink, a peer, and the way in and out of them."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define, evolve, frozen

from subledger.errors import ConfigError
from subledger.guarding.calls import Guard
from subledger.ports import (
    BookDocument,
    BookEntry,
    Delivery,
    ExtractRequest,
    Outcome,
    Page,
    Peer,
    Question,
)

if TYPE_CHECKING:
    from aiohttp import web

T = TypeVar("T")

_ANSWER = tuple[Sequence[BookEntry], Sequence[BookDocument]]


@define
class Opened(AbstractAsyncContextManager[T]):
    """The way into what a connector opens, and out of it whatever happens in between."""

    guard: Guard
    start: Callable[[], AbstractAsyncContextManager[Any]]
    wrap: Callable[[Guard, Any], T]
    _context: Any = None

    async def __aenter__(self) -> T:
        context = self.guard.function("open()", self.start)()
        for name in ("__aenter__", "__aexit__"):
            if not hasattr(context, name):
                raise self.guard.broken("opened something that is no async context manager")
        self._context = context
        return self.wrap(self.guard, await self.guard.awaited("open()", context.__aenter__))

    async def __aexit__(self, *raised: object) -> None:
        """Closes it; what was raised inside goes on, whatever the plugin makes of it."""
        failed = raised[1] is not None
        await self.guard.closed("open()", self._context.__aexit__, *raised, failed=failed)


class GuardedSource:
    """A :class:`subledger.ports.Source`."""

    def __init__(self, guard: Guard, source: Any) -> None:
        for name in ("check", "extract"):
            _has(guard, source, "a source", name)
        self._guard = guard
        self._source = source

    async def check(self) -> Sequence[str]:
        """What the system says of itself."""
        said = await self._guard.awaited("check()", self._source.check)
        return _texts(self._guard, said)

    async def extract(self, request: ExtractRequest) -> AsyncIterator[Page]:
        """The pages, in portions that can be stored at once."""
        pages = idle = 0
        cursor = request.cursor
        async for found in self._guard.each("extract()", self._source.extract, request):
            page = self._sound(found)
            fruitless = not page.records and page.cursor in (None, cursor)
            cursor = page.cursor or cursor
            pages, idle = pages + 1, idle + 1 if fruitless else 0
            self._end_at(pages, idle)
            if fruitless:
                await asyncio.sleep(0)
            for portion in _portions(page, self._guard.limits.portion):
                yield portion

    def _sound(self, page: Page) -> Page:
        limit = self._guard.limits.page
        records = page.records if isinstance(page, Page) else ()
        if isinstance(records, list | tuple) and len(records) > limit:
            raise self._guard.broken(
                f"handed over a page of {len(records)} records in extract(); {limit} is the most"
            )
        sound: Page = self._guard.checked("extract()", page, Page)
        return sound

    def _end_at(self, pages: int, idle: int) -> None:
        limits = self._guard.limits
        if pages > limits.pages:
            raise self._guard.broken(f"did not end extract() after {limits.pages} pages")
        if idle > limits.idle:
            raise self._guard.broken(
                f"handed over {idle} pages in extract() without a record or another cursor"
            )


def _portions(page: Page, size: int) -> Sequence[Page]:
    """The page in parts; only with the last of them its cursor is true."""
    if len(page.records) <= size:
        return (page,)
    starts = range(0, len(page.records), size)
    return [
        evolve(
            page,
            records=page.records[start : start + size],
            cursor=page.cursor if start == starts[-1] else None,
        )
        for start in starts
    ]


class GuardedSink:
    """A :class:`subledger.ports.Sink`."""

    def __init__(self, guard: Guard, sink: Any) -> None:
        for name in ("check", "deliver", "find", "read", "closing_date"):
            _has(guard, sink, "a sink", name)
        self._guard = guard
        self._sink = sink

    async def check(self) -> Sequence[str]:
        """What the books say of themselves."""
        return _texts(self._guard, await self._guard.awaited("check()", self._sink.check))

    async def deliver(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """One outcome for each delivery."""
        outcomes = await self._guard.awaited("deliver()", self._sink.deliver, deliveries)
        self._guard.checked("deliver()", outcomes, Sequence[Outcome])
        if len(outcomes) != len(deliveries):
            raise self._guard.broken(
                f"gave {len(outcomes)} outcomes for {len(deliveries)} deliveries in deliver()"
            )
        sound: Sequence[Outcome] = outcomes
        return sound

    async def find(self, delivery: Delivery) -> Outcome:
        """What became of a delivery."""
        found = await self._guard.awaited("find()", self._sink.find, delivery)
        outcome: Outcome = self._guard.checked("find()", found, Outcome)
        return outcome

    async def read(self, question: Question) -> AsyncIterator[_ANSWER]:
        """The answer to a question."""
        pages = idle = 0
        limits = self._guard.limits
        async for found in self._guard.each("read()", self._sink.read, question):
            entries, documents = self._guard.checked("read()", found, _ANSWER)
            pages, idle = pages + 1, 0 if entries or documents else idle + 1
            if pages > limits.pages or idle > limits.idle:
                raise self._guard.broken(f"did not end read() after {pages} pages")
            if idle:
                await asyncio.sleep(0)
            yield entries, documents

    async def closing_date(self) -> dt.date | None:
        """The last day of the closed period."""
        date = await self._guard.awaited("closing_date()", self._sink.closing_date)
        known: dt.date | None = self._guard.checked("closing_date()", date, dt.date | None)
        return known


@frozen
class GuardedPeer:
    """A :class:`subledger.ports.Peer`; ``config`` is what it was made with."""

    guard: Guard
    peer: Peer
    config: Any

    async def handle(self, request: "web.Request") -> "web.StreamResponse":
        """The answer."""
        from aiohttp import web  # noqa: PLC0415 - whoever has a peer has imported it

        answer = await self.guard.awaited(
            "handle()",
            self.peer.handle,
            request,
            seconds=self.guard.limits.served,
            passes=(web.HTTPException, ConnectionError),  # how aiohttp tells of a bad request
        )
        if not isinstance(answer, web.StreamResponse):
            raise self.guard.broken(f"answered a request with {type(answer).__name__} in handle()")
        return answer

    async def enrolment(self, url: str) -> bytes:
        """The file by which a person sets up the other side."""
        file = await self.guard.awaited("enrolment()", self.peer.enrolment, url)
        sound: bytes = self.guard.checked("enrolment()", file, bytes)
        return sound

    async def new_password(self) -> str:
        """A new password."""
        password = await self.guard.awaited(
            "new_password()", self.peer.new_password, passes=(ConfigError,)
        )
        sound: str = self.guard.checked("new_password()", password, str)
        return sound


def guarded_peer(guard: Guard, peer: Any, config: Any) -> GuardedPeer:
    """The peer that a connector made."""
    for name in ("handle", "enrolment", "new_password"):
        _has(guard, peer, "a peer", name)
    return GuardedPeer(guard, peer, config)


def _has(guard: Guard, value: Any, what: str, name: str) -> None:
    if not callable(getattr(value, name, None)):
        raise guard.broken(f"opened {type(value).__name__} as {what}, which has no {name}()")


def _texts(guard: Guard, said: Any) -> Sequence[str]:
    if said is None:  # nothing worth showing
        return ()
    texts: Sequence[str] = guard.checked("check()", said, Sequence[str])
    return texts
