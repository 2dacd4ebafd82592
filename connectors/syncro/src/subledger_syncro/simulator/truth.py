"""What the account really adds up to, for tests: in cents, with what its answers do not tell."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from .model import Invoice, Payment
from .sales import credit_cents, is_paid, paid_cents, totals_of
from .world import World


def invoice_truth(world: World, one: Invoice) -> dict[str, Any]:
    """Sums, tax by its name, and what was paid by which payment."""
    sums = totals_of(world, one)
    paid = paid_cents(world, one)
    return {
        "number": one.number,
        "customer": one.customer_id,
        "date": one.date.isoformat(),
        "tax_rate": one.tax_rate_id if one.tax_rate_id is not None else world.default_rate,
        "subtotal": sums.subtotal,
        "tax": sums.tax,
        "tax_by_name": dict(sums.components),
        "total": sums.total,
        "paid": paid,
        "balance": sums.total - paid,
        "is_paid": is_paid(world, one),
        "lines": len(one.lines),
    }


def payment_truth(one: Payment) -> dict[str, Any]:
    """Where the money went; ``unapplied`` became store credit."""
    return {
        "customer": one.customer_id,
        "date": one.applied_at.isoformat(),
        "cents": one.cents,
        "applied": {str(number): cents for number, cents in one.applied},
        "unapplied": 0 if one.uses_credit else one.unapplied_cents,
        "method": one.method,
        "ref_num": one.ref_num,
        "success": one.success,
        "uses_credit": one.uses_credit,
    }


def invoice_sort(world: World, one: Invoice) -> str:
    """``invoice``, ``zero_invoice`` or ``credit_memo``."""
    total = totals_of(world, one).total
    if total == 0:
        return "zero_invoice"
    return "invoice" if total > 0 else "credit_memo"


def payment_sort(one: Payment) -> str:
    """``payment``, ``refund``, ``credit_use`` or ``declined_payment``."""
    if not one.success:
        return "declined_payment"
    if one.uses_credit:
        return "credit_use"
    return "payment" if one.cents > 0 else "refund"


def _add(into: dict[str, Counter[str]], sort: str, **cents: int) -> None:
    counter = into.setdefault(sort, Counter())
    counter["count"] += 1
    for name, value in cents.items():
        counter[name] += value


def totals_by_sort(world: World) -> dict[str, dict[str, int]]:
    """Count and sums by sort of document."""
    found: dict[str, Counter[str]] = {}
    for invoice in world.invoices.values():
        sums = totals_of(world, invoice)
        balance = sums.total - paid_cents(world, invoice)
        _add(
            found,
            invoice_sort(world, invoice),
            subtotal=sums.subtotal,
            tax=sums.tax,
            total=sums.total,
            balance=balance,
        )
    for payment in world.payments.values():
        unapplied = 0 if payment.uses_credit else payment.unapplied_cents
        _add(found, payment_sort(payment), cents=payment.cents, unapplied=unapplied)
    for order in world.orders.values():
        sort = "finished_order" if order.is_finished else "open_order"
        _add(found, sort, cents=order.total_cents)
    for purchase in world.purchases.values():
        sort = "customer_purchase" if purchase.is_final else "offered_purchase"
        _add(found, sort, cents=purchase.total_cents)
    return {sort: dict(sums) for sort, sums in sorted(found.items())}


def counts(world: World) -> dict[str, int]:
    """Records by kind."""
    return {
        "customer": len(world.customers),
        "contact": len(world.contacts),
        "product": len(world.products),
        "vendor": len(world.vendors),
        "invoice": len(world.invoices),
        "payment": len(world.payments),
        "purchase_order": len(world.orders),
        "schedule": len(world.schedules),
        "estimate": len(world.estimates),
        "customer_purchase": len(world.purchases),
    }


def _nonzero(pairs: Iterable[tuple[int, int]]) -> dict[str, int]:
    return {str(number): cents for number, cents in pairs if cents}


def truth(world: World) -> dict[str, Any]:
    """Everything that a ledger kept in agreement with this account must show.

    ``receivable`` is the sum of all balances; it equals what was invoiced less what successful
    payments applied.
    """
    balances = {one.id: invoice_truth(world, one) for one in world.invoices.values()}
    payers = {one.customer_id for one in world.payments.values()}
    deleted: dict[str, list[int]] = {}
    for event in world.deleted:
        deleted.setdefault(event.kind, []).append(event.id)
    return {
        "invoices": {str(number): row for number, row in balances.items()},
        "payments": {str(one.id): payment_truth(one) for one in world.payments.values()},
        "orders": {
            str(one.id): {
                "number": one.number,
                "vendor": one.vendor_id,
                "cents": one.total_cents,
                "is_finished": one.is_finished,
            }
            for one in world.orders.values()
        },
        "purchases": {
            str(one.id): {
                "number": one.number,
                "customer": one.customer_id,
                "date": one.date.isoformat(),
                "cents": one.total_cents,
                "is_final": one.is_final,
            }
            for one in world.purchases.values()
        },
        "store_credit": _nonzero((one, credit_cents(world, one)) for one in sorted(payers)),
        "deleted": deleted,
        "counts": counts(world),
        "totals": totals_by_sort(world),
        "receivable": sum(row["balance"] for row in balances.values()),
    }
