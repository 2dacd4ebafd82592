"""What a file tells that was not known, and what it does not tell any more. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from subledger_csv_folder.identity import Told
from subledger_csv_folder.memory import Known, Memory
from subledger_csv_folder.table import Unusable

GROWING: Final = Unusable(
    "is still being written", "It is read once nobody changes it any more; nothing to do."
)
"""The trouble of a file that changes while one looks at it."""

Record = tuple[str, Mapping[str, object]]
"""An identifier with what is known of it: nothing where it is gone."""


@frozen
class Reading:
    """One file, read: its lines, and what is wrong with it as a whole."""

    lines: Sequence[Told] = ()
    trouble: Unusable | None = None


def news(
    name: str, state: str, reading: Reading, memory: Memory, until: dt.date
) -> tuple[Memory, list[Record]]:
    """The memory after a file was read, and the records that the kernel is to be told of.

    A line is gone where the file was read whole, covers the line's day and does not hold it any
    more, and no other file does. Of a line in several files, the file with the last name counts.
    A file with lines after ``until`` is read again in the next run.
    """
    before = memory.files.get(name, Known())
    later = memory.later(name)
    days: dict[str, list[str]] = {}
    problems: list[str] = []
    records: list[Record] = []
    for line in reading.lines:
        if line.entry is None:
            problems.append(line.id)
            records.append((line.id, line.data))
        elif line.entry.date > until:
            state = ""
        elif line.entry.date.isoformat() >= memory.first:
            days.setdefault(line.entry.date.isoformat(), []).append(line.id)
            if line.id not in later:
                records.append((line.id, line.data))
    lines = {day: tuple(ids) for day, ids in days.items()}
    gone = set(before.problems)
    if reading.trouble is None:
        gone |= _covered(before, lines) - memory.elsewhere(name)
    else:
        lines = {**before.lines, **lines}
        problems.append(f"file:{name}")
        problem = f"The file {name} {reading.trouble.message}."
        told = {"file": name, "problem": problem, "hint": reading.trouble.hint}
        records.append((problems[-1], told))
        if reading.trouble is GROWING:
            state = ""
    records += [(one, {}) for one in sorted(gone.difference(problems, *lines.values()))]
    known = Known(state=state, lines=lines, problems=tuple(problems))
    return memory.with_file(name, known), records


def _covered(before: Known, lines: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The lines that a file held on the days from its first to its last one."""
    return before.between(min(lines), max(lines)) if lines else frozenset()
