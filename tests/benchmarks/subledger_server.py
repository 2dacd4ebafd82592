"""The full server in its own process: kernel, SQLite file with full durability, JSON log lines."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

import documents
import seeding
import sqlalchemy as sa
import structlog
from measuring import scratch

from subledger.config import load_settings
from subledger.kernel import Kernel
from subledger.observe.logging import set_up
from subledger.realworld import real_runtime
from subledger.server.run import Listen, serving
from subledger.store import Store, open_store


async def _fill(store: Store, options: argparse.Namespace) -> None:
    names = [f"f{number:04}" for number in range(options.files)]

    def fill(c: sa.Connection) -> None:
        seeding.lists(c, names)
        if options.work == "lists":
            seeding.questions(c, names)
        for name in names:
            seeding.effects(c, name, options.waiting)

    await store.tx(fill)


async def serve(folder: Path, options: argparse.Namespace) -> None:
    """Serves until standard input ends."""
    os.environ.update(BENCH_PEX_TOKEN="token", BENCH_PASSWORD=documents.PASSWORD)
    settings = load_settings(seeding.configuration(folder, options.files))
    with (folder / "log.jsonl").open("w") as log:
        set_up("info", "json", stream=log)
        store = open_store(folder / "subledger.db")
        await _fill(store, options)
        async with real_runtime() as runtime:
            kernel = Kernel(settings, store, runtime, structlog.get_logger(), "benchmark")
            async with serving(kernel, Listen(host="127.0.0.1", port=0)) as url:
                print(url.rpartition(":")[2], flush=True)
                await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        store.close()


def main() -> None:
    """Reads the options and serves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20, help="company files")
    parser.add_argument("--work", choices=("lists", "writes"), default="writes")
    parser.add_argument("--waiting", type=int, default=0, help="effects a file that wait")
    with scratch() as folder:
        asyncio.run(serve(folder, parser.parse_args()))


if __name__ == "__main__":
    main()
