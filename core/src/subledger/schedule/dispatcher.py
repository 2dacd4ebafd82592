"""Runs what is due in this process: a port with four verbs, so that another courier can serve."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from attrs import define, field


class Dispatcher(Protocol):
    """A courier of "run this flow now". A lost message heals itself at the next tick."""

    async def start(self) -> None:
        """Begins to work."""
        ...

    def request(self, flow: str) -> None:
        """Asks for a run; a flow that is asked for or running already is not run twice."""
        ...

    async def stop(self, drain_seconds: float) -> None:
        """Lets running work end for so long, then cancels it."""
        ...

    def health(self) -> dict[str, int]:
        """Numbers for the status page: running, waiting."""
        ...


def _one(_flow: str) -> str:
    return ""


@define
class LocalDispatcher:
    """An asyncio task a flow, at most ``limit`` at once of those that ``group`` puts together.

    Flows of one connector are put together, so that one that hangs keeps no other waiting.
    """

    run: Callable[[str], Awaitable[None]]
    log: Any
    limit: int = 8
    group: Callable[[str], str] = _one
    _running: set[str] = field(factory=set, init=False)
    _gates: defaultdict[str, asyncio.Semaphore] = field(init=False)
    _tasks: dict[str, "asyncio.Task[None]"] = field(factory=dict, init=False)

    async def start(self) -> None:
        """Begins to work."""
        self._gates = defaultdict(lambda: asyncio.Semaphore(self.limit))

    def request(self, flow: str) -> None:
        """Asks for a run."""
        if flow in self._tasks:
            return
        task = asyncio.get_running_loop().create_task(self._run(flow), name=f"flow {flow}")
        self._tasks[flow] = task
        task.add_done_callback(lambda _task: self._tasks.pop(flow, None))

    async def _run(self, flow: str) -> None:
        async with self._gates[self.group(flow)]:
            self._running.add(flow)
            try:
                await self.run(flow)
            except (Exception, SystemExit):
                self.log.exception("flow_crashed", flow=flow)
            finally:
                self._running.discard(flow)

    async def stop(self, drain_seconds: float) -> None:
        """Lets running work end for so long, then cancels it."""
        tasks = list(self._tasks.values())
        if not tasks:
            return
        _done, late = await asyncio.wait(tasks, timeout=drain_seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def health(self) -> dict[str, int]:
        """Numbers for the status page."""
        running = len(self._running)
        return {"running": running, "waiting": len(self._tasks) - running}
