"""The books as a source: which queries answer a flow, and what they hand over. Pure.

The first time documents are read by posting date, later whatever changed, however old it is. The
moments of change are QuickBooks' own: the newest ones read are where the next question begins.

Source: qbXML on-screen reference, queries with iterators; TxnDeletedQuery and ListDeletedQuery go
back 90 days.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import evolve

from subledger.model.kinds import (
    BILL,
    BILL_PAYMENT,
    CREDIT_MEMO,
    CUSTOMER,
    INVOICE,
    ITEM,
    PAYMENT,
    SALES_RECEIPT,
    VENDOR,
    VENDOR_CREDIT,
    Kind,
)
from subledger.ports import Question, RawRecord
from subledger_quickbooks_desktop.entries import KINDS
from subledger_quickbooks_desktop.position import Position
from subledger_quickbooks_desktop.wire.records import NAME, many

LISTS: Final[Mapping[Kind, str]] = {CUSTOMER: "Customer", VENDOR: "Vendor", ITEM: "Item"}
DOCUMENTS: Final[Mapping[Kind, tuple[str, ...]]] = {
    INVOICE: ("Invoice",),
    CREDIT_MEMO: ("CreditMemo",),
    SALES_RECEIPT: ("SalesReceipt",),
    BILL: ("Bill",),
    VENDOR_CREDIT: ("VendorCredit",),
    PAYMENT: ("ReceivePayment",),
    BILL_PAYMENT: ("BillPaymentCheck", "BillPaymentCreditCard"),
}
"""What is read, in QuickBooks' words, in the order in which the kinds depend on each other."""
_KIND_OF: Final = {
    **{word: kind for kind, word in LISTS.items()},
    **{word: kind for kind, words in DOCUMENTS.items() for word in words},
}
_DELETED_DOCUMENTS: Final = "TxnDeletedQueryRq"
_DELETED_ENTRIES: Final = "ListDeletedQueryRq"
_NOT_SOLD: Final = frozenset({"ItemSalesTax", "ItemSalesTaxGroup"})
"""Items of the list that are taxes."""
_AT_ONCE: Final = 100
"""ListIDs in one query."""
_NAMED: Final = (
    *(("CustomerRef", CUSTOMER), ("VendorRef", VENDOR), ("PayeeEntityRef", VENDOR)),
    ("ItemRef", ITEM),
)
_LINES: Final = (
    *("InvoiceLineRet", "InvoiceLineGroupRet", "CreditMemoLineRet", "CreditMemoLineGroupRet"),
    *("SalesReceiptLineRet", "SalesReceiptLineGroupRet"),
    *("ExpenseLineRet", "ItemLineRet", "ItemGroupLineRet"),
)


def requests(question: Question) -> Sequence[str]:
    """The queries that answer a question for records, in order; what was deleted comes last."""
    lists = [_query(LISTS[kind]) for kind in LISTS if kind in question.kinds & question.whole]
    documents = [_query(word) for word in _words(question)]
    return [
        *(*lists, *documents),
        *([_DELETED_DOCUMENTS] if documents else []),
        *([_DELETED_ENTRIES] if lists else []),
    ]


def _query(word: str) -> str:
    return f"{word}QueryRq"


def _word(name: str) -> str:
    return name.removesuffix("QueryRq")


def _words(question: Question) -> list[str]:
    """The documents that a question is for."""
    return [word for kind, words in DOCUMENTS.items() if kind in question.kinds for word in words]


def prepared(question: Question, position: Position) -> Position:
    """The position with what the next request is about."""
    since = position.since or (question.since.isoformat() if question.since else "")
    return evolve(position, since=since, asked=len(_chunk(position)))


def _chunk(position: Position) -> list[str]:
    """ListIDs of one list that are to be asked for next."""
    numbers: list[str] = []
    for name, number in position.pending[:_AT_ONCE]:
        if name != position.pending[0][0]:
            break
        numbers.append(number)
    return numbers


def named_entries(position: Position) -> tuple[str, Mapping[str, Any]] | None:
    """The query for entries that documents named; None where there are none."""
    if not position.asked:
        return None
    return position.pending[0][0], {"ListID": _chunk(position)}


