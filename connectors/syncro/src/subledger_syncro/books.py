"""What Syncro holds, as a sink tells it: list entries and documents; pure."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from subledger.model.kinds import CUSTOMER, PAYMENT_METHOD
from subledger.model.marker import parse_marker
from subledger.money import Money
from subledger.ports import BookDocument, BookEntry
from subledger_syncro import party
from subledger_syncro.amounts import day, identifier, money, text
from subledger_syncro.payment import is_declined

Row = Mapping[str, Any]

PAYMENT_TYPE: Final = "Payment"
CUSTOMER_TYPE: Final = "Customer"


def entry_of_customer(row: Row) -> BookEntry:
    """A customer by its display name."""
    return BookEntry(
        kind=CUSTOMER,
        id=identifier(row.get("id"), "id"),
        name=party.name_of(row),
        active=not row.get("disabled"),
        email=text(row.get("email")),
    )


def entry_of_method(row: Row) -> BookEntry:
    """A payment method."""
    return BookEntry(
        kind=PAYMENT_METHOD, id=identifier(row.get("id"), "id"), name=text(row.get("name"))
    )


def effect_of_payment(row: Row, currency: str) -> Money:
    """The signed change of the receivables. Raises RecordRejected."""
    return -money(row.get("payment_amount"), "payment_amount", currency)


def document_of_payment(
    row: Row, *, account: str, currency: str, zone: dt.tzinfo
) -> BookDocument | None:
    """A payment that was read back; None for a declined attempt. Raises RecordRejected."""
    if is_declined(row):
        return None
    customer = row.get("customer")
    reference = text(row.get("ref_num"))
    return BookDocument(
        type=PAYMENT_TYPE,
        id=identifier(row.get("id"), "id"),
        date=day(row.get("applied_at") or row.get("created_at"), "applied_at", zone),
        account=account,
        amount=effect_of_payment(row, currency),
        key=parse_marker(reference) or "",
        number=reference,
        party=party.name_of(customer) if isinstance(customer, Mapping) else "",
    )
