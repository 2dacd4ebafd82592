"""What a big answer does to others, and to memory (goal 2).

Eight connectors send answers of 1 MB, a page of customers that is stored row by row, while two
others poll with small answers; then one connector sends an answer of 20 MB, and one of 75 MB,
which is more than 100 MB in its envelope.
"""

import json
import subprocess
import sys
import threading
import time
from typing import Any

from measuring import (
    HERE,
    Goal,
    Server,
    finish,
    forget_peak,
    memory,
    options,
    outcome,
    server,
    table,
)

MB = 1024 * 1024


def _generator(target: Server, *arguments: str) -> list[str]:
    common = ["--port", str(target.port), "--pid", str(target.pid)]
    return [sys.executable, str(HERE / "generator.py"), *common, *arguments]


def _polls(target: Server, seconds: float) -> Any:
    """Small sessions of two files, alone or beside others."""
    return outcome(
        *("generator.py", "--port", str(target.port), "--pid", str(target.pid)),
        *("--files", "2", "--connectors", "2", "--seconds", str(seconds)),
    )


def _beside(target: Server, seconds: float) -> tuple[Any, int]:
    """The polls while 1 MB answers stream in, and how many of these came in."""
    arguments = ("--first", "2", "--files", "8", "--connectors", "8", "--size", str(MB))
    command = _generator(target, *arguments, "--seconds", str(seconds + 2))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as big:
        time.sleep(1)
        small = _polls(target, seconds)
        out, _ = big.communicate(timeout=120)
    return small, json.loads(out)["pages"]


def _one(target: Server, size: int) -> dict[str, float]:
    """One session with an answer of ``size`` bytes: memory over idle, and how long it took."""
    idle = memory(target.pid)
    forget_peak(target.pid)
    peak = [idle]
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.02):
            peak[0] = max(peak[0], memory(target.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    arguments = ("--files", "1", "--connectors", "1", "--warm", "0", "--seconds", "0.01")
    run = outcome(
        *("generator.py", "--port", str(target.port), "--pid", str(target.pid)),
        *(*arguments, "--size", str(size), "--patience", "300"),
    )
    stop.set()
    watcher.join()
    return {
        "over_idle_mb": memory(target.pid, "VmHWM") - idle,
        "failed": run["failed"],
        "pages": run["pages"],
        "complete": run["complete"],
    }


def main() -> None:
    """Runs everything and prints tables, goals and one JSON object."""
    given = options(__doc__ or "")
    with server("subledger_server.py", "--files", "10", "--work", "lists") as target:
        alone = _polls(target, given.seconds)
        beside, pages = _beside(target, given.seconds)
    with server("subledger_server.py", "--files", "1", "--work", "lists") as target:
        _one(target, 2048)
        _one(target, MB)
        twenty = _one(target, 20 * MB)
        hundred = _one(target, 75 * MB)
    quiet = alone["ms"]["authenticate"]["p99"]
    noisy = beside["ms"]["authenticate"]["p99"]
    table(
        "Big answers",
        ("what", "figure"),
        [
            ("authenticate p99 alone, ms", quiet),
            (f"authenticate p99 beside {pages} answers of 1 MB, ms", noisy),
            ("serverVersion p99 beside, ms", beside["ms"]["serverVersion"]["p99"]),
            ("peak over idle, 20 MB answer, MB", twenty["over_idle_mb"]),
            ("peak over idle, 100 MB on the wire, MB", hundred["over_idle_mb"]),
        ],
    )
    finish(
        "big_answers",
        {
            "alone": alone,
            "beside": beside,
            "pages": pages,
            "20": twenty,
            "100_on_the_wire": hundred,
        },
        [
            Goal(
                number="2",
                what="authenticate p99 while 1 MB answers stream in",
                limit="<= 5 ms and <= 10 x alone",
                figure=f"{noisy:.1f} ms, {noisy / max(quiet, 0.001):.1f} x",
                reached=noisy <= 5 and noisy <= 10 * quiet,
            ),
            Goal(
                number="2",
                what="peak memory over idle, 20 MB answer",
                limit="<= 16 MB",
                figure=f"{twenty['over_idle_mb']:.1f} MB",
                reached=twenty["over_idle_mb"] <= 16 and twenty["pages"] > 0,
            ),
            Goal(
                number="2",
                what="answer of 100 MB on the wire accepted",
                limit="yes",
                figure="yes" if not hundred["failed"] and hundred["complete"] else "no",
                reached=not hundred["failed"] and hundred["complete"] > 0,
            ),
        ],
    )


if __name__ == "__main__":
    main()
