"""Plays a demonstration with real processes: simulators, the server, and the way in between."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define, field, frozen

from subledger.cli.opening import open_kernel
from subledger.cli.output import console
from subledger.cli.processes import listening, output_of
from subledger.cli.scenario import Scenario, fill
from subledger.config import load_settings
from subledger.connecting import CALLBACK, begin
from subledger.errors import ConfigError, Problem, SubledgerError
from subledger.flow import proof, reconcile
from subledger.flow.proof import Proof
from subledger.flow.reconcile import Comparison
from subledger.flow.runs import run_now
from subledger.kernel import Kernel
from subledger.ledger import findings
from subledger.ledger.effects import State
from subledger.ledger.findings import FindingRow
from subledger.observe.logging import set_up
from subledger.store.schema import EFFECT, HISTORY, RUN

if TYPE_CHECKING:
    from rich.console import Console

_LOOK_EVERY: Final = 0.2
_LEASE_AND_A_BIT: Final = 2.5
_PATIENCE: Final = 600.0
_MOST_PAGES: Final = 5
"""How many pages a browser is sent through at most."""


@define
class Narrator:
    """Says what happens, step by step, unless the result is wanted as JSON."""

    quiet: bool
    _step: int = 0
    _out: "Console" = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._out = console(sys.stdout)

    def say(self, text: str) -> None:
        """One line."""
        if not self.quiet:
            self._out.print(text)

    def step(self, text: str) -> None:
        """One line with a number."""
        self._step += 1
        self.say(f"{self._step}. {text}")

    @asynccontextmanager
    async def watching(self, kernel: Kernel) -> AsyncIterator[None]:
        """A progress bar of documents in the books, while something else runs."""
        if self.quiet or not sys.stdout.isatty():
            yield
            return
        from rich.progress import Progress  # noqa: PLC0415 - only on a terminal

        with Progress(console=self._out, transient=True) as bar:
            task = bar.add_task("posting", total=None)

            async def watch() -> None:
                while True:
                    done, total = await kernel.store.read(_progress)
                    bar.update(task, completed=done, total=total or None)
                    await asyncio.sleep(_LOOK_EVERY)

            watcher = asyncio.create_task(watch())
            try:
                yield
            finally:
                watcher.cancel()
                await asyncio.gather(watcher, return_exceptions=True)


@frozen(kw_only=True)
class Played:
    """What a demonstration came to; a comparison for each account of the flow."""

    proof: Proof
    comparisons: tuple[Comparison, ...]
    findings: tuple[FindingRow, ...]
    trial_balance: Mapping[str, str]
    second_run_posted: int
    recovered: int


@define
class Stage:
    """A scenario that is about to be played; ``names`` are what its texts are filled with."""

    scenario: Scenario
    folder: Path
    narrator: Narrator
    names: dict[str, str]

    async def play(self) -> Played:
        """Everything, from the first process to the proof."""
        self.narrator.say(f"{self.scenario.title}\n")
        self.names["folder"] = str(self.folder)
        environment = self.scenario.environment
        async with AsyncExitStack() as stack:
            for simulator in self.scenario.simulators:
                command = ["simulate", simulator.name, *self._filled(simulator.arguments)]
                address = await stack.enter_async_context(listening(command, environment))
                self.names[simulator.name] = address
                self.narrator.step(f"A simulated {simulator.name} listens on {address}.")
            config = self.folder / "subledger.toml"
            config.write_text(fill(self.scenario.config.text, self.names).lstrip())
            settings = load_settings(config, environment=dict(environment))
            set_up(settings.log.level, settings.log.format)
            kernel = await stack.enter_async_context(open_kernel(settings))
            await self._prepare(kernel)
            for connection in self.scenario.authorise:
                await self._authorise(kernel, connection)
            serve = ["serve", "--config", str(config), "--port", "0"]
            server = await stack.enter_async_context(listening(serve, environment))
            self.names["server"] = server
            self.narrator.step(f"The subledger server listens on {server}.")
            return await self._show(kernel)

    def _filled(self, arguments: Sequence[str]) -> list[str]:
        return [str(fill(argument, self.names)) for argument in arguments]

    async def _prepare(self, kernel: Kernel) -> None:
        """Enters by hand what the books have to have."""
        for preparation in self.scenario.prepare:
            address = fill(preparation.address, self.names)
            for entry in preparation.bodies:
                body = {"entity": entry.entity, "body": fill(entry.body, self.names)}
                made = await _request(kernel, "POST", address, json.dumps(body).encode())
                if entry.keep:
                    self.names[entry.keep] = str(made["Id"])

    async def _authorise(self, kernel: Kernel, connection: str) -> None:
        """Authorises a connection as a person does; the simulator's person always agrees."""
        from subledger.server.run import Listen, listening  # noqa: PLC0415 - slow to import

        async with listening(kernel, Listen(host="127.0.0.1", port=0)) as here:
            address = await begin(kernel, connection, here + CALLBACK)
            for _page in range(_MOST_PAGES):
                answer = await kernel.runtime.http("GET", address)
                address = answer.headers.get("location", "")
                if not address:
                    break
        if await kernel.vault(connection).grant() is None:
            raise SubledgerError(f"{connection} could not be authorised")
        self.narrator.step(f"The connection {connection} is authorised, as in a browser.")

    async def _show(self, kernel: Kernel) -> Played:
        await self._until_read(kernel)
        self.narrator.step(self.scenario.delivery.says.strip())
        async with self.narrator.watching(kernel):
            await self._deliver(kernel, *self.scenario.delivery.first)
            if self.scenario.delivery.first:
                await asyncio.sleep(_LEASE_AND_A_BIT)
                await self._deliver(kernel)
        recovered = await kernel.store.read(_recovered)
        first = await kernel.store.read(_settled)
        self.narrator.step(
            f"{first} documents are in the books; {recovered} of them settled by asking "
            "the books what had become of it."
        )
        self.narrator.step("The same again: everything is read and compared a second time.")
        await self._second_run(kernel)
        posted_again = await kernel.store.read(_settled) - first
        flow = kernel.settings.flows[self.scenario.flow]
        return Played(
            comparisons=await self._reconcile(kernel),
            proof=await kernel.store.read(
                proof.prove, flow.name, flow.source, flow.sink, currency=flow.currency
            ),
            findings=tuple(await kernel.store.read(findings.listing, [flow.name])),
            trial_balance=await self._trial_balance(kernel),
            second_run_posted=posted_again,
            recovered=recovered,
        )

    async def _until_read(self, kernel: Kernel, runs: int = 1) -> None:
        async with asyncio.timeout(_PATIENCE):
            while await kernel.store.read(_finished_runs) < runs:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(_LOOK_EVERY)

    async def _deliver(self, kernel: Kernel, *more: str) -> None:
        """Lets the books have what waits for them."""
        delivery = self.scenario.delivery
        if not delivery.simulator:
            await self._dispatch(kernel)
            return
        output = await self._output(delivery.simulator, [*delivery.arguments, *more])
        with (self.folder / f"{delivery.simulator}.log").open("a") as log:
            log.write(output)

    async def _dispatch(self, kernel: Kernel) -> None:
        """Calls the books until nothing waits any more; the server does the same meanwhile."""
        sink = kernel.settings.flows[self.scenario.flow].sink
        async with asyncio.timeout(_PATIENCE):
            while True:
                report = await kernel.dispatch(sink)
                if report.state == "failed":
                    raise await self._failed(kernel, sink, report.message)
                if report.state == "done" and not await kernel.store.read(_under_way):
                    return
                await asyncio.sleep(_LOOK_EVERY)

    async def _failed(self, kernel: Kernel, sink: str, message: str) -> SubledgerError:
        """What the books said; and what to write into the scenario, where nobody let us in."""
        type_ = kernel.settings.connections[sink].sink
        if type_ is None or type_.authorization is None or sink in self.scenario.authorise:
            return SubledgerError(message)
        if await kernel.vault(sink).grant() is not None:
            return SubledgerError(message)
        hint = f'Write authorise = ["{sink}"] into the scenario, above its first table.'
        return ConfigError([Problem(path="demo", message=message, hint=hint)])

    async def _output(self, simulator: str, arguments: Sequence[str]) -> str:
        command = ["simulate", simulator, *self._filled(arguments)]
        return await output_of(command, self.scenario.environment)

    async def _second_run(self, kernel: Kernel) -> None:
        runs = await kernel.store.read(_finished_runs)
        await kernel.store.tx(run_now, self.scenario.flow, kernel.now_ms(), "demo")
        await self._until_read(kernel, runs + 1)
        await self._deliver(kernel)

    async def _reconcile(self, kernel: Kernel) -> tuple[Comparison, ...]:
        flow = kernel.settings.flows[self.scenario.flow]
        asked = [await kernel.ask_for_documents(flow, account) for account in flow.plan.accounts]
        await self._deliver(kernel)
        found = []
        for question in asked:
            if question is None:
                continue
            comparison = await kernel.store.tx(reconcile.compare, question, kernel.now_ms())
            if comparison is None:
                raise SubledgerError("the books did not answer")
            found.append(comparison)
        return tuple(found)

    async def _trial_balance(self, kernel: Kernel) -> Mapping[str, str]:
        asked = self.scenario.trial_balance
        if asked.simulator:
            document = json.loads(await self._output(asked.simulator, asked.arguments))
        else:
            document = await _request(kernel, "GET", fill(asked.address, self.names))
        balances = document.get("trial_balance", document)
        return {str(name): f"{Decimal(str(amount)):.2f}" for name, amount in balances.items()}


