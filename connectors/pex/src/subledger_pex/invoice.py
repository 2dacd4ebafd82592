"""The payments of a credit programme's closed invoices as movements of the PEX account; pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from subledger.errors import RecordRejected
from subledger.model import Kind, Line, Movement, Tag, Way
from subledger.model.kinds import DEPOSIT, TRANSFER
from subledger.money import Money, total
from subledger_pex.amounts import day, money
from subledger_pex.frame import Frame
from subledger_pex.wire.enums import PAYMENT_TYPE, name_of

Row = Mapping[str, Any]

_KINDS: Final[Mapping[str, Kind | None]] = {
    "PEXTransfer": TRANSFER,
    "SameDayACH": TRANSFER,
    "Reversal": TRANSFER,
    "RebateCredit": DEPOSIT,
    "RebateCreditReversal": DEPOSIT,
    "SalesCredit": DEPOSIT,
    "WriteOff": DEPOSIT,
    # the money came in with the invoice that the credit is carried over from
    "CarryOverCredit": None,
}
_REBATES: Final = frozenset({"RebateCredit", "RebateCreditReversal"})
_BACK: Final = frozenset({"RebateCreditReversal", "Reversal"})


def signed(payment: Row) -> Money:
    """What a payment takes off the invoice: reversals count against it, whatever their sign.

    A payment that the bank rejected takes nothing off.
    """
    amount = money(payment.get("Amount"), "Amount")
    if payment.get("RejectedByBank"):
        return Money(0)
    return -abs(amount) if _type(payment) in _BACK else amount


def amount_of(payment: Row | None) -> Money | None:
    """The signed change of the PEX account that a payment makes; None if it cannot be told.

    An unknown type of payment counts with the sign it has.
    """
    if payment is None:
        return None
    try:
        return Money(0) if _KINDS.get(_type(payment), TRANSFER) is None else signed(payment)
    except RecordRejected:
        return None


def movement_of(
    invoice: Row,
    payment: Row | None,
    payments: Sequence[Row],
    allocations: Sequence[Row],
    frame: Frame,
) -> Movement | None:
    """The movement of one payment; None where it moves nothing.

    Raises RecordRejected where the invoice's payments do not add up to its amount, and for a type
    of payment that is not known.
    """
    _add_up(invoice, payments)
    if payment is None:
        return None
    type_ = _type(payment)
    if type_ not in _KINDS:
        raise RecordRejected(
            f"The invoice has a payment of the type {type_ or 'without a name'}, which subledger "
            "does not know.",
            category="unreadable",
            field=f"payment type {type_}",
            hint="Record it by hand and skip it here, and report the type.",
        )
    kind, amount = _KINDS[type_], signed(payment)
    if kind is None or not amount:
        return None
    number = str(invoice["InvoiceId"])
    date = day(payment.get("DatePaid"), "DatePaid")
    return Movement(
        kind=kind,
        id=f"invoice-{number}-payment-{payment['PaymentId']}",
        way=Way.OUT if amount < Money(0) else Way.IN,
        amount=abs(amount),
        date=date,
        transaction_date=date,
        description=f"Invoice {number}: {payment.get('Description') or type_}",
        lines=_lines(type_, abs(amount), allocations, frame),
        detail={"invoice": number, "type": type_},
    )


def _type(payment: Row) -> str:
    return name_of(payment.get("Type"), PAYMENT_TYPE)


def _add_up(invoice: Row, payments: Sequence[Row]) -> None:
    amount = money(invoice.get("InvoiceAmount"), "InvoiceAmount")
    paid = total([signed(payment) for payment in payments])
    if paid != amount:
        raise RecordRejected(
            f"The payments of invoice {invoice['InvoiceId']} add up to {paid}, the invoice to "
            f"{amount}: a difference of {amount - paid}.",
            category="amount_mismatch",
            field=f"invoice {invoice['InvoiceId']}",
            hint="Ask PEX about the invoice; it is read again on the next run.",
        )


def _lines(type_: str, amount: Money, allocations: Sequence[Row], frame: Frame) -> tuple[Line, ...]:
    """One line, or a rebate spread over the invoice's spending to the cent."""
    spent = [(row, money(row.get("TotalAmount"), "TotalAmount")) for row in allocations]
    spent = [(row, weight) for row, weight in spent if Money(0) < weight]
    if frame.rebates != "distribute" or type_ not in _REBATES or not spent:
        return (Line(amount=amount),)
    parts = amount.allocate([weight.minor for _, weight in spent])
    return tuple(
        Line(amount=part, tags=_tag(row))
        for (row, _), part in zip(spent, parts, strict=True)
        if part
    )


def _tag(allocation: Row) -> tuple[Tag, ...]:
    value = str(allocation.get("TagValue") or "")
    return (
        (Tag(name=str(allocation.get("TagName") or ""), value=value, label=value),) if value else ()
    )
