"""Reads the payments of a credit programme's closed invoices."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from subledger.errors import RecordRejected
from subledger.money import Money
from subledger.ports import RawRecord
from subledger_pex.amounts import day, money
from subledger_pex.client import PexClient
from subledger_pex.reading import identifier
from subledger_pex.wire import requests
from subledger_pex.wire.enums import INVOICE_STATUS, name_of

Row = Mapping[str, Any]
Dated = tuple[dt.date, RawRecord]

_LAG: Final = dt.timedelta(days=92)
"""How long an invoice may stay open before the last of its payments posts."""


async def invoice_payments(
    client: PexClient, since: dt.date, until: dt.date, *, allocations: bool
) -> list[Dated]:
    """The payments that post in these dates, oldest first, each with its whole invoice."""
    found: list[Dated] = []
    for invoice in await client.get_list(requests.invoices(since - _LAG)):
        if not _counts(invoice):
            continue
        number = identifier(invoice, "InvoiceId")
        payments = await client.get_list(requests.invoice_payments(number))
        spent = await client.get_list(requests.invoice_allocations(number)) if allocations else []
        found += [
            (date, record)
            for date, record in _records(number, invoice, payments, spent, since)
            if since <= date <= until
        ]
    return sorted(found, key=lambda pair: pair[0])


def _counts(invoice: Row) -> bool:
    """Whether the invoice is closed and asks for money; one that cannot be read counts too."""
    if name_of(invoice.get("Status"), INVOICE_STATUS) != "Closed":
        return False
    try:
        return Money(0) < money(invoice.get("InvoiceAmount"), "InvoiceAmount")
    except RecordRejected:
        return True


def _records(
    number: str, invoice: Row, payments: Sequence[Row], allocations: Sequence[Row], since: dt.date
) -> Iterator[Dated]:
    """One record for each payment; one for the invoice itself where it has none."""
    data = {"Invoice": invoice, "Payments": payments, "Allocations": allocations}
    due = _day(invoice, "DueDate", since)
    for payment in payments:
        id_ = f"invoice-{number}-payment-{identifier(payment, 'PaymentId')}"
        date = _day(payment, "DatePaid", due)
        yield date, RawRecord(id=id_, data={**data, "Payment": payment})
    if not payments:
        yield due, RawRecord(id=f"invoice-{number}", data=data)


def _day(row: Row, name: str, otherwise: dt.date) -> dt.date:
    try:
        return day(row.get(name), name)
    except RecordRejected:
        return otherwise
