"""A first run: new records are read, decided and planned; CPU and statements a record."""

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
from measuring import Goal, finish, median, options, scratch, table

from subledger.config import load_settings
from subledger.kernel import Kernel
from subledger.ports import ExtractRequest, Page, RawRecord
from subledger.realworld import real_runtime
from subledger.store import open_store

RECORDS = 2_000
PAGE = 500
FLOW = "f0000"


class Given:
    """A source with so many records."""

    async def check(self) -> list[str]:
        """Nothing to check."""
        return []

    async def extract(self, _request: ExtractRequest) -> AsyncIterator[Page]:
        """Pages of new records."""
        entities = [seeding.movement(f"t{number}") for number in range(RECORDS)]
        records = [RawRecord(id=entity.id, data={"entity": entity}) for entity in entities]
        for start in range(0, RECORDS, PAGE):
            yield Page(records=records[start : start + PAGE], cursor=str(start))


@asynccontextmanager
async def _open(_config: object, _context: object) -> AsyncIterator[Given]:
    yield Given()


async def _run(folder: Path, number: int) -> tuple[float, float]:
    """CPU microseconds and statements of a record in a first run."""
    settings = load_settings(seeding.configuration(folder, 1))
    cards = settings.connections["cards"]
    assert cards.type is not None
    source = attrs.evolve(cards.type, open=_open, normalise=lambda raw: [raw.data["entity"]])
    connections = {**settings.connections, "cards": attrs.evolve(cards, type=source)}
    settings = attrs.evolve(settings, connections=connections)
    store = open_store(folder / f"{number}.db")
    await store.tx(seeding.lists, [FLOW])
    told: list[str] = []

    def listen(c: sa.Connection, tell: Any) -> None:
        c.connection.driver_connection.set_trace_callback(tell)  # type: ignore[union-attr]

    async with real_runtime() as runtime:
        kernel = Kernel(settings, store, runtime, structlog.get_logger(), "benchmark")
        if number == 0:
            await store.tx(listen, told.append)
        before = time.process_time()
        report = await kernel.run_flow(FLOW)
        spent = time.process_time() - before
        await store.tx(listen, None)
    store.close()
    assert (report.changed, report.planned) == (RECORDS, RECORDS), report
    return 1e6 * spent / RECORDS, len(told) / RECORDS


def main() -> None:
    """Runs everything and prints a table and one JSON object."""
    given = options(__doc__ or "")
    os.environ.update(BENCH_PEX_TOKEN="token", BENCH_PASSWORD=documents.PASSWORD)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    with scratch() as folder:
        runs = [asyncio.run(_run(folder, number)) for number in range(given.rounds + 1)]
    statements = runs[0][1]
    spent = median([one for one, _told in runs[1:]])
    table(
        f"First run of {RECORDS:,} records",
        ("CPU us a record", "statements a record"),
        [[spent, statements]],
    )
    finish(
        "first_run",
        {"cpu_us": spent, "statements": statements},
        [
            Goal(
                number="-",
                what="a new record: stored, decided and planned",
                limit="for information",
                figure=f"{spent:.0f} us, {statements:.1f} statements",
                reached=None,
            )
        ],
    )


if __name__ == "__main__":
    main()
