"""Runs what is due in this process: a port with four verbs, so that another courier can serve."""

import asyncio
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


@define
class LocalDispatcher:
    """An asyncio task a flow, at most ``limit`` at once."""

    run: Callable[[str], Awaitable[None]]
    log: Any
    limit: int = 8
    _gate: asyncio.Semaphore = field(init=False)
    _tasks: dict[str, "asyncio.Task[None]"] = field(factory=dict, init=False)

    async def start(self) -> None:
        """Begins to work."""
        self._gate = asyncio.Semaphore(self.limit)

    def request(self, flow: str) -> None:
        """Asks for a run."""
        if flow in self._tasks:
            return
        task = asyncio.get_running_loop().create_task(self._run(flow), name=f"flow {flow}")
        self._tasks[flow] = task
        task.add_done_callback(lambda _task: self._tasks.pop(flow, None))

    async def _run(self, flow: str) -> None:
        async with self._gate:
            try:
                await self.run(flow)
            except Exception:
                self.log.exception("flow_crashed", flow=flow)

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
        return {"running": len(self._tasks)}
