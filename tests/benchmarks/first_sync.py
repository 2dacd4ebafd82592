"""The first sync of a year of invoices from Syncro into QuickBooks, and the one after it.

Both systems are simulated without sockets, with their limits switched on, in virtual time: the
elapsed time is exact, and a request too many would be answered 429. CPU is real; that of the
simulators is taken off. Peak memory is that of processes of their own, with a fifth and with all.

    python tests/benchmarks/first_sync.py --invoices 5000 [--latency 2] [--profile]
    python tests/benchmarks/first_sync.py --books desktop --invoices 5000 [--quickbooks 0.2]
"""

import argparse
import asyncio
import cProfile
import pstats
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import first_desktop
import sqlalchemy as sa
import structlog
import year
from measuring import Goal, finish, outcome, scratch, table

from subledger.flow.proof import prove
from subledger.kernel import Kernel
from subledger.runtime import Runtime
from subledger.store.engine import memory_store
from subledger.testing.virtual_time import VirtualLoop, run

BATCH, BATCHES, REQUESTS, SECOND = 30, 40, 500, 10
SYNCRO = 180
_PHASES = ("read", "delivered", "compared", "quiet")
_COLUMNS = ("elapsed_s", "cpu_s", "syncro", "online", "batches", "items")
_CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


class Meter:
    """What one phase took: virtual seconds, our CPU seconds, requests by system."""

    def __init__(self, loop: VirtualLoop, wire: year.Answering) -> None:
        self._loop, self._wire = loop, wire
        self._begun = (loop.time(), time.process_time(), wire.spent, len(wire.asked))

    def read(self) -> dict[str, Any]:
        """The figures until now."""
        passed, cpu, spent, count = self._begun
        asked = self._wire.asked[count:]
        online = [one for one in asked if one.host == "online"]
        return {
            "elapsed_s": self._loop.time() - passed,
            "cpu_s": time.process_time() - cpu - (self._wire.spent - spent),
            "syncro": sum(one.host == "syncro" for one in asked),
            "online": len(online),
            "batches": sum(one.path.endswith("/batch") for one in online),
            "items": sum(one.items for one in online),
            "sorts": Counter(one.sort for one in online).most_common(),
        }


async def _measured(
    loop: VirtualLoop, folder: Path, invoices: int, latency: float, profile: Any
) -> dict[str, Any]:
    clock = loop.clock(year.START)
    wire = year.Answering(
        loop,
        year.account(invoices, clock, limited=True),
        year.company(clock, limited=True),
        time.process_time,
        latency,
    )
    luck = random.Random(1)  # noqa: S311 - simulated
    runtime = Runtime(
        now=clock,
        sleep=asyncio.sleep,
        random=luck,
        new_id=lambda: f"{luck.getrandbits(128):032x}",
        http=wire,
    )
    store = memory_store()
    kernel = year.kernel_of(year.configured(folder), store, runtime)
    books = wire.online
    given = year.grant(books.connect(), books.chosen_realm)
    await kernel.vault(year.BOOKS).keep(given)

    meter = Meter(loop, wire)
    report = await kernel.run_flow(year.FLOW)
    assert report.state == "done", report
    read = {**meter.read(), "read": report.read, "planned": report.planned}
    meter = Meter(loop, wire)
    if profile:
        profile.enable()
    sent = await kernel.dispatch(year.BOOKS)
    if profile:
        profile.disable()
    assert sent.state == "done", sent
    delivered = {**meter.read(), "delivered": sent.delivered, "unknown": sent.unknown}
    states = await store.tx(year.effects_by_state)

    await asyncio.sleep(3600)
    compared = await _again(loop, kernel, wire)
    await asyncio.sleep(1800)
    quiet = await _again(loop, kernel, wire)
    proof = await store.tx(prove, year.FLOW, year.SOURCE, year.BOOKS)
    return {
        "read": read,
        "delivered": delivered,
        "compared": compared,
        "quiet": quiet,
        "states": states,
        "agrees": proof.agrees,
        "limits": _limits(wire),
        "documents": sum(n for _kind, state, n in states if state == "settled"),
    }


