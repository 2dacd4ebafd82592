"""The connector to the invented books: a kernel-driven sink in its smallest complete form."""

import datetime as dt
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

from attrs import frozen

from subledger.errors import RecordRejected, TemporaryError
from subledger.findings import Finding
from subledger.manifest import (
    Capability,
    Direction,
    Frequency,
    Manifest,
    Operation,
    Recovery,
    Role,
)
from subledger.model import PAID_AT_ONCE, Item, Party, kinds
from subledger.model.kinds import Kind
from subledger.money import Money
from subledger.ports import (
    BookDocument,
    BookEntry,
    Context,
    Delivery,
    Outcome,
    Posted,
    Query,
    Question,
    Refused,
    SinkType,
    Unknown,
)
from subledger.runtime import HttpResponse
from subledger.testing.invented.render import fit_name, preview, render
from subledger.testing.invented.source import InventedConfig, content

_READ: Final = {Operation.READ}
_ENTRY: Final = {*_READ, Operation.CREATE, Operation.UPDATE}
_DOCUMENT: Final = {Operation.CREATE, Operation.UPDATE, Operation.DELETE, *_READ}
_SHAPES: Final = {
    "entries": ("kind", "name", "active", "email"),
    "documents": ("type", "amount", "account"),
}
_REFUSED: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
_CATEGORIES: Final = {
    "name_taken": "name_conflict",
    "closed": "closed_period",
    "deleted": "missing_in_books",
    "stale": "changed_in_books",
}
"""Category of a finding by the books' own code; validation for the others."""


@frozen
class InventedSink:
    """Writes one document at a time; a write that is repeated with its key is made once."""

    config: InventedConfig
    context: Context

    async def check(self) -> Sequence[str]:
        """Proves that the token works, and says whose books they are."""
        return (f"These are the books of {(await self._get('company', 'name'))['name']}.",)

    async def deliver(self, deliveries: Sequence[Delivery]) -> Sequence[Outcome]:
        """Writes what is handed over, one after the other."""
        return [await self._write(delivery) for delivery in deliveries]

    async def find(self, delivery: Delivery) -> Outcome:
        """Repeats the write under its key: the books answer as the first time."""
        return await self._write(delivery)

    async def read(
        self, question: Question
    ) -> AsyncIterator[tuple[Sequence[BookEntry], Sequence[BookDocument]]]:
        """All lists, or the documents of a period."""
        if question.query is Query.LISTS:
            yield [_entry(row) for row in (await self._get("entries", "entries"))["entries"]], ()
            return
        limits = {"since": question.since, "until": question.until, "account": question.account}
        asked = {name: str(value) for name, value in limits.items() if value}
        found = await self._get("documents", "documents", params=asked)
        yield (), [_document(row) for row in found["documents"]]

    async def closing_date(self) -> dt.date | None:
        """The last day of the closed period."""
        closed = (await self._get("company", "closed"))["closed"]
        return dt.date.fromisoformat(closed) if closed else None

    async def _write(self, delivery: Delivery) -> Outcome:
        try:
            request = render(delivery)
        except RecordRejected as error:
            return Refused(finding=_finding(error.category, delivery, error.message))
        try:
            response = await self.context.runtime.http(
                request.method,
                f"{self.config.url}/{request.path}",
                headers={**self._headers(), "Idempotency-Key": delivery.attempt_key},
                body=json.dumps(request.body).encode(),
            )
            if response.status in _REFUSED:
                return _refused(delivery, content(response, "code", "error"))
            if response.status == HTTPStatus.TOO_MANY_REQUESTS:
                return _later(delivery, response)
            row = content(response, "id", "version", *_SHAPES[request.table])
            return _posted(delivery, row, request.warnings)
        except TemporaryError as error:  # it may have been written: find() tells
            return Unknown(error.message)

    async def _get(
        self, path: str, *fields: str, params: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        response = await self.context.runtime.http(
            "GET", f"{self.config.url}/{path}", headers=self._headers(), params=params
        )
        return content(response, *fields)

    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.config.token.reveal()}"}


