"""A folder of exports, and what the connector makes of it."""

import datetime as dt
import random
from collections.abc import Iterable
from contextlib import aclosing
from pathlib import Path

import structlog
from attrs import define, field
from subledger.errors import RecordRejected
from subledger.model import Movement
from subledger.money import Money
from subledger.ports import Context, ExtractRequest
from subledger.runtime import Runtime

from subledger_csv_folder.config import Columns, CsvFolderConfig
from subledger_csv_folder.normalise import balance, normalise
from subledger_csv_folder.source import CsvFolder

TODAY = dt.date(2026, 3, 16)
HEADER = "Date,Amount,Text,Category"
COLUMNS = Columns(date="Date", amount="Amount", description="Text")


@define
class Folder:
    """Exports that change from run to run; ``posted`` is what the kernel would know by now."""

    path: Path
    settings: dict = field(factory=dict)
    cursor: str | None = None
    posted: dict[str, Movement] = field(factory=dict)
    rejected: dict[str, RecordRejected] = field(factory=dict)
    gone: set[str] = field(factory=set)
    read: int = 0
    meanwhile: object = None

    def write(self, name: str, *lines: str, header: str = HEADER, end: str = "\n") -> None:
        """A new export, or a new version of it."""
        (self.path / name).write_text("\n".join([header, *lines]) + end, encoding="utf-8")

    @property
    def config(self) -> CsvFolderConfig:
        """The settings of the connection."""
        return CsvFolderConfig(**{"folder": self.path, "columns": COLUMNS, **self.settings})

    def source(self) -> CsvFolder:
        """The connector, as the kernel opens it."""

        async def sleep(_seconds):
            if self.meanwhile:
                self.meanwhile()

        runtime = Runtime(
            now=lambda: dt.datetime.combine(TODAY, dt.time(15), dt.UTC),
            sleep=sleep,
            random=random.Random(1),
            new_id=lambda: "x" * 26,
            http=None,
        )
        log = structlog.get_logger()
        return CsvFolder(self.config, Context(connection="c", runtime=runtime, log=log, vault=None))

    async def run(self, since: dt.date = dt.date(2025, 3, 16), until: dt.date = TODAY) -> None:
        """One run of a flow, as the kernel keeps its results."""
        request = ExtractRequest(kinds=frozenset(), since=since, until=until, cursor=self.cursor)
        self.read = 0
        async with aclosing(self.source().extract(request)) as pages:
            async for page in pages:
                self._keep(page.records)
                self.cursor = page.cursor or self.cursor

    def _keep(self, records: Iterable) -> None:
        for record in records:
            self.read += 1
            self.rejected.pop(record.id, None)
            try:
                found = list(normalise(record))
            except RecordRejected as error:
                self.rejected[record.id] = error
                continue
            for movement in found:
                assert balance(record) == movement.effect
                self.posted[record.id] = movement
                self.gone.discard(record.id)
            if not found and record.id in self.posted:
                self.gone.add(record.id)

    @property
    def total(self) -> Money:
        """What everything that was posted and is not gone moves."""
        left = [one.effect.minor for i, one in self.posted.items() if i not in self.gone]
        return Money(sum(left))
