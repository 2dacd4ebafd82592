"""A run in which nothing changed (goal 9): 10,000 against 1,000,000 known records.

With a watermark the source hands over no record; the whole run of the kernel is measured. A source
that can only give everything hands over pages of 500 unchanged records; look-up with hashing is
measured as the goal has it, and the whole intake (normalised entity, canonical text) beside it.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import attrs
import documents
import seeding
import sqlalchemy as sa
import structlog
from measuring import Goal, finish, median, memory, options, scratch, table

from subledger.config import load_settings
from subledger.flow.intake import normalise_page, store_page
from subledger.flow.runs import LEASE
from subledger.kernel import Kernel
from subledger.ledger import leases, records
from subledger.ledger.records import Subscriber
from subledger.model.kinds import CARD_TRANSACTION
from subledger.model.stored import dump, fingerprint
from subledger.ports import ExtractRequest, Page, RawRecord
from subledger.realworld import real_runtime
from subledger.store import Store, open_store

SIZES = (10_000, 1_000_000)
PAGE = 500
SCANNED = 10_000
FLOW = "f0000"
_CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


class Quiet:
    """A source with a watermark, in which nothing has changed."""

    async def check(self) -> list[str]:
        """Nothing to check."""
        return []

    async def extract(self, _request: ExtractRequest) -> AsyncIterator[Page]:
        """One empty page with the cursor as it was."""
        yield Page(records=(), cursor="w1")


@asynccontextmanager
async def _open(_config: object, _context: object) -> AsyncIterator[Quiet]:
    yield Quiet()


def _known(c: sa.Connection, count: int) -> None:
    """That many records, posted long ago; the first ones with their true text and version."""
    seeding.lists(c, [FLOW])
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
    text = dump(seeding.movement("@ID@"))
    c.exec_driver_sql(
        f"{numbers} INSERT INTO record (connection, kind, id, version, entity, amount, currency,"
        " date, first_seen, changed) SELECT 'cards', 'card_transaction', 't' || i, 'v',"
        " replace(?, '@ID@', 't' || i), -1234, 'USD', '2026-01-02', ?, ? FROM n",
        (count, text, seeding.LONG_AGO, seeding.LONG_AGO),
    )
    seeding.postings(c, FLOW, count, "posted", "t")
    for start in range(1, min(count, SCANNED) + 1):
        c.exec_driver_sql(
            "UPDATE record SET version = ? WHERE connection = 'cards' AND id = ?"
            " AND kind = 'card_transaction'",
            (fingerprint(dump(seeding.movement(f"t{start}"))), f"t{start}"),
        )


async def _runs(kernel: Kernel, store: Store, rounds: int) -> tuple[list[float], int, int]:
    """CPU milliseconds of each run, statements of one, and all that SQLite was told."""
    seen: list[str] = []
    report = await kernel.run_flow(FLOW)
    assert (report.state, report.read) == ("done", 0), report

    def listen(c: sa.Connection, tell: Any) -> None:
        c.connection.driver_connection.set_trace_callback(tell)  # type: ignore[union-attr]

    await store.tx(listen, seen.append)
    await kernel.run_flow(FLOW)
    await store.tx(listen, None)
    statements = [one for one in seen if not one.startswith((*_CONTROL, "--"))]
    spent = []
    for _ in range(rounds):
        before = time.process_time()
        for _ in range(10):
            await kernel.run_flow(FLOW)
        spent.append((time.process_time() - before) * 100)
    return spent, len(statements), len(seen)


def _scan(c: sa.Connection, epoch: int, now: int) -> dict[str, float]:
    """Microseconds of CPU for each unchanged record of a source that gives everything."""
    subscribers = [Subscriber(flow=FLOW, kinds=frozenset({CARD_TRANSACTION}))]
    entities = [seeding.movement(f"t{number}") for number in range(1, SCANNED + 1)]
    raw = [RawRecord(id=entity.id, data={"entity": entity}) for entity in entities]
    source: Any = type("Given", (), {"normalise": lambda _self, one: [one.data["entity"]]})()
    pages = [normalise_page(source, raw[at : at + PAGE]) for at in range(0, SCANNED, PAGE)]
    before, hashed = time.process_time(), 0
    for page in pages:
        hashed += sum(fingerprint(record.entity) == record.version for record in page)
        assert records.stage(c, "cards", subscribers, page, now) == 0
    looked_up = time.process_time() - before
    assert hashed == SCANNED
    before = time.process_time()
    for at in range(0, SCANNED, PAGE):
        changed = store_page(
            *(c, FLOW, "cards", subscribers, normalise_page(source, raw[at : at + PAGE])),
            cursor=None,
            epoch=epoch,
            now=now,
            lease=LEASE,
        )
        assert changed == 0
    whole = time.process_time() - before
    return {"look_up_us": 1e6 * looked_up / SCANNED, "whole_us": 1e6 * whole / SCANNED}


async def _measure(folder: Path, count: int, rounds: int) -> dict[str, Any]:
    settings = load_settings(seeding.configuration(folder, 1))
    cards = settings.connections["cards"]
    assert cards.type is not None
    quiet = attrs.evolve(cards, type=attrs.evolve(cards.type, open=_open))
    settings = attrs.evolve(settings, connections={**settings.connections, "cards": quiet})
    store = open_store(folder / f"{count}.db")
    await store.tx(_known, count)
    async with real_runtime() as runtime:
        kernel = Kernel(settings, store, runtime, structlog.get_logger(), "benchmark")
        spent, statements, told = await _runs(kernel, store, rounds)
        now = kernel.now_ms()
        epoch = await store.tx(leases.take, f"flow:{FLOW}", "benchmark", now, LEASE)
        assert epoch is not None
        scan = [await store.tx(_scan, epoch, now) for _ in range(rounds)]
    store.close()
    return {
        "cpu_ms": median(spent),
        "statements": statements,
        "told": told,
        "look_up_us": median([one["look_up_us"] for one in scan]),
        "whole_us": median([one["whole_us"] for one in scan]),
        "rss_mb": memory(os.getpid()),
    }


def main() -> None:
    """Runs everything and prints a table, goals and one JSON object."""
    given = options(__doc__ or "")
    os.environ.update(BENCH_PEX_TOKEN="token", BENCH_PASSWORD=documents.PASSWORD)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    found = {}
    with scratch() as folder:
        for count in SIZES:
            found[count] = asyncio.run(_measure(folder, count, given.rounds))
    small, large = (found[count] for count in SIZES)
    ratio = large["cpu_ms"] / small["cpu_ms"]
    head = ("known records", "CPU ms a run", "statements", "with BEGIN, COMMIT...")
    table(
        "Nothing changed",
        (*head, "scan: hash + look-up us", "scan: whole intake us", "RSS MB"),
        [[f"{count:,}", *run.values()] for count, run in found.items()],
    )
    finish(
        "noop",
        {str(count): run for count, run in found.items()} | {"ratio": ratio},
        [
            Goal(
                number="9",
                what="run without changes, 1,000,000 known",
                limit="<= 10 ms of CPU",
                figure=f"{large['cpu_ms']:.1f} ms",
                reached=large["cpu_ms"] <= 10,
            ),
            Goal(
                number="9",
                what="its SQL statements",
                limit="<= 10",
                figure=str(large["statements"]),
                reached=large["statements"] <= 10,
            ),
            Goal(
                number="9",
                what="1,000,000 known over 10,000",
                limit="<= 1.5 x",
                figure=f"{ratio:.2f} x",
                reached=ratio <= 1.5,
            ),
            Goal(
                number="9",
                what="full scan, hash and look-up of an unchanged record",
                limit="<= 2.5 us",
                figure=f"{large['look_up_us']:.1f} us (whole intake {large['whole_us']:.0f} us)",
                reached=large["look_up_us"] <= 2.5,
            ),
        ],
    )


if __name__ == "__main__":
    main()
