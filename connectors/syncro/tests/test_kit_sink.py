"""Syncro keeps what every sink promises, for the payments and customers that it takes."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import define

from subledger.errors import AuthenticationError, TemporaryError
from subledger.model import Application, Reference, Settlement, kinds
from subledger.money import Money
from subledger.testing import Fault, Scenario, Trouble, Written
from subledger.testing.contracts.sink import SinkContract
from subledger.testing.specimens import AMOUNTS
from subledger_syncro.plugin import register_sinks
from subledger_syncro.simulator import sales
from subledger_syncro.testing import SyncroOutside

(SINK,) = register_sinks()


@define(eq=False)
class SyncroBooks(SyncroOutside):
    """An account that takes payments from the books, with a large open invoice."""

    customer: int = 0
    invoice: int = 0
    older: frozenset[int] = frozenset()

    def __attrs_post_init__(self) -> None:
        now, world = self.clock(), self.simulation.world
        self.customer = min(world.customers)
        line = sales.line(world, now, item="A", name="A", price_cents=9_999_999, taxable=False)
        invoice = sales.add_invoice(
            world, now, customer_id=self.customer, day=now.date(), lines=[line]
        )
        self.invoice = invoice.id
        self.older = frozenset(world.payments)

    @property
    def settings(self) -> Mapping[str, Any]:
        """As ever; payments come from the books."""
        return {**SyncroOutside.settings.fget(self), "payments": "from_books"}

    def documents(self):
        """The payments that were recorded since."""
        return [
            Written(
                type="Payment",
                id=str(one.id),
                date=one.applied_at,
                amount=-Decimal(one.cents) / 100,
                memo=one.ref_num or "",
                text=f"{one.ref_num} {one.method} {one.applied}",
            )
            for one in self.simulation.world.payments.values()
            if one.id not in self.older
        ]

    def edit(self, id: str) -> None:  # noqa: A002 - the field's own name
        """Nobody can change a payment in Syncro."""
        raise NotImplementedError


class TestSyncro(SinkContract):
    """An account that takes payments from the books."""

    type = SINK
    main = kinds.PAYMENT
    worlds = 20
    scenarios = (
        Scenario(name="works"),
        Scenario(name="wrong token", settings={"api_token": "wrong"}, raises=AuthenticationError),
        Scenario(
            name="throttled",
            fault=Fault(what=Trouble.THROTTLED, times=None),
            raises=TemporaryError,
        ),
    )

    def outside(self, clock):
        """A simulated account without a socket."""
        self.books = SyncroBooks(clock, invoices=3)
        return self.books

    def specimens(self, kind, number):
        """Customers are new ones; payments pay the open invoice, today."""
        if kind != kinds.PAYMENT:
            return super().specimens(kind, number)
        amount = Money.of(AMOUNTS[(number - 1) % 3])
        invoice = Reference(kind=kinds.INVOICE, id=str(self.books.invoice))
        return [
            Settlement(
                kind=kind,
                id=f"3{number}",
                party=Reference(kind=kinds.CUSTOMER, id=str(self.books.customer)),
                date=self.start.date(),
                amount=amount,
                applications=(Application(document=invoice, amount=amount),),
                account=Reference(kind=kinds.ACCOUNT, id="1", name="Accounts Receivable"),
                number=f"S{number}",
            )
        ]
