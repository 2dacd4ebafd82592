"""A long answer of QuickBooks, read while it arrives and stored in pieces."""

from collections.abc import Mapping
from typing import Final

from attrs import define, evolve, field

from subledger_quickbooks_desktop.calls import Calls
from subledger_quickbooks_desktop.wire import soap
from subledger_quickbooks_desktop.wire.qbxml import Answer, AnswerStream, Row

_BATCH: Final = 100
"""Rows stored at once; the one writer has nothing else to do meanwhile."""


@define
class LongAnswer:
    """A receiveResponseXML that is read while it arrives."""

    calls: Calls
    envelope: soap.Envelope = field(init=False)
    _answer: AnswerStream = field(factory=AnswerStream, init=False)
    _rows: list[Row] = field(factory=list, init=False)
    _any: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        self.envelope = soap.Envelope(self._text)

    def _text(self, piece: bytes) -> None:
        self._any = True
        self._rows.extend(self._answer.feed(piece))

    async def feed(self, chunk: bytes) -> None:
        """Reads the next bytes, and stores rows once there are enough."""
        first = not self._any
        self.envelope.feed(chunk)
        if first and self._any:
            await self._known()
        if len(self._rows) >= _BATCH:
            await self._store()

    async def _known(self) -> None:
        """Refuses a long body early where its ticket is not ours."""
        await self.calls.store_rows(self.envelope.arguments, [])

    async def _store(self) -> None:
        rows, self._rows = self._rows, []
        await self.calls.store_rows(self.envelope.arguments, rows)

    async def finish(self, arguments: Mapping[str, str]) -> int:
        """The last step: everything has arrived."""
        if not self._any:
            return await self.calls.received(arguments, None)
        answer, last = self._answer.close()
        self._rows.extend(last)
        answer = _with_rows(answer, self._rows)
        return await self.calls.received(arguments, answer)


def _with_rows(answer: Answer, rows: list[Row]) -> Answer:
    """The rows that are not stored yet, as the records of the last result."""
    if not answer.results:
        return answer
    *others, last = answer.results
    records = tuple(row.record for row in rows)
    return evolve(answer, results=(*others, evolve(last, records=records)))