def fields(name: str, question: Question, position: Position, since: str) -> dict[str, Any]:
    """The fields of one of the queries; ``since`` is the moment from which changes are read."""
    if name == _DELETED_DOCUMENTS:
        return {"TxnDelType": _words(question), **_deleted_since(since)}
    if name == _DELETED_ENTRIES:
        kinds = question.kinds & question.whole & LISTS.keys()
        words = [word for word, kind in KINDS.items() if kind in kinds]
        return {"ListDelType": words, **_deleted_since(since)}
    if _word(name) in LISTS.values():
        return {"ActiveStatus": "All", "FromModifiedDate": since or None}
    if since:
        period = {"ModifiedDateRangeFilter": {"FromModifiedDate": since}}
    else:  # no last date: what is dated ahead is read later as well, when it changes
        period = {"TxnDateRangeFilter": {"FromTxnDate": position.since}} if position.since else {}
    return {**period, "IncludeLineItems": "true"}


def _deleted_since(since: str) -> Mapping[str, Any]:
    return {"DeletedDateRangeFilter": {"FromDeletedDate": since}} if since else {}


def raw_records(name: str, records: Iterable[Mapping[str, Any]]) -> list[RawRecord]:
    """The records of an answer, and the traces of deleted ones."""
    found = (_raw(name, record) for record in records)
    return [raw for raw in found if raw is not None]


def _raw(name: str, record: Mapping[str, Any]) -> RawRecord | None:
    if name == _DELETED_DOCUMENTS:
        kind, number = _KIND_OF.get(str(record.get("TxnDelType", ""))), record.get("TxnID")
    elif name == _DELETED_ENTRIES:
        kind, number = KINDS.get(str(record.get("ListDelType", ""))), record.get("ListID")
    else:
        kind, number = _KIND_OF[_word(name)], record.get("TxnID") or record.get("ListID")
    if kind is None or not number or str(record.get(NAME, "")).removesuffix("Ret") in _NOT_SOLD:
        return None
    return RawRecord(id=str(number), data=record, makes=frozenset({kind}))


def with_named(
    position: Position, question: Question, name: str, records: Iterable[Mapping[str, Any]]
) -> Position:
    """The position with the entries still to ask for that the records of an answer name."""
    wanted = question.kinds & LISTS.keys() - question.whole
    if not wanted:
        return position
    pairs = (
        (_query(LISTS[kind]), number)
        for record in records
        for kind, number in _named(name, record)
        if kind in wanted and number
    )
    pending = tuple(dict.fromkeys((*position.pending, *pairs)))
    return position if pending == position.pending else evolve(position, pending=pending)


def _named(name: str, record: Mapping[str, Any]) -> Iterator[tuple[Kind, str]]:
    """The parties and items that a record names; of a customer, the one that it belongs to."""
    if name == _query(LISTS[CUSTOMER]):
        yield CUSTOMER, _number(record, "ParentRef")
    elif _word(name) not in LISTS.values():
        yield from _named_in(record)


def _named_in(record: Mapping[str, Any]) -> Iterator[tuple[Kind, str]]:
    for field, kind in _NAMED:
        yield kind, _number(record, field)
    for field in _LINES:
        for line in many(record, field):
            yield from _named_in(line)


def _number(record: Mapping[str, Any], field: str) -> str:
    value = record.get(field)
    return str(value.get("ListID", "")) if isinstance(value, Mapping) else ""


def concluded(question: Question, position: Position, newest: str, *, failed: bool) -> Position:
    """The position after a whole request was answered, or was not answered at all.

    Where named entries could not be read, their documents have to be read once more.
    """
    names = requests(question)
    if position.asked:
        again = names if failed else ()
        rest = position.pending[position.asked :]
        return evolve(position, pending=rest, asked=0, failed=(*position.failed, *again))
    name = names[position.step]
    newest = max(newest, position.newest)
    found = {**position.found, **({name: newest} if newest else {})}
    return evolve(
        position,
        step=position.step + 1,
        iterator="",
        newest="",
        seen=0,
        left=0,
        found=position.found if failed else found,
        failed=(*position.failed, name) if failed else position.failed,
    )


def cursor(position: Position) -> str:
    """Where the flow's next question begins; what failed is read from the old mark again."""
    moved = {
        name: max(mark, position.marks.get(name, ""))
        for name, mark in position.found.items()
        if name not in position.failed
    }
    return Position(since=position.since, marks={**position.marks, **moved}).text()
