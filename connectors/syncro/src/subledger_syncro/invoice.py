"""Invoices as invoices, and refund invoices as credit memos; pure."""

from collections.abc import Mapping
from typing import Any

from subledger.model import Document, Line, Tax
from subledger.model.kinds import CREDIT_MEMO, INVOICE
from subledger.money import Money
from subledger_syncro import party
from subledger_syncro.amounts import day, identifier, money, optional_day, text
from subledger_syncro.ledger import Owed
from subledger_syncro.lines import fitted, line_of, turned
from subledger_syncro.view import View

Row = Mapping[str, Any]


def total_of(row: Row, view: View) -> Money:
    """The total with tax, negative for a refund. Raises RecordRejected."""
    return money(row.get("total"), "total", view.currency)


def owed_of(row: Row, view: View) -> Owed:
    """What the allocation of payments needs of an invoice. Raises RecordRejected."""
    return Owed(
        id=identifier(row.get("id"), "id"),
        date=day(row.get("date"), "date", view.zone).isoformat(),
        minor=total_of(row, view).minor,
    )


def customer_in(row: Row) -> Row:
    """The customer of an invoice, as far as the invoice tells it: it may have been deleted."""
    found = row.get("customer")
    if isinstance(found, Mapping) and found.get("id"):
        return found
    return {
        "id": row.get("customer_id"),
        "business_then_name": row.get("customer_business_then_name"),
    }


def document_of(row: Row, view: View) -> Document:
    """The document of an invoice. Raises RecordRejected.

    The lines add up to the total less the tax, which Syncro has computed; the source's own rates
    are told by their identifiers. A total of zero is an invoice.
    """
    amount = total_of(row, view)
    tax = money(row.get("tax") or "0", "tax", view.currency)
    number = text(row.get("number"))
    lines = [line_of(line, view) for line in row.get("line_items") or ()]
    lines = list(fitted(lines, amount - tax, f"invoice {number}"))
    kind = INVOICE
    if amount.minor < 0:
        kind, amount, tax, lines = CREDIT_MEMO, -amount, -tax, [turned(line) for line in lines]
    customer = customer_in(row)
    return Document(
        kind=kind,
        id=identifier(row.get("id"), "id"),
        party=party.reference(customer, view),
        date=day(row.get("date"), "date", view.zone),
        due=optional_day(row.get("due_date"), "due_date", view.zone),
        number=number,
        amount=amount,
        lines=tuple(lines),
        tax=_tax(tax, customer, lines),
        message=str(row.get("note") or "").strip(),
        email=text(customer.get("email")),
        billing=party.address_of(customer),
        order_number=text(row.get("po_number")),
        location=text(row.get("location_id")),
        created=optional_day(row.get("created_at"), "created_at", view.zone),
        detail=_detail(row),
    )


def _tax(amount: Money, customer: Row, lines: list[Line]) -> Tax | None:
    """The tax with the rate that applies: that of all taxable lines, else the customer's."""
    rates = {
        next((tag.value for tag in line.tags if tag.name == "tax_rate"), "")
        for line in lines
        if line.taxable
    }
    rate = next(iter(rates)) if len(rates) == 1 else ""
    rate = rate or text(customer.get("tax_rate_id"))
    return Tax(amount=amount, rate=rate) if amount or rate else None


def _detail(row: Row) -> dict[str, str]:
    names = {"ticket_id": "ticket", "contact_id": "contact", "user_id": "user"}
    return {ours: str(row[theirs]) for theirs, ours in names.items() if row.get(theirs)}
