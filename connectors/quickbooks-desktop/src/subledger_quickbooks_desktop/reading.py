"""Questions to the books as qbXML queries, and their answers as list entries and documents. Pure.

A question takes several requests, one after another; its position is a small JSON text that says
which request is next and which iterator it continues.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve, frozen
from lxml import etree

from subledger.model import Reference
from subledger.model.kinds import ACCOUNT, CLASS, CUSTOMER, ITEM, VENDOR, Kind
from subledger.model.marker import parse_marker
from subledger.money import Money
from subledger.ports import BookDocument, BookEntry, Query, Question
from subledger_quickbooks_desktop.interpret import document_of, memo_of, register_amount
from subledger_quickbooks_desktop.wire import qbxml
from subledger_quickbooks_desktop.wire.qbxml import Result
from subledger_quickbooks_desktop.wire.statuses import Fate, fate_of_status

_LISTS = ("AccountQueryRq", "ClassQueryRq", "CustomerQueryRq", "VendorQueryRq", "ItemQueryRq")
_DELETED_LISTS = "ListDeletedQueryRq"
_DOCUMENTS = (
    "CheckQueryRq",
    "DepositQueryRq",
    "CreditCardChargeQueryRq",
    "CreditCardCreditQueryRq",
    "JournalEntryQueryRq",
    "TransferQueryRq",
)
_DELETED_DOCUMENTS = "TxnDeletedQueryRq"
_ITERATES = frozenset({"CustomerQueryRq", "VendorQueryRq", "ItemQueryRq", *_DOCUMENTS})
_DELETED_TYPES: Mapping[str, Kind] = {
    "Account": ACCOUNT,
    "Class": CLASS,
    "Customer": CUSTOMER,
    "Vendor": VENDOR,
    "ItemService": ITEM,
    "ItemNonInventory": ITEM,
    "ItemOtherCharge": ITEM,
}
_DOCUMENT_TYPES = ("Check", "CreditCardCharge", "CreditCardCredit", "Deposit", "JournalEntry")
_KINDS: Mapping[str, Kind] = {
    "Account": ACCOUNT,
    "Class": CLASS,
    "Customer": CUSTOMER,
    "Vendor": VENDOR,
}
_OVERLAP = dt.timedelta(hours=2)
"""Changed-since windows overlap: QuickBooks' clock is local and shifts with daylight saving."""


@frozen(kw_only=True)
class Position:
    """Where a question stands: the number of its request, and the iterator it continues."""

    step: int = 0
    iterator: str = ""
    newest: str = ""
    seen: int = 0
    left: int = 0

    def text(self) -> str:
        """The position as the kernel stores it."""
        return json.dumps([self.step, self.iterator, self.newest, self.seen, self.left])


def position_of(question: Question) -> Position:
    """The position of a question; the start for a new one."""
    if not question.position:
        return Position()
    step, iterator, newest, seen, left = json.loads(question.position)
    return Position(step=step, iterator=iterator, newest=newest, seen=seen, left=left)


def steps(question: Question) -> Sequence[str]:
    """The requests that answer a question, in order."""
    if question.query is Query.LISTS:
        return (*_LISTS, _DELETED_LISTS)
    return (*_DOCUMENTS, _DELETED_DOCUMENTS)


def request(
    question: Question, watermarks: Mapping[str, str], page_size: int, request_id: str
) -> etree._Element:
    """The next request of a question. ``watermarks`` are newest change times by request name."""
    position = position_of(question)
    name = steps(question)[position.step]
    if question.query is Query.LISTS:
        fields = _list_fields(name, watermarks)
    else:
        fields = _document_fields(name, question)
    attributes = {"requestID": request_id}
    if name in _ITERATES:
        fields = {"MaxReturned": str(page_size), **fields}
        attributes["iterator"] = "Continue" if position.iterator else "Start"
        if position.iterator:
            attributes["iteratorID"] = position.iterator
    return qbxml.build(name, fields, **attributes)


def _list_fields(name: str, watermarks: Mapping[str, str]) -> dict[str, Any]:
    since = _overlapping(watermarks.get(name, ""))
    if name == _DELETED_LISTS:
        fields: dict[str, Any] = {"ListDelType": list(_DELETED_TYPES)}
        if since:
            fields["DeletedDateRangeFilter"] = {"FromDeletedDate": since}
        return fields
    return {"ActiveStatus": "All", "FromModifiedDate": since or None}