async def _request(kernel: Kernel, method: str, address: str, body: bytes | None = None) -> Any:
    answer = await kernel.runtime.http(method, address, body=body)
    if answer.status >= 400:  # noqa: PLR2004 - the beginning of errors
        text = answer.body.decode(errors="replace")[:300]
        raise SubledgerError(f"{method} {address} was answered {answer.status}: {text}")
    return json.loads(answer.body)


def _progress(c: sa.Connection) -> tuple[int, int]:
    rows = c.execute(sa.select(EFFECT.c.state, sa.func.count()).group_by(EFFECT.c.state))
    counts = {state: count for state, count in rows}  # noqa: C416 - rows are not pairs to mypy
    return counts.get(State.SETTLED, 0), sum(counts.values())


def _under_way(c: sa.Connection) -> int:
    states = EFFECT.c.state.in_([State.PLANNED, State.SENT, State.UNKNOWN])
    return c.execute(sa.select(sa.func.count()).where(states)).scalar_one()


def _finished_runs(c: sa.Connection) -> int:
    finished = sa.select(sa.func.count()).select_from(RUN).where(RUN.c.finished.is_not(None))
    return c.execute(finished).scalar_one()


def _settled(c: sa.Connection) -> int:
    settled = sa.select(sa.func.count()).where(
        EFFECT.c.state == State.SETTLED, EFFECT.c.source != ""
    )
    return c.execute(settled).scalar_one()


def _recovered(c: sa.Connection) -> int:
    query = sa.select(sa.func.count()).where(HISTORY.c.action == "recovered")
    return c.execute(query).scalar_one()
