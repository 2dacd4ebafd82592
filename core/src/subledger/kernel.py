"""The kernel: settings, store and runtime joined; what the server and the commands call."""

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from attrs import define, field

from subledger.config import FlowSettings, Settings
from subledger.errors import ConnectorError, Fenced
from subledger.flow import prepare, readiness, reconcile, runs
from subledger.flow.desk import SqlDesk
from subledger.flow.dispatch import DispatchReport, Progress, Service, dispatch
from subledger.flow.intake import Intake, ask, subscribers, take
from subledger.flow.peer import KernelPeer
from subledger.flow.prepare import FlowTask
from subledger.flow.reconcile import Comparison
from subledger.flow.runs import LEASE, RunReport, Start, begin, end, has_work
from subledger.flow.survey import survey
from subledger.flow.tasks import task_of
from subledger.flow.trouble import trouble
from subledger.ledger import books, findings, leases
from subledger.ledger.books import BookIndex
from subledger.ports import (
    Context,
    Delivery,
    ExtractRequest,
    File,
    Hold,
    Query,
    RawRecord,
    SourceType,
    Vault,
)
from subledger.runtime import Runtime
from subledger.schedule.due import Rhythm, next_due
from subledger.store import Store
from subledger.store.moments import to_ms
from subledger.vault import KeySource, SqlVault

T = TypeVar("T")

PREPARE_BUDGET = dt.timedelta(seconds=5)
_ALL = 1_000_000_000


def _silent(_stage: str, _done: int, _of: int) -> None:
    return