def _document_fields(name: str, question: Question) -> dict[str, Any]:
    if name == _DELETED_DOCUMENTS:
        return {"TxnDelType": list(_DOCUMENT_TYPES)}
    fields: dict[str, Any] = {}
    if question.since and question.until:
        fields["TxnDateRangeFilter"] = {
            "FromTxnDate": question.since.isoformat(),
            "ToTxnDate": question.until.isoformat(),
        }
    if question.account and name != "TransferQueryRq":
        fields["AccountFilter"] = {"FullName": question.account}
    if name != "TransferQueryRq":
        fields["IncludeLineItems"] = "true"
    return fields


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
    following = position.step + 1
    return Position(step=following) if following < len(steps(question)) else None


def newest_change(records: Sequence[Mapping[str, Any]]) -> str:
    """The latest ``TimeModified`` (or ``TimeDeleted``) of some records, as QuickBooks wrote it."""
    stamps = (str(r.get("TimeModified") or r.get("TimeDeleted") or "") for r in records)
    return max((stamp[:19] for stamp in stamps), default="")


def entries_of(request_name: str, records: Sequence[Mapping[str, Any]]) -> list[BookEntry]:
    """List entries of a list query's records."""
    if request_name == _DELETED_LISTS:
        return [
            BookEntry(
                kind=_DELETED_TYPES[str(record["ListDelType"])],
                id=str(record["ListID"]),
                name=str(record.get("FullName", "")),
                active=False,
                subtype="deleted",
            )
            for record in records
            if record.get("ListDelType") in _DELETED_TYPES
        ]
    kind = _KINDS.get(document_of(request_name), ITEM)
    return [_entry(kind, record) for record in records if record.get("ListID")]


def _entry(kind: Kind, record: Mapping[str, Any]) -> BookEntry:
    return BookEntry(
        kind=kind,
        id=str(record["ListID"]),
        name=str(record.get("FullName") or record.get("Name") or ""),
        active=record.get("IsActive", "true") != "false",
        subtype=str(record.get("AccountType", "")),
        guard=str(record.get("EditSequence", "")),
    )


def documents_of(
    request_name: str, records: Sequence[Mapping[str, Any]], question: Question
) -> list[BookDocument]:
    """Documents of a document query's records that touch the question's account."""
    if request_name == _DELETED_DOCUMENTS:
        return [_deleted(record, question.account) for record in records if record.get("TxnID")]
    kind = document_of(request_name)
    account = Reference(kind=ACCOUNT, name=question.account)
    found = (_document(kind, record, account) for record in records if record.get("TxnID"))
    return [document for document in found if document is not None]


def _document(kind: str, record: Mapping[str, Any], account: Reference) -> BookDocument | None:
    if kind == "Transfer" and not _touches(record, account):
        return None
    amount = register_amount(kind, record, account) or Money(0)
    memo = memo_of(kind, record)
    party = record.get("PayeeEntityRef")
    return BookDocument(
        type=kind,
        id=str(record["TxnID"]),
        date=dt.date.fromisoformat(str(record.get("TxnDate", "1970-01-01"))[:10]),
        account=account.name,
        amount=amount,
        guard=str(record.get("EditSequence", "")),
        key=parse_marker(memo) or "",
        number=str(record.get("RefNumber", "")),
        memo=memo,
        party=str(party.get("FullName", "")) if isinstance(party, Mapping) else "",
    )


def _touches(record: Mapping[str, Any], account: Reference) -> bool:
    names = (
        record.get(side, {}).get("FullName", "")
        for side in ("TransferFromAccountRef", "TransferToAccountRef")
    )
    return any(str(name).casefold() == account.name.casefold() for name in names)


def _deleted(record: Mapping[str, Any], account: str) -> BookDocument:
    return BookDocument(
        type=str(record.get("TxnDelType", "")),
        id=str(record["TxnID"]),
        date=dt.date.fromisoformat(str(record.get("TimeDeleted", "1970-01-01"))[:10]),
        account=account,
        amount=Money(0),
        number=str(record.get("RefNumber", "")),
        deleted=True,
    )
