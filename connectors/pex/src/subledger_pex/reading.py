"""Reads a window of transactions: both lists, whole, with receipts where they are wanted."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from subledger.errors import RecordRejected
from subledger.model.kinds import CARD_TRANSACTION, DEPOSIT, FEE, TRANSFER
from subledger.ports import ExtractRequest, RawRecord
from subledger_pex import errors
from subledger_pex.client import PexClient
from subledger_pex.config import PexConfig
from subledger_pex.frame import Frame
from subledger_pex.transaction import posting_date
from subledger_pex.wire import requests
from subledger_pex.wire.enums import APPROVAL, TRANSACTION_TYPE, name_of
from subledger_pex.wire.requests import Request

Row = Mapping[str, Any]
Build = Callable[[dt.date, dt.date], Request]

_CARDS: Final = frozenset({CARD_TRANSACTION, FEE})
_BUSINESS: Final = frozenset({CARD_TRANSACTION, FEE, TRANSFER, DEPOSIT})
_AT_ONCE: Final = 4


class TransactionReader:
    """The transactions of one run, for its kinds and posting dates."""

    def __init__(
        self, config: PexConfig, client: PexClient, request: ExtractRequest, view: Frame
    ) -> None:
        self._config = config
        self._client = client
        self._request = request
        self._view = view
        self._last: Sequence[Row] | None = None

    async def read(self, since: dt.date, until: dt.date) -> list[RawRecord]:
        """The records that PEX files under these days, oldest posting date first, no id twice."""
        dated: dict[str, tuple[dt.date, Row]] = {}
        for build in self._lists():
            for row in await self._list(build, since, until):
                date = self._posting_date(row)
                if date is None or self._request.since <= date <= self._request.until:
                    dated[identifier(row, "TransactionId")] = (date or since, row)
        rows = [row for _, row in sorted(dated.values(), key=lambda pair: pair[0])]
        return [record async for record in self._records(rows)]

    def _lists(self) -> Iterator[Build]:
        pending, bills = self._config.include_pending, self._config.bills
        if self._request.kinds & _BUSINESS:
            yield partial(requests.business_transactions, pending=pending)
        if self._request.kinds & _CARDS:
            yield partial(requests.cardholder_transactions, pending=pending, bills=bills)

    async def _list(self, build: Build, since: dt.date, until: dt.date) -> Sequence[Row]:
        """One list's rows; a window is halved where PEX tells of more rows than it sent."""
        query = build(since, until)
        rows, total = await self._ask(query)
        if rows == self._last:
            # the answer before, given once more, looks like this; so do two empty lists
            rows, total = await self._ask(query)
            if rows and rows == self._last:
                raise errors.unreadable(query.path)
        self._last = rows
        if total <= len(rows):
            return rows
        self._last = None  # half of a window may well begin with the same rows
        if since == until:
            raise errors.incomplete(since, len(rows), total)
        middle = since + (until - since) // 2
        return [
            *await self._list(build, since, middle),
            *await self._list(build, middle + dt.timedelta(days=1), until),
        ]

    async def _ask(self, query: Request) -> tuple[Sequence[Row], int]:
        answer = await self._client.get_object(query)
        rows = self._client.expect_rows(query, answer.get("TransactionList"))
        return rows, int((answer.get("Pages") or {}).get("TotalItems") or 0)

    def _posting_date(self, row: Row) -> dt.date | None:
        """The row's posting date; None where it cannot be read, so that the row is kept."""
        try:
            return posting_date(row, self._view)
        except RecordRejected:
            return None

    async def _records(self, rows: Sequence[Row]) -> AsyncIterator[RawRecord]:
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            answers = await asyncio.gather(
                *(self._attachments(row) for row in some), return_exceptions=True
            )
            for row, answer in zip(some, answers, strict=True):
                if isinstance(answer, BaseException):
                    raise answer
                data = (
                    {"Transaction": row, "Attachments": answer} if answer else {"Transaction": row}
                )
                yield RawRecord(id=identifier(row, "TransactionId"), data=data)

    async def _attachments(self, row: Row) -> Sequence[Row]:
        """What is attached to a settled purchase, where receipts are wanted."""
        if (
            self._config.receipts != "link"
            or row.get("IsPending")
            or name_of(row.get("TransactionType"), TRANSACTION_TYPE) != "Network"
            or name_of(row.get("MetadataApprovalStatus"), APPROVAL) == "NoReceipt"
        ):
            return []
        query = requests.attachments(identifier(row, "TransactionId"))
        try:
            answer = await self._client.get_object(query)
        except errors.NotThere:
            return []
        return self._client.expect_rows(query, answer.get("Attachments") or [])


def identifier(row: Row, name: str) -> str:
    """The identifier of a row. Raises ConnectorError for a row without one."""
    value = row.get(name)
    if value in (None, ""):
        raise errors.unexpected(name)
    return str(value)
