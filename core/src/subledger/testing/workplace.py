"""A workplace: the real kernel in memory and in simulated time, between a source and a sink.

    async def synced(loop: VirtualLoop) -> None:
        work = Workplace.of(
            source=Side(type=CARDS, settings={"token": "secret"}, http=simulator.http),
            sink=Side.of(SINK, outside),
            flow={"recipe": "card-expenses", "settings": {"account": "Visa"}},
        )
        await work.sync()
        assert work.proof().agrees

    virtual_time.run(synced)

Nothing of it is a stand-in: the configuration is read by the loader from the tables that an owner
would write, plugins are registered, judged and refused as everywhere, and the kernel runs the flow,
delivers and reads back. Only the store, the clock and the way out are in memory.
"""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any, Final

from attrs import define, evolve, field, frozen

from subledger.catalogue import Value
from subledger.config import Settings
from subledger.config.company import read_company
from subledger.config.problems import Invalid, Report
from subledger.errors import ConfigError, ConnectorError
from subledger.flow.dispatch import DispatchReport
from subledger.flow.proof import Proof, prove
from subledger.flow.reconcile import Comparison
from subledger.flow.runs import RunReport
from subledger.kernel import Kernel
from subledger.ledger.effects import State
from subledger.ledger.findings import FindingRow, listing
from subledger.ports import Context, Grant, Peer, Sink, SinkType, SourceType
from subledger.runtime import Http, HttpResponse, Runtime
from subledger.store import Store
from subledger.testing import ledger
from subledger.testing.blank import blank_store
from subledger.testing.diary import Diary
from subledger.testing.inward import Inward
from subledger.testing.outside import Clock, Consenting, Outside, PollingBooks
from subledger.testing.registered import catalogue_of
from subledger.testing.tables import referred
from subledger.testing.watched import Attempt, Watched
from subledger.vault import Keyring

SOURCE: Final = "source"
SINK: Final = "sink"
FLOW: Final = "flow"
"""Names of the two connections and of the flow between them."""

START: Final = dt.datetime(2026, 3, 25, 12, tzinfo=dt.UTC)
"""The moment at which a workplace opens, unless a clock is handed in."""

ROUND: Final = 300.0
"""Seconds between two rounds: longer than any lease, so that a dead process's work is free."""

ROUNDS: Final = 60
"""A workplace that has not come to rest after so many rounds never will."""

URL: Final = "https://subledger.example.com"
"""Public address of the server that is not there."""


def loop_clock(start: dt.datetime = START) -> Clock:
    """A clock that shows ``start`` when the running loop begins, and moves with it."""
    loop = asyncio.get_running_loop()
    return lambda: start + dt.timedelta(seconds=loop.time())


class Restless(AssertionError):  # noqa: N818 - says what the workplace is
    """The workplace does not come to rest: each round changes something."""


async def nowhere(
    method: str,  # noqa: ARG001 - the arguments of the port
    url: str,
    *,
    headers: Mapping[str, str] | None = None,  # noqa: ARG001
    params: Mapping[str, str] | list[tuple[str, str]] | None = None,  # noqa: ARG001
    body: bytes | None = None,  # noqa: ARG001
    timeout: float = 30.0,  # noqa: ARG001, ASYNC109
) -> HttpResponse:
    """The way out of a side that has none. Raises ConnectorError."""
    raise ConnectorError(f"There is no way to {url}.", hint="Give this Side its http.")


@frozen(kw_only=True)
class Side:
    """One end of a flow: a registered type, and the outside system behind it.

    ``settings`` are the connection's table as in TOML, with secrets in plain text. ``grant`` is
    what a person consented to, ``other`` the side that polls us, and ``peer`` the sink that answers
    it where it is a source. ``around`` wraps the sink.
    """

    type: SourceType[Any] | SinkType[Any]
    settings: Mapping[str, Any] = field(factory=dict)
    http: Http = nowhere
    grant: Callable[[], Grant] | None = None
    other: PollingBooks | None = None
    peer: SinkType[Any] | None = None
    around: Callable[[Sink], Sink] = lambda sink: sink

    @classmethod
    def of(
        cls,
        type: SourceType[Any] | SinkType[Any],  # noqa: A002 - the field's own name
        outside: Outside,
        **more: Any,
    ) -> "Side":
        """The side of an outside system; further values replace what it tells."""
        given = {
            "settings": outside.settings,
            "http": outside.http,
            "grant": outside.consent if isinstance(outside, Consenting) else None,
            "other": outside if type.open is None else None,
            **more,
        }
        return cls(type=type, **given)


@frozen(kw_only=True)
class Round:
    """What one round did: the run of the flow, and the dispatch (None where a peer polls us)."""

    run: RunReport
    dispatch: DispatchReport | None


