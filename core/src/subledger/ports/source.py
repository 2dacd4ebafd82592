"""What a source implements, and the value by which it is registered."""

import datetime as dt
import enum
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, Protocol, TypeVar

from attrs import field, frozen

from subledger.manifest import Manifest
from subledger.model import Entity
from subledger.model.kinds import Kind
from subledger.money import Money
from subledger.ports.vault import Authorization, Vault
from subledger.runtime import Runtime

C = TypeVar("C")


@frozen(kw_only=True)
class Context:
    """What a connector gets besides its own configuration."""

    connection: str
    """Name of the connection in the configuration."""
    runtime: Runtime
    """Time, sleep, chance, identifiers and HTTP; a connector uses no others."""
    log: Any
    """A structlog logger, bound to the connection: ``log.info("rows_read", rows=50)``. Secrets and
    bookkeeping data do not belong into it.
    """
    vault: Vault
    """Keeps what a person authorised."""


@frozen(kw_only=True)
class ExtractRequest:
    """What to read: all of a period, or what has changed since a cursor.

    Without a cursor a source reads the posting dates from ``since`` to ``until``. With one it hands
    over what changed since, whatever its date: what it left out would never be told again. The
    kernel itself leaves out what lies before the flow's ``start`` or behind its ``end``, and passes
    over what it knows already.
    """

    kinds: frozenset[Kind]
    """The kinds that the flow wants; others may be left out, and are passed over."""
    since: dt.date
    """First posting date, inclusive. In the first run the flow's ``start``, else twelve months
    ago; then its ``look_back`` (60 days by default) before the last run, never before ``start``.
    """
    until: dt.date
    """Last posting date, inclusive: today in UTC, or the flow's ``end``."""
    cursor: str | None = None
    """The source's own text: the cursor of the last page that was stored; None in the first run,
    and for ever where no page has one.
    """
    whole: frozenset[Kind] = frozenset()
    """Kinds of parties and items that are wanted all. Of others a source hands over those that the
    documents refer to, each before its document.
    """


@frozen(kw_only=True)
class RawRecord:
    """One record as the source sent it: all that ``normalise`` and ``balance`` know."""

    id: str
    """The vendor's own identifier, the same for ever."""
    data: Mapping[str, Any]
    """What the vendor sent: JSON values, numbers with a point as Decimal or text, never float."""
    context: Mapping[str, Any] = field(factory=dict)
    """What else is needed to read it, such as a setting of the connection (a time zone) or a list
    that the vendor keeps apart: JSON values, mostly one object for all records of a page.
    """
    makes: frozenset[Kind] = frozenset()
    """The kinds of entity with this ``id`` that it may become, where the source numbers its kinds
    separately: those that ``normalise`` does not yield are gone in the source. Empty: the
    identifier is unique among all kinds.
    """


@frozen(kw_only=True)
class Page:
    """Some records, and the cursor that is true once they are stored: in one transaction."""

    records: Sequence[RawRecord]
    """Some hundred at the most, so that a transaction stays short; none is fine."""
    cursor: str | None = None
    """Read from here the next time; None leaves the stored cursor as it is."""
    done: int = 0
    """How much of the run is done, in any unit, for progress bars."""
    of: int = 0
    """How much there is in all, in the same unit; 0: nobody knows."""


class Source(Protocol):
    """Reads an outside system. Both methods raise only :class:`ConnectorError` subclasses."""

    async def check(self) -> Sequence[str]:
        """Proves that the credentials work; returns sentences worth showing."""
        ...

    def extract(self, request: ExtractRequest) -> AsyncIterator[Page]:
        """The pages of a run, oldest first. Read again from the same cursor, nothing is missing.

        An async generator; the kernel closes it where a run is stopped.
        """
        ...


@frozen(kw_only=True)
class File:
    """The content of an attachment."""

    name: str
    """File name, with its ending."""
    media_type: str
    """Such as ``image/jpeg``."""
    content: bytes = field(repr=False)
    """The whole file."""


class WebhookVerdict(enum.StrEnum):
    """What became of a webhook call."""

    REFUSED = "refused"
    """Who called did not prove who it is; answered with 401."""
    IGNORED = "ignored"
    """Genuine, but nothing that a flow reads."""
    RUN = "run"
    """The flows of the connection are due at once."""


@frozen(kw_only=True)
class SourceType(Generic[C]):
    """A source connector.

    A source that polls us (``Initiative.PEER``) has no ``open``: a run of its flow puts a question
    for records, which the peer of the sink of the same name answers at its desk.
    """

    manifest: Manifest
    """What it declares."""
    config: type[C]
    """An attrs class: the connection's settings, each with a description."""
    normalise: Callable[[RawRecord], Iterable[Entity]]
    """The entities that a record is, none where it moves nothing. Pure; it may raise
    :class:`RecordRejected`.
    """
    open: Callable[[C, Context], AbstractAsyncContextManager[Source]] | None = None
    """The source for the time of one run or check; raises :class:`ConnectorError` subclasses."""
    balance: Callable[[RawRecord], Money | None] | None = None
    """The signed change of the account's balance that a record makes, for the proof of agreement,
    also where the record was rejected: money out is negative, zero what moves nothing, None what
    nobody can tell. Pure; never raises.
    """
    webhook: Callable[[C, Mapping[str, str], bytes], WebhookVerdict] | None = None
    """Judges a call by its headers (names in lower case) and raw body; never raises."""
    fetch: Callable[[C, Context, str], Awaitable[File]] | None = None
    """The file behind the ``url`` of an attachment; raises :class:`ConnectorError` subclasses."""
    authorization: Authorization[C] | None = None
    """Where a person has to consent in a browser."""
