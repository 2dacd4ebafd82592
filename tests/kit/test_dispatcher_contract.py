"""The dispatcher contract: ours keeps it, and each defect breaks the promise it is about."""

import asyncio

import pytest

from subledger.schedule.dispatcher import LocalDispatcher
from subledger.testing import DispatcherCase, DispatcherContract


class TestLocal(DispatcherContract):
    """The dispatcher of one process."""

    type = DispatcherCase(name="local", make=LocalDispatcher)


class Doubles(LocalDispatcher):
    """Runs whatever is asked for."""

    def request(self, flow):
        """Asks for a run."""
        task = asyncio.get_running_loop().create_task(self._run(flow))
        self._tasks[id(task)] = task
        task.add_done_callback(lambda done: self._tasks.pop(id(done), None))


class Forgets(LocalDispatcher):
    """Drops what it has no room for."""

    def request(self, flow):
        """Asks for a run."""
        if len(self._tasks) < 8:
            super().request(flow)


class Once(LocalDispatcher):
    """Never forgets what ran."""

    seen: set[str] = set()  # noqa: RUF012 - made anew below

    def request(self, flow):
        """Asks for a run."""
        if not hasattr(self, "_seen"):
            object.__setattr__(self, "_seen", set())
        if flow not in self._seen:
            self._seen.add(flow)
            super().request(flow)


class Fragile(LocalDispatcher):
    """Lets the exit of a flow through."""

    async def _run(self, flow):
        self._running.add(flow)
        try:
            await self.run(flow)
        except Exception:  # noqa: BLE001, S110 - as ever, but for the exit
            pass
        finally:
            self._running.discard(flow)


class Abrupt(LocalDispatcher):
    """Does not wait for what runs."""

    async def stop(self, drain_seconds):
        """Stops at once."""
        await super().stop(0.0001)


class Dumb(LocalDispatcher):
    """Tells nothing of its health."""

    def health(self):
        """Nothing."""
        return {}


DEFECTS = {
    Doubles: "test_no_flow_runs_twice_at_a_time",
    Forgets: "test_everything_asked_for_runs",
    Once: "test_a_flow_runs_again",
    Fragile: "test_a_crash_harms_no_other",
    Abrupt: "test_an_end_is_orderly",
    Dumb: "test_its_health_is_told",
}


@pytest.mark.parametrize("dispatcher", DEFECTS)
def test_a_defect_breaks_its_promise(dispatcher, broken):
    """A dispatcher with a defect fails the test that is about it."""
    case = DispatcherCase(name="x", make=dispatcher)
    name = DEFECTS[dispatcher]
    found = broken(type("Contract", (DispatcherContract,), {"type": case}))
    assert name in found
    assert "To do:" in found[name]


def test_every_promise_has_a_defect():
    """No test of the contract is without a dispatcher that breaks it."""
    tests = {name for name in dir(DispatcherContract) if name.startswith("test_")}
    assert tests == set(DEFECTS.values())