class _Kernel(Kernel):
    """The kernel, with a way out for each connection, and with its comparisons kept."""

    doors: Mapping[str, Http]
    compared: list[Comparison]

    def context(self, connection: str) -> Context:
        """As ever, with the connection's own way out."""
        context = super().context(connection)
        door = self.doors.get(connection, nowhere)
        return evolve(context, runtime=evolve(context.runtime, http=door))

    async def compare_answered(self) -> list[Comparison]:
        """As ever; what was found is kept."""
        found = await super().compare_answered()
        self.compared += found
        return found


@define(kw_only=True)
class Workplace:
    """One process of the kernel, at work for one flow. Make it inside of a running loop.

    ``attempts`` are what the sink was asked for and what it answered, oldest first; ``diary`` is
    the log.
    """

    settings: Settings
    sides: Mapping[str, Side]
    store: Store = field(factory=blank_store)
    clock: Clock = field(factory=loop_clock)
    seed: int = 0
    diary: Diary = field(factory=Diary)
    attempts: list[Attempt] = field(factory=list)
    rounds: list[Round] = field(factory=list)
    passwords: dict[str, str] = field(factory=dict)
    kernel: _Kernel = field(init=False)
    _peers: dict[str, Peer] = field(factory=dict, init=False)

    @classmethod
    def of(
        cls,
        *,
        source: Side,
        sink: Side,
        flow: Mapping[str, Any],
        plugins: Sequence[Value] = (),
        store: Store | None = None,
        clock: Clock | None = None,
        seed: int = 0,
    ) -> "Workplace":
        """Opens a workplace. Raises ConfigError where the configuration cannot be used.

        ``flow`` is the flow's table (recipe, settings, steps...), without source and sink;
        ``plugins`` are further values such as steps and recipes. ``store`` may be that of a
        :class:`subledger.testing.crash.Disk`.
        """
        sides = {SOURCE: source, SINK: sink}
        return cls(
            settings=settings_of(sides, flow, plugins),
            sides=sides,
            store=store or blank_store(),
            clock=clock or loop_clock(),
            seed=seed,
        )

    @kernel.default
    def _process(self) -> _Kernel:
        luck = Random(self.seed)  # noqa: S311 - the same each time, on purpose
        runtime = Runtime(
            now=self.clock,
            sleep=asyncio.sleep,
            random=luck,
            new_id=lambda: f"{luck.getrandbits(128):032x}",
            http=nowhere,
        )
        watched = _watched(self.settings, self.sides[SINK], self.attempts)
        kernel = _Kernel(watched, self.store, runtime, self.diary, f"process-{self.seed}")
        kernel.doors = {name: side.http for name, side in self.sides.items()}
        kernel.compared = []
        kernel.keys.change(watched, Keyring([bytes(32)], entropy=luck.randbytes))
        return kernel

    def again(self, store: Store | None = None) -> "Workplace":
        """Another process, as after a restart: the store is the same, whatever was known is gone.

        ``store`` is the same one as another process sees it.
        """
        return evolve(self, store=store or self.store, seed=self.seed + 1)

    # ------------------------------------------------------------------- at work

    async def sync(self, quiet: int = 2) -> Round:
        """Runs the flow and delivers, or is polled, until ``quiet`` rounds in a row change nothing.

        What waits for its time is waited for. Returns the last round; raises :class:`Restless`.
        """
        passed, before = 0, None
        for _ in range(ROUNDS):
            last = await self.round()
            after = await self._durable()
            passed = passed + 1 if after == before and not await self._put_off() else 0
            if passed == quiet:
                return last
            before = after
            await asyncio.sleep(max(ROUND, await self._put_off()))
        raise Restless(f"after {ROUNDS} rounds something still changes: {last}")

    async def round(self) -> Round:
        """One run of the flow and one dispatch, or one poll."""
        run = await self.run()
        found = Round(run=run, dispatch=await self.deliver())
        await self.kernel.compare_answered()
        self.rounds.append(found)
        return found

    async def run(self) -> RunReport:
        """Reads the source and plans documents, as the schedule does."""
        await self.authorised()
        return await self.kernel.run_flow(FLOW)

    async def deliver(self) -> DispatchReport | None:
        """Delivers what is planned and reads what was asked; who polls us does it once."""
        await self.authorised()
        await self.enrolled()
        for name, side in self.sides.items():
            if side.other is not None:
                await side.other.poll(self.inward(name))
        return await self.kernel.dispatch(SINK) if self.sides[SINK].other is None else None

    async def compare(self) -> list[Comparison]:
        """Reads the books back and compares them with what was posted, as the owner asks for."""
        flow, known = self.kernel.settings.flows[FLOW], len(self.kernel.compared)
        accounts = [one for one in flow.plan.accounts if one] or (await self.proof()).by_account
        for account in filter(None, accounts):
            await self.kernel.ask_for_documents(flow, account)
        await asyncio.sleep(ROUND)
        await self.deliver()
        await self.kernel.compare_answered()
        return self.kernel.compared[known:]

    # -------------------------------------------------------------- the two sides

    async def authorised(self) -> None:
        """Puts what a person consented to into the vaults, where it is not there yet."""
        for name, side in self.sides.items():
            vault = self.kernel.vault(name)
            if side.grant is not None and await vault.grant() is None:
                await vault.keep(side.grant())

    @property
    def peer(self) -> Peer:
        """The peer of the sink. Raises TypeError without one."""
        return self.peer_of(SINK)

    def peer_of(self, name: str) -> Peer:
        """The peer of a side, as the server makes it for this process. Raises TypeError."""
        if name not in self._peers:
            connection = self.kernel.settings.connections[name]
            if connection.sink is None or connection.sink.peer is None:
                raise TypeError(f"{connection.connector} has no sink that polls us")
            self._peers[name] = connection.sink.peer(connection.config, self.kernel.peer(name))
        return self._peers[name]

    def inward(self, name: str = SINK) -> Inward:
        """The way by which the other side calls the peer."""
        return Inward(self.peer_of(name).handle)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Sink]:
        """The sink, as a dispatch opens it. Raises TypeError for a peer."""
        await self.authorised()
        connection = self.kernel.settings.connections[SINK]
        if connection.sink is None or connection.sink.open is None:
            raise TypeError(f"{connection.connector} is not a sink that the kernel calls")
        async with connection.sink.open(connection.config, self.kernel.context(SINK)) as sink:
            yield sink

    async def enrolled(self) -> None:
        """Sets those up who poll us, as a person does once."""
        for name, side in self.sides.items():
            if side.other is not None and name not in self.passwords:
                peer = self.peer_of(name)
                self.passwords[name] = await peer.new_password()
                side.other.enrol(await peer.enrolment(URL), self.passwords[name])

    # ----------------------------------------------------------------- what there is

    async def effects(self) -> list[ledger.Effect]:
        """Every intended write and where it stands."""
        return await self.store.read(ledger.effects)

    async def records(self) -> list[ledger.Record]:
        """Every record of the source and what became of it."""
        return await self.store.read(ledger.records)

    async def findings(self) -> Sequence[FindingRow]:
        """What a person would see."""
        return await self.store.read(listing)

    async def proof(self) -> Proof:
        """The proof of agreement: where every record and every cent is."""
        return await self.store.read(prove, FLOW, SOURCE, SINK)

    async def _durable(self) -> object:
        return await self.store.read(ledger.content)

    async def _put_off(self) -> float:
        """Seconds until the next write is due that was put off; 0 where there is none."""
        waiting = [
            effect.not_before
            for effect in await self.effects()
            if effect.state is State.PLANNED and effect.not_before is not None
        ]
        return max(0.0, (min(waiting) - self.kernel.now_ms()) / 1000) if waiting else 0.0


