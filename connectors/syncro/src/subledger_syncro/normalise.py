"""Raw records into entities; pure.

A record's ``data`` holds one of ``customer``, ``product``, ``vendor``, ``invoice`` (in full),
``payment``, ``credit`` (a payment that may have given store credit), ``purchase_order`` and
``customer_purchase``, each as Syncro sent it; or ``gone`` with the name of what was deleted; or
``notice`` with what a person should know.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from subledger.errors import RecordRejected
from subledger.model import Entity
from subledger.money import Money
from subledger.ports import RawRecord
from subledger_syncro import (
    customer_purchase,
    invoice,
    item,
    notice,
    party,
    payment,
    purchase,
    view,
)
from subledger_syncro.view import View

Row = Mapping[str, Any]


def _maybe(entity: Entity | None) -> tuple[Entity, ...]:
    return () if entity is None else (entity,)


def _told(row: Row, _seen: View) -> Iterable[Entity]:
    raise notice.rejection_of(row)


_READ: Final[Mapping[str, Callable[[Row, View], Iterable[Entity]]]] = {
    "customer": lambda row, seen: (party.customer_of(row, seen),),
    "product": lambda row, seen: (item.item_of(row, seen),),
    "vendor": lambda row, _seen: (party.vendor_of(row),),
    "invoice": lambda row, seen: (invoice.document_of(row, seen),),
    "payment": lambda row, seen: _maybe(payment.settlement_of(row, seen)),
    "credit": lambda row, seen: _maybe(payment.given_credit_of(row, seen)),
    "purchase_order": purchase.documents_of,
    "customer_purchase": customer_purchase.documents_of,
    "notice": _told,
    "gone": lambda _row, _seen: (),
}


def normalise(record: RawRecord) -> tuple[Entity, ...]:
    """The entities of a record, or none where it moves nothing in the books or was deleted.

    Raises RecordRejected with a category of :mod:`subledger.findings`.
    """
    name, row = _content(record)
    try:
        return tuple(_READ[name](row, view.load(record.context)))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise RecordRejected(
            "The record has another shape than Syncro records have.",
            category="unreadable",
            detail=f"{type(error).__name__}: {error}",
        ) from error


def balance_of(record: RawRecord) -> Money | None:
    """The signed change of receivables, payables or money by a record, also where it is rejected.

    Zero for what moves nothing, None where the amount cannot be read. For a record that
    :func:`normalise` accepts it equals the sum of its entities' effects.
    """
    try:
        name, row = _content(record)
        seen = view.load(record.context)
        nothing = Money(0, seen.currency)
        if name == "invoice":
            return invoice.total_of(row, seen)
        if name == "payment":
            return payment.effect_of(row, seen)
        if name == "credit":
            given = payment.given_credit_of(row, seen)
            return nothing if given is None else given.effect
        if name == "purchase_order":
            return purchase.effect_of(row, seen)
        if name == "customer_purchase":
            return customer_purchase.effect_of(row, seen)
    except (RecordRejected, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None
    return nothing


def _content(record: RawRecord) -> tuple[str, Row]:
    for name, row in record.data.items():
        if name in _READ:
            return name, row
    raise RecordRejected("The record holds nothing that Syncro has.", category="unreadable")
