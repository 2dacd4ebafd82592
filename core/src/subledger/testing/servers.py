"""Server processes on one disk, one after another: each can die or freeze in mid-step.

What is started by :meth:`Servers.served` runs in the process that serves at the moment. A process
that stops in it is gone with everything that it knew by heart; the disk stays, and the next call
meets a new one. A process that froze goes on later, when others have taken over: it must write
nothing and send nothing.
"""

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Mapping
from contextlib import suppress
from typing import Any, Final, TypeVar, cast

import sqlalchemy as sa
from attrs import define, field, frozen

from subledger.kernel import Kernel
from subledger.store import Store
from subledger.store.moments import to_ms
from subledger.store.schema import LEASE
from subledger.testing.crash import Died, Disk, Froze, Frozen, Steps, Trap
from subledger.testing.outside import Clock
from subledger.testing.workplace import FLOW, SINK, Workplace

T = TypeVar("T")

FLOW_LEASE: Final = f"flow:{FLOW}"
_OVERDUE: Final = "did not end"
"""A plugin's call that was frozen with its process has taken too long; that is no failure."""
SINK_LEASE: Final = f"connection:{SINK}"


def _nothing(_answer: Any) -> str:
    return ""


@frozen(kw_only=True)
class Job:
    """What a process is asked for: what it ``does``, in a word, and the lease that guards it.

    ``proves`` where its late writes are evidence that is true for ever. ``breach`` judges what it
    answers after another process has taken over: a sentence, or empty.
    """

    does: str
    lease: str = ""
    proves: bool = False
    breach: Callable[[Any], str] = _nothing


RUN: Final = Job(does="run", lease=FLOW_LEASE)
DELIVER: Final = Job(does="deliver", lease=SINK_LEASE)


@frozen(kw_only=True)
class _Sleeper:
    """A process that is frozen, the leases that it held then, and the call that wakes it."""

    frozen: Frozen[Any]
    trap: Trap
    process: Workplace
    job: Job
    held: Mapping[str, int]
    due: int


