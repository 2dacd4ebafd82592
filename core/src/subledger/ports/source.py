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
    """What a connector gets besides its own configuration.

    ``connection`` is the configured name; ``log`` is a structlog logger bound to it; ``vault``
    keeps what a person authorised.
    """

    connection: str
    runtime: Runtime
    log: Any
    vault: Vault


@frozen(kw_only=True)
class ExtractRequest:
    """What to read: ``kinds``, from ``since`` to ``until`` (posting dates, both inclusive).

    ``cursor`` is the source's own text of the last run, or None for the first. Of parties and
    items a source hands over those that the documents refer to, each before its document; those
    of the kinds in ``whole`` all.
    """

    kinds: frozenset[Kind]
    since: dt.date
    until: dt.date
    cursor: str | None = None
    whole: frozenset[Kind] = frozenset()


@frozen(kw_only=True)
class RawRecord:
    """One record as the source sent it. ``context`` is shared by the records of a page.

    ``makes`` are the kinds of entity with this ``id`` that it may become, where the source numbers
    its kinds separately: those that ``normalise`` does not yield are gone in the source. Empty:
    the identifier is unique among all kinds.
    """

    id: str
    data: Mapping[str, Any]
    context: Mapping[str, Any] = field(factory=dict)
    makes: frozenset[Kind] = frozenset()


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


@frozen(kw_only=True)
class File:
    """The content of an attachment: ``media_type`` such as ``image/jpeg``."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


class WebhookVerdict(enum.StrEnum):
    """What became of a webhook call."""

    REFUSED = "refused"
    IGNORED = "ignored"
    RUN = "run"


@frozen(kw_only=True)
class SourceType(Generic[C]):
    """A source connector. ``normalise`` is pure; it may raise :class:`RecordRejected`.

    ``balance`` is pure too: the signed change of the account's balance that a record makes, for
    the proof of agreement, also where the record was rejected.
    ``webhook`` judges a call (headers in lower case, raw body); ``RUN`` makes the flow due at once.
    ``fetch`` gets the file behind the address of a receipt; it raises :class:`ConnectorError`
    subclasses only. ``authorization`` is there where a person has to consent in a browser.

    A source that polls us (``Initiative.PEER``) has no ``open``: a run of its flow puts a question
    for records, which the peer of the sink of the same name answers at its desk.
    """

    manifest: Manifest
    config: type[C]
    normalise: Callable[[RawRecord], Iterable[Entity]]
    open: Callable[[C, Context], AbstractAsyncContextManager[Source]] | None = None
    balance: Callable[[RawRecord], Money | None] | None = None
    webhook: Callable[[C, Mapping[str, str], bytes], WebhookVerdict] | None = None
    fetch: Callable[[C, Context, str], Awaitable[File]] | None = None
    authorization: Authorization[C] | None = None
