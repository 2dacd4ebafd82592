"""Plugins of the interface before: adapted at the door, so that the kernel sees the newest only."""

import datetime as dt
import warnings
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol, cast

from attrs import evolve, frozen

from subledger.catalogue.discovery import Installed
from subledger.catalogue.plugin import Value
from subledger.errors import SubledgerRemovedInApi3Warning
from subledger.manifest import API
from subledger.ports import (
    BookDocument,
    BookEntry,
    Context,
    Delivery,
    Outcome,
    Question,
    Sink,
    SinkType,
    SourceType,
)


class SinkOfApi1(Protocol):
    """A sink as plugin interface 1 had it: one delivery at a time, no closing date."""

    async def check(self) -> Sequence[str]:
        """Proves that the credentials work."""
        ...

    async def deliver(self, delivery: Delivery) -> Outcome:
        """Writes one document."""
        ...

    async def find(self, delivery: Delivery) -> Outcome:
        """Settles an outcome that was lost."""
        ...

    def read(
        self, question: Question
    ) -> AsyncIterator[tuple[Sequence[BookEntry], Sequence[BookDocument]]]:
        """The answer to a question, page by page."""
        ...


@frozen
class _Adapted:
    """A sink of interface 1 as one of interface 2."""

    sink: SinkOfApi1

    async def check(self) -> Sequence[str]:
        return await self.sink.check()

    async def deliver(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        (delivery,) = deliveries
        return [await self.sink.deliver(delivery)]

    async def find(self, delivery: Delivery) -> Outcome:
        return await self.sink.find(delivery)

    def read(
        self, question: Question
    ) -> AsyncIterator[tuple[Sequence[BookEntry], Sequence[BookDocument]]]:
        return self.sink.read(question)

    async def closing_date(self) -> dt.date | None:
        known = getattr(self.sink, "closing_date", None)
        return None if known is None else cast("dt.date | None", await known())


def api_of(value: Value) -> int:
    """The number of the plugin interface that a value was made for."""
    return value.manifest.api if isinstance(value, SourceType | SinkType) else value.api


def adapted(value: Value) -> Value:
    """The value as the newest interface has it."""
    if isinstance(value, SinkType) and value.manifest.api < API and value.open is not None:
        return evolve(value, open=_opened(value.open), batch=1, at_once=1)
    return value


def _opened(
    inner: Callable[[Any, Context], AbstractAsyncContextManager[Any]],
) -> Callable[[Any, Context], AbstractAsyncContextManager[Sink]]:
    @asynccontextmanager
    async def opened(config: Any, context: Context) -> AsyncIterator[Sink]:
        async with inner(config, context) as sink:
            yield _Adapted(sink)

    return opened


def warn_if_old(item: Installed, values: Sequence[Value]) -> None:
    """Says once for each plugin that the kernel will stop adapting it."""
    old = sorted({api_of(value) for value in values if api_of(value) < API})
    if old:
        warnings.warn(
            SubledgerRemovedInApi3Warning(
                f"{item.name} (from {item.origin}) was made for plugin interface {old[0]}. "
                f"This kernel adapts it; one that speaks {API + 1} will refuse it. "
                f"Ask for a version of {item.distribution} that is made for {API}."
            ),
            stacklevel=2,
        )
