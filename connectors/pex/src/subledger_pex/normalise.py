"""Raw records into movements; pure.

A record's ``data`` holds either ``Transaction`` (with ``Attachments`` where they were looked up) or
``Invoice`` with its ``Payments``, the one ``Payment`` that it is about, and ``Allocations``.
"""

from subledger.errors import RecordRejected
from subledger.model import Entity
from subledger.money import Money
from subledger.ports import RawRecord
from subledger_pex import frame, invoice, transaction


def normalise(record: RawRecord) -> tuple[Entity, ...]:
    """The movement of a record and its receipts, or none where it moves nothing in the books.

    Raises RecordRejected with a category of :mod:`subledger.findings`.
    """
    view = frame.load(record.context)
    data = record.data
    receipts = data.get("Attachments") or []
    try:
        if "Invoice" in data:
            movement = invoice.movement_of(
                data["Invoice"],
                data.get("Payment"),
                data.get("Payments") or (),
                data.get("Allocations") or (),
                view,
            )
        else:
            movement = transaction.movement_of(data["Transaction"], receipts, view)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RecordRejected(
            "The record has another shape than PEX records have.",
            category="unreadable",
            detail=f"{type(error).__name__}: {error}",
        ) from error
    if movement is None:
        return ()
    return (movement, *transaction.attachments_of(movement.id, receipts))


def balance_of(record: RawRecord) -> Money | None:
    """The signed change of the PEX account that a record makes, also where it is rejected.

    Zero for what moves nothing, None where the amount cannot be read. For a record that
    :func:`normalise` accepts it equals the movement's effect.
    """
    view = frame.load(record.context)
    try:
        if "Invoice" in record.data:
            return invoice.amount_of(record.data.get("Payment"))
        return transaction.amount_of(record.data["Transaction"], view)
    except (AttributeError, KeyError, TypeError):
        return None
