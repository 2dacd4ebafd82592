"""Opens the kernel for a command: settings, store and runtime, closed again at the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog

from subledger.cli.owners import has_ended, this_process
from subledger.config import Settings
from subledger.errors import ConfigError, Problem
from subledger.flow.runs import close_abandoned
from subledger.guarding import watching
from subledger.kernel import Kernel
from subledger.ledger import leases
from subledger.realworld import real_runtime
from subledger.store import Store, open_store

_SQLITE: Final = "sqlite:///"


def store_of(settings: Settings) -> Store:
    """The store that the settings name. Raises :class:`ConfigError` for one we cannot open."""
    url = settings.store.url
    if not url.startswith(_SQLITE):
        problem = Problem(
            path="store.url",
            message=f"{url.partition(':')[0]} is not supported by this installation yet",
            hint='Write url = "sqlite:///subledger.db".',
        )
        raise ConfigError([problem])
    return open_store(url.removeprefix(_SQLITE))


@asynccontextmanager
async def open_kernel(settings: Settings) -> AsyncIterator[Kernel]:
    """The kernel on the settings' store, with the real world's time and network.

    What a process of this machine that was killed had under way is free at once.
    """
    store = store_of(settings)
    try:
        async with real_runtime() as runtime:
            log = structlog.get_logger()
            kernel = Kernel(settings, store, runtime, log, this_process())
            freed = await store.tx(leases.free, has_ended, kernel.now_ms())
            abandoned = await store.tx(close_abandoned, kernel.now_ms())
            if freed or abandoned:
                log.info("taken_over", leases=freed, runs=abandoned)
            with watching(log):
                yield kernel
    finally:
        store.close()


def flows_named(settings: Settings, names: tuple[str, ...]) -> list[str]:
    """The flows with these names, or all. Raises :class:`ConfigError` for an unknown one."""
    unknown = [name for name in names if name not in settings.flows]
    if unknown:
        known = ", ".join(settings.flows) or "none"
        raise ConfigError(
            Problem(path=f"flows.{name}", message="there is no such flow", hint=f"Known: {known}.")
            for name in unknown
        )
    return list(names or settings.flows)
