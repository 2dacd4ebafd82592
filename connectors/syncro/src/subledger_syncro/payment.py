"""Payments as settlements, money paid back as refunds, given credit as credit memos; pure."""

from collections.abc import Mapping
from typing import Any

from subledger.errors import RecordRejected
from subledger.model import Application, Document, Entity, Line, Reference, Settlement
from subledger.model.kinds import CREDIT_MEMO, INVOICE, PAYMENT, REFUND, Kind
from subledger.money import Money
from subledger_syncro import ledger as ledgers
from subledger_syncro import party
from subledger_syncro.allocation import GIVEN, Share, allocate, is_refund
from subledger_syncro.amounts import day, identifier, money, optional_day, text
from subledger_syncro.ledger import Ledger, Paid
from subledger_syncro.view import View

Row = Mapping[str, Any]


def invoices_of(row: Row) -> tuple[str, ...]:
    """The invoices that a payment names; none for an unapplied one (``[null]`` or ``[]``)."""
    return tuple(str(one) for one in row.get("invoice_ids") or () if one)


def is_declined(row: Row) -> bool:
    """Whether it was only an attempt."""
    return row.get("success") is not True


def paid_of(row: Row, view: View) -> Paid:
    """What the allocation needs of a payment. Raises RecordRejected."""
    return Paid(
        id=identifier(row.get("id"), "id"),
        date=_date(row, view).isoformat(),
        minor=_amount(row, view).minor,
        invoices=invoices_of(row),
        spends=view.spends_credit(row),
    )


def _amount(row: Row, view: View) -> Money:
    return money(row.get("payment_amount"), "payment_amount", view.currency)


def _date(row: Row, view: View) -> Any:
    name = "applied_at" if row.get("applied_at") else "created_at"
    return day(row.get(name), name, view.zone)


def _customer(row: Row) -> Row:
    found = row.get("customer")
    if isinstance(found, Mapping) and found.get("id"):
        return found
    return {"id": row.get("customer_id")}


def effect_of(row: Row, view: View) -> Money:
    """The signed change of the receivables; zero for attempts and for store credit."""
    amount = _amount(row, view)
    if is_declined(row) or view.spends_credit(row):
        return Money(0, amount.currency)
    backwards = is_refund(paid_of(row, view), _totals(ledgers.load(view.ledger)))
    return abs(amount) if backwards else -amount


def _totals(book: Ledger) -> dict[str, int]:
    return {one.id: one.minor for one in book.invoices}


def settlement_of(row: Row, view: View) -> Entity | None:
    """The settlement of a payment; None where it moves nothing and settles nothing by itself.

    Store credit that came from an earlier payment is applied there. Raises RecordRejected.
    """
    if is_declined(row):
        return None
    book, paid = ledgers.load(view.ledger), paid_of(row, view)
    share = allocate(book).get(paid.id, Share(rest=paid.minor))
    if paid.spends:
        return _of_credit(row, view, paid, share)
    if is_refund(paid, _totals(book)):
        credits_ = [_application(CREDIT_MEMO, *part, view) for part in share.credits.items()]
        return _settlement(row, view, REFUND, abs(_amount(row, view)), credits_)
    if not paid.minor:
        return None
    parts = [_application(INVOICE, *part, view) for part in share.invoices.items()]
    return _settlement(row, view, PAYMENT, _amount(row, view), parts, derived=share.derived)


def _of_credit(row: Row, view: View, paid: Paid, share: Share) -> Settlement | None:
    if share.unknown:
        raise RecordRejected(
            f"{Money(share.unknown, view.currency)} of store credit were used that no payment or "
            "refund in Syncro explains.",
            category="amount_mismatch",
            field="store credit",
            hint="Apply the customer's credit in the books by hand, then skip this record.",
            detail=f"payment {paid.id}",
        )
    if not share.credits:
        return None
    parts = [
        *(_application(INVOICE, *part, view) for part in share.invoices.items()),
        *(_application(CREDIT_MEMO, *part, view) for part in share.credits.items()),
    ]
    return _settlement(row, view, PAYMENT, Money(0, view.currency), parts, derived=True)


def _application(kind: Kind, record: str, minor: int, view: View) -> Application:
    return Application(
        document=Reference(kind=kind, record=record), amount=Money(minor, view.currency)
    )


def _settlement(
    row: Row,
    view: View,
    kind: Kind,
    amount: Money,
    applications: list[Application],
    *,
    derived: bool = False,
) -> Settlement:
    return Settlement(
        kind=kind,
        id=identifier(row.get("id"), "id"),
        party=party.reference(_customer(row), view),
        date=_date(row, view),
        amount=amount,
        applications=tuple(applications),
        derived=derived,
        method=text(row.get("payment_method")),
        number=text(row.get("ref_num")),
        created=optional_day(row.get("created_at"), "created_at", view.zone),
    )


def given_credit_of(row: Row, view: View) -> Document | None:
    """The credit memo for store credit that was given without money; None for other payments."""
    if is_declined(row) or not view.spends_credit(row) or invoices_of(row):
        return None
    amount = _amount(row, view)
    if amount.minor <= 0:
        return None
    method = text(row.get("payment_method"))
    return Document(
        kind=CREDIT_MEMO,
        id=GIVEN + identifier(row.get("id"), "id"),
        party=party.reference(_customer(row), view),
        date=_date(row, view),
        number=text(row.get("ref_num")),
        amount=amount,
        lines=(Line(amount=amount, memo=method),),
        created=optional_day(row.get("created_at"), "created_at", view.zone),
    )
