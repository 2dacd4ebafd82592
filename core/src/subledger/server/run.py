"""Runs the server: HTTP, the schedule, and the reload of a folder of companies."""

import asyncio
import os
import signal
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from aiohttp import web
from attrs import frozen

from subledger.errors import SubledgerError
from subledger.flow.runs import due_flows, run_changed
from subledger.kernel import Kernel
from subledger.ledger import history
from subledger.schedule.dispatcher import Dispatcher, LocalDispatcher
from subledger.schedule.due import Rhythm
from subledger.schedule.patience import Patience
from subledger.server.app import Plant, make_app
from subledger.vault import take_keys

TICK = 1.0
"""Seconds between two looks at what is due."""
RELOAD = 2.0
"""Seconds between two looks at the configuration folder."""
DRAIN = 10.0
IDLE = 120.0
"""Seconds that a connection may wait for the head of a request, the first one too."""

_MENDING = ("connected", "resumed")
"""What a person does about a connection, after which it is tried at once."""

Reload = Callable[[], "tuple[Any, Any] | None"]


@frozen(kw_only=True)
class Listen:
    """Where to listen; with a certificate the server speaks TLS itself."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None

    def context(self) -> ssl.SSLContext | None:
        """The TLS context: version 1.2 or newer. Raises SubledgerError for files that are none."""
        if self.certificate is None:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(self.certificate, self.key)
        except OSError as error:  # also what is no certificate, or the key of another one
            raise SubledgerError(
                f"{self.certificate} with the key {self.key} cannot be used: {_reason(error)}.",
                hint="Give a certificate chain and its private key as PEM files.",
            ) from error
        return context


def _reason(error: OSError) -> str:
    """Why, in the system's words; asyncio puts the address before them once more."""
    number = 0 if isinstance(error, ssl.SSLError) else error.errno or 0
    said = os.strerror(number) if number > 0 else str(error.strerror or error)
    return said[:1].lower() + said[1:]


async def schedule(
    kernel: Kernel, flows: Dispatcher, sinks: Dispatcher, patience: Patience
) -> None:
    """Asks for what is due, for ever; a lost request heals itself at the next tick."""
    settings, rhythms = None, dict[str, Rhythm]()
    seen: int | None = None
    while True:
        try:
            if settings is not kernel.settings:
                settings = kernel.settings
                rhythms = {
                    flow.name: Rhythm(every=flow.every, cron=flow.cron)
                    for flow in settings.flows.values()
                }
                changed = list(settings.flows.values())
                await kernel.store.tx(run_changed, changed, kernel.now_ms())
                await take_keys(kernel.store, kernel.runtime, kernel.log, kernel.keys, settings)
            for name in await kernel.store.tx(due_flows, rhythms, kernel.now_ms()):
                flows.request(name)
            seen, mended = await kernel.store.tx(_mended, seen)
            for name in mended:
                patience.reset(name)
            for name in filter(patience.over, await kernel.waiting_sinks()):
                sinks.request(name)
            await kernel.compare_answered()
        except Exception:
            kernel.log.exception("tick_failed")
        await kernel.runtime.sleep(TICK)


def _mended(c: sa.Connection, seen: int | None) -> tuple[int, list[str]]:
    """The connections that a person has put right since the line of the history seen last."""
    newest = history.newest(c)
    fresh = seen is not None and newest > seen
    return newest, history.connections_since(c, seen or 0, _MENDING) if fresh else []


async def reloading(plant: Plant, reload: Reload) -> None:
    """Looks for changed company files; a bad file never stops the others."""
    while True:
        await plant.kernel.runtime.sleep(RELOAD)
        try:
            found = await asyncio.to_thread(reload)
        except Exception:
            plant.kernel.log.exception("reload_failed")
            continue
        if found is None:
            continue
        plant.kernel.settings, plant.problems = found
        plant.furnish()
        plant.kernel.log.info("configuration_reloaded", problems=sorted(plant.problems))
        for file, problems in plant.problems.items():
            for problem in problems:
                plant.kernel.log.warning("configuration_refused", file=file, problem=str(problem))


@asynccontextmanager
async def listening(
    kernel: Kernel, listen: Listen, plant: Plant | None = None
) -> AsyncIterator[str]:
    """The HTTP side alone; yields the address that it listens on."""
    runner = web.AppRunner(
        make_app(plant or Plant(kernel)),
        access_log=None,
        handle_signals=False,
        keepalive_timeout=IDLE,
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, listen.host, listen.port, ssl_context=listen.context())
        try:
            await site.start()
        except OSError as error:
            raise SubledgerError(
                f"{listen.host}:{listen.port} cannot be listened on: {_reason(error)}.",
                hint="Is another server running there? Set another [server] port, or --port.",
            ) from error
        host, port = runner.addresses[0][:2]
        yield f"{'https' if listen.certificate else 'http'}://{host}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def serving(
    kernel: Kernel, listen: Listen, reload: Reload | None = None
) -> AsyncIterator[str]:
    """The running server; yields the address that it listens on."""
    flows = LocalDispatcher(
        lambda name: _run(kernel, name), kernel.log, group=lambda name: _reader(kernel, name)
    )
    patience = Patience(kernel.runtime.now)
    sinks = LocalDispatcher(
        lambda name: deliver(kernel, patience, name),
        kernel.log,
        group=lambda name: _connector(kernel, name),
    )
    plant = Plant(kernel, dispatchers={"flows": flows, "sinks": sinks})
    plant.furnish()
    await flows.start()
    await sinks.start()
    async with listening(kernel, listen, plant) as address:
        tasks = [asyncio.create_task(schedule(kernel, flows, sinks, patience))]
        if reload is not None:
            tasks.append(asyncio.create_task(reloading(plant, reload)))
        try:
            yield address
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.gather(flows.stop(DRAIN), sinks.stop(DRAIN))


async def _run(kernel: Kernel, name: str) -> None:
    await kernel.run_flow(name)


def _reader(kernel: Kernel, flow: str) -> str:
    known = kernel.settings.flows.get(flow)
    return _connector(kernel, known.source) if known else ""


def _connector(kernel: Kernel, connection: str) -> str:
    known = kernel.settings.connections.get(connection)
    return known.connector if known else ""


async def deliver(kernel: Kernel, patience: Patience, name: str) -> None:
    """Delivers to a sink; after trouble it is not asked for again before its time has come."""
    patience.begin(name)
    report = await kernel.dispatch(name)
    if report.delivered or report.unknown:
        kernel.log.info(
            "delivered", connection=name, documents=report.delivered, unknown=report.unknown
        )
    patience.heard(name, report.again, failed=report.state == "failed")


async def until_stopped() -> None:
    """Returns at SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()


__all__ = ["Listen", "listening", "serving", "until_stopped"]
