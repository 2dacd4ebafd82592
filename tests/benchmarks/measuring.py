"""What the benchmarks share: processes and their cost, medians, tables, one JSON object."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import asdict, frozen

HERE = Path(__file__).parent
_TICK = os.sysconf("SC_CLK_TCK")


@frozen(kw_only=True)
class Goal:
    """One line of the summary: a goal, its limit, the figure, and whether it was reached."""

    number: str
    what: str
    limit: str
    figure: str
    reached: bool | None
    """None where the figure is shown for information."""


def cpu_seconds(pid: int) -> float:
    """CPU seconds that all threads of a process have used, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def memory(pid: int, field: str = "VmRSS") -> float:
    """Resident memory of a process in MB; ``VmHWM`` is its peak since :func:`forget_peak`."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"the kernel does not tell {field}")


def forget_peak(pid: int) -> None:
    """The peak of a process counts from now on."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def median(values: Sequence[float]) -> float:
    """The median; 0 of nothing."""
    return statistics.median(values) if values else 0.0


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which ``part`` of the values lie; 0 of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


@frozen
class Server:
    """A server in its own process."""

    pid: int
    port: int
    _process: "subprocess.Popen[str]"

    def tell(self, line: str) -> str:
        """Sends a line to the server and returns its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()


@contextmanager
def server(script: str, *arguments: str) -> Iterator[Server]:
    """Starts a server script, which prints its port and ends with its standard input."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / script), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.strip():
            raise RuntimeError(f"{script} {' '.join(arguments)} did not start")
        yield Server(process.pid, int(line), process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=60)


def outcome(script: str, *arguments: str) -> Any:
    """Runs a script in its own process and returns the JSON object that it prints last."""
    done = subprocess.run(
        [sys.executable, str(HERE / script), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="subledger-bench-") as folder:
        yield Path(folder)


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints a Markdown table."""
    print(f"\n## {title}\n")
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(_shown(cell) for cell in row) + " |")
    sys.stdout.flush()


def _shown(cell: object) -> str:
    return f"{cell:.3g}" if isinstance(cell, float) and abs(cell) < 100 else _long(cell)


def _long(cell: object) -> str:
    return f"{cell:,.0f}" if isinstance(cell, float) else str(cell)


def summary(goals: Sequence[Goal]) -> None:
    """Prints the goals as a table."""
    words = {True: "reached", False: "**not reached**", None: "for information"}
    table(
        "Goals",
        ("goal", "what", "limit", "figure", "verdict"),
        [(g.number, g.what, g.limit, g.figure, words[g.reached]) for g in goals],
    )


def finish(name: str, figures: Any, goals: Sequence[Goal]) -> None:
    """Prints the goals, then everything as one JSON object on the last line."""
    summary(goals)
    print(
        json.dumps({"benchmark": name, "figures": figures, "goals": [asdict(g) for g in goals]}),
        flush=True,
    )


def options(description: str) -> argparse.Namespace:
    """The options that every benchmark has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seconds", type=float, default=3.0, help="length of one measurement")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each, alternating")
    return parser.parse_args()
