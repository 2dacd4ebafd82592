"""The protocols that plugins implement and the values by which they register them."""

import datetime as dt
import enum
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from attrs import field, frozen

from subledger.findings import Finding
from subledger.manifest import Manifest, Operation, Role
from subledger.model import Entity, Reference
from subledger.model.kinds import Kind
from subledger.money import Money
from subledger.runtime import Runtime

if TYPE_CHECKING:
    from aiohttp import web

C = TypeVar("C")
T = TypeVar("T")


# ------------------------------------------------------------------------------------- sources


@frozen(kw_only=True)
class Context:
    """What a connector gets besides its own configuration.

    ``connection`` is the configured name; ``log`` is a structlog logger bound to it.
    """

    connection: str
    runtime: Runtime
    log: Any


@frozen(kw_only=True)
class ExtractRequest:
    """What to read: ``kinds``, from ``since`` to ``until`` (posting dates, both inclusive).

    ``cursor`` is the source's own text of the last run, or None for the first.
    """

    kinds: frozenset[Kind]
    since: dt.date
    until: dt.date
    cursor: str | None = None


@frozen(kw_only=True)
class RawRecord:
    """One record as the source sent it. ``context`` is shared by the records of a page."""

    id: str
    data: Mapping[str, Any]
    context: Mapping[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class Page:
    """Some records, and the cursor that is true once they are stored.

    ``cursor`` None leaves the stored cursor as it is. ``done``/``of`` are for progress bars.
    """

    records: Sequence[RawRecord]
    cursor: str | None = None
    done: int = 0
    of: int = 0


class Source(Protocol):
    """Reads an outside system. Both methods raise only :class:`ConnectorError` subclasses."""

    async def check(self) -> Sequence[str]:
        """Proves that the credentials work; returns sentences worth showing."""
        ...

    def extract(self, request: ExtractRequest) -> AsyncIterator[Page]:
        """The pages of a run, oldest first. Reading twice from one cursor gives a superset."""
        ...


class WebhookVerdict(enum.StrEnum):
    """What became of a webhook call."""

    REFUSED = "refused"
    IGNORED = "ignored"
    RUN = "run"


@frozen(kw_only=True)
class SourceType(Generic[C]):
    """A source connector. ``normalise`` is pure; it may raise :class:`RecordRejected`.

    ``webhook`` judges a call (headers in lower case, raw body); ``RUN`` makes the flow due at once.
    """

    manifest: Manifest
    config: type[C]
    open: Callable[[C, Context], AbstractAsyncContextManager[Source]]
    normalise: Callable[[RawRecord], Iterable[Entity]]
    webhook: Callable[[C, Mapping[str, str], bytes], WebhookVerdict] | None = None


# --------------------------------------------------------------------------------------- books


@frozen(kw_only=True)
class BookEntry:
    """One list entry of the books (account, class, customer, vendor, item...).

    ``name`` is the full colon path; ``subtype`` an account's or item's type in the books' own
    words; ``guard`` the value that an update must show.
    """

    kind: Kind
    id: str
    name: str
    active: bool = True
    subtype: str = ""
    guard: str = ""


@frozen(kw_only=True)
class BookDocument:
    """One document read back from the books.

    ``type`` is the books' own word (``Check``), ``account`` the full name of the register account,
    ``amount`` the signed change of that account, ``key`` what the sink wrote to recognise it.
    """

    type: str
    id: str
    date: dt.date
    account: str
    amount: Money
    guard: str = ""
    key: str = ""
    number: str = ""
    memo: str = ""
    party: str = ""
    deleted: bool = False


class Query(enum.StrEnum):
    """What can be asked of the books."""

    LISTS = "lists"
    """Reference data: what changed since the last answer."""
    DOCUMENTS = "documents"
    """The documents of a period on an account, for reconciliation."""


@frozen(kw_only=True)
class Question:
    """A read that waits for a peer, or is handed to a sink. ``position`` is the sink's own text.

    ``since``/``until`` are posting dates; ``account`` limits to one register account.
    """

    id: int
    query: Query
    since: dt.date | None = None
    until: dt.date | None = None
    account: str = ""
    position: str = ""


class Books(Protocol):
    """The known lists of the books, for steps and recipes: exact matches only."""

    def find(self, kind: Kind, name: str) -> Sequence[BookEntry]:
        """Entries whose full name equals ``name``, case and outer spaces aside."""
        ...

    def find_leaf(self, kind: Kind, name: str) -> Sequence[BookEntry]:
        """Entries whose last part of the name equals ``name``, case and outer spaces aside."""
        ...

    def get(self, kind: Kind, id: str) -> BookEntry | None:  # noqa: A002 - the field's own name
        """The entry with this id."""
        ...

    @property
    def closing_date(self) -> dt.date | None:
        """Last day of the closed period, where the books told."""
        ...


# --------------------------------------------------------------------------------------- sinks


@frozen(kw_only=True)
class Target:
    """The document in the books that an update, void or delete is about."""

    type: str
    id: str
    guard: str


@frozen(kw_only=True)
class Delivery:
    """One effect on its way to a sink.

    ``key`` is the idempotency key (26 characters), the same for every attempt; ``attempt_key``
    changes only after an attempt that certainly did not happen. ``entity`` has every reference
    resolved as far as the books know it.
    """

    effect: int
    kind: Kind
    operation: Operation
    key: str
    attempt_key: str
    marker: str
    entity: Entity
    target: Target | None = None
    payload: bytes = b""


@frozen(kw_only=True)
class Posted:
    """The books took it. ``amount`` is the signed change of the register account they report."""

    type: str
    id: str
    guard: str = ""
    amount: Money | None = None
    account: str = ""
    entry: BookEntry | None = None
    recovered: bool = False
    warnings: tuple[Finding, ...] = ()


@frozen(kw_only=True)
class Refused:
    """The books certainly did not take it. ``again``: seconds until the next try, None: a person."""

    finding: Finding
    again: float | None = None
    code: str = ""


@frozen(kw_only=True)
class Unknown:
    """It is not known whether the books took it; never repeated blindly."""

    reason: str


@frozen(kw_only=True)
class Absent:
    """The books were searched and certainly do not hold it; it may be sent under a new attempt."""

    reason: str


Outcome = Posted | Refused | Unknown | Absent


class Desk(Protocol):
    """One durable step at a sink's door: all of it is committed, or nothing.

    The four verbs are claim, settle, release and offer; the rest is memory. A step is a plain
    function of the desk without await, so no network call can hide in a transaction.
    """

    now: dt.datetime

    def recall(self, name: str) -> Mapping[str, Any]:
        """The connector's own durable notes under a name; empty at first."""
        ...

    def remember(self, name: str, notes: Mapping[str, Any]) -> None:
        """Replaces the notes under a name (JSON values only)."""
        ...

    def waiting(self) -> bool:
        """Whether there is anything to send or to ask; cheap."""
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

    def question(self) -> Question | None:
        """The next read that waits for this sink."""
        ...

    def answered(self, question: Question, position: str | None) -> None:
        """Moves a question on: ``position`` for the next page, None when it is complete."""
        ...

    def offer(
        self, entries: Sequence[BookEntry] = (), documents: Sequence[BookDocument] = ()
    ) -> None:
        """Hands over what was read: list entries and documents."""
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


class PeerContext(Protocol):
    """What the kernel lends to a peer."""

    connection: str
    runtime: Runtime
    log: Any
    wire_log: Callable[[str, bytes], None] | None

    async def enter(
        self, owner: str, lease: float, step: Callable[[Desk], T]
    ) -> tuple[int, T] | None:
        """Takes the connection for ``lease`` seconds and runs a step in the same transaction.

        Returns the epoch and the step's result, or None while somebody else holds the lease.
        """
        ...

    async def step(self, epoch: int, step: Callable[[Desk], T]) -> T:
        """Runs a step and renews the lease. Raises :class:`Fenced` when the epoch has passed."""
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

    async def deliver(self, delivery: Delivery) -> Outcome:
        """Writes one document; :class:`Unknown` where the answer was lost."""
        ...

    async def find(self, delivery: Delivery) -> Outcome:
        """Settles an unknown outcome as the manifest's ``recovery`` says."""
        ...

    def read(
        self, question: Question
    ) -> AsyncIterator[tuple[Sequence[BookEntry], Sequence[BookDocument]]]:
        """The answer to a question, page by page."""
        ...


@frozen(kw_only=True)
class Posting:
    """One side of a document in the ledger: positive ``amount`` debits ``account``."""

    account: str
    amount: Money
    class_: str = ""
    customer: str = ""
    memo: str = ""


@frozen(kw_only=True)
class Preview:
    """What a document would look like in the books: ``type`` in the books' own word."""

    type: str
    number: str
    memo: str
    party: str
    postings: tuple[Posting, ...]
    warnings: tuple[Finding, ...] = ()


@frozen(kw_only=True)
class SinkType(Generic[C]):
    """A sink connector: kernel-driven with ``open``, or peer-driven with ``peer`` and ``mount``.

    ``preview`` is pure: the document that an entity becomes, without sending it.
    A peer answers under ``/<mount>/<connection>``.
    """

    manifest: Manifest
    config: type[C]
    preview: Callable[[Delivery, Books], Preview]
    open: Callable[[C, Context], AbstractAsyncContextManager[Sink]] | None = None
    peer: Callable[[C, PeerContext], Peer] | None = None
    mount: str = ""


# --------------------------------------------------------------------------------------- steps


@frozen(kw_only=True)
class Keep:
    """The record goes on, perhaps changed."""

    entity: Entity


@frozen(kw_only=True)
class Hold:
    """The record waits; it is judged again when the record, the mapping or the books change."""

    finding: Finding


@frozen(kw_only=True)
class Skip:
    """The record is left out on purpose; the finding says why."""

    finding: Finding


Verdict = Keep | Hold | Skip


class Step(Protocol):
    """Judges or completes one record: deterministic, no I/O."""

    def apply(self, entity: Entity, books: Books) -> Verdict:
        """The verdict on one record."""
        ...


@frozen(kw_only=True)
class StepType(Generic[C]):
    """A step plugin: ``make`` builds a step from its settings in the flow's configuration."""

    name: str
    api: int
    config: type[C]
    make: Callable[[C], Step]


# ------------------------------------------------------------------------------------- recipes


@frozen(kw_only=True)
class FlowPlan:
    """What a recipe makes of its settings.

    ``draft`` is pure: it completes an entity with what the recipe knows (accounts, party, memo).
    ``steps`` are step names with default settings, in order; ``account`` the register account.
    """

    kinds: frozenset[Kind]
    account: str
    steps: tuple[tuple[str, Mapping[str, Any]], ...]
    draft: Callable[[Entity, Books], Verdict]
    references: tuple[Reference, ...] = ()
    """List entries that must exist in the books before the first post."""


@frozen(kw_only=True)
class RecipeType(Generic[C]):
    """A ready-made flow between two roles; it names no system."""

    name: str
    title: str
    api: int
    source: Role
    sink: Role
    settings: type[C]
    plan: Callable[[C], FlowPlan]


# ------------------------------------------------------------------- simulators and secrets


@frozen(kw_only=True)
class SimulatorType:
    """A simulated outside system for ``subledger simulate NAME``.

    ``command`` is ``package.module:function``; the function's parameters become its options.
    """

    name: str
    api: int
    command: str


@frozen(kw_only=True)
class SecretResolverType:
    """Resolves secret references ``{scheme = "..."}`` of the configuration.

    ``resolve`` returns the clear text or raises LookupError with a sentence.
    """

    scheme: str
    api: int
    resolve: Callable[[str], str]
