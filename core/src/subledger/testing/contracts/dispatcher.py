"""What every dispatcher promises: each flow that was asked for runs, one run of it at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, ClassVar, TypeVar

from attrs import define, field, frozen

from subledger.schedule.dispatcher import Dispatcher
from subledger.testing import virtual_time
from subledger.testing.contracts.base import Contract, breach
from subledger.testing.diary import Diary

T = TypeVar("T")

_FLOWS = 40


@frozen(kw_only=True)
class DispatcherCase:
    """A dispatcher under test: ``make(run, log)`` gives one that runs flows with ``run(name)``."""

    name: str
    make: Callable[[Callable[[str], Awaitable[None]], Any], Dispatcher]


@define
class Flows:
    """Flows that take some time; ``bad`` ones fail, ``exit`` ones want to end the program."""

    takes: float = 10.0
    running: list[str] = field(factory=list)
    ran: list[str] = field(factory=list)
    doubled: list[str] = field(factory=list)

    async def run(self, flow: str) -> None:
        """Runs one."""
        if flow in self.running:
            self.doubled.append(flow)
        self.running.append(flow)
        try:
            await asyncio.sleep(self.takes)
            if flow.startswith("bad"):
                raise RuntimeError(flow)
            if flow.startswith("exit"):
                raise SystemExit(flow)
            self.ran.append(flow)
        finally:
            self.running.remove(flow)


class DispatcherContract(Contract):
    """The contract of every dispatcher; ``type`` says how it is made."""

    type: ClassVar[DispatcherCase]

    def play(self, work: Callable[[Dispatcher, Flows], Coroutine[Any, Any, T]]) -> T:
        """Runs ``work(dispatcher, flows)`` in simulated time."""

        async def whole(_loop: virtual_time.VirtualLoop) -> T:
            flows = Flows()
            made = self.type.make(flows.run, Diary())
            await made.start()
            return await work(made, flows)

        return virtual_time.run(whole)

    def test_everything_asked_for_runs(self) -> None:
        """However many are asked for at once, each runs, and once."""
        __tracebackhide__ = True

        async def work(made: Dispatcher, flows: Flows) -> list[str]:
            for number in range(_FLOWS):
                made.request(f"{number}")
            await asyncio.sleep(_FLOWS * flows.takes + 1)
            await made.stop(0)
            return sorted(flows.ran)

        ran = self.play(work)
        if ran != sorted(f"{number}" for number in range(_FLOWS)):
            breach(
                f"of {_FLOWS} flows {len(set(ran))} ran, {len(ran)} times in all",
                promise="each runs once for one request",
                hint="queue what cannot start at once",
            )

    def test_no_flow_runs_twice_at_a_time(self) -> None:
        """A flow that is asked for while it runs, or waits to run, is not run beside itself."""
        __tracebackhide__ = True

        async def work(made: Dispatcher, flows: Flows) -> tuple[list[str], int]:
            for _ in range(5):
                made.request("a")
                await asyncio.sleep(1)
            await made.stop(100)
            return flows.doubled, flows.ran.count("a")

        doubled, ran = self.play(work)
        if doubled or ran != 1:
            breach(
                f"five requests within one run made {ran} runs, {len(doubled)} beside another",
                promise="requests of a flow that is at work are one",
                hint="remember which flows have a run, and ignore requests for them",
            )

    def test_a_flow_runs_again(self) -> None:
        """A flow that has ended, well or badly, runs again when it is asked for again."""
        __tracebackhide__ = True

        async def work(made: Dispatcher, flows: Flows) -> list[str]:
            for flow in ("a", "bad", "a", "bad", "a"):
                made.request(flow)
                await asyncio.sleep(flows.takes + 1)
            await made.stop(0)
            return flows.ran

        if self.play(work) != ["a", "a", "a"]:
            breach(
                "a flow that had ended did not run again",
                promise="the schedule asks again and again",
                hint="forget a run when it has ended, however it ended",
            )

    def test_a_crash_harms_no_other(self) -> None:
        """A flow that fails, or wants to end the program, ends alone."""
        __tracebackhide__ = True

        async def work(made: Dispatcher, flows: Flows) -> list[str]:
            for flow in ("bad", "a", "exit", "b"):
                made.request(flow)
            await asyncio.sleep(5 * flows.takes)
            made.request("c")
            await made.stop(100)
            return sorted(flows.ran)

        try:
            ran: list[str] | BaseException = self.play(work)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - that is what the test is about
            ran = error
        if ran != ["a", "b", "c"]:
            breach(
                f"beside two flows that failed: {ran!r}",
                promise="the others run as if nothing had been",
                hint="catch what a run raises, SystemExit too, and log it",
            )

    def test_an_end_is_orderly(self) -> None:
        """stop() waits for what runs as long as it was told, then cancels it; nothing is left."""
        __tracebackhide__ = True

        async def work(made: Dispatcher, flows: Flows) -> tuple[list[str], list[str], float, int]:
            loop = asyncio.get_running_loop()
            made.request("quick")
            await asyncio.sleep(flows.takes / 2)
            made.request("slow")
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            began = loop.time()
            await made.stop(flows.takes * 0.75)
            return flows.ran, list(flows.running), loop.time() - began, len(asyncio.all_tasks()) - 1

        ran, left, seconds, tasks = self.play(work)
        if ran != ["quick"] or left or tasks or seconds > Flows().takes:
            breach(
                f"after stop() {ran} had ended, {left or 'nothing'} still ran, {tasks} tasks were "
                f"left, {seconds:g} s had passed",
                promise="what ends in time ends, the rest is cancelled, and stop() comes back",
                hint="wait with a timeout, cancel the late ones, and await those as well",
            )

    def test_its_health_is_told(self) -> None:
        """health() counts what runs and what waits, at any time."""
        __tracebackhide__ = True

        async def work(made: Dispatcher, flows: Flows) -> list[dict[str, int]]:
            told = [made.health()]
            made.request("a")
            await asyncio.sleep(1)
            told.append(made.health())
            await asyncio.sleep(flows.takes)
            told.append(made.health())
            await made.stop(0)
            return told

        numbers = [(one.get("running"), one.get("waiting")) for one in self.play(work)]
        if numbers != [(0, 0), (1, 0), (0, 0)]:
            breach(
                f"before, during and after one run it told {numbers}",
                promise="the numbers running and waiting, for the status page",
                hint='return {"running": ..., "waiting": ...}',
            )


__all__ = ["DispatcherCase", "DispatcherContract", "Flows"]
