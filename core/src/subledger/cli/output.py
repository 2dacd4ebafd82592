"""Shows results: text and tables for people, one JSON document for machines."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TextIO

from subledger.errors import Problem

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_SHOWN: Final = 5


def show(document: Mapping[str, Any], text: "Callable[[Console], None]", *, as_json: bool) -> None:
    """Prints the document as JSON, or lets ``text`` print for people, on standard output."""
    if as_json:
        json.dump(document, sys.stdout, indent=2, default=str, ensure_ascii=False)
        sys.stdout.write("\n")
    else:
        text(console(sys.stdout))


def console(stream: TextIO) -> "Console":
    """A console that prints texts as they are; colours only on a terminal."""
    from rich.console import Console  # noqa: PLC0415 - not needed with --json

    return Console(file=stream, highlight=False, markup=False, soft_wrap=not stream.isatty())


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> "Table":
    """A table without lines around it; empty cells for None."""
    from rich import box  # noqa: PLC0415 - not needed with --json
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    return made


def shortened(names: Sequence[str]) -> str:
    """The first names of a list that may be long, and how many more there are."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def problem_document(problem: Problem) -> dict[str, str]:
    """A problem for a JSON document."""
    return {"path": problem.path, "message": problem.message, "hint": problem.hint}


def print_problems(out: "Console", problems: Iterable[Problem]) -> None:
    """Path, cause and hint of each problem, the hint on a line of its own."""
    for problem in problems:
        place = f"{problem.path}: " if problem.path else ""
        out.print(f"{place}{problem.message}")
        if problem.hint:
            out.print(f"    {problem.hint}")
