"""`subledger demo`: the main job on this machine, with simulated outside systems."""

import asyncio
import datetime as dt
import json
import sys
import tempfile
import time
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import define, field, frozen

from subledger.cli.exits import Exit
from subledger.cli.findings import finding_document, print_findings
from subledger.cli.opening import open_kernel
from subledger.cli.options import Options
from subledger.cli.output import console, show, table
from subledger.cli.processes import listening, output_of
from subledger.cli.reconcile import comparison_document, print_comparison
from subledger.cli.status import print_proof, proof_document
from subledger.config import load_settings
from subledger.flow import proof, reconcile
from subledger.flow.proof import Proof
from subledger.flow.reconcile import Comparison
from subledger.flow.runs import run_now
from subledger.kernel import Kernel
from subledger.ledger import findings
from subledger.ledger.effects import State
from subledger.ledger.findings import FindingRow
from subledger.store.schema import EFFECT, RUN

if TYPE_CHECKING:
    from rich.console import Console

_LOOK_EVERY = 0.2
_OPEN_PERIOD = dt.timedelta(days=330)
_LEASE_AND_A_BIT = 2.5
_PATIENCE = 300.0


def demo(
    *,
    transactions: int = 2000,
    keep: Path | None = None,
    scenario: str = "cards-desktop",
    options: Options = Options(),  # noqa: B008 - a frozen value
) -> int:
    """Show a year of card transactions arriving in the books, and prove every cent.

    Starts simulated outside systems and the server as real processes on this machine.

    Parameters
    ----------
    transactions
        How many transactions the simulated year has at least.
    keep
        Folder to keep the configuration, the database and the books in.
    scenario
        Which demonstration to run.
    """
    chosen = _scenario(scenario)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="subledger-demo-") as temporary:
        folder = keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        stage = Stage(chosen, folder.absolute(), transactions, Narrator(quiet=options.json))
        result = asyncio.run(stage.play())
    seconds = round(time.monotonic() - started, 1)
    document = {**result.summary(), "seconds": seconds}
    show(document, lambda out: _tell(out, result, seconds, keep), as_json=options.json)
    return Exit.OK if result.agrees else Exit.FAILED


def _scenario(name: str) -> Mapping[str, Any]:
    folder = resources.files("subledger.cli.scenarios")
    known = sorted(
        item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml")
    )
    if name not in known:
        from subledger.errors import ConfigError, Problem  # noqa: PLC0415 - only here

        problem = Problem(
            path="demo", message=f"there is no scenario {name}", hint=f"Known: {', '.join(known)}."
        )
        raise ConfigError([problem])
    return tomllib.loads((folder / f"{name}.toml").read_text())


@define
class Narrator:
    """Says what happens, unless the result is wanted as JSON."""

    quiet: bool
    _out: "Console" = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._out = console(sys.stdout)

    def say(self, text: str) -> None:
        """One line."""
        if not self.quiet:
            self._out.print(text)

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


def _progress(c: sa.Connection) -> tuple[int, int]:
    rows = c.execute(sa.select(EFFECT.c.state, sa.func.count()).group_by(EFFECT.c.state))
    counts = {state: count for state, count in rows}  # noqa: C416 - rows are not pairs to mypy
    return counts.get(State.SETTLED, 0), sum(counts.values())


@frozen(kw_only=True)
class Result:
    """What the demonstration showed."""

    proof: Proof
    comparison: Comparison
    findings: tuple[FindingRow, ...]
    trial_balance: Mapping[str, str]
    second_run_posted: int
    recovered: int

    @property
    def agrees(self) -> bool:
        """Whether the source, our ledger and the books agree to the cent."""
        return (
            self.proof.agrees
            and self.comparison.agrees
            and not self.second_run_posted
            and self.comparison.posted_total == self.proof.buckets["posted"].total
        )

    def summary(self) -> dict[str, object]:
        """The one JSON object of ``--json``."""
        buckets = self.proof.buckets
        return {
            "records": self.proof.records,
            "posted": buckets["posted"].records,
            "held": buckets["held"].records + buckets["waiting"].records,
            "skipped": buckets["skipped"].records,
            "rejected": buckets["rejected"].records,
            "unknown": buckets["unknown"].records,
            "duplicates": len(self.comparison.doubled),
            "missing": len(self.comparison.missing) + len(self.comparison.deleted),
            "source_total": self.proof.source.text(),
            "posted_total": buckets["posted"].total.text(),
            "books_total": self.comparison.books_total.text(),
            "second_sync_posted": self.second_run_posted,
            "recovered": self.recovered,
            "agrees": self.agrees,
            "proof": proof_document(self.proof),
            "reconciliation": comparison_document(self.comparison),
            "trial_balance": dict(self.trial_balance),
            "findings": [finding_document(row) for row in self.findings],
        }


