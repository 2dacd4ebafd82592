"""What a line is told by: its identifier, else its content and its number among equals. Pure."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

from attrs import frozen
from subledger.errors import RecordRejected

from subledger_csv_folder.config import CsvFolderConfig
from subledger_csv_folder.normalise import Entry, entry, view
from subledger_csv_folder.table import Row

_TWICE = "The identifier {} stands on line {} too, which says something else."


@frozen(kw_only=True)
class Told:
    """A row with its identifier. ``entry`` is None where it cannot be read: see ``data``."""

    id: str
    data: dict[str, object]
    entry: Entry | None


def told(file: str, rows: Iterable[Row], config: CsvFolderConfig) -> Sequence[Told]:
    """The rows of one file, each with an identifier that it has in every other export as well."""
    equals: Counter[str] = Counter()
    known: dict[str, Row] = {}
    context = view(config)
    found = []
    for row in rows:
        data: dict[str, object] = {"file": file, "line": row.line, "cells": dict(row.cells)}
        if row.problem:
            data["problem"] = row.problem
        given = row.cells.get(config.columns.id, "")
        if given and known.setdefault(given, row).text != row.text:
            data["problem"] = _TWICE.format(given, known[given].line)
        try:
            read = entry(data, context)
        except RecordRejected:
            read = None
        if read is not None and config.cards and read.card not in config.cards:
            continue
        if read is not None and given:
            found.append(Told(id=given, data=data, entry=read))
            continue
        content = f"unreadable|{file}|{row.text}" if read is None else _content(read, file, config)
        equals[content] += 1
        digest = hashlib.blake2b(content.encode(), digest_size=8).hexdigest()
        day = "line" if read is None else f"{read.date:%Y%m%d}"
        found.append(Told(id=f"{day}-{digest}-{equals[content]}", data=data, entry=read))
    return found


def _content(read: Entry, file: str, config: CsvFolderConfig) -> str:
    parts = [read.date.isoformat(), str(read.amount), read.description, read.merchant, read.card]
    if config.files == "separate":
        parts.append(file)
    return "|".join(parts)