def _finding(category: str, delivery: Delivery, message: str) -> Finding:
    return Finding(
        category=category, subject=f"{delivery.kind} {delivery.entity.id}", message=message
    )


def _refused(delivery: Delivery, told: Mapping[str, str]) -> Refused:
    category = _CATEGORIES.get(told["code"], "validation")
    return Refused(finding=_finding(category, delivery, told["error"]), code=told["code"])


def _later(delivery: Delivery, response: HttpResponse) -> Refused:
    wait = response.headers.get("retry-after", "")
    finding = _finding("rate_limited", delivery, "The books ask us to slow down.")
    return Refused(finding=finding, again=float(wait) if wait.isdecimal() else 60.0)


def _posted(delivery: Delivery, row: Mapping[str, Any], warnings: tuple[Finding, ...]) -> Posted:
    if isinstance(delivery.entity, Party | Item):
        entry = _entry(row)
        return Posted(type=row["kind"], id=row["id"], guard=entry.guard, entry=entry)
    if delivery.operation is Operation.DELETE:
        return Posted(type=row["type"], id=row["id"])
    return Posted(
        type=row["type"],
        id=row["id"],
        guard=str(row["version"]),
        amount=Money.of(row["amount"]) if row["account"] else None,
        account=row["account"],
        warnings=warnings,
    )


def _entry(row: Mapping[str, Any]) -> BookEntry:
    return BookEntry(
        kind=Kind(row["kind"]),
        id=row["id"],
        name=row["name"],
        active=row["active"],
        guard=str(row["version"]),
        email=row["email"],
    )


def _document(row: Mapping[str, Any]) -> BookDocument:
    return BookDocument(
        type=row["type"],
        id=row["id"],
        date=dt.date.fromisoformat(row["date"]),
        account=row["account"],
        amount=Money.of(row["amount"]),
        guard=str(row["version"]),
        key=row["marker"],
        number=row["number"],
        memo=row["memo"],
        party=row["party"],
    )


@asynccontextmanager
async def opened(config: InventedConfig, context: Context) -> AsyncIterator[InventedSink]:
    """A sink for one connection."""
    yield InventedSink(config, context)


INVENTED_LEDGER: Final = SinkType(
    manifest=Manifest(
        name="invented-ledger",
        title="Invented ledger",
        api=2,
        direction=Direction.SINK,
        roles=(Role.GENERAL_LEDGER,),
        kinds={
            **dict.fromkeys(
                (kinds.ACCOUNT, kinds.CLASS, kinds.TAX_CODE, kinds.TERMS, kinds.PAYMENT_METHOD),
                _READ,
            ),
            **dict.fromkeys((*kinds.PARTIES, kinds.ITEM), _ENTRY),
            **dict.fromkeys(
                (
                    *(kinds.CARD_TRANSACTION, kinds.FEE, kinds.TRANSFER, kinds.DEPOSIT),
                    *(kinds.INVOICE, kinds.CREDIT_MEMO, kinds.PAYMENT, kinds.REFUND),
                    *(kinds.BILL, kinds.VENDOR_CREDIT, kinds.BILL_PAYMENT, kinds.PURCHASE_ORDER),
                    *PAID_AT_ONCE,
                ),
                _DOCUMENT,
            ),
        },
        frequency=Frequency(default=dt.timedelta(minutes=5), minimum=dt.timedelta(minutes=1)),
        capabilities=(Capability.UPDATE_GUARD, Capability.READ_BACK),
        recovery=Recovery.KEYED,
        limits=("Terms and payment methods are known, but no document keeps them.",),
    ),
    config=InventedConfig,
    preview=preview,
    open=opened,
    fit_name=fit_name,
)
"""A general ledger."""
