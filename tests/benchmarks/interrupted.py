"""A first sync that is interrupted ends like one that is not: scenario 17 at full size.

    python tests/benchmarks/interrupted.py --invoices 10000 [--times 5] [--seed 1]

Reading and posting break at random points, on either side; then both syncs go on until nothing is
left to do, and the documents of both books are compared: each once, with the same amounts.
"""

import argparse
import asyncio
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import structlog
import year
from measuring import Goal, finish, scratch

from subledger.flow.proof import prove
from subledger.kernel import Kernel
from subledger.model.marker import parse_marker
from subledger.runtime import Runtime
from subledger.store.engine import memory_store
from subledger.testing.virtual_time import VirtualLoop, run
from subledger_syncro.simulator import NO_FAULTS, parse_plan

SOURCE = ("drop_at", "html_at", "error_at", "truncate_at", "repeat_page_at")
BOOKS = ("lost-answer", "error-after", "error-before", "dropped", "expired-token")
_HOUR = 3600.0
_ROUNDS = 24
_TRIES = 4


async def synced(
    loop: VirtualLoop, folder: Path, invoices: int, breaks: random.Random | None, times: int
) -> dict[str, Any]:
    """What the books hold after a first sync, and how often it was interrupted."""
    clock = loop.clock(year.START)
    wire = year.Answering(
        loop,
        year.account(invoices, clock, limited=False),
        year.company(clock, limited=False),
        time.process_time,
    )
    luck = random.Random(1)  # noqa: S311 - simulated
    runtime = Runtime(
        now=clock,
        sleep=asyncio.sleep,
        random=luck,
        new_id=lambda: f"{luck.getrandbits(128):032x}",
        http=wire,
    )
    kernel = year.kernel_of(year.configured(folder, per_minute=100_000), memory_store(), runtime)
    grant = year.grant(wire.online.connect(), wire.online.chosen_realm)
    await kernel.vault(year.BOOKS).keep(grant)
    broken = 0
    for _ in range(_TRIES * times if breaks else 0):
        if broken < times:
            broken += await _interrupted(kernel, wire, breaks, invoices // times)
    wire.syncro.faults = NO_FAULTS
    wire.online.faults.set("")
    for _ in range(_ROUNDS):
        await asyncio.sleep(_HOUR)
        report = await kernel.run_flow(year.FLOW)
        sent = await kernel.dispatch(year.BOOKS)
        if not (report.planned or report.changed or sent.delivered or sent.unknown):
            break
    proof = await kernel.store.tx(prove, year.FLOW, year.SOURCE, year.BOOKS)
    return {
        "broken": broken,
        "agrees": proof.agrees,
        "posted": proof.buckets["posted"].total.text(),
        "papers": Counter(
            (str(mark), str(raw["entity"]), str(raw.get("TotalAmt")))
            for raw in wire.online.company.documents()
            if (mark := parse_marker(str(raw.get("PrivateNote", ""))))
        ),
    }


async def _interrupted(
    kernel: Kernel, wire: year.Answering, breaks: random.Random | None, most: int
) -> bool:
    """Reads and posts until something breaks within so many records; whether anything did."""
    if breaks is None:
        return False
    before = len(wire.online.log)
    point = breaks.randrange(1, max(2, most))
    wire.syncro.faults = parse_plan(f"{breaks.choice(SOURCE)}={point}")
    batch = breaks.randrange(1, max(2, most // 30))
    wire.online.faults.set(f"{breaks.choice(BOOKS)}~POST *@{batch}")
    report = await kernel.run_flow(year.FLOW)
    sent = await kernel.dispatch(year.BOOKS)
    await asyncio.sleep(_HOUR)
    fired = any(entry.faults for entry in list(wire.online.log)[before:])
    return fired or report.state != "done" or sent.state != "done"


def main() -> None:
    """Runs both syncs and compares what they left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=1_000, help="made in a year")
    parser.add_argument("--times", type=int, default=5, help="interruptions")
    parser.add_argument("--seed", type=int, default=1)
    given, _others = parser.parse_known_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    found = []
    for breaks in (None, random.Random(given.seed)):  # noqa: S311 - chooses faults
        with scratch() as folder:
            told = (folder, given.invoices, breaks, given.times)
            found.append(run(lambda loop, told=told: synced(loop, *told)))
    whole, broken = found
    same = whole["papers"] == broken["papers"] and whole["posted"] == broken["posted"]
    marks = Counter(mark for mark, _entity, _total in broken["papers"].elements())
    goals = [
        Goal(
            number="-",
            what=f"first sync of {given.invoices:,} invoices, interrupted {broken['broken']} times:"
            " the same documents as without",
            limit="all, each once",
            figure=f"{len(broken['papers']):,} of {len(whole['papers']):,};"
            f" {sum(count > 1 for count in marks.values())} twice",
            reached=same and broken["agrees"] and broken["broken"] > 0,
        )
    ]
    figures = {
        name: {**one, "papers": len(one["papers"])}
        for name, one in (("whole", whole), ("interrupted", broken))
    }
    finish("interrupted", figures, goals)


if __name__ == "__main__":
    main()
