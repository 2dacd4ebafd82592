"""What a sink implements: the desk for peers, the protocol for sinks that the kernel calls."""

import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from attrs import frozen

from subledger.findings import Finding
from subledger.manifest import Manifest
from subledger.model.kinds import Kind
from subledger.money import Money
from subledger.ports.books import BookDocument, BookEntry, Books, Query, Question
from subledger.ports.delivery import Delivery, Outcome
from subledger.ports.source import Context, RawRecord
from subledger.ports.vault import Authorization
from subledger.runtime import Runtime

if TYPE_CHECKING:
    from aiohttp import web

C = TypeVar("C")
T = TypeVar("T")


class Desk(Protocol):
    """One durable step at a sink's door: all of it is committed, or nothing.

    The four verbs are claim, settle, release and offer; the rest is memory. A step is a plain
    function of the desk without await, so no network call can hide in a transaction.
    """

    @property
    def now(self) -> dt.datetime:
        """The moment of this step, in UTC."""
        ...

    @property
    def paused(self) -> bool:
        """Whether writing was stopped until a person resumes it; cheap."""
        ...

    def recall(self, name: str) -> Mapping[str, Any]:
        """The connector's own durable notes under a name; empty at first."""
        ...

    def remember(self, name: str, notes: Mapping[str, Any]) -> None:
        """Replaces the notes under a name (JSON values only)."""
        ...

    def waiting(self) -> bool:
        """Whether there is anything to send or to ask; cheap."""
        ...

    def staged(self) -> bool:
        """Whether records wait for :meth:`PeerContext.prepare`; cheap."""
        ...

    def outstanding(self) -> Delivery | None:
        """The effect that was sent and has no settled outcome; at most one per connection."""
        ...

    def claim(self, render: Callable[[Delivery], bytes]) -> Delivery | None:
        """The next effect to send, marked as sent with the exact bytes that ``render`` made.

        ``render`` is pure and may raise :class:`RecordRejected`: that effect is parked with a
        finding and the next one is tried.
        """
        ...

    def settle(self, effect: int, outcome: Outcome) -> None:
        """Records what became of a sent effect; a second settling of the same effect is ignored."""
        ...

    def release(self, effect: int) -> None:
        """Gives back a claimed effect that never left; it is claimed again later."""
        ...

    def question(self, query: Query | None = None) -> Question | None:
        """The next read that waits for this sink, of one sort or of any."""
        ...

    def entry(self, kind: Kind, id: str) -> BookEntry | None:  # noqa: A002 - the field's own name
        """A known list entry of the books."""
        ...

    def named(self, kind: Kind, name: str) -> BookEntry | None:
        """A known list entry by its full name, case aside; None where there is none."""
        ...

    def backlog(self, most: int) -> int:
        """How many effects wait to be sent, counted up to ``most``."""
        ...

    def answered(
        self, question: Question, position: str | None, *, cursor: str | None = None
    ) -> None:
        """Moves a question on: ``position`` for the next page, None when it is complete.

        ``cursor`` is where the next question of the same flow begins, once this one is complete.
        """
        ...

    def offer(
        self,
        entries: Sequence[BookEntry] = (),
        documents: Sequence[BookDocument] = (),
        *,
        records: Sequence[RawRecord] = (),
        question: Question | None = None,
    ) -> None:
        """Hands over what was read: list entries, documents with their question, and records.

        The records of a page are stored together with the position that is told in the same step.
        """
        ...

    def closing_date(self, date: dt.date | None) -> None:
        """Records the last day of the closed period."""
        ...

    def pause(self, finding: Finding) -> None:
        """Stops all writes of this connection until a person resumes it."""
        ...

    def report(self, finding: Finding) -> None:
        """Shows a finding about the connection itself."""
        ...

    def clear(self, category: str) -> None:
        """Closes the connection's findings of a category: the cause is gone."""
        ...


class Peer(Protocol):
    """A sink whose other side polls us: answers the HTTP requests of one connection."""

    async def handle(self, request: "web.Request") -> "web.StreamResponse":
        """The answer; never raises."""
        ...

    async def enrolment(self, url: str) -> bytes:
        """The file by which a person sets up the other side; ``url`` is our public address."""
        ...

    async def new_password(self) -> str:
        """Makes a new password, stores only its hash, and returns it once.

        Raises :class:`subledger.errors.ConfigError` where the configuration has one that counts.
        """
        ...


