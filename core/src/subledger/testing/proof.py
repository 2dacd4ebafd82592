"""Exactly once, shown for any source or sink: worlds in which something goes wrong, judged.

A :class:`Stage` is a flow between two ends, each with an outside system that is made anew for
every world. In a world the process that serves dies or freezes at some step, and a request meets
trouble at the door of the end under test. Then the world heals: the flow runs and delivers until
nothing changes any more. The books, as their simulator tells, must then hold what they hold in the
world in which nothing went wrong: nothing lost, nothing doubled.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Final, Protocol, TypeVar, cast, runtime_checkable

from attrs import define, evolve, field, frozen

from subledger.config import Settings
from subledger.manifest import Recovery
from subledger.testing import virtual_time
from subledger.testing.crash import Disk, Endless
from subledger.testing.outside import Clock, Fault, Outside, OutsideBooks, Trouble
from subledger.testing.play import Play
from subledger.testing.routes import Route
from subledger.testing.verdict import Result, judge
from subledger.testing.workplace import SINK, SOURCE, START, Side, settings_of
from subledger.testing.worlds import CALM, Ending, World, crashes, disturbances

T = TypeVar("T")

TROUBLES: Final = (Trouble.LOST, Trouble.UNSENT, Trouble.UNAVAILABLE)
"""What goes wrong at the door in some worlds."""
_ALL: Final = 1_000_000
"""More worlds than there are."""


@runtime_checkable
class Changing(Outside, Protocol):
    """An outside system in which something happens between two syncs."""

    def change(self) -> None:
        """Records are added, and known ones are changed, as people do in a day."""
        ...


@frozen(kw_only=True)
class _Past:
    """A world that was played: how it ended, what there was then, and the requests before it."""

    ending: Ending
    result: Result
    requests: int


@define(kw_only=True)
class Stage:
    """A route, of whose two ends the one called ``tested`` meets trouble at its door.

    Worlds of the scenario that ends with ``later`` begin after a first sync.
    """

    route: Route
    tested: str
    start: dt.datetime = START
    _disk: Disk = field(factory=Disk, init=False)
    _blank: bytes = field(init=False)
    _calm: dict[World, _Past] = field(factory=dict, init=False)
    _settings: tuple[object, Settings] | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._blank = self._disk.content()

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Everything is synced for the first time; something happens after a first sync."""
        name = f"{self.route.name}-{self.tested}"
        first, later = f"{name}.first", f"{name}.later"
        return (first,) if self.route.happens is None else (first, later)

    # --------------------------------------------------------------------- one world

    def simulate(self, world: World) -> Ending:
        """Plays a world and judges how it ended."""
        return self._past(world).ending

    def _trailed(self, world: World) -> Ending:
        """Plays a world without a crash; the steps of its trail come with the state behind them."""
        return self._past(world, named=True).ending

    def truth(self, scenario: str) -> Result:
        """How the scenario ends where nothing goes wrong."""
        return self._past(World(scenario=scenario, seed=1)).result

    def _past(self, world: World, *, named: bool = False) -> _Past:
        if world in self._calm:
            return self._calm[world]
        named = named or (world.fault == CALM and world.point is None)
        calm = World(scenario=world.scenario, seed=1)
        truth = None if world == calm else self._past(calm).result
        try:
            past = virtual_time.run(
                lambda loop: self._staged(loop.clock(self.start), world, truth, named=named)
            )
        except Endless as error:
            if truth is None:
                raise
            ending = Ending(trail=(), other=(f"it never comes to an end: {error}",))
            return _Past(ending=ending, result=truth, requests=0)
        if named:
            self._calm[world] = past
        return past

    async def _staged(
        self, clock: Clock, world: World, truth: Result | None, *, named: bool
    ) -> _Past:
        """Makes the outside systems, which may have to be opened and closed."""
        async with AsyncExitStack() as stack:
            outsides = []
            for end in (self.route.source, self.route.sink):
                outside = end.outside(clock)
                if isinstance(outside, AbstractAsyncContextManager):
                    outside = await stack.enter_async_context(outside)
                outsides.append(outside)
            return await self._lived(clock, world, truth, *outsides, named=named)

    async def _lived(
        self,
        clock: Clock,
        world: World,
        truth: Result | None,
        source: Outside,
        books: Outside,
        *,
        named: bool,
    ) -> _Past:
        self._disk.put(self._blank)
        play = Play(
            given={
                SOURCE: Side.of(self.route.source.type, source, peer=self.route.source.peer),
                SINK: Side.of(self.route.sink.type, books),
            },
            books=cast("OutsideBooks", books),
            disk=self._disk,
            clock=clock,
            configured=self._configured,
        )
        await play.settled_in()
        problems: list[str] = []
        if world.scenario.endswith(".later") and self.route.happens is not None:
            problems += await play.heal()
            play.servers.restart()
            self.route.happens(source)
        servers, door = play.servers, play.doors[self.tested]
        servers.traps, servers.thaw_after, fault = disturbances(world)
        door.faults = _faults(fault)
        trap, before = servers.traps[0], len(door.requests)
        if named:
            trap.state = servers.state
        await play.run()
        await play.deliver()
        requests = len(door.requests) - before
        problems += await play.heal()
        if await servers.thawed():
            problems += await play.heal()
        problems += [*servers.problems, *servers.failures]
        if world.point is not None and not trap.sprung:
            problems.append(f"the process never came to {world.point}")
        result = play.result()
        verdict = judge(result, truth or result, decides=self._decides)
        ending = Ending(
            trail=trap.trail,
            lost=verdict.lost,
            doubled=verdict.doubled,
            other=(*verdict.other, *problems),
        )
        return _Past(ending=ending, result=result, requests=requests)

    @property
    def _decides(self) -> bool:
        return self.route.sink.type.manifest.recovery is Recovery.NONE

    def _configured(self, sides: Mapping[str, Side]) -> Settings:
        """The settings, read once as long as the outside systems are reached in the same way."""
        tables = {name: dict(side.settings) for name, side in sides.items()}
        if self._settings is None or self._settings[0] != tables:
            self._settings = (tables, settings_of(sides, self.route.flow, self.route.plugins))
        return self._settings[1]

    # ------------------------------------------------------------------- many worlds
    # Of each sort of history in which each is played to its end before it can be cut, no more are
    # played than ``most``, the worlds that are wanted of them.

    def troubles(self, scenario: str, _most: int = _ALL) -> list[list[World]]:
        """Worlds without a crash, in each of which one request meets trouble."""
        return [
            [self._world(scenario, f"{trouble}@{n}")] for trouble, n in self._meetings(scenario)
        ]

    def crashes(self, scenario: str, _most: int = _ALL) -> list[list[World]]:
        """Worlds in which the process dies, at each of its steps."""
        return crashes(self._trailed, self._world(scenario))[1:]

    def crashes_in_trouble(self, scenario: str, most: int = _ALL) -> list[list[World]]:
        """Worlds in which a request meets trouble, and the process dies as well."""
        chosen = spread(self._meetings(scenario), 4)
        chosen = [*chosen, *((Trouble.LOST, n) for _, n in chosen)]
        found = [
            crashes(self._trailed, self._world(scenario, f"{trouble}@{n}"))[1:]
            for trouble, n in spread([*dict.fromkeys(chosen)], most)
        ]
        return [*_in_turn(found)]

    def crashes_again(self, scenario: str, most: int = _ALL) -> list[list[World]]:
        """Worlds in which the process dies, and the next one too, at one of its first awaits."""
        return [
            [evolve(alike[0], fault=f"again@{number % 25 + 1}")]
            for number, alike in enumerate(self.crashes(scenario, most))
        ]

    def frozen(self, scenario: str, most: int = _ALL) -> list[list[World]]:
        """Worlds in which the process freezes, and goes on when others have taken over."""
        found = [
            crashes(self._trailed, self._world(scenario, f"frozen@{n}"))[1:]
            for n in spread((1, 3, 99), most)
        ]
        return [*_in_turn(found)]

    def _world(self, scenario: str, fault: str = CALM) -> World:
        return World(scenario=scenario, seed=1, fault=fault)

    def _meetings(self, scenario: str) -> list[tuple[Trouble, int]]:
        """Each request with each trouble, so ordered that a choice has some of each."""
        requests, many = self._past(self._world(scenario)).requests, len(TROUBLES)
        return [
            (TROUBLES[(n + turn) % many], n + 1) for n in range(requests) for turn in range(many)
        ]


def _faults(fault: str) -> list[Fault]:
    """The trouble at the door: ``lost@3`` for the third request."""
    what, _, number = fault.partition("@")
    return [Fault(what=Trouble(what), at=int(number))] if fault else []


def spread(some: Sequence[T], most: int) -> list[T]:
    """At most so many, evenly from the first to the last."""
    if len(some) <= most:
        return list(some)
    return [some[n * len(some) // most] for n in range(most)]


def _in_turn(lists: Sequence[Sequence[T]]) -> list[T]:
    """One of each list in turn, so that a choice from the whole has some of each."""
    longest = max(map(len, lists), default=0)
    return [one[n] for n in range(longest) for one in lists if n < len(one)]
