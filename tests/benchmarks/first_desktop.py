"""The first sync of a year of invoices into QuickBooks Desktop, and the one after it.

Called by ``first_sync.py --books desktop``. QuickBooks takes one write in a message set, so that
the bound of the elapsed time is that of as many message sets as documents, one after another: the
time of QuickBooks, and of two SOAP calls.
"""

import asyncio
import json
import os
import random
import time
from pathlib import Path
from typing import Any

import desktop_year
import year
from measuring import Goal, forget_peak, memory, outcome, table

from subledger.flow.proof import prove
from subledger.kernel import Kernel
from subledger.runtime import Runtime
from subledger.store import Store
from subledger.store.engine import InlineWriter, make_engine
from subledger.store.schema import METADATA
from subledger.testing.virtual_time import VirtualLoop

_MEMORY = ":memory:"
_COLUMNS = ("elapsed_s", "sessions", "calls", "writes", "reads", "cpu")


async def measured(
    loop: VirtualLoop,
    folder: Path,
    invoices: int,
    latency: float,
    quickbooks: float,
    *,
    on_disk: bool,
) -> dict[str, Any]:
    """The figures of a first sync and of a second one; the store and the books may be on disk."""
    clock = loop.clock(year.START)
    wire = year.Answering(
        loop,
        year.account(invoices, clock, limited=True),
        year.company(clock, limited=False),
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
    engine = make_engine(str(folder / "subledger.db") if on_disk else _MEMORY)
    METADATA.create_all(engine)
    store = Store(InlineWriter(engine))
    kernel = year.kernel_of(year.configured(folder, books="desktop"), store, runtime)
    books = desktop_year.company(str(folder / "company.db") if on_disk else _MEMORY, clock)
    office = desktop_year.opened(kernel, books, loop, latency=latency, quickbooks=quickbooks)
    try:
        found = await _figures(loop, kernel, office, wire)
    finally:
        books.close()
        store.close()
    return {**found, "latency": latency, "quickbooks": quickbooks}


async def _figures(
    loop: VirtualLoop, kernel: Kernel, office: desktop_year.Office, wire: year.Answering
) -> dict[str, Any]:
    begun, cpu = loop.time(), time.process_time()
    report = await kernel.run_flow(year.FLOW)
    assert report.state in ("done", "waiting"), report
    read = {
        "elapsed_s": loop.time() - begun,
        "cpu_s": time.process_time() - cpu - wire.spent,
        "syncro": len(wire.asked),
    }
    forget_peak(os.getpid())
    resting = memory(os.getpid())
    sent = await _sent(loop, office)
    sent["peak_mb"] = memory(os.getpid(), "VmHWM") - resting
    states = await kernel.store.tx(year.effects_by_state)
    proof = await kernel.store.tx(prove, year.FLOW, year.SOURCE, year.BOOKS)
    await asyncio.sleep(3600)
    before = len(wire.asked)
    await kernel.run_flow(year.FLOW)
    again = {**(await _sent(loop, office)), "syncro": len(wire.asked) - before}
    return {
        "read": read,
        "delivered": sent,
        "again": again,
        "states": states,
        "agrees": proof.agrees,
        "documents": sum(n for _kind, state, n in states if state == "settled"),
    }


async def _sent(loop: VirtualLoop, office: desktop_year.Office) -> dict[str, Any]:
    names = ("calls", "cpu", "sessions", "writes", "reads")
    before = {name: getattr(office, name) for name in names}
    begun = loop.time()
    await office.until_done()
    taken = {name: getattr(office, name) - before[name] for name in names}
    return {"elapsed_s": max(0.0, office.written - begun), **taken}


def shown(found: dict[str, Any], invoices: int) -> list[Goal]:
    """Prints the phases; the goals."""
    documents, sent, again = (found[name] for name in ("documents", "delivered", "again"))
    each = found["quickbooks"] + 2 * found["latency"]
    bound = documents * each
    table(
        f"{invoices:,} invoices; a call takes {found['latency']} s, QuickBooks"
        f" {found['quickbooks']} s",
        ("phase", *_COLUMNS),
        [(name, *(found[name][k] for k in _COLUMNS)) for name in ("delivered", "again")],
    )
    table("Effects", ("kind", "state", "count"), found["states"])
    return [
        Goal(
            number="-",
            what=f"QuickBooks Desktop, first sync of {invoices:,} invoices: message sets a record",
            limit="1.00 written; 1.05 with what is read",
            figure=f"{sent['writes'] / documents:.3f};"
            f" {(sent['writes'] + sent['reads']) / documents:.3f} for {documents:,}",
            reached=sent["writes"] + sent["reads"] <= 1.05 * documents,
        ),
        Goal(
            number="-",
            what="its elapsed time over the bound of one write in a message set",
            limit="<= 1.05 x",
            figure=f"{sent['elapsed_s'] / bound:.3f} x"
            f" ({sent['elapsed_s']:,.0f} s of {bound:,.0f})",
            reached=sent["elapsed_s"] <= 1.05 * bound,
        ),
        Goal(
            number="-",
            what="sessions of the Web Connector; SOAP calls a document",
            limit="for information",
            figure=f"{sent['sessions']}; {sent['calls'] / documents:.2f}",
            reached=None,
        ),
        Goal(
            number="-",
            what="CPU a document: read and planned / delivered and settled",
            limit="for information",
            figure=f"{1e3 * found['read']['cpu_s'] / documents:.2f} ms /"
            f" {1e3 * sent['cpu'] / documents:.2f} ms",
            reached=None,
        ),
        Goal(
            number="-",
            what="the source's total is accounted for to the cent",
            limit="yes",
            figure="yes" if found["agrees"] else "no",
            reached=found["agrees"],
        ),
        Goal(
            number="-",
            what="a second sync: written; requests to Syncro, sessions, SOAP calls",
            limit="0",
            figure=f"{again['writes']}; {again['syncro']}, {again['sessions']}, {again['calls']}",
            reached=not again["writes"],
        ),
    ]


def flat(invoices: int) -> Goal:
    """Peak memory of a process that delivers few documents, and of one that delivers more."""
    small, large = (
        outcome("first_sync.py", "--books", "desktop", "--invoices", str(count), "--alone")
        for count in (invoices // 25, invoices // 5)
    )
    few, many = (one["figures"] for one in (small, large))
    return Goal(
        number="-",
        what=f"peak memory of delivering {many['documents']:,} documents over"
        f" {few['documents']:,}, above the begin, the simulators' with it",
        limit="<= 4 MB more",
        figure=f"{many['delivered']['peak_mb']:.1f} over {few['delivered']['peak_mb']:.1f} MB",
        reached=many["delivered"]["peak_mb"] <= few["delivered"]["peak_mb"] + 4,
    )


def alone(found: dict[str, Any]) -> None:
    """Prints the figures only."""
    print(json.dumps({"figures": found}), flush=True)