class PeerContext(Protocol):
    """What the kernel lends to a peer."""

    connection: str
    """Name of the connection in the configuration."""
    runtime: Runtime
    """Time, sleep, chance, identifiers and HTTP; a peer uses no others."""
    log: Any
    """A structlog logger, bound to the connection; neither secrets nor bookkeeping data in it."""
    wire_log: Callable[[str, bytes], None] | None
    """Keeps a message under a name, where the owner asked for it; None where not."""

    async def enter(
        self, owner: str, lease: float, step: Callable[[Desk, int], T]
    ) -> tuple[int, T] | None:
        """Takes the connection for ``lease`` seconds and runs a step in the same transaction.

        The step is told the epoch of the lease.

        Returns the epoch and the step's result, or None while somebody else holds the lease.
        A step that returns None gives the lease back at once.
        """
        ...

    async def step(self, epoch: int, lease: float, step: Callable[[Desk], T]) -> T:
        """Runs a step and renews the lease for ``lease`` seconds.

        Raises :class:`Fenced` when the epoch has passed.
        """
        ...

    async def note(self, step: Callable[[Desk], T]) -> T:
        """Runs a step without the lease; for evidence that arrives late and for looking."""
        ...

    async def leave(self, epoch: int, step: Callable[[Desk], T]) -> T:
        """Runs a last step and gives the lease back."""
        ...

    async def prepare(self) -> bool:
        """Plans what is staged for this sink; True while more is left to plan."""
        ...


class Sink(Protocol):
    """A sink that the kernel calls. Methods raise only :class:`ConnectorError` subclasses."""

    async def check(self) -> Sequence[str]:
        """Proves that the credentials work; returns sentences worth showing."""
        ...

    async def deliver(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """Writes some documents, at most ``SinkType.batch``, that do not depend on each other.

        One outcome each, in order; :class:`Unknown` where the answer was lost. It raises where
        certainly nothing was written: :class:`subledger.errors.TemporaryError` asks for the same
        again later, :class:`subledger.errors.AuthenticationError` stops the connection until a
        person acts.
        """
        ...

    async def find(self, delivery: Delivery) -> Outcome:
        """Settles an outcome that was lost, as the manifest's ``recovery`` says.

        A keyed sink may repeat the write under the same key. :class:`Absent` only where a new
        attempt certainly makes no second document; it raises as :meth:`deliver` does.
        """
        ...

    def read(
        self, question: Question
    ) -> AsyncIterator[tuple[Sequence[BookEntry], Sequence[BookDocument]]]:
        """The answer to a question, page by page.

        A question for lists may give a moment (ISO 8601) as its position: what changed since then
        is enough. Raises as :meth:`deliver` does.
        """
        ...

    async def closing_date(self) -> dt.date | None:
        """The last day of the closed period; None where no period is closed."""
        ...


@frozen(kw_only=True)
class Posting:
    """One side of a document in the ledger."""

    account: str
    """Full name of the account."""
    amount: Money
    """A debit where it is positive, a credit where it is negative."""
    class_: str = ""
    """Full name of the class."""
    customer: str = ""
    """Full name of the customer."""
    memo: str = ""
    """What this side's memo says."""


@frozen(kw_only=True)
class Preview:
    """What a document would look like in the books."""

    type: str
    """The books' own word."""
    number: str
    """The document's number; empty where the books number."""
    memo: str
    """What the memo would say."""
    party: str
    """Name of the vendor or customer."""
    postings: tuple[Posting, ...]
    """Every side; they add up to zero."""
    warnings: tuple[Finding, ...] = ()
    """What a person should know before it is posted."""


def _as_it_is(_kind: Kind, name: str) -> str:
    return name


@frozen(kw_only=True)
class SinkType(Generic[C]):
    """A sink connector: kernel-driven with ``open``, or peer-driven with ``peer`` and ``mount``."""

    manifest: Manifest
    """What it declares."""
    config: type[C]
    """An attrs class: the connection's settings, each with a description."""
    preview: Callable[[Delivery, Books], Preview]
    """The document that an entity becomes, without sending it. Pure; it may raise
    :class:`RecordRejected`.
    """
    open: Callable[[C, Context], AbstractAsyncContextManager[Sink]] | None = None
    """The sink for the time of one dispatch or check; raises :class:`ConnectorError` subclasses."""
    batch: int = 1
    """How many writes a kernel-driven sink takes in one call."""
    at_once: int = 1
    """How many such calls may be under way at once; none depends on what another one writes."""
    peer: Callable[[C, PeerContext], Peer] | None = None
    """The peer of a connection, for as long as the server runs."""
    mount: str = ""
    """A peer answers under ``/<mount>/<connection>``."""
    fit_name: Callable[[Kind, str], str] = _as_it_is
    """A list name as the books will store it, so that an entry is found again under the name that
    it got. Pure.
    """
    authorization: Authorization[C] | None = None
    """Where a person has to consent in a browser."""
