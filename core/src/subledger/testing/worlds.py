"""Worlds: simulated histories that differ in a seed, a fault and the step of a crash.

A world is written on one line, such as ``shop:3:cut=receiveResponseXML@2:before@17``, so that
every failure can be played again.

A crash leaves nothing behind but the durable state. Two crashes at steps of the same call that
leave the same durable state behind are therefore one history, and it is enough to play one of
them: :func:`crashes` puts such worlds together.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence

from attrs import evolve, frozen

from subledger.testing.crash import MOMENTS, Moment, Point, Trap

CALM = "none"
"""The fault of a world without one, and the point of a world without a crash."""
FROZEN = "frozen"
"""The fault ``frozen@n``: the process freezes, and goes on n calls later."""
AGAIN = "again"
"""The fault ``again@n``: the next process dies too, at its n-th await."""


@frozen(kw_only=True)
class World:
    """One history: what happens (``scenario``), varied by ``seed``, disturbed by ``fault``.

    The process that serves it crashes at ``point``; None is a world without a crash.
    """

    scenario: str
    seed: int
    fault: str = CALM
    point: Point | None = None

    def __str__(self) -> str:
        """The world on one line, as :meth:`parse` reads it."""
        return f"{self.scenario}:{self.seed}:{self.fault}:{self.point or CALM}"

    @classmethod
    def parse(cls, text: str) -> "World":
        """Reads a world from its line. Raises ValueError."""
        parts = text.split(":")
        if len(parts) != 4 or not parts[1].isdecimal():  # noqa: PLR2004 - the four parts of a line
            raise ValueError(f"{text!r} is not a world: scenario:seed:fault:point")
        scenario, seed, fault, point = parts
        return cls(
            scenario=scenario,
            seed=int(seed),
            fault=fault,
            point=None if point == CALM else Point.parse(point),
        )


@frozen(kw_only=True)
class Ending:
    """How a world ended: the steps that its first process took, and what was wrong at the end.

    Each step of the ``trail`` comes with the name of the durable state that a crash would leave.
    ``lost`` are records without a document (or with an outdated one), ``doubled`` documents that
    stand for a record beside another one, ``other`` breaches of what was promised otherwise.
    """

    trail: Sequence[tuple[Point, Hashable]]
    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that was wrong, each with its sort."""
        sorts = (("lost", self.lost), ("doubled", self.doubled), ("wrong", self.other))
        return tuple(f"{sort}: {text}" for sort, texts in sorts for text in texts)


Simulate = Callable[[World], Ending]


@frozen(kw_only=True)
class Report:
    """What became of many worlds, and the bad ones with their endings.

    ``played`` of the ``worlds`` were played, the others are the same history as one of them.
    """

    worlds: int = 0
    played: int = 0
    bad: Sequence[tuple[World, Ending]] = ()

    @property
    def lost(self) -> int:
        """Records lost over all worlds."""
        return sum(len(ending.lost) for _, ending in self.bad)

    @property
    def doubled(self) -> int:
        """Documents doubled over all worlds."""
        return sum(len(ending.doubled) for _, ending in self.bad)

    def text(self, replay: str, most: int = 5) -> str:
        """The first bad worlds for a person; ``replay`` is the command that takes a world."""
        found = f"{len(self.bad)} bad, {self.lost} lost, {self.doubled} doubled"
        lines = [f"{self.worlds} worlds ({self.played} played): {found}"]
        for world, ending in self.bad[:most]:
            lines += [f"  {replay} '{world}'", *(f"    {p}" for p in ending.problems)]
        return "\n".join(lines)


def crashes(
    simulate: Simulate,
    calm: World,
    moments: Sequence[Moment] | None = None,
    *,
    apart: bool | None = None,
) -> list[list[World]]:
    """The world without a crash, and one for each step that it takes.

    Worlds that are one history stand in one list; ``apart`` leaves each alone. A process that
    freezes does so at awaits only, and each is another history: what it goes on with is in its
    head.
    """
    freezes = calm.fault.startswith(f"{FROZEN}@")
    chosen = moments or (MOMENTS[:1] if freezes else MOMENTS)
    alike: dict[Hashable, list[World]] = {}
    for point, state in simulate(calm).trail:
        if point.moment in chosen:
            same = point if (freezes if apart is None else apart) else state
            alike.setdefault(same, []).append(evolve(calm, point=point))
    return [[calm], *alike.values()]


def remembering(simulate: Simulate) -> Simulate:
    """As ``simulate``; a world without a crash, which is asked for again and again, only once."""
    known: dict[World, Ending] = {}

    def played(world: World) -> Ending:
        if world.point is not None:
            return simulate(world)
        if world not in known:
            known[world] = simulate(world)
        return known[world]

    return played


def disturbances(world: World) -> tuple[list[Trap], int, str]:
    """What goes wrong: traps of the first processes, calls until a frozen one goes on, and a fault.

    ``frozen@n`` freezes the process instead of ending it, ``again@n`` ends the next one too, at
    its n-th await. What else the fault of the world says is for its outside; empty for nothing.
    """
    name, _, number = world.fault.partition("@")
    if name == FROZEN:
        return [Trap(world.point, freezes=True)], int(number), ""
    if name == AGAIN:
        return [Trap(world.point), Trap(Point("await", int(number)))], 0, ""
    return [Trap(world.point)], 0, "" if world.fault == CALM else world.fault


def explore(simulate: Simulate, histories: Iterable[Sequence[World]]) -> Report:
    """Plays the first world of each history."""
    worlds = played = 0
    bad = []
    for alike in histories:
        worlds += len(alike)
        played += 1
        ending = simulate(alike[0])
        if ending.problems:
            bad.append((alike[0], ending))
    return Report(worlds=worlds, played=played, bad=bad)
