"""What a source implements, and the value by which it is registered."""

import datetime as dt
import enum
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, Protocol, TypeVar

from attrs import field, frozen

from subledger.manifest import Manifest
from subledger.model import Entity
from subledger.model.kinds import Kind
from subledger.money import Money
from subledger.runtime import Runtime

C = TypeVar("C")


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

    ``balance`` is pure too: the signed change of the account's balance that a record makes, for
    the proof of agreement, also where the record was rejected.
    ``webhook`` judges a call (headers in lower case, raw body); ``RUN`` makes the flow due at once.
    """

    manifest: Manifest
    config: type[C]
    open: Callable[[C, Context], AbstractAsyncContextManager[Source]]
    normalise: Callable[[RawRecord], Iterable[Entity]]
    balance: Callable[[RawRecord], Money | None] | None = None
    webhook: Callable[[C, Mapping[str, str], bytes], WebhookVerdict] | None = None
