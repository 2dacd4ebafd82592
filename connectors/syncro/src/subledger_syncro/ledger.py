"""The invoices and payments that belong together, from which it follows what settles what."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen


@frozen(kw_only=True)
class Owed:
    """An invoice: its total in minor units, negative for a refund invoice."""

    id: str
    date: str
    minor: int


@frozen(kw_only=True)
class Paid:
    """A successful payment: ``minor`` units, and the invoices that it names, in no order.

    ``spends`` means that store credit moved instead of money: it was used for the invoices, or
    given where there are none.
    """

    id: str
    date: str
    minor: int
    invoices: tuple[str, ...] = ()
    spends: bool = False


@frozen(kw_only=True)
class Ledger:
    """Invoices and payments that hang together, or all of a customer where credit is among them.

    ``start`` is the first day that is posted: credit from before it is not in the books.
    """

    invoices: tuple[Owed, ...] = ()
    payments: tuple[Paid, ...] = ()
    start: str = ""


def order(entry: Owed | Paid) -> tuple[str, int, str]:
    """Sorts by date, then by age: identifiers count upwards."""
    return entry.date, len(entry.id), entry.id


def dump(ledger: Ledger) -> dict[str, Any]:
    """The ledger as plain JSON; equal ledgers give equal JSON, whatever order they were read in."""
    return {
        "start": ledger.start,
        "invoices": [[one.id, one.date, one.minor] for one in sorted(ledger.invoices, key=order)],
        "payments": [
            [one.id, one.date, one.minor, sorted(one.invoices), one.spends]
            for one in sorted(ledger.payments, key=order)
        ],
    }


def load(plain: Mapping[str, Any]) -> Ledger:
    """The ledger that :func:`dump` wrote; empty for nothing."""
    invoices: Sequence[Any] = plain.get("invoices", ())
    payments: Sequence[Any] = plain.get("payments", ())
    return Ledger(
        start=plain.get("start", ""),
        invoices=tuple(Owed(id=id_, date=date, minor=minor) for id_, date, minor in invoices),
        payments=tuple(
            Paid(id=id_, date=date, minor=minor, invoices=tuple(named), spends=spends)
            for id_, date, minor, named, spends in payments
        ),
    )