@define
class Stage:
    """Plays a scenario with real processes."""

    scenario: Mapping[str, Any]
    folder: Path
    transactions: int
    narrator: Narrator
    _names: dict[str, str] = field(factory=dict, init=False)

    @property
    def flow(self) -> str:
        """The flow that is shown."""
        return str(self.scenario["flow"])

    async def play(self) -> Result:
        """Everything, from the first process to the proof."""
        today = dt.datetime.now(dt.UTC).date()
        self._names.update(
            folder=str(self.folder),
            transactions=str(self.transactions),
            closing_date=(today - _OPEN_PERIOD).isoformat(),
        )
        self.narrator.say(f"{self.scenario['title']}\n")
        environment = self.scenario["environment"]
        source = self.scenario["source"]
        simulate = ["simulate", source["simulator"], *self._filled(source["arguments"])]
        async with listening(simulate, environment) as address:
            self._names["source"] = address
            self.narrator.say(f"1. A simulated {source['simulator']} listens on {address}.")
            config = self._write_config()
            serve = ["serve", "--config", str(config), "--port", "0"]
            async with listening(serve, environment) as server:
                self._names["server"] = server
                self.narrator.say(f"2. The subledger server listens on {server}.")
                return await self._show(config)

    def _filled(self, arguments: list[str]) -> list[str]:
        return [self._fill(argument) for argument in arguments]

    def _fill(self, text: str) -> str:
        for name, value in self._names.items():
            text = text.replace("{" + name + "}", value)
        return text

    def _write_config(self) -> Path:
        path = self.folder / "subledger.toml"
        path.write_text(self._fill(self.scenario["config"]["text"]).lstrip())
        return path

    async def _show(self, config: Path) -> Result:
        environment = dict(self.scenario["environment"])
        settings = load_settings(config, environment=environment)
        async with open_kernel(settings) as kernel:
            await self._until_read(kernel)
            self.narrator.say(
                "3. The Web Connector runs. Its computer crashes once, right after QuickBooks "
                "took a document."
            )
            async with self.narrator.watching(kernel):
                await self._session(*self.scenario["books"].get("fault", ()))
                await asyncio.sleep(_LEASE_AND_A_BIT)
                await self._session()
            recovered = await kernel.store.read(_recovered)
            first = await kernel.store.read(_settled)
            self.narrator.say(
                f"4. {first} documents are in the books; {recovered} of them settled by asking "
                "QuickBooks what had become of it."
            )
            self.narrator.say("5. The same again: everything is read and compared a second time.")
            await self._second_run(kernel)
            posted_again = await kernel.store.read(_settled) - first
            comparison = await self._reconcile(kernel)
            return Result(
                proof=await self._prove(kernel),
                comparison=comparison,
                findings=tuple(await kernel.store.read(findings.listing, [self.flow])),
                trial_balance=await self._trial_balance(),
                second_run_posted=posted_again,
                recovered=recovered,
            )

    async def _until_read(self, kernel: Kernel, runs: int = 1) -> None:
        ends = time.monotonic() + _PATIENCE
        while time.monotonic() < ends:
            if await kernel.store.read(_finished_runs) >= runs:
                return
            await asyncio.sleep(_LOOK_EVERY)
        raise TimeoutError("the source was not read in time")

    async def _session(self, *more: str) -> None:
        books = self.scenario["books"]
        arguments = ["simulate", books["simulator"], *self._filled(books["arguments"]), *more]
        output = await output_of(arguments, self.scenario["environment"])
        with (self.folder / "web-connector.log").open("a") as log:
            log.write(output)

    async def _second_run(self, kernel: Kernel) -> None:
        runs = await kernel.store.read(_finished_runs)
        await kernel.store.tx(run_now, self.flow, kernel.now_ms(), "demo")
        await self._until_read(kernel, runs + 1)
        await self._session()

    async def _reconcile(self, kernel: Kernel) -> Comparison:
        flow = kernel.settings.flows[self.flow]
        question = await kernel.ask_for_documents(flow)
        if question is None:
            raise RuntimeError("nothing was posted")
        await self._session()
        comparison = await kernel.store.tx(reconcile.compare, question, kernel.now_ms())
        if comparison is None:
            raise RuntimeError("the books did not answer")
        return comparison

    async def _prove(self, kernel: Kernel) -> Proof:
        flow = kernel.settings.flows[self.flow]
        return await kernel.store.read(proof.prove, flow.name, flow.source, flow.sink)

    async def _trial_balance(self) -> Mapping[str, str]:
        books = self.scenario["books"]
        arguments = ["simulate", books["simulator"], *self._filled(books["query"])]
        output = await output_of(arguments, self.scenario["environment"])
        document = json.loads(output)
        balances = document.get("trial_balance", document)
        return {str(name): str(amount) for name, amount in balances.items()}


def _finished_runs(c: sa.Connection) -> int:
    finished = sa.select(sa.func.count()).select_from(RUN).where(RUN.c.finished.is_not(None))
    return c.execute(finished).scalar_one()


def _settled(c: sa.Connection) -> int:
    settled = sa.select(sa.func.count()).where(
        EFFECT.c.state == State.SETTLED, EFFECT.c.source != ""
    )
    return c.execute(settled).scalar_one()


def _recovered(c: sa.Connection) -> int:
    from subledger.store.schema import HISTORY  # noqa: PLC0415 - only here

    query = sa.select(sa.func.count()).where(HISTORY.c.action == "recovered")
    return c.execute(query).scalar_one()


def _tell(out: "Console", result: Result, seconds: float, keep: Path | None) -> None:
    out.print()
    out.print("What a bookkeeper should see:")
    print_findings(out, list(result.findings))
    out.print()
    print_proof(out, result.proof)
    out.print()
    print_comparison(out, result.comparison)
    out.print()
    out.print("Trial balance of the simulated company:")
    rows = [(name, amount) for name, amount in result.trial_balance.items() if amount != "0.00"]
    out.print(table(("account", "balance"), rows))
    out.print()
    out.print(f"The second sync posted {result.second_run_posted} documents.")
    verdict = "Every cent is accounted for" if result.agrees else "THE BOOKS DO NOT AGREE"
    out.print(f"{verdict}; the demonstration took {seconds} s.")
    where = f" in {keep}" if keep else ""
    out.print(
        "\nWhat to try next:\n"
        f"  subledger demo --keep DIR           keep the database and the books{where}\n"
        "  subledger init --help               write a configuration of your own\n"
        "  subledger plan --config FILE        preview documents, nothing written\n"
    )
