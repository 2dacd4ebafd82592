"""The documents of an account: which queries find them, and what they say. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from subledger.model import Reference
from subledger.model.kinds import ACCOUNT
from subledger.model.marker import parse_marker
from subledger.money import Money
from subledger.ports import BookDocument, Question
from subledger_quickbooks_desktop.amounts import memo_of, party_of, register_amount, touches
from subledger_quickbooks_desktop.guards import guard_of
from subledger_quickbooks_desktop.wire import schema

_MONEY: Final = (
    "Check",
    "Deposit",
    "CreditCardCharge",
    "CreditCardCredit",
    "JournalEntry",
    "Transfer",
)
_ON: Final[Mapping[str, tuple[str, ...]]] = {
    "AccountsReceivable": (
        *("Invoice", "CreditMemo", "ReceivePayment", "ARRefundCreditCard"),
        *("Check", "Deposit", "JournalEntry"),
    ),
    "AccountsPayable": (
        *("Bill", "VendorCredit", "BillPaymentCheck", "BillPaymentCreditCard"),
        *("ItemReceipt", "PurchaseOrder", "Check", "Deposit", "JournalEntry"),
    ),
    "Bank": (
        *_MONEY,
        *("ReceivePayment", "BillPaymentCheck", "SalesReceipt", "ARRefundCreditCard"),
    ),
    "CreditCard": (*_MONEY, "BillPaymentCreditCard", "ARRefundCreditCard"),
    "OtherCurrentAsset": (*_MONEY, "ReceivePayment", "SalesReceipt"),
}
"""The documents that can touch an account, by its type."""
_DELETED: Final = "TxnDeleted"
_WITHOUT_ACCOUNT: Final = frozenset({"Transfer", "PurchaseOrder"})
"""Documents that cannot be asked for by account."""


def requests(account_type: str) -> Sequence[str]:
    """The queries for the documents of an account of this type, in order."""
    kinds = _ON.get(account_type, _MONEY)
    return [f"{kind}QueryRq" for kind in (*kinds, _DELETED)]


def fields(name: str, question: Question) -> dict[str, Any]:
    """The fields of one of the queries."""
    kind = name.removesuffix("QueryRq")
    if kind == _DELETED:
        return {"TxnDelType": sorted(_deletable())}
    found: dict[str, Any] = {}
    if question.since and question.until:
        found["TxnDateRangeFilter"] = {
            "FromTxnDate": question.since.isoformat(),
            "ToTxnDate": question.until.isoformat(),
        }
    if question.account and kind not in _WITHOUT_ACCOUNT:
        found["AccountFilter"] = {"FullName": question.account}
    if kind != "Transfer":
        found["IncludeLineItems"] = "true"
    return found


def _deletable() -> frozenset[str]:
    known = {kind for kinds in _ON.values() for kind in kinds}
    return schema.enumeration("TxnDelType") & known


def documents(kind: str, records: Sequence[Mapping[str, Any]], account: str) -> list[BookDocument]:
    """The documents of a query's records that touch an account."""
    if kind == _DELETED:
        return [_deleted(record, account) for record in records if record.get("TxnID")]
    reference = Reference(kind=ACCOUNT, name=account)
    found = (_document(kind, record, reference) for record in records if record.get("TxnID"))
    return [document for document in found if document is not None]


def _document(kind: str, record: Mapping[str, Any], account: Reference) -> BookDocument | None:
    memo = memo_of(kind, record)
    key = parse_marker(memo) or ""
    if kind == "PurchaseOrder":
        if not key:  # orders of others move nothing
            return None
        amount = Money(0)
    else:
        if kind == "Transfer" and not touches(kind, record, account):
            return None
        amount = register_amount(kind, record, account) or Money(0)
    return BookDocument(
        type=kind,
        id=str(record["TxnID"]),
        date=dt.date.fromisoformat(str(record.get("TxnDate", "1970-01-01"))[:10]),
        account=account.name,
        amount=amount,
        guard=guard_of(kind, record),
        key=key,
        number=str(record.get("RefNumber", "")),
        memo=memo,
        party=party_of(record),
    )


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
