"""A reading of a source: its pages, its records and what they mean."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final, cast

import attrs
from attrs import frozen

from subledger.errors import RecordRejected
from subledger.manifest import Operation
from subledger.model import Entity
from subledger.ports import ExtractRequest, Page, RawRecord, Source, SourceType
from subledger.testing.bench import Bench
from subledger.testing.contracts.base import breach
from subledger.testing.contracts.connector import ConnectorContract, Errand, opened

Key = tuple[frozenset[str], str]
"""What tells a record from the others of its source."""

_LATER: Final = 3 * 3600
"""Seconds after which a next run begins: longer than any look-back for stragglers."""


@frozen
class Reading:
    """The pages of one run, and what its records mean."""

    pages: Sequence[Page]
    normalise: Callable[[RawRecord], Any]

    @property
    def records(self) -> list[RawRecord]:
        """All records in the order in which they came."""
        return [record for page in self.pages for record in page.records]

    @property
    def keys(self) -> set[Key]:
        """Which records came."""
        return {key_of(record) for record in self.records}

    def accepted(self) -> Iterator[tuple[RawRecord, list[Entity]]]:
        """The records that are not rejected, with their entities."""
        for record in self.records:
            try:
                yield record, list(self.normalise(record))
            except RecordRejected:
                continue

    def entities(self) -> list[Entity]:
        """All entities."""
        return [entity for _, entities in self.accepted() for entity in entities]


def key_of(record: RawRecord) -> Key:
    """What tells a record from the others."""
    return frozenset(map(str, record.makes)), record.id


class ExtractingContract(ConnectorContract):
    """How a source is read for its contract.

    ``days`` is how long a period before ``start`` is read.
    """

    type: ClassVar[SourceType[Any]]
    days: ClassVar[int] = 365

    def errands(self) -> Sequence[Errand]:
        """To check, and to read a period; a source that polls us does nothing by itself."""
        return (self.check, self.extract) if opened(self.type) else ()

    async def extract(
        self, bench: Bench, cursor: str | None = None, *, since: dt.date | None = None
    ) -> Reading:
        """Reads the whole period, or from ``since``, from a cursor on."""
        request = self.request(bench, cursor)
        asked = request if since is None else attrs.evolve(request, since=since)
        pages = []
        async with bench.open() as connector:
            async for page in cast("Source", connector).extract(asked):
                pages.append(page)  # noqa: PERF401 - a comprehension would hide the await
        return Reading(pages, self.type.normalise)

    async def extract_later(self, bench: Bench, cursor: str | None = None) -> Reading:
        """Reads some hours later, so that what a run looks back for does not count."""
        await bench.context.runtime.sleep(_LATER)
        return await self.extract(bench, cursor)

    def request(self, bench: Bench, cursor: str | None = None) -> ExtractRequest:
        """Every kind that the source reads, in the period before now."""
        today = bench.clock().date()
        return ExtractRequest(
            kinds=self.type.manifest.able(Operation.READ),
            since=today - dt.timedelta(days=self.days),
            until=today,
            cursor=cursor,
        )

    def read(self) -> Reading:
        """The first reading of the period, made once; the contract wants at least one record."""
        __tracebackhide__ = True
        reading = _read.get(type(self))
        if reading is None:
            reading = _read[type(self)] = self.rig().run(self.extract)
        if not reading.records:
            breach(
                f"no record in the {self.days} days before {self.start.date()}",
                promise="the contract is shown with records",
                hint="let outside() hold some records of each kind, or move start and days",
            )
        return reading


_read: dict[type, Reading] = {}


def inside(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value inside a value, with its path."""
    yield path, value
    if attrs.has(type(value)):
        parts: Any = {one.name: getattr(value, one.name) for one in attrs.fields(type(value))}
    elif isinstance(value, Mapping):
        parts = value
    elif isinstance(value, list | tuple):
        parts = dict(enumerate(value))
    else:
        return
    for key, one in parts.items():
        yield from inside(one, f"{path}.{key}" if path else str(key))


__all__ = ["ExtractingContract", "Key", "Reading", "inside", "key_of"]
