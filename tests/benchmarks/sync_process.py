"""A first sync in a process of its own, over HTTP and with a database on disk; its cost as JSON.

Both systems are simulated in another process without limits, and pauses are skipped, so that what
is left is the work. Reading and delivering are a process each, so that none has the other's heap.
"""

import argparse
import asyncio
import datetime as dt
import gc
import json
import os
import time
from pathlib import Path
from typing import Any

import attrs
import structlog
import year
from measuring import forget_peak, memory, outcome, scratch, server

from subledger.kernel import Kernel
from subledger.realworld import real_runtime
from subledger.store import open_store


class Skipping:
    """A clock that sleeping moves on at once."""

    def __init__(self) -> None:
        self._ahead = dt.timedelta()
        self._begun = time.monotonic()

    def __call__(self) -> dt.datetime:
        """The moment."""
        passed = dt.timedelta(seconds=time.monotonic() - self._begun)
        return year.START + self._ahead + passed

    async def sleep(self, seconds: float) -> None:
        """Time jumps."""
        self._ahead += dt.timedelta(seconds=seconds)
        await asyncio.sleep(0)


async def _cost(kernel: Kernel, phase: str) -> dict[str, float]:
    """What reading or delivering costs: CPU seconds, MB at the begin, and its peak above that."""
    gc.collect()
    forget_peak(os.getpid())
    before, cpu = memory(os.getpid()), time.process_time()
    done: float = 0
    if phase == "reading":
        report = await kernel.run_flow(year.FLOW)
        assert report.state == "done", report
        done = report.planned
    else:
        sent = await kernel.dispatch(year.BOOKS)
        assert (sent.state, sent.unknown) == ("done", 0), sent
        done = sent.delivered
    return {
        "documents": done,
        "cpu_s": time.process_time() - cpu,
        "peak_mb": memory(os.getpid(), "VmHWM") - before,
        "begin_mb": before,
    }


async def measured(folder: Path, phase: str, syncro: int, told: dict[str, Any]) -> dict[str, float]:
    """The cost of one phase, in this process."""
    settings = year.configured(
        folder,
        syncro=f"http://127.0.0.1:{syncro}",
        online=f"http://127.0.0.1:{told['port']}",
    )
    clock = Skipping()
    store = open_store(folder / "subledger.db")
    async with real_runtime() as real:
        runtime = attrs.evolve(real, now=clock, sleep=clock.sleep)
        kernel = year.kernel_of(settings, store, runtime)
        if phase == "reading":
            await kernel.vault(year.BOOKS).keep(year.grant(told["grant"], told["realm"]))
        cost = await _cost(kernel, phase)
    store.close()
    return cost


def main() -> None:
    """Runs both phases, each in a process that is new, and prints one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", default="1000")
    parser.add_argument("--phase", nargs=4, metavar=("NAME", "FOLDER", "PORT", "TOLD"))
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    if given.phase:
        name, place, port, told = given.phase
        print(json.dumps(asyncio.run(measured(Path(place), name, int(port), json.loads(told)))))
        return
    with scratch() as folder, server("simulated_year.py", "--invoices", given.invoices) as other:
        told = other.tell("connect")
        found = {
            name: outcome("sync_process.py", "--phase", name, str(folder), str(other.port), told)
            for name in ("reading", "delivering")
        }
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
