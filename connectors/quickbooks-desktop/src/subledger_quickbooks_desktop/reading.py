"""Questions to the books as qbXML queries, one after another. Pure.

A question's position is a small JSON text that says which request is next and which iterator it
continues.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import evolve, frozen
from lxml import etree

from subledger.ports import BookDocument, BookEntry, Query, Question
from subledger_quickbooks_desktop import reading_documents
from subledger_quickbooks_desktop.entries import KINDS, deleted_entry, entry_of
from subledger_quickbooks_desktop.interpret import document_of
from subledger_quickbooks_desktop.wire import qbxml, schema
from subledger_quickbooks_desktop.wire.qbxml import Result
from subledger_quickbooks_desktop.wire.statuses import Fate, fate_of_status

_LISTS: Final = (
    "AccountQueryRq",
    "ClassQueryRq",
    "CustomerQueryRq",
    "VendorQueryRq",
    "ItemQueryRq",
    "SalesTaxCodeQueryRq",
    "TermsQueryRq",
    "PaymentMethodQueryRq",
)
_DELETED_LISTS: Final = "ListDeletedQueryRq"
_OVERLAP: Final = dt.timedelta(hours=2)
"""Changed-since windows overlap: QuickBooks' clock is local and shifts with daylight saving."""


@frozen(kw_only=True)
class Position:
    """Where a question stands: the number of its request, and the iterator it continues.

    ``account_type`` is that of the question's account, which decides the requests.
    """

    step: int = 0
    iterator: str = ""
    newest: str = ""
    seen: int = 0
    left: int = 0
    account_type: str = ""

    def text(self) -> str:
        """The position as the kernel stores it."""
        values = [self.step, self.iterator, self.newest, self.seen, self.left]
        return json.dumps([*values, self.account_type] if self.account_type else values)


def position_of(question: Question) -> Position:
    """The position of a question; the start for a new one."""
    if not question.position:
        return Position()
    step, iterator, newest, seen, left, *rest = json.loads(question.position)
    account_type = rest[0] if rest else ""
    return Position(
        step=step,
        iterator=iterator,
        newest=newest,
        seen=seen,
        left=left,
        account_type=account_type,
    )


def steps(question: Question) -> Sequence[str]:
    """The requests that answer a question, in order."""
    if question.query is Query.LISTS:
        return (*_LISTS, _DELETED_LISTS)
    return reading_documents.requests(position_of(question).account_type)


def request(
    question: Question, watermarks: Mapping[str, str], page_size: int, request_id: str
) -> etree._Element:
    """The next request of a question. ``watermarks`` are newest change times by request name."""
    position = position_of(question)
    name = steps(question)[position.step]
    if question.query is Query.LISTS:
        fields = _list_fields(name, watermarks)
    else:
        fields = reading_documents.fields(name, question)
    attributes = {"requestID": request_id}
    if "iterator" in _attributes(name):
        fields = {"MaxReturned": str(page_size), **fields}
        attributes["iterator"] = "Continue" if position.iterator else "Start"
        if position.iterator:
            attributes["iteratorID"] = position.iterator
    return qbxml.build(name, fields, **attributes)


def _attributes(name: str) -> Mapping[str, Any]:
    place = schema.request(name)
    return schema.content(place.kind).attributes if place else {}


def _list_fields(name: str, watermarks: Mapping[str, str]) -> dict[str, Any]:
    since = _overlapping(watermarks.get(name, ""))
    if name == _DELETED_LISTS:
        fields: dict[str, Any] = {"ListDelType": list(KINDS)}
        if since:
            fields["DeletedDateRangeFilter"] = {"FromDeletedDate": since}
        return fields
    return {"ActiveStatus": "All", "FromModifiedDate": since or None}


def _overlapping(newest: str) -> str:
    """A naive local time, some hours before the newest change seen; QuickBooks' offsets lie."""
    if not newest:
        return ""
    return (dt.datetime.fromisoformat(newest[:19]) - _OVERLAP).isoformat()


def advance(question: Question, result: Result, newest: str) -> Position | None:
    """The position after an answer; None when the question is answered.

    A dead iterator (status 3391) starts its request again: what was read twice is stored once.
    """
    position = position_of(question)
    newest = max(newest, position.newest)
    verdict = fate_of_status(result.status_code, result.severity, result.message, is_write=False)
    if verdict.fate is Fate.REFRESH:
        return evolve(position, iterator="")
    if result.remaining and result.iterator_id:
        return evolve(
            position,
            iterator=result.iterator_id,
            newest=newest,
            seen=position.seen + result.count,
            left=result.remaining,
        )
    return following(question)


def following(question: Question) -> Position | None:
    """The position of a question's next request; None when there is none."""
    position = position_of(question)
    step = position.step + 1
    if step >= len(steps(question)):
        return None
    return Position(step=step, account_type=position.account_type)


def newest_change(records: Sequence[Mapping[str, Any]]) -> str:
    """The latest ``TimeModified`` (or ``TimeDeleted``) of some records, as QuickBooks wrote it."""
    stamps = (str(r.get("TimeModified") or r.get("TimeDeleted") or "") for r in records)
    return max((stamp[:19] for stamp in stamps), default="")


def entries_of(request_name: str, records: Sequence[Mapping[str, Any]]) -> list[BookEntry]:
    """List entries of a list query's records."""
    if request_name == _DELETED_LISTS:
        found = [deleted_entry(record) for record in records]
    else:
        sort = document_of(request_name)
        found = [entry_of(sort, record) for record in records]
    return [entry for entry in found if entry is not None]


def documents_of(
    request_name: str, records: Sequence[Mapping[str, Any]], question: Question
) -> list[BookDocument]:
    """Documents of a document query's records that touch the question's account."""
    kind = document_of(request_name)
    return reading_documents.documents(kind, records, question.account)
