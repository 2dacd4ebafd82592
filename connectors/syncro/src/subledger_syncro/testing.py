"""The simulated Syncro as the outside of a connector under test, for anybody's contracts."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from attrs import define, field

from subledger.errors import TemporaryError
from subledger.model.kinds import CREDIT_MEMO, INVOICE, PAYMENT, PURCHASE, PURCHASE_ORDER
from subledger.money import Money
from subledger.runtime import HttpResponse
from subledger.testing import Clock, Held
from subledger_syncro.simulator import Behaviour, Request, Simulation, answer, purchasing, sales
from subledger_syncro.simulator.clock import local_day
from subledger_syncro.simulator.model import Order, Payment

TOKEN: Final = "demo-token"  # noqa: S105 - opens made-up data only


@define(eq=False)
class SyncroOutside:
    """A simulated account with a year of business that ends today, without a socket.

    With ``purchases`` it buys from customers, under an address that Syncro does not describe.
    """

    clock: Clock
    invoices: int = 30
    seed: int = 1
    purchases: bool = False
    simulation: Simulation = field(init=False)

    @simulation.default
    def _opened(self) -> Simulation:
        made = Simulation.of(
            today=self.clock().date(),
            seed=self.seed,
            invoices=self.invoices,
            clock=self.clock,
            monotonic=self._seconds,
            token=TOKEN,
        )
        made.behaviour = Behaviour(customer_purchases=self.purchases)
        return made

    def _seconds(self) -> float:
        return self.clock().timestamp()

    @property
    def settings(self) -> Mapping[str, Any]:
        """The connection's table."""
        return {
            "api_token": TOKEN,
            "subdomain": self.simulation.subdomain,
            "customer_purchases": self.purchases,
            "webhook_secret": "demo-webhook-secret",
        }

    async def http(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | list[tuple[str, str]] | None = None,
        body: bytes | None = None,
        timeout: float = 30.0,  # noqa: ARG002, ASYNC109 - part of the port
    ) -> HttpResponse:
        """The door. Raises TemporaryError where the simulator hangs up."""
        parts = urlsplit(url)
        query = tuple(params.items() if isinstance(params, Mapping) else params or ())
        request = Request(
            method=method,
            path=parts.path,
            query=query,
            headers={**(headers or {}), "Host": parts.netloc},
            body=body or b"",
        )
        found = answer(self.simulation, request)
        if found.is_lost:
            raise TemporaryError("no answer")
        return HttpResponse(
            status=found.status,
            headers={name.lower(): text for name, text in found.headers.items()},
            body=found.body,
        )

    def holds(self) -> Iterable[Held]:
        """Every invoice, payment and purchase order, and where it buys, what it bought."""
        world = self.simulation.world
        for invoice in world.invoices.values():
            total = Money(sales.totals_of(world, invoice).total)
            yield Held(
                id=str(invoice.id), kind=INVOICE, version=invoice, date=invoice.date, moves=total
            )
        for payment in world.payments.values():
            yield Held(
                id=str(payment.id),
                kind=PAYMENT,
                version=payment,
                date=payment.applied_at,
                moves=_received(payment),
            )
            if payment.method == sales.CREDIT_METHOD:
                yield Held(
                    id=f"credit-{payment.id}",
                    kind=CREDIT_MEMO,
                    version=payment,
                    date=payment.applied_at,
                    moves=_given(payment),
                )
        for order in world.orders.values():
            yield Held(
                id=str(order.id),
                kind=PURCHASE_ORDER,
                version=order,
                date=local_day(order.created_at),
                moves=_owed(order),
            )
        for one in world.purchases.values() if self.purchases else ():
            if one.is_final:
                paid = Money(-one.total_cents)
                yield Held(id=str(one.id), kind=PURCHASE, version=one, date=one.date, moves=paid)

    def change(self) -> None:
        """An invoice is written and paid in part, another one changes, an offer is bought."""
        world, now = self.simulation.world, self.clock()
        *_, last = world.invoices.values()
        world.put(last, now, note="changed")
        line = sales.line(world, now, item="Visit", name="Visit", price_cents=9_000, taxable=False)
        made = sales.add_invoice(
            world, now, customer_id=last.customer_id, day=local_day(now), lines=[line]
        )
        sales.pay_invoice(world, now, made, 4_000)
        for one in list(world.purchases.values()):
            if not one.is_final:
                purchasing.finish_purchase(world, now, one)
                return


def _received(payment: Payment) -> Money:
    """What money moves in the receivables: attempts and store credit move nothing."""
    is_money = payment.success and payment.method != sales.CREDIT_METHOD
    return Money(-payment.cents if is_money else 0)


def _given(payment: Payment) -> Money | None:
    """What store credit moves in the receivables: what was given does, what is used does not.

    None for credit that paid an invoice which was deleted since: nobody describes what becomes of
    it, and it looks like credit that was given.
    """
    if payment.uses_credit:
        return Money(0) if payment.applied else None
    return Money(-payment.cents if payment.success else 0)


def _owed(order: Order) -> Money:
    """What an order moves in the payables: its bill, or before that the goods that came."""
    came = sum(line.received_quantity * line.cost_cents for line in order.lines)
    return Money(-(order.total_cents if order.is_finished else came))
