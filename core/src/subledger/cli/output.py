"""Shows results: text and tables for people, one JSON document for machines."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TextIO

from subledger.errors import Problem
from subledger.money import Money

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_SHOWN: Final = 5
_WORD: Final = 20
"""Letters of a word that a table keeps together where others can be wrapped."""
_NUMBER: Final = re.compile(r"-?\d[\d,]*(\.\d+)?")


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
    """A table without lines around it; empty cells for None, numbers at the right.

    What does not fit is wrapped between words; a column of single words stays as wide as they are.
    """
    from rich import box  # noqa: PLC0415 - not needed with --json
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    lines = [["" if cell is None else str(cell) for cell in row] for row in rows]
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True)
    for index, column in enumerate(columns):
        cells = [line[index] for line in lines if line[index : index + 1]]
        made.add_column(
            column,
            overflow="fold",
            justify="right" if _numbers(cells) else "left",
            no_wrap=all(" " not in cell and len(cell) <= _WORD for cell in (column, *cells)),
        )
    for line in lines:
        made.add_row(*map(Text, line))
    return made


def _numbers(cells: Iterable[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(_NUMBER.fullmatch(cell) for cell in filled)


def counted(number: int, noun: str) -> str:
    """The number with its noun, which gets an "s" unless there is just one: 1 record, 2 records."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def ended(text: str) -> str:
    """The text with one full stop at its end; texts of connectors have one or have none."""
    return f"{text.rstrip().rstrip('.')}."


def amount(money: Money | None) -> str:
    """An amount for people, with commas between thousands; empty for None."""
    return "" if money is None else f"{money.amount:,}"


def moment(ms: int | None) -> str:
    """A moment of the store, in UTC; empty for None."""
    from subledger.store.moments import from_ms  # noqa: PLC0415 - the store is slow to import

    return "" if ms is None else from_ms(ms).strftime("%Y-%m-%d %H:%M:%S UTC")


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