@define(kw_only=True)
class Servers:
    """The processes of one installation. ``traps`` are for the first, one each; later ones live.

    ``open`` makes a process from its view of the store and its number. A frozen one goes on
    after ``thaw_after`` further calls to or from the outside, at the latest when it is asked for.
    ``outside`` names what lasts beside the store, ``problems`` is what must not have happened,
    ``stops`` counts the processes that died or froze.
    """

    disk: Disk
    clock: Clock
    open: Callable[[Store, int], Workplace]
    traps: list[Trap] = field(factory=list)
    thaw_after: int = 0
    outside: Callable[[], Hashable] = lambda: None
    problems: list[str] = field(factory=list)
    number: int = 0
    jobs: int = 0
    calls: int = 0
    stops: int = 0
    _process: Workplace | None = None
    _trap: Trap = field(factory=Trap)
    _sleeper: _Sleeper | None = None
    _waking: "asyncio.Future[None] | None" = None
    _diaries: list[Any] = field(factory=list)

    @property
    def first(self) -> Trap:
        """The trap of the first process, before it has begun."""
        return self.traps[0]

    @property
    def process(self) -> Workplace:
        """The process that serves now; a new one where the last has gone."""
        if self._process is None:
            self.number += 1
            self._trap = trap = self.traps.pop(0) if self.traps else Trap()
            self._process = self.open(self.disk.store(trap), self.number)
            self._diaries.append(self._process.diary)
            _excuse(self._process.kernel, trap)
        return self._process

    def restart(self) -> None:
        """The process is stopped between two jobs; the next ones live for ever."""
        self._process, self.traps = None, []

    @property
    def failures(self) -> list[str]:
        """What failed inside of any process, each once."""
        return list(dict.fromkeys(text for diary in self._diaries for text in diary.failures))

    async def served(
        self, job: Job, work: Callable[[Workplace], Coroutine[Any, Any, T]]
    ) -> T | None:
        """The result of the work; None where the process stopped in it."""
        self.jobs += 1
        process = self.process
        trap = self._trap
        try:
            return await asyncio.ensure_future(_alone(work(process), trap))
        except Died:
            self._stopped()
        except Froze as stopped:
            self._stopped()
            self._sleeper = _Sleeper(
                frozen=stopped.frozen,
                trap=trap,
                process=process,
                job=job,
                held=self._held(),
                due=self.calls + self.thaw_after,
            )
        return None

    def _stopped(self) -> None:
        self._process = None
        self.stops += 1

    def state(self) -> Hashable:
        """A name for all that lasts, and for what the processes are asked for at the moment."""
        now = to_ms(self.clock())  # as fine as the store writes it
        return (self.jobs, self.outside(), now, self.disk.name())

    # ---------------------------------------------------------------- the frozen

    def called(self) -> bool:
        """Counts a call to or from the outside; whether the frozen process goes on now."""
        self.calls += 1
        return self._sleeper is not None and self.calls == self._sleeper.due

    @property
    def just_froze(self) -> bool:
        """Whether a process has frozen in the call that is under way."""
        return self._sleeper is not None and self._sleeper.due == self.calls + self.thaw_after

    def wake(self) -> None:
        """The frozen process goes on beside everything else."""
        self._waking = asyncio.ensure_future(self.thaw())

    @property
    def alone(self) -> bool:
        """Whether no frozen process is about."""
        return self._sleeper is None and self._waking is None

    async def thawed(self) -> bool:
        """Waits until the frozen process has come to its end; whether there was one."""
        there = not self.alone
        if self._waking is not None:
            await self._waking
        await self.thaw()
        return there

    async def thaw(self) -> None:
        """The frozen process goes on; what it held and lost meanwhile, it must not use."""
        sleeper, self._sleeper = self._sleeper, None
        if sleeper is None:
            return
        job, epochs = sleeper.job, {row.name: row.epoch for row in self.disk.do(_leases)}
        superseded = job.lease in sleeper.held and epochs[job.lease] != sleeper.held[job.lease]
        answer = None
        with suppress(Died):
            answer = await asyncio.ensure_future(_woken(sleeper.frozen))
        sleeper.trap.kill()
        failures = sleeper.process.diary.failures
        failures[:] = [text for text in failures if _OVERDUE not in text]
        if not superseded:
            return
        anew = sleeper.process.kernel.owner in {row.owner for row in self.disk.do(_leases)}
        if sleeper.trap.late_writes and not (job.proves or anew):
            self.problems.append(f"a frozen process wrote after it was superseded ({job.does})")
        if job.breach(answer):
            self.problems.append(job.breach(answer))

    def _held(self) -> Mapping[str, int]:
        """Leases that are held now, by name, with their epochs."""
        now = to_ms(self.clock())
        return {row.name: row.epoch for row in self.disk.do(_leases) if row.until >= now}


async def _alone(work: Coroutine[Any, Any, T], trap: Trap) -> T:
    """Runs in a task of its own: timers of a process must not cancel what goes on without it."""
    return await Steps(work, trap)


async def _woken(frozen: Frozen[Any]) -> Any:
    return await frozen


def _leases(c: sa.Connection) -> Any:
    return c.execute(sa.select(LEASE)).all()


def _excuse(kernel: Kernel, trap: Trap) -> None:
    """What needs another lease than the job's, or none, is not held against a frozen process.

    That is comparing what the store holds, and reading the lists in the course of a run.
    """
    compare, dispatch = kernel.compare_answered, kernel.dispatch

    async def compared() -> Any:
        return await excused(compare())

    async def dispatched(connection: str, *given: Any, writes: bool = True) -> Any:
        work = dispatch(connection, *given, writes=writes)
        return await (work if writes else excused(work))

    async def excused(work: Coroutine[Any, Any, T]) -> T:
        before = trap.late_writes
        result = await work
        trap.late_writes = before
        return result

    process = cast("Any", kernel)
    process.compare_answered, process.dispatch = compared, dispatched
