"""A long answer of QuickBooks, read while it arrives and stored in pieces."""

from collections.abc import Mapping
from typing import Final

from attrs import define, evolve, field

from subledger_quickbooks_desktop.calls import Calls
from subledger_quickbooks_desktop.wire import soap
from subledger_quickbooks_desktop.wire.qbxml import Answer, AnswerStream, Row

_BATCH: Final = 32
"""Rows stored at once; the one writer has nothing else to do meanwhile."""


@define
class LongAnswer:
    """A receiveResponseXML that is read while it arrives."""

    calls: Calls
    envelope: soap.Envelope = field(init=False)
    _text: list[bytes] = field(factory=list, init=False)
    _answer: AnswerStream | None = field(default=None, init=False)
    _rows: list[Row] = field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        self.envelope = soap.Envelope(self._text.append)

    async def feed(self, chunk: bytes) -> None:
        """Reads the next bytes, and stores rows once there are enough."""
        self.envelope.feed(chunk)
        if not self._text:
            return
        if self._answer is None:
            self._answer = await self._begin()
        for piece in self._text:
            self._rows.extend(self._answer.feed(piece))
        self._text.clear()
        if len(self._rows) >= _BATCH:
            await self._store()

    async def _begin(self) -> AnswerStream:
        """Refuses a long body early where its ticket is not ours.

        A stream that knows what was asked looks only at the records, not at each of their fields.
        """
        request = await self.calls.asked(self.envelope.arguments)
        return AnswerStream([request] if request else ())

    async def _store(self) -> None:
        rows, self._rows = self._rows, []
        await self.calls.store_rows(self.envelope.arguments, rows)

    async def finish(self, arguments: Mapping[str, str]) -> int:
        """The last step: everything has arrived."""
        if self._answer is None:
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