@define
class Kernel:
    """Runs flows and serves peers; one in a process. Everything durable is in the store."""

    settings: Settings
    store: Store
    runtime: Runtime
    log: Any
    owner: str
    lender: "Kernel | None" = None
    """Whose vaults are used: a preview works on a copy, but a token that it renews is kept."""
    _books: dict[str, BookIndex] = field(factory=dict, init=False)
    _by_sink: tuple[Settings | None, dict[str, list[FlowSettings]]] = field(
        default=(None, {}), init=False
    )
    _vaults: dict[str, SqlVault] = field(factory=dict, init=False)
    keys: KeySource = field(init=False)
    """The keys that tokens are encrypted with."""

    @keys.default
    def _keys(self) -> KeySource:
        return KeySource(self.settings)

    # ------------------------------------------------------------------ flows

    async def run_flow(
        self, name: str, trigger: str = runs.SCHEDULE, progress: Progress = _silent
    ) -> RunReport:
        """Reads the source and plans documents; at most one run of a flow at a time."""
        flow = self.settings.flows[name]
        start = await self.store.tx(begin, flow, trigger, owner=self.owner, now=self.now_ms())
        if start is None:
            return RunReport(flow=name, state="busy", message="another run is under way")
        log = self.log.bind(flow=name, run=start.run)
        log.info("run_started", trigger=start.trigger, since=str(start.since))
        try:
            report = await self._outcome(flow, start, progress, log)
            await self.store.tx(self._end, flow, start, report)
        except Fenced as error:
            log.warning("run_superseded")
            return RunReport(flow=name, state="busy", message=error.message)
        log.info("run_finished", **{k: getattr(report, k) for k in ("state", "read", "planned")})
        return report

    async def _outcome(
        self, flow: FlowSettings, start: Start, progress: Progress, log: Any
    ) -> RunReport:
        try:
            return await self._run(flow, start, progress)
        except Fenced:
            raise
        except ConnectorError as error:
            return await self._failed(flow, start, error)
        except Exception as error:
            log.exception("run_crashed")
            return await self._failed(flow, start, error)

    async def _run(self, flow: FlowSettings, start: Start, progress: Progress) -> RunReport:
        source, request = self._source(flow.source), runs.extract_request(flow, start, self.today())
        heard = source.open is not None
        if heard:
            read, changed = await self._intake(flow, start, request, progress)
        else:
            read = changed = 0
            now = self.now_ms()
            await self.store.tx(self._fenced, flow, start.epoch, ask, flow, request, now)
        called = flow.sink in self.pushed()
        found = await self.store.tx(survey, flow, start.epoch, self.now_ms(), heard=heard)
        if not found.ready and called:
            await self.dispatch(flow.sink, progress, writes=False)
            found = await self.store.tx(survey, flow, start.epoch, self.now_ms(), heard=heard)
        if not found.ready:
            return runs.unread(flow, read, changed, "lists", called=called)
        planned = 0
        if not found.idle:
            planned, unread = await self._prepare(flow, start.epoch, progress, budget=None)
            if unread and called:
                await self.dispatch(flow.sink, progress, writes=False)
                planned, unread = await self._prepare(flow, start.epoch, progress, budget=None)
            if unread:
                return runs.unread(flow, read, changed, "documents", called=called)
        report = RunReport(
            flow=flow.name, state="done", read=read, changed=changed, planned=planned
        )
        return report if heard or start.cursor else runs.unanswered(report, flow)

    def _source(self, name: str) -> SourceType[Any]:
        connection = self.settings.connections[name]
        if connection.type is None:
            raise TypeError(f"{name} is not a source")
        return connection.type

    async def _intake(
        self, flow: FlowSettings, start: Start, request: ExtractRequest, progress: Progress
    ) -> tuple[int, int]:
        config, source = self.settings.connections[flow.source].config, self._source(flow.source)
        if source.open is None:
            raise TypeError(f"{flow.source} cannot be called")
        intake = Intake(
            store=self.store,
            flow=flow,
            readers=subscribers(self.settings.flows.values(), flow.source),
            epoch=start.epoch,
            now=self.now_ms,
            lease=LEASE,
        )
        async with source.open(config, self.context(flow.source)) as opened:
            return await intake.read(source, opened, request, progress)

    async def _prepare(
        self, flow: FlowSettings, epoch: int, progress: Progress, budget: dt.timedelta | None
    ) -> tuple[int, bool]:
        """Plans what is staged, for at most ``budget``; the number planned, and if any is left."""
        task = self.task(flow)
        started = self.runtime.now()
        index = await self.books(flow.sink)
        ready = partial(prepare.begin, now=self.now_ms())
        if not await self.store.tx(self._fenced, flow, epoch, ready, task, index):
            return 0, True
        withheld = await self._withheld(task, index) if task.complete else None
        planned = done = 0
        while rows := await self.store.tx(prepare.staged, task):
            decided = await prepare.decide_all(rows, index, task.rules, withheld=withheld)
            planned += await self.store.tx(
                prepare.record_decisions,
                task,
                decided,
                epoch=epoch,
                lease=LEASE,
                now=self.now_ms(),
            )
            done += len(rows)
            progress("planning", done, 0)
            if budget is not None and self.runtime.now() - started > budget:
                return planned, True
        return planned, False

    async def _withheld(self, task: FlowTask, index: BookIndex) -> Hold | None:
        """Why nothing may be planned now, where a flow wants all its records mapped first."""
        await self.store.tx(readiness.judge_waiting, task.name)
        rows = await self.store.tx(prepare.staged, task, _ALL)
        decided = await prepare.decide_all(rows, index, task.rules)
        holes = readiness.any_hole(decision for _row, decision in decided)
        if not holes and not await self.store.tx(readiness.holes_known, task.name):
            return None
        await self.store.tx(readiness.call_back, task.name)
        return Hold(readiness.INCOMPLETE)

    async def prepare_sink(self, connection: str) -> bool:
        """Plans what is staged for a sink; True while more is left (or another run is at it)."""
        left = False
        for flow in self._flows_into(connection):
            if not await self.store.step(self._has_work, flow):
                continue
            epoch = await self.store.tx(
                leases.take, f"flow:{flow.name}", self.owner, self.now_ms(), LEASE
            )
            if epoch is None:
                left = True
                continue
            try:
                _planned, more = await self._prepare(flow, epoch, _silent, PREPARE_BUDGET)
                left = left or more
            except Fenced:
                left = True
            await self.store.tx(leases.give_back, f"flow:{flow.name}", epoch)
        return left

    def _flows_into(self, connection: str) -> Sequence[FlowSettings]:
        """The flows of a sink; sorted out once for each configuration."""
        settings, by_sink = self._by_sink
        if settings is not self.settings:
            by_sink = {}
            for flow in self.settings.flows.values():
                by_sink.setdefault(flow.sink, []).append(flow)
            self._by_sink = self.settings, by_sink
        return by_sink.get(connection, ())

    def _has_work(self, c: sa.Connection, flow: FlowSettings) -> bool:
        return has_work(c, flow.name, prepare.rests_on(flow.digest, *books.state(c, flow.sink)))

    def _staged(self, c: sa.Connection, connection: str) -> bool:
        """Whether there is something to plan for a sink."""
        return any(self._has_work(c, flow) for flow in self._flows_into(connection))

    # -------------------------------------------------------------- dispatch

    async def dispatch(
        self, connection: str, progress: Progress = _silent, *, writes: bool = True
    ) -> DispatchReport:
        """Plans and delivers what waits for a sink that the kernel calls, and reads what was asked.

        One dispatch of a connection at a time in all processes. Without ``writes`` it only reads
        what has to be known before anything is planned.
        """
        settings = self.settings.connections[connection]
        sink = settings.sink
        if sink is None or sink.open is None:
            raise TypeError(f"{connection} is not a sink that the kernel calls")
        service = Service(
            opened=partial(sink.open, settings.config, self.context(connection)),
            connector=settings.connector,
            batch=sink.batch,
            at_once=sink.at_once,
            fetch=self._fetch,
            prepare=partial(self.prepare_sink, connection),
            compare=self.compare_answered,
        )
        peer = self.peer(connection)
        return await dispatch(peer, self.owner, service, progress, writes=writes)

    async def _fetch(self, delivery: Delivery) -> File:
        """The file behind an attachment, from the source that told of it."""
        name = delivery.source
        connection = self.settings.connections.get(name)
        source = connection.type if connection else None
        if connection is None or source is None or source.fetch is None:
            raise ConnectorError(f"{name} cannot hand over files")
        url = getattr(delivery.entity, "url", "")
        return await source.fetch(connection.config, self.context(name), url)

    def pushed(self) -> list[str]:
        """Connections to sinks that the kernel calls."""
        return [
            name
            for name, connection in self.settings.connections.items()
            if connection.sink is not None and connection.sink.open is not None
        ]

    async def waiting_sinks(self) -> list[str]:
        """Those of them that have something to do now."""
        names, now = self.pushed(), self.now_ms()
        if not names:
            return []

        def waiting(c: sa.Connection) -> list[str]:
            return [n for n in names if SqlDesk(c, n, now).waiting() or self._staged(c, n)]

        return await self.store.tx(waiting)

    # --------------------------------------------------------- reconciliation

    async def ask_for_documents(self, flow: FlowSettings, account: str = "") -> int | None:
        """Asks the books for what was posted to an account in a flow's period.

        The account is the flow's own where none is given; None where nothing was posted to it.
        """
        name = account or flow.plan.account

        def ask(c: sa.Connection) -> int | None:
            dates = reconcile.period(c, flow.sink, name)
            if dates is None:
                return None
            return books.ask(
                *(c, flow.sink, Query.DOCUMENTS, self.now_ms()),
                since=dates[0],
                until=dates[1],
                account=name,
            )

        return await self.store.tx(ask)

    async def compare_answered(self) -> list[Comparison]:
        """Compares every answered question for documents with what was posted."""
        found = []
        for question in await self.store.tx(reconcile.answered):
            comparison = await self.store.tx(reconcile.compare, question, self.now_ms())
            if comparison is not None:
                found.append(comparison)
                self.log.info(
                    "books_compared",
                    connection=comparison.connection,
                    account=comparison.account,
                    agrees=comparison.agrees,
                    matched=comparison.matched,
                )
        return found

    # -------------------------------------------------------------- one value

    def today(self) -> dt.date:
        """Today in UTC; sources judge dates in their own zone."""
        return self.runtime.now().date()

    def now_ms(self) -> int:
        """Now, as the store writes it."""
        return to_ms(self.runtime.now())

    def context(self, connection: str) -> Context:
        """What a connector gets besides its configuration."""
        return Context(
            connection=connection,
            runtime=self.runtime,
            log=self.log.bind(connection=connection),
            vault=self.vault(connection),
        )

    def vault(self, connection: str) -> Vault:
        """Where a connection keeps what a person authorised."""
        if self.lender is not None:
            return self.lender.vault(connection)
        if connection not in self._vaults:
            self._vaults[connection] = SqlVault(
                connection, self.store, self.runtime, self.keys, self.owner
            )
        return self._vaults[connection]

    def task(self, flow: FlowSettings) -> FlowTask:
        """A flow as the prepare loop sees it."""
        sink = self.settings.connections[flow.sink].sink
        return task_of(flow, sink, self.today())

    async def books(self, connection: str) -> BookIndex:
        """The lists of the books; kept in memory until they change."""
        known = self._books.get(connection)
        version = await self.store.tx(books.version, connection)
        if known is None or known.version != version:
            known = await self.store.tx(books.load, connection)
            self._books[connection] = known
        return known

    def peer(self, connection: str) -> KernelPeer:
        """What a peer-driven sink gets."""
        return KernelPeer(
            connection,
            self.runtime,
            self.log.bind(connection=connection),
            self.store,
            self.prepare_sink,
            self.wire_log(connection),
            self._staged,
            self._take,
        )

    def wire_log(self, connection: str) -> Callable[[str, bytes], None] | None:
        """Writes wire documents into the folder of ``[debug] wire_log``, where it is set."""
        folder = self.settings.debug.wire_log
        if folder is None:
            return None
        target = folder / connection
        target.mkdir(parents=True, exist_ok=True)

        def write(name: str, content: bytes) -> None:
            (target / name).write_bytes(content)

        return write

    # ------------------------------------------------------ plain transactions

    def _take(self, c: sa.Connection, connection: str, records: Sequence[RawRecord]) -> None:
        """Stages what a source that polls us hands over."""
        flows = self.settings.flows.values()
        take(c, self._source(connection), connection, flows, records, now=self.now_ms())

    def _fenced(
        self, c: sa.Connection, flow: FlowSettings, epoch: int, step: Callable[..., T], *given: Any
    ) -> T:
        """Runs a step as the holder of the flow's lease. Raises :class:`Fenced`."""
        leases.renew(c, f"flow:{flow.name}", epoch, self.now_ms(), LEASE)
        return step(c, *given)

    def _end(self, c: sa.Connection, flow: FlowSettings, start: Start, report: RunReport) -> None:
        rhythm = Rhythm(every=flow.every, cron=flow.cron)
        due = next_due(rhythm, self.runtime.now(), self.runtime.random)
        end(c, flow, start, report, due=due, now=self.now_ms())

    async def _failed(self, flow: FlowSettings, start: Start, error: Exception) -> RunReport:
        """Tells a person; a run that has been superseded tells nobody. Raises :class:`Fenced`."""
        connector = self.settings.connections[flow.source].connector
        finding = trouble(flow.source, connector, error)

        def report(c: sa.Connection) -> None:
            findings.report(c, finding, self.now_ms(), connection=flow.source)

        await self.store.tx(self._fenced, flow, start.epoch, report)
        return RunReport(
            flow=flow.name, state="failed", message=finding.message, hint=finding.way_out
        )