async def _again(loop: VirtualLoop, kernel: Kernel, wire: year.Answering) -> dict[str, Any]:
    """The cost of a sync for which there is nothing to write."""
    told: list[str] = []
    await kernel.store.tx(_listen, told.append)
    meter = Meter(loop, wire)
    report = await kernel.run_flow(year.FLOW)
    sent = await kernel.dispatch(year.BOOKS)
    await kernel.store.tx(_listen, None)
    assert (report.state, sent.state) == ("done", "done"), (report, sent)
    return {
        **meter.read(),
        "written": sent.delivered + report.planned,
        "statements": sum(not one.startswith(_CONTROL) for one in told),
    }


def _listen(c: sa.Connection, tell: Any) -> None:
    c.connection.driver_connection.set_trace_callback(tell)  # type: ignore[union-attr]


def _limits(wire: year.Answering) -> dict[str, int]:
    online = [one for one in wire.asked if "/v3/company/" in one.path]
    batches = [one.at for one in online if one.path.endswith("/batch")]
    times = [one.at for one in online]
    return {
        "minute": year.most_within(times, 60),
        "second": year.most_within(times, 1),
        "batches": year.most_within(batches, 60),
        "syncro": year.most_within([one.at for one in wire.asked if one.host == "syncro"], 60),
        "refused": sum(one.status == 429 for one in wire.asked),
    }


def _shown(found: dict[str, Any], invoices: int) -> list[Goal]:
    sent, read, limits = (found[name] for name in ("delivered", "read", "limits"))
    documents = found["documents"]
    bound = max(documents / (BATCH * BATCHES), documents / BATCH / REQUESTS) * 60
    return [
        Goal(
            number="-",
            what=f"QuickBooks Online, first sync of {invoices:,} invoices: requests a document",
            limit=f"{1 / BATCH:.3f} (batches of {BATCH}), a tenth for all else",
            figure=f"{sent['online'] / documents:.4f} ({sent['online']} for {documents};"
            f" batches of {sent['items'] / sent['batches']:.1f})",
            reached=sent["online"] / documents <= 1.1 / BATCH,
        ),
        Goal(
            number="-",
            what="its elapsed time over the bound of the rate limits",
            limit="<= 1.1 x",
            figure=f"{sent['elapsed_s'] / bound:.2f} x ({sent['elapsed_s']:.0f} s of {bound:.0f})",
            reached=sent["elapsed_s"] <= 1.1 * bound,
        ),
        Goal(
            number="-",
            what="requests answered 429; the most in a minute / a second, batches in a minute",
            limit=f"0; {REQUESTS} / {SECOND}, {BATCHES}",
            figure=f"{limits['refused']}; {limits['minute']} / {limits['second']},"
            f" {limits['batches']}",
            reached=not limits["refused"]
            and limits["minute"] <= REQUESTS
            and limits["second"] <= SECOND
            and limits["batches"] <= BATCHES,
        ),
        Goal(
            number="-",
            what="reading Syncro over the bound of its limit",
            limit="<= 1.2 x",
            figure=f"{read['elapsed_s'] / (read['syncro'] / SYNCRO * 60):.2f} x"
            f" ({read['syncro']} requests, {read['elapsed_s']:.0f} s)",
            reached=read["elapsed_s"] <= 1.2 * read["syncro"] / SYNCRO * 60,
        ),
        Goal(
            number="-",
            what="CPU a document: read and planned / delivered and settled",
            limit="for information",
            figure=f"{1e3 * read['cpu_s'] / documents:.2f} ms /"
            f" {1e3 * sent['cpu_s'] / documents:.2f} ms",
            reached=None,
        ),
        _nothing("a second sync, which compares the books once a day", found["compared"]),
        _nothing("a third sync", found["quiet"]),
    ]


