"""The source: looks which files are new or changed, and reads these, one after the other."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from attrs import evolve
from subledger.errors import ConnectorError, TemporaryError
from subledger.model.kinds import Kind
from subledger.ports import Context, ExtractRequest, Page, RawRecord

from subledger_csv_folder.config import CsvFolderConfig
from subledger_csv_folder.identity import told
from subledger_csv_folder.manifest import KINDS
from subledger_csv_folder.memory import Memory
from subledger_csv_folder.news import GROWING, Reading, news
from subledger_csv_folder.normalise import view
from subledger_csv_folder.table import Unusable, rows

_PAGE: Final = 500
_MAKES: Final = frozenset[Kind](KINDS)


@asynccontextmanager
async def open_source(config: CsvFolderConfig, context: Context) -> AsyncIterator["CsvFolder"]:
    """The source of one folder; nothing is kept open."""
    yield CsvFolder(config, context)


class CsvFolder:
    """Reads a folder of exports. Raises ConnectorError subclasses only."""

    def __init__(self, config: CsvFolderConfig, context: Context) -> None:
        self._config = config
        self._context = context
        self._view = view(config)

    async def check(self) -> Sequence[str]:
        """Looks at every file; says how many there are, and what is wrong with which."""
        states = await asyncio.to_thread(_states, self._config)
        counted = 0
        wrong = []
        for name in sorted(states):
            reading = await asyncio.to_thread(self._read, name)
            if reading.trouble:
                wrong.append(f"{name} {reading.trouble.message}. {reading.trouble.hint}")
            counted += len(reading.lines)
        told_of = f"{len(states)} files match {self._config.pattern}, with {counted} lines."
        return [told_of, *wrong]

    async def extract(self, request: ExtractRequest) -> AsyncIterator[Page]:
        """The lines of the files that are new or changed; the cursor moves with each whole file.

        The first run decides how far back: a file that arrives later is read from that day on.
        """
        states = await asyncio.to_thread(_states, self._config)
        memory = self._memory(request)
        removed = [name for name in memory.files if name not in states]
        if removed:
            ids = [one for name in removed for one in memory.files[name].problems]
            memory = memory.without(removed)
            yield Page(records=[self._record(one, {}) for one in ids], cursor=memory.dump())
        names = sorted(
            name
            for name, state in states.items()
            if name not in memory.files or memory.files[name].state != state
        )
        growing = await self._growing(names, states)
        for done, name in enumerate(names, start=1):
            if name in growing:
                reading = Reading(trouble=GROWING)
            else:
                reading = await asyncio.to_thread(self._read, name)
            memory, found = news(name, states[name], reading, memory, request.until)
            records = [self._record(identifier, data) for identifier, data in found]
            while len(records) > _PAGE:
                yield Page(records=records[:_PAGE], done=done - 1, of=len(names))
                records = records[_PAGE:]
            yield Page(records=records, cursor=memory.dump(), done=done, of=len(names))

    def _memory(self, request: ExtractRequest) -> Memory:
        """What the cursor tells; with other settings or dates, every file is to be read again."""
        settings = hashlib.blake2b(repr(self._config).encode(), digest_size=8).hexdigest()
        since = request.since.isoformat()
        if request.cursor is None:
            return Memory(identity=self._config.identity, settings=settings, first=since)
        memory = Memory.load(request.cursor)
        if memory.identity != self._config.identity:
            if any(known.lines for known in memory.files.values()):
                raise ConnectorError(
                    f"Lines were told by their {memory.identity} until now, not by their "
                    f"{self._config.identity}: all of them would be posted once more.",
                    hint="Take columns.id and files back to what they were, or make a new flow "
                    "with a connection of another name that starts after the last line.",
                )
            memory = evolve(memory, identity=self._config.identity)
        if memory.settings != settings or since < memory.first:
            unread = {name: evolve(one, state="") for name, one in memory.files.items()}
            memory = evolve(memory, settings=settings, files=unread)
        return evolve(memory, first=min(memory.first, since))

    async def _growing(self, names: Sequence[str], states: Mapping[str, str]) -> frozenset[str]:
        """Those of the files that change while one looks at them."""
        if not names:
            return frozenset()
        await self._context.runtime.sleep(self._config.quiet.total_seconds())
        again = await asyncio.to_thread(_states, self._config)
        return frozenset(name for name in names if again.get(name) != states[name])

    def _read(self, name: str) -> Reading:
        try:
            content = (self._config.folder / name).read_bytes()
        except OSError as error:
            raise TemporaryError(f"{name} cannot be read.", detail=str(error)) from error
        found = []
        trouble = None
        try:
            for row in rows(content, self._config):
                found.append(row)  # noqa: PERF402 - what was read before the trouble stays
        except Unusable as error:
            trouble = error
        lines = told(name, found, self._config)
        if len(lines) > 1 and not any(line.entry for line in lines):
            trouble = Unusable(
                f"has {len(lines)} lines, and none of them can be read; the first is line "
                f"{lines[0].data['line']}",
                "Correct dates, decimal or columns in the settings of the connection.",
            )
            lines = ()
        return Reading(lines, trouble)

    def _record(self, identifier: str, data: Mapping[str, object]) -> RawRecord:
        return RawRecord(id=identifier, data=data, context=self._view, makes=_MAKES)


def _states(config: CsvFolderConfig) -> dict[str, str]:
    """The files by name, each with what changes when it is written to."""
    folder: Path = config.folder
    if not folder.is_dir():
        raise ConnectorError(
            f"There is no folder {folder}.", hint="Correct folder in the settings, or create it."
        )
    try:
        paths = [path for path in folder.glob(config.pattern) if path.is_file()]
        found = [(path.relative_to(folder).as_posix(), path.stat()) for path in paths]
    except OSError as error:
        raise TemporaryError("The folder cannot be read.", detail=str(error)) from error
    return {name: f"{stat.st_size}-{stat.st_mtime_ns}" for name, stat in found}
