"""Questions to the books as qbXML queries, one after another. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import evolve
from lxml import etree

from subledger.ports import BookDocument, BookEntry, Query, Question
from subledger_quickbooks_desktop import reading_documents, reading_records
from subledger_quickbooks_desktop.entries import KINDS, deleted_entry, entry_of
from subledger_quickbooks_desktop.interpret import document_of
from subledger_quickbooks_desktop.position import Position, position_of
from subledger_quickbooks_desktop.wire import qbxml, schema
from subledger_quickbooks_desktop.wire.qbxml import Result
from subledger_quickbooks_desktop.wire.statuses import Fate, Verdict, fate_of_status

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


def steps(question: Question) -> Sequence[str]:
    """The requests that answer a question, in order."""
    if question.query is Query.LISTS:
        return (*_LISTS, _DELETED_LISTS)
    if question.query is Query.RECORDS:
        return reading_records.requests(question)
    return reading_documents.requests(position_of(question).account_type)


def request(
    question: Question, watermarks: Mapping[str, str], page_size: int, request_id: str
) -> etree._Element:
    """The next request of a question. ``watermarks`` are newest change times by request name."""
    position = position_of(question)
    attributes = {"requestID": request_id}
    named = reading_records.named_entries(position)
    if named is not None:
        return qbxml.build(named[0], named[1], **attributes)
    name = steps(question)[position.step]
    if question.query is Query.LISTS:
        fields = _list_fields(name, watermarks)
    elif question.query is Query.RECORDS:
        since = _overlapping(position.marks.get(name, ""))
        fields = reading_records.fields(name, question, position, since)
    else:
        fields = reading_documents.fields(name, question)
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


def is_over(question: Question, position: Position) -> bool:
    """Whether a question is answered."""
    return not position.pending and position.step >= len(steps(question))


def cursor(question: Question, position: Position) -> str | None:
    """Where the next question of the same flow begins; None for questions of nobody."""
    return reading_records.cursor(position) if question.query is Query.RECORDS else None


def verdict_on(result: Result) -> Verdict:
    """What the status of an answer to a query means."""
    return fate_of_status(result.status_code, result.severity, result.message, is_write=False)


def advance(question: Question, result: Result, newest: str) -> Position:
    """The position after an answer.

    A dead iterator (status 3391) starts its request again: what was read twice is stored once.
    """
    position = position_of(question)
    fate = verdict_on(result).fate
    if fate is Fate.REFRESH and position.iterator and not position.asked:
        return evolve(position, iterator="")
    if result.remaining and result.iterator_id:
        return evolve(
            position,
            iterator=result.iterator_id,
            newest=max(newest, position.newest),
            seen=position.seen + result.count,
            left=result.remaining,
        )
    return following(question, newest, failed=fate not in (Fate.OK, Fate.EMPTY))


def following(question: Question, newest: str = "", *, failed: bool) -> Position:
    """The position of a question's next request; ``failed`` where this one has no answer."""
    position = position_of(question)
    if question.query is Query.RECORDS:
        return reading_records.concluded(question, position, newest, failed=failed)
    return Position(step=position.step + 1, account_type=position.account_type)


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