def settings_of(
    sides: Mapping[str, Side], flow: Mapping[str, Any], plugins: Sequence[Value] = ()
) -> Settings:
    """The configuration of a workplace, read as an owner's file. Raises ConfigError."""
    variables: dict[str, str] = {}
    connections = {}
    for name, side in sides.items():
        table, secrets = referred(side.settings, side.type.config, f"subledger_{name}")
        connections[name] = {"connector": side.type.manifest.name, **table}
        variables |= secrets
    types = [one for side in sides.values() for one in (side.type, side.peer) if one is not None]
    report = Report()
    settings = read_company(
        {
            "connections": connections,
            "flows": {FLOW: {"source": SOURCE, "sink": SINK, **flow}},
        },
        company="",
        folder=Path(),
        environment=variables,
        open_catalogue=catalogue_of([*types, *plugins]),
        report=report,
    )
    try:
        report.raise_if_any()
    except Invalid as error:
        raise ConfigError(error.problems) from error
    if settings.left_out:
        raise ConfigError(settings.left_out)
    return settings


def _watched(settings: Settings, side: Side, attempts: list[Attempt]) -> Settings:
    """The settings with a sink whose deliveries are kept."""
    connection = settings.connections[SINK]
    if connection.sink is None or connection.sink.open is None:
        return settings
    opening = connection.sink.open

    @asynccontextmanager
    async def opened(config: Any, context: Context) -> AsyncIterator[Sink]:
        async with opening(config, context) as sink:
            yield Watched(side.around(sink), attempts)

    watched = evolve(connection, sink=evolve(connection.sink, open=opened))
    return evolve(settings, connections={**settings.connections, SINK: watched})
