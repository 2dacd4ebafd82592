"""A bench: one connector opened by hand against its outside, with nothing of the kernel around."""

import asyncio
import datetime as dt
import itertools
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

from attrs import define, frozen

from subledger.config.problems import Invalid
from subledger.config.secrets import SecretReader
from subledger.config.structure import Structurer
from subledger.errors import ConfigError
from subledger.ports import Context, Sink, SinkType, Source, SourceType
from subledger.runtime import HttpResponse, Runtime
from subledger.testing import virtual_time
from subledger.testing.blank import lending
from subledger.testing.diary import Diary
from subledger.testing.outside import THROTTLED, Clock, Consenting, Door, Fault, Outside
from subledger.testing.tables import referred
from subledger.testing.vault import MemoryVault

T = TypeVar("T")

CONNECTION: Final = "tested"
"""The name of the connection on a bench."""


def config_of(cls: type[T], table: Mapping[str, Any]) -> T:
    """The settings that a connection's table gives, read as the kernel reads them.

    Secrets stand in ``table`` as plain text. Raises ConfigError, with paths below the connection.
    """
    references, variables = referred(table, cls, "tested")
    return config_from(cls, references, variables)


def config_from(cls: type[T], table: Mapping[str, Any], environment: Mapping[str, str]) -> T:
    """The settings of a table with references; they are looked up in ``environment``."""
    variables, structurer = _structurer()
    variables.clear()
    variables.update(environment)
    try:
        return structurer.read(table, cls)
    except Invalid as error:
        raise ConfigError(error.problems) from error


@lru_cache(maxsize=1)
def _structurer() -> tuple[dict[str, str], Structurer]:
    """What reads settings, and its environment; to make it takes ten times as long as to use it."""
    variables: dict[str, str] = {}
    return variables, Structurer(SecretReader(folder=Path(), environment=variables))


@define(kw_only=True)
class Bench:
    """A connector, its outside behind a door, and what the kernel would lend it.

    ``diary`` is what it logged, ``vault`` what it keeps of a person's consent.
    """

    type: SourceType[Any] | SinkType[Any]
    outside: Outside
    door: Door
    clock: Clock
    diary: Diary
    vault: MemoryVault
    context: Context

    def config(self, settings: Mapping[str, Any] | None = None) -> Any:
        """The connection's settings; ``settings`` replace those of the outside."""
        return config_of(self.type.config, {**self.outside.settings, **(settings or {})})

    def open(
        self, settings: Mapping[str, Any] | None = None
    ) -> AbstractAsyncContextManager[Source | Sink]:
        """The opened connector. Raises ConfigError."""
        if self.type.open is None:
            raise TypeError("a peer is not opened")
        opened: AbstractAsyncContextManager[Source | Sink] = self.type.open(
            self.config(settings), self.context
        )
        return opened


@frozen(kw_only=True)
class Rig:
    """How benches are made: the connector, its outside, the moment, and whether time is real."""

    type: SourceType[Any] | SinkType[Any]
    outside: Callable[[Clock], Outside]
    start: dt.datetime
    real_time: bool = False
    throttled: HttpResponse = THROTTLED

    def run(self, work: Callable[[Bench], Awaitable[T]], faults: Sequence[Fault] = ()) -> T:
        """Makes a bench with a fresh outside, and runs ``work`` on it to its end."""

        async def main(_loop: object = None) -> T:
            time = _Time(self.start, real=self.real_time)
            outside = self.outside(time.now)
            if isinstance(outside, AbstractAsyncContextManager):
                async with outside as entered:
                    return await work(self._bench(entered, time, faults))
            return await work(self._bench(outside, time, faults))

        with lending():
            return asyncio.run(main()) if self.real_time else virtual_time.run(main)

    def _bench(self, outside: Outside, time: "_Time", faults: Sequence[Fault]) -> Bench:
        again = [fault.again() for fault in faults]
        door = Door(outside.http, again, self.throttled, sleep=time.sleep)
        numbers, diary = itertools.count(1), Diary()
        vault = MemoryVault(outside.consent() if isinstance(outside, Consenting) else None)
        runtime = Runtime(
            now=time.now,
            sleep=time.sleep,
            random=random.Random(1),  # noqa: S311 - jitter of pauses
            new_id=lambda: f"{next(numbers):026d}",
            http=door,
        )
        return Bench(
            type=self.type,
            outside=outside,
            door=door,
            clock=time.now,
            diary=diary,
            vault=vault,
            context=Context(connection=CONNECTION, runtime=runtime, log=diary, vault=vault),
        )


class _Time:
    """The time of a bench. Where sockets want it real, pauses are left out and counted."""

    def __init__(self, start: dt.datetime, *, real: bool) -> None:
        self._real = real
        self._start = start - dt.timedelta(seconds=asyncio.get_running_loop().time())

    def now(self) -> dt.datetime:
        """The moment it is."""
        return self._start + dt.timedelta(seconds=asyncio.get_running_loop().time())

    async def sleep(self, seconds: float) -> None:
        """A pause."""
        if self._real:
            self._start += dt.timedelta(seconds=seconds)
        await asyncio.sleep(0 if self._real else seconds)
