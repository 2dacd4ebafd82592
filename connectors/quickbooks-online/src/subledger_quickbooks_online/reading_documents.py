"""The documents of a period on one account, as they stand in the books."""

import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from subledger.errors import ConnectorError
from subledger.model.marker import parse_marker
from subledger.money import Money
from subledger.ports import BookDocument, Question
from subledger_quickbooks_online.client import Client
from subledger_quickbooks_online.company import PAYABLE, RECEIVABLE, Company
from subledger_quickbooks_online.interpret import guard_of
from subledger_quickbooks_online.knowledge import Record, pages
from subledger_quickbooks_online.postings import DOCUMENTS, Register, identifier
from subledger_quickbooks_online.reading import LOOK_BACK, deletions
from subledger_quickbooks_online.render_sales import is_joining
from subledger_quickbooks_online.wire.query import Select, quoted

_ON: Final[Mapping[str, Sequence[str]]] = {
    RECEIVABLE: (
        *("Invoice", "CreditMemo", "Payment", "Purchase", "Deposit", "JournalEntry"),
        *("Bill", "VendorCredit"),
    ),
    PAYABLE: (
        *("Bill", "VendorCredit", "BillPayment", "JournalEntry", "Purchase", "Deposit"),
        "PurchaseOrder",
    ),
}
"""The documents that can touch an account, by its type; all of them for other types.

A purchase order posts nothing, but names the payables account that its bill will be on.
"""
_PARTIES: Final = ("CustomerRef", "VendorRef", "EntityRef")


async def documents(
    client: Client, question: Question, company: Company, now: dt.datetime
) -> AsyncIterator[Sequence[BookDocument]]:
    """The documents of a question, page by page; at last the traces of deleted ones.

    Raises ConnectorError where the company does not have the account.
    """
    account = company.named(question.account)
    if account is None:
        raise ConnectorError(
            f"QuickBooks has no account {question.account}.",
            hint="Correct the account's name in the flow, or create it in QuickBooks.",
        )
    register = Register(account)
    names = _ON.get(account.type, DOCUMENTS)
    for name in names:
        async for page in pages(client, Select(entity=name, where=_dates(question))):
            found = [
                document_of(name, record, register, company.currency)
                for record in page
                if register.touches(name, record) and not is_joining(record)
            ]
            if found:
                yield found
    deleted = await _deleted(client, names, question, now)
    if deleted:
        yield deleted


def _dates(question: Question) -> tuple[str, ...]:
    since = [f"TxnDate >= {quoted(question.since.isoformat())}"] if question.since else []
    until = [f"TxnDate <= {quoted(question.until.isoformat())}"] if question.until else []
    return (*since, *until)


def document_of(name: str, record: Record, register: Register, currency: str) -> BookDocument:
    """A document of the API in its own currency; a voided one has the amount zero."""
    note = str(record.get("PrivateNote", ""))
    return BookDocument(
        type=name,
        id=str(record["Id"]),
        date=_date(record.get("TxnDate")),
        account=register.account.name,
        amount=register.change(name, record, identifier(record, "CurrencyRef") or currency),
        guard=guard_of(record),
        key=parse_marker(note) or "",
        number=str(record.get("DocNumber") or record.get("PaymentRefNum") or ""),
        memo=note,
        party=_party(record),
    )


def _date(value: Any) -> dt.date:
    try:
        return dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        return dt.date(1970, 1, 1)


def _party(record: Record) -> str:
    for name in _PARTIES:
        reference = record.get(name)
        if isinstance(reference, Mapping):
            return str(reference.get("name", ""))
    return ""


async def _deleted(
    client: Client, names: Sequence[str], question: Question, now: dt.datetime
) -> list[BookDocument]:
    """Documents that were deleted since the period began, as far back as the API tells.

    Their dates and amounts are gone: they carry the day of the deletion and zero.
    """
    begin = dt.datetime.combine(question.since or dt.date(1970, 1, 1), dt.time(), dt.UTC)
    since = max(begin, now - LOOK_BACK)
    if since >= now:
        return []
    return [
        BookDocument(
            type=each.entity,
            id=str(each.object["Id"]),
            date=_updated(each.object),
            account=question.account,
            amount=Money(0),
            deleted=True,
        )
        for each in await deletions(client, names, since)
        if each.object.get("Id")
    ]


def _updated(record: Record) -> dt.date:
    meta = record.get("MetaData")
    return _date(meta.get("LastUpdatedTime") if isinstance(meta, Mapping) else None)