def _nothing(what: str, again: dict[str, Any]) -> Goal:
    return Goal(
        number="-",
        what=f"{what}: written; requests to Syncro and QuickBooks, statements",
        limit="0",
        figure=f"{again['written']}; {again['syncro']}, {again['online']}, {again['statements']}",
        reached=again["written"] == 0,
    )


def _flat(small: dict[str, Any], large: dict[str, Any]) -> list[Goal]:
    """Peak memory of a process with few and with many documents, and the CPU of a document."""
    fewer, more = (found["delivering"]["documents"] for found in (small, large))
    peaks = {
        phase: f"{large[phase]['peak_mb']:.1f} over {small[phase]['peak_mb']:.1f} MB"
        for phase in ("reading", "delivering")
    }
    return [
        Goal(
            number="-",
            what=f"peak memory of delivering {more:,} documents over {fewer:,}, above the begin",
            limit="<= 4 MB more",
            figure=peaks["delivering"],
            reached=large["delivering"]["peak_mb"] <= small["delivering"]["peak_mb"] + 4,
        ),
        Goal(
            number="-",
            what="the same of reading and planning them",
            limit="for information",
            figure=peaks["reading"],
            reached=None,
        ),
        Goal(
            number="-",
            what="CPU a document over HTTP and on disk: read and planned / delivered and settled",
            limit="for information",
            figure=f"{1e3 * large['reading']['cpu_s'] / more:.2f} ms /"
            f" {1e3 * large['delivering']['cpu_s'] / more:.2f} ms",
            reached=None,
        ),
    ]


def _desktop(given: argparse.Namespace) -> None:
    """The first sync into QuickBooks Desktop."""
    told = (given.invoices, given.latency, given.quickbooks)
    with scratch() as folder:
        found = run(lambda loop: first_desktop.measured(loop, folder, *told, on_disk=given.alone))
    if given.alone:
        first_desktop.alone(found)
        return
    goals = [*first_desktop.shown(found, given.invoices), first_desktop.flat(given.invoices)]
    finish("first_sync_desktop", found, goals)


def main() -> None:
    """Runs everything and prints tables and one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=1_000, help="made in a year")
    parser.add_argument("--latency", type=float, default=0.0, help="virtual seconds of an answer")
    parser.add_argument("--books", choices=("online", "desktop"), default="online")
    parser.add_argument("--quickbooks", type=float, default=0.2, help="its seconds for a request")
    parser.add_argument("--alone", action="store_true", help="figures of Desktop only")
    parser.add_argument("--profile", action="store_true", help="where the CPU of delivering goes")
    given, _others = parser.parse_known_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    if given.books == "desktop":
        _desktop(given)
        return
    profile = cProfile.Profile(time.process_time) if given.profile else None
    with scratch() as folder:
        found = run(lambda loop: _measured(loop, folder, given.invoices, given.latency, profile))
    if profile:
        for order in ("tottime", "cumulative"):
            pstats.Stats(profile).sort_stats(order).print_stats(45)
    table(
        f"{given.invoices:,} invoices, answers take {given.latency} s",
        ("phase", "virtual s", "CPU s", "Syncro", "QuickBooks", "batches", "writes in them"),
        [[name, *(found[name][k] for k in _COLUMNS)] for name in _PHASES],
    )
    table(
        "Requests to QuickBooks by sort",
        ("phase", "sort", "requests"),
        [[name, sort, count] for name in _PHASES for sort, count in found[name]["sorts"]],
    )
    table("Effects", ("kind", "state", "count"), found["states"])
    goals = _shown(found, given.invoices)
    if not given.profile:
        small, large = (
            outcome("sync_process.py", "--invoices", str(count))
            for count in (given.invoices // 5, given.invoices)
        )
        found["processes"] = {"small": small, "large": large}
        goals += _flat(small, large)
    finish("first_sync", found, goals)


if __name__ == "__main__":
    main()
