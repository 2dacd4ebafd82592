"""A PEX transaction as a movement of the PEX account; pure."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

from subledger.errors import RecordRejected
from subledger.model import (
    Approval,
    Attachment,
    Kind,
    Movement,
    Receipt,
    Reference,
    Status,
    Way,
)
from subledger.model.kinds import ATTACHMENT, CARD_TRANSACTION, DEPOSIT, FEE, TRANSFER
from subledger.money import Money
from subledger_pex.amounts import day, money
from subledger_pex.frame import Frame
from subledger_pex.tags import lines_of
from subledger_pex.wire.enums import (
    APPROVAL,
    CATEGORY,
    FILE_TYPE,
    TRANSACTION_TYPE,
    UPLOAD_STATUS,
    name_of,
)

Transaction = Mapping[str, Any]

_APPROVALS: Final = {
    "NotReviewed": Approval.NOT_REVIEWED,
    "Ignored": Approval.IGNORED,
    "Approved": Approval.APPROVED,
    "Rejected": Approval.REJECTED,
    "NoReceipt": Approval.NO_RECEIPT,
}
_KINDS: Final[Mapping[str, Kind]] = {
    "CardAccountFee": FEE,
    "BusinessAccountFee": FEE,
    "BusinessRebate": DEPOSIT,
    "Dispute": CARD_TRANSACTION,
    "BusinessFunding": TRANSFER,
}
_REBATES: Final = frozenset({"rebate credit", "rebate credit reversal", "rebate payout"})
_DOLLAR: Final = "840"


def category_of(transaction: Transaction) -> str:
    """The name of the transaction's category; a name that is not ours to know stays as it is."""
    return name_of(transaction.get("TransactionTypeCategory"), CATEGORY)


def kind_of(transaction: Transaction, frame: Frame) -> Kind | None:
    """What a transaction is to the books; None where it moves nothing there.

    The category decides first, then the type, then whether the money only moved between the
    business balance and a card. Raises RecordRejected for what is none of these: it moves the
    balance, so a person has to see it.
    """
    if transaction.get("IsDecline"):
        return None
    category = category_of(transaction)
    type_ = name_of(transaction.get("TransactionType"), TRANSACTION_TYPE)
    kind = _KINDS.get(category)
    if type_ != "Network" and _text(transaction, "Description").casefold() in _REBATES:
        kind = DEPOSIT
    if frame.credit and kind in (TRANSFER, DEPOSIT):
        return None
    if kind is None and type_ == "Network":
        kind = CARD_TRANSACTION
    if kind is None and not _internal(transaction):
        raise RecordRejected(
            f"PEX moved {money(transaction.get('TransactionAmount'), 'TransactionAmount')} in the "
            f"category {category or 'without a name'} (type {type_ or 'unknown'}), which "
            "subledger does not know.",
            category="unreadable",
            field=f"category {category}",
            hint="Record it by hand and skip it here, and report the category.",
        )
    return kind


def amount_of(transaction: Transaction, frame: Frame) -> Money | None:
    """The signed change of the PEX account; zero for what moves nothing, None if unreadable."""
    try:
        amount = money(transaction.get("TransactionAmount"), "TransactionAmount")
    except RecordRejected:
        return None
    try:
        return amount if kind_of(transaction, frame) else Money(0)
    except RecordRejected:
        return amount


def posting_date(transaction: Transaction, frame: Frame) -> dt.date:
    """The day that the transaction belongs to in the books, by the connection's setting.

    Without a settlement (pending, or a business row that tells only one) it is the transaction's.
    """
    fields = ("SettlementTime", "TransactionTime")
    first, second = fields if frame.date == "settlement" else fields[::-1]
    name = first if transaction.get(first) else second
    return day(transaction.get(name), name)


def movement_of(
    transaction: Transaction, attachments: list[Mapping[str, Any]], frame: Frame
) -> Movement | None:
    """The movement of a transaction; None where it moves nothing in the books."""
    kind = kind_of(transaction, frame)
    amount = money(transaction.get("TransactionAmount"), "TransactionAmount")
    if kind is None or not amount:
        return None
    approval = name_of(transaction.get("MetadataApprovalStatus"), APPROVAL)
    happened = transaction.get("TransactionTime")
    return Movement(
        kind=kind,
        id=str(transaction["TransactionId"]),
        way=Way.OUT if amount < Money(0) else Way.IN,
        amount=abs(amount),
        date=posting_date(transaction, frame),
        transaction_date=day(happened, "TransactionTime") if happened else None,
        status=Status.PENDING if transaction.get("IsPending") else Status.POSTED,
        approval=_APPROVALS.get(approval, Approval.NOT_REVIEWED),
        description=_text(transaction, "Description"),
        merchant=_text(transaction, "MerchantName"),
        merchant_normalised=_text(transaction, "MerchantNameNormalized"),
        cardholder=frame.cardholders.get(str(transaction.get("AcctId")), ""),
        notes=_notes(transaction),
        receipts=_receipts(attachments),
        lines=tuple(lines_of(transaction, abs(amount), frame.tags)),
        detail=_detail(transaction, approval),
    )


def _internal(transaction: Transaction) -> bool:
    """Whether the money moved between the business balance and one of its cards."""
    return str(transaction.get("TransferToOrFromAccountId") or "0") != "0"


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value).strip()


def _notes(transaction: Transaction) -> tuple[str, ...]:
    notes = [note for note in transaction.get("TransactionNotes") or () if _text(note, "NoteText")]
    notes.sort(key=lambda note: _text(note, "NoteDate"))
    return tuple(_text(note, "NoteText") for note in notes if not note.get("SystemGenerated"))


def attachments_of(number: str, attachments: list[Mapping[str, Any]]) -> Iterable[Attachment]:
    """The receipts of a transaction as files of their own; ``url`` is transaction and file."""
    for row in attachments:
        identifier = _text(row, "AttachmentId")
        if name_of(row.get("UploadStatus"), UPLOAD_STATUS) == "Loaded" and identifier:
            ending = "pdf" if name_of(row.get("Type"), FILE_TYPE) == "Pdf" else "jpg"
            yield Attachment(
                kind=ATTACHMENT,
                id=identifier,
                document=Reference(kind=CARD_TRANSACTION, record=number),
                name=f"receipt-{identifier}.{ending}",
                url=f"{number}/{identifier}",
            )


def _receipts(attachments: list[Mapping[str, Any]]) -> tuple[Receipt, ...]:
    return tuple(
        Receipt(
            name=f"{_text(row, 'Type') or 'File'} {_text(row, 'AttachmentId')}",
            url=_text(row["Link"], "related"),
        )
        for row in attachments
        if name_of(row.get("UploadStatus"), UPLOAD_STATUS) == "Loaded"
        and _text(row.get("Link") or {}, "related")
    )


def _detail(transaction: Transaction, approval: str) -> dict[str, str]:
    code = _text(transaction, "SourceCurrencyNumericCode")
    name = _text(transaction, "SourceCurrencyCodeDescription")
    foreign = code != _DOLLAR if code else name not in ("", "USD")
    found = {
        "type": name_of(transaction.get("TransactionType"), TRANSACTION_TYPE),
        "category": category_of(transaction),
        "mcc": _text(transaction, "MCCCode"),
        "authorization": _text(transaction, "AuthTransactionId"),
        "currency": (name or code) if foreign else "",
        "currency_amount": _text(transaction, "SourceAmount") if foreign else "",
        "approval": "" if approval in _APPROVALS else approval,
    }
    return {key: text for key, text in found.items() if text}
