"""The money around the cards: loads and unloads, ACH and wires, business fees, rebates."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from random import Random

from attrs import frozen

from . import catalogue
from .clock import instant, wall
from .model import Kind, Transaction
from .purchases import Calendar, chance

MONTHLY_FEE_CENTS = 5000
SHIPPING_FEE_CENTS = 1295
LEFT_ON_CARD_CENTS = 100
UNLOAD_EVERY_MONTHS = 3
REVERSAL_MONTH = 4


@frozen(kw_only=True)
class Month:
    """A calendar month of the simulated year and the first instant of it that is simulated."""

    year: int
    number: int
    opens: datetime

    def at(self, day: int, hour: int) -> datetime:
        """An Eastern wall time in this month, never before the month opens."""
        return max(self.opens, instant(date(self.year, self.number, day), hour))


def months(calendar: Calendar) -> list[Month]:
    """The months from the first day to today, the first and the last one in part."""
    first, result = calendar.first_day, []
    day = first
    while day <= calendar.today:
        result.append(Month(year=day.year, number=day.month, opens=instant(day, 5)))
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return result


def business(kind: Kind, cents: int, at: datetime, text: str, name: str = "") -> Transaction:
    """One settled transaction of the business account."""
    return Transaction(
        account_id=catalogue.BUSINESS_ACCOUNT_ID,
        kind=kind,
        cents=cents,
        time=at,
        settlement=at,
        description=text,
        tags=None,
        landmark=name,
    )


def internal(card: int, last_four: str, cents: int, at: datetime) -> Iterator[Transaction]:
    """A move of ``cents`` onto a card (negative: off it), as both accounts show it."""
    onto = cents > 0
    yield Transaction(
        account_id=catalogue.BUSINESS_ACCOUNT_ID,
        kind="business_load" if onto else "business_unload",
        cents=-cents,
        time=at,
        settlement=at,
        description=f"Transfer {'to' if onto else 'from'} card {last_four}",
        counter_account_id=card,
        tags=None,
    )
    yield Transaction(
        account_id=card,
        kind="card_load" if onto else "card_unload",
        cents=cents,
        time=at,
        settlement=at,
        description="Card funded" if onto else "Card defunded",
        counter_account_id=catalogue.BUSINESS_ACCOUNT_ID,
    )


def _needs(spending: Iterable[Transaction]) -> dict[tuple[int, int, int], int]:
    """What each card takes off its balance, by (year, month, card): holds included, no refunds."""
    needs: dict[tuple[int, int, int], int] = defaultdict(int)
    for transaction in spending:
        taken = min(transaction.cents, transaction.held_cents or 0)
        if taken < 0 and not transaction.is_decline:
            local = wall(transaction.time)
            needs[local.year, local.month, transaction.account_id] -= taken
    return needs


def business_fees(rng: Random, calendar: Calendar) -> Iterator[Transaction]:
    """Monthly account fees and a few shipping fees."""
    for number, month in enumerate(months(calendar)):
        at = month.at(1, 5)
        name = "monthly_fee" if number == 0 else ""
        yield business("business_fee", -MONTHLY_FEE_CENTS, at, "Monthly Account Fee", name)
        if number in {1, 7} or chance(rng, 10):
            name = "shipping_fee" if number == 1 else ""
            yield business("business_fee", -SHIPPING_FEE_CENTS, at, "Card Shipping Fee", name)


def prepaid_funding(
    rng: Random, calendar: Calendar, spending: list[Transaction]
) -> Iterator[Transaction]:
    """ACH, wires, rebates and card loads such that no balance ever falls below zero."""
    needs = _needs(spending)
    for number, month in enumerate(months(calendar)):
        at = month.at(1, 6)
        loads = 0
        month_spend = 0
        for person in catalogue.CARDHOLDERS:
            need = needs.get((month.year, month.number, person.account_id), 0)
            if not need:
                continue
            load = -(-need // 5000) * 5000 + LEFT_ON_CARD_CENTS
            loads += load
            month_spend += need
            yield from internal(person.account_id, person.last_four, load, at)
            if number % UNLOAD_EVERY_MONTHS == UNLOAD_EVERY_MONTHS - 1:
                back = month.at(2, 6)
                yield from internal(person.account_id, person.last_four, -LEFT_ON_CARD_CENTS, back)
        credit = -(-(loads + 2 * MONTHLY_FEE_CENTS) // 10000) * 10000
        name = "ach_credit" if number == 0 else ""
        yield business("ach_credit", credit, month.at(1, 5), "ACH Credit", name)
        rebate = max(1, month_spend // 100 + rng.randint(0, 99))
        name = "rebate" if number == 0 else ""
        yield business("rebate", rebate, at, "Rebate Credit", name)
        if number == REVERSAL_MONTH:
            yield business(
                "rebate_reversal", -rebate, at, "Rebate Credit Reversal", "rebate_reversal"
            )
    yield business("wire_in", 1_000_000, calendar.days_ago(200, 11), "Wire In", "wire_in")
    yield business("ach_debit", -250_000, calendar.days_ago(150, 11), "ACH Debit", "ach_debit")
