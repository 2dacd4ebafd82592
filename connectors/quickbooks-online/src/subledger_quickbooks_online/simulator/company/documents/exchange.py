"""Payments in another currency: what they settle at the documents' rates, gain or loss between."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from attrs import evolve

from subledger_quickbooks_online.simulator.company import currencies, standard
from subledger_quickbooks_online.simulator.company.books import Books, Stored
from subledger_quickbooks_online.simulator.company.ledger import Entry
from subledger_quickbooks_online.simulator.company.money import cents

from . import links
from .currency import at, rate_of

_GAIN_OR_LOSS = ("Exchange Gain or Loss", "Other Expense", "ExchangeGainOrLoss")


def entries(books: Books, payment: Stored, received: Entry, owed: Entry) -> Iterator[Entry]:
    """A payment's two rows in home currency and, where they differ, the gain or loss."""
    if not currencies.is_foreign(books, payment.body):
        yield from (received, owed)
        return
    sign = -1 if payment.entity == "BillPayment" else 1
    total = sign * at(cents(Decimal(payment.body["TotalAmt"])), rate_of(payment.body))
    taken = sign * _taken(books, payment)
    yield evolve(received, cents=total, home=True)
    yield evolve(owed, cents=-taken, home=True)
    if taken != total:
        account = standard.named_account(books, *_GAIN_OR_LOSS)
        yield Entry(account=account, cents=taken - total, home=True)


def payers(books: Books, target: Stored) -> list[Stored]:
    """The payments in another currency whose rows depend on the rate of this document."""
    if not currencies.is_foreign(books, target.body):
        return []
    return [
        *links.sources(books, target.id, "Payment"),
        *links.sources(books, target.id, "BillPayment"),
    ]


def _taken(books: Books, payment: Stored) -> int:
    """Home cents off the party's account: each document at its own rate, the rest at today's."""
    found = at(links.left_over(books, payment), rate_of(payment.body))
    payable = payment.entity == "BillPayment"
    for target, amount in links.held_by(payment).items():
        document = books.transaction(target)
        if document is not None:
            rate, before = rate_of(document.body), _before(books, payment, target)
            part = at(before + amount, rate) - at(before, rate)
            charge = links.position(books, document, payable=payable) >= 0
            found += part if charge else -part
    return found


def _before(books: Books, payment: Stored, target: str) -> int:
    """What earlier payments settled, so that parts lose no cent of the document by rounding."""
    found = books.store.value(
        "SELECT sum(l.cents) FROM link l JOIN object o ON o.id=l.source"
        " AND o.entity=? WHERE l.target=? AND o.number<?",
        (payment.entity, target, int(payment.id)),
    )
    return int(found or 0)
