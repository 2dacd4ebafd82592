"""The monthly invoices of a business in the credit programme, and how they were paid."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import count

from . import catalogue
from .clock import instant, wall
from .model import Allocation, Invoice, Payment, Transaction
from .seen import seen_at
from .vocabulary import CATEGORY

REJECTED_MONTH, REVERSAL_MONTH, DEFECTIVE_MONTH, SAME_DAY_MONTH = 1, 2, 3, 4
SHORT_BY_CENTS = 1000


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def allocations(transactions: Iterable[Transaction], at: datetime) -> tuple[Allocation, ...]:
    """What transactions cost by expense account tag and category, as tagged at ``at``."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for transaction in transactions:
        seen = seen_at(transaction, at)
        category = CATEGORY[transaction.kind]
        tags = None if seen is None else seen.tags
        if (
            tags is not None
            and tags.splits
            and sum(s.cents for s in tags.splits) == abs(transaction.cents)
        ):
            sign = 1 if transaction.cents < 0 else -1
            for line in tags.splits:
                value = dict(line.answers).get(catalogue.ACCOUNT_TAG, "")
                sums[value, category] += sign * line.cents
        else:
            value = "" if tags is None else dict(tags.answers).get(catalogue.ACCOUNT_TAG, "")
            sums[value, category] -= transaction.cents
    return tuple(
        Allocation(tag_value=value, category=category, cents=cents)
        for (value, category), cents in sorted(sums.items())
        if cents
    )


def _payments(number: int, cents: int, paid: datetime, ids: Iterator[int]) -> Iterator[Payment]:
    def payment(kind: str, amount: int, text: str, *, rejected: bool = False) -> Payment:
        return Payment(
            id=next(ids), type=kind, paid=paid, description=text, cents=amount, rejected=rejected
        )

    rebate = cents // 100
    reversal = rebate // 2 if number == REVERSAL_MONTH else 0
    cash = cents - rebate + reversal
    if number == REJECTED_MONTH:
        yield payment("PEXTransfer", cash, "ACH", rejected=True)
    if number == DEFECTIVE_MONTH:
        cash -= SHORT_BY_CENTS
    yield payment("SameDayACH" if number == SAME_DAY_MONTH else "PEXTransfer", cash, "ACH")
    if rebate:
        yield payment("RebateCredit", rebate, "Rebate")
    if reversal:
        yield payment("RebateCreditReversal", reversal, "Rebate reversal")


def invoices(transactions: Iterable[Transaction], today: date) -> Iterator[Invoice]:
    """One invoice for each finished month that cost something, and a cancelled one.

    The amount is everything that settled in the month, Eastern time. Invoices are issued on the
    first of the next month and paid on the fifteenth.
    """
    by_month: dict[date, list[Transaction]] = defaultdict(list)
    for transaction in transactions:
        if transaction.settlement is not None and not transaction.is_decline:
            settled = wall(transaction.settlement).date()
            by_month[settled.replace(day=1)].append(transaction)
    ids = count(91)
    numbers = count(3301)
    for position, month in enumerate(sorted(by_month)):
        issued = instant(_next_month(month), 6)
        cents = -sum(transaction.cents for transaction in by_month[month])
        if cents <= SHORT_BY_CENTS or _next_month(month) > today:
            continue
        due = _next_month(month).replace(day=15)
        paid = instant(due, 0)
        yield Invoice(
            id=next(numbers),
            cents=cents,
            issued=issued,
            due=due,
            closed=paid,
            allocations=allocations(by_month[month], issued),
            payments=tuple(_payments(position, cents, paid, ids)),
        )
        if position == 0:
            yield Invoice(
                id=next(numbers), cents=2500, issued=issued, due=due, closed=None, is_cancelled=True
            )
