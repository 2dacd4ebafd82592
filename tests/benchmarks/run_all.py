"""Runs every benchmark with short measurements and writes one Markdown table.

    python tests/benchmarks/run_all.py [--json FILE]

Ratios within one run are the result; absolute figures are those of the machine at that moment.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from measuring import HERE, Goal, summary

ROOT = HERE.parent.parent
QBXML = ROOT / "connectors" / "quickbooks-desktop" / "tests" / "benchmarks" / "qbxml.py"
SCRIPTS = (
    *("store.py", "noop.py", "first_run.py", "first_sync.py", "backlog.py", "big_answers.py"),
    "soap_calls.py",
)


def _run(path: Path, *arguments: str) -> Any:
    """The JSON object that a benchmark prints last; None where it failed."""
    started = time.perf_counter()
    command = [sys.executable, str(path), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    print(f"{path.name}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    if done.returncode:
        return None
    return json.loads(done.stdout.splitlines()[-1])


_QBXML_GOALS = (
    ("3", "reading through the envelope", "Envelope -> AnswerStream", 0.65),
    ("3", "reading a plain file", "AnswerStream, plain file", 0.90),
    ("4", "writing", "build + message_set", 1.0),
)


def _qbxml() -> tuple[Any, list[Goal]]:
    """Goals 3 and 4, measured by the connector's own benchmark."""
    found = _run(QBXML, "--megabytes", "5", "--rounds", "3")
    if found is None:
        return None, [Goal(number="3", what=QBXML.name, limit="runs", figure="-", reached=False)]
    figures = found["figures"]
    goals = [
        Goal(
            number=number,
            what=f"qbXML {what}, MB/s",
            limit=f">= {least:.2f} of lxml doing the same",
            figure=f"{figures[name]['ratio']:.2f}",
            reached=figures[name]["ratio"] >= least,
        )
        for number, what, name, least in _QBXML_GOALS
        if name in figures
    ]
    peak = max(figures[name]["peak_mb"] for *_, name, _ in _QBXML_GOALS if name in figures)
    goals.append(
        Goal(
            number="3",
            what="qbXML, peak memory",
            limit="<= 8 MB, whatever the size",
            figure=f"{peak:.1f} MB",
            reached=peak <= 8,
        )
    )
    return figures, goals


def main() -> None:
    """Runs everything and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", default="1.5", help="length of one measurement")
    parser.add_argument("--rounds", default="2")
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    given = parser.parse_args()
    figures, goals = {}, []
    for name in SCRIPTS:
        found = _run(HERE / name, "--seconds", given.seconds, "--rounds", given.rounds)
        if found is None:
            goals.append(Goal(number="-", what=name, limit="runs", figure="failed", reached=False))
            continue
        figures[name] = found["figures"]
        goals += [Goal(**goal) for goal in found["goals"]]
    if QBXML.exists():
        figures["qbxml.py"], more = _qbxml()
        goals += more
    summary(sorted(goals, key=lambda goal: int(goal.number) if goal.number.isdecimal() else 0))
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
