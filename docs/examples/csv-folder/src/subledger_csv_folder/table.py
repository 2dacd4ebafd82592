"""A file's bytes to rows of named cells; what cannot be read is told, not dropped. Pure."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO

from attrs import frozen

from subledger_csv_folder.config import CsvFolderConfig


@frozen(kw_only=True)
class Row:
    """One row: ``line`` is its place in the file, from 1; ``cells`` are by column, trimmed.

    ``problem`` says why the cells are not those of the columns; ``text`` is the row as it stands.
    """

    line: int
    cells: Mapping[str, str]
    text: str
    problem: str = ""


class Unusable(Exception):  # noqa: N818 - the word for the file
    """A file that cannot be read from here on; ``hint`` says what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def rows(content: bytes, config: CsvFolderConfig) -> Iterator[Row]:
    """The rows below the header. Raises Unusable where the file makes no sense any more."""
    body = StringIO(_text(content, config.encoding), newline="")
    for _line in range(config.skip_lines):
        body.readline()
    reader = csv.reader(body, delimiter=config.delimiter, strict=True)
    header: Sequence[str] = ()
    while True:
        line = reader.line_num + config.skip_lines + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            break
        except csv.Error as error:
            message = f"cannot be read from line {line} on: {error}"
            raise Unusable(message, "Export it again: it was cut off or damaged.") from error
        if not any(cells):
            continue
        if not header:
            header = _header(cells, config.wanted)
        else:
            yield _row(line, cells, header)
    if not header:
        raise Unusable("is empty", "Export it again, or remove it.")


def _text(content: bytes, encoding: str) -> str:
    codec = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
    try:
        return content.decode(codec)
    except ValueError as error:
        raise Unusable(
            f"is not text in the encoding {encoding}",
            'Set encoding to the one that your bank uses, such as "cp1252" or "utf-16".',
        ) from error


def _header(cells: Sequence[str], wanted: Sequence[str]) -> Sequence[str]:
    missing = sorted(set(wanted) - set(cells))
    if missing:
        raise Unusable(
            f"has no column {' and no column '.join(missing)}; it has {', '.join(cells)}",
            "Correct columns, delimiter or skip_lines in the settings of the connection.",
        )
    twice = [name for name, count in Counter(cells).items() if count > 1 and name in wanted]
    if twice:
        raise Unusable(
            f"has several columns {twice[0]}", "Rename all but one of them in the export."
        )
    return cells


def _row(line: int, cells: Sequence[str], header: Sequence[str]) -> Row:
    text = "|".join(cells)
    if len(cells) < len(header) or any(cells[len(header) :]):
        problem = f"The line has {len(cells)} cells, but there are {len(header)} columns."
        return Row(line=line, cells={}, text=text, problem=problem)
    return Row(line=line, cells=dict(zip(header, cells, strict=False)), text=text)
