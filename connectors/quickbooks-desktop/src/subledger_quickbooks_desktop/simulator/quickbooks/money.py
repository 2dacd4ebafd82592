"""Amounts: cents inside, two decimals outside."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
PERCENT = 100


def cents(text: str | None) -> int:
    """Integer cents of a qbXML amount; empty is nothing."""
    if not text:
        return 0
    return int(Decimal(text).scaleb(2))


def amount(value: int) -> str:
    """A qbXML amount of integer cents."""
    sign = "-" if value < 0 else ""
    whole, fraction = divmod(abs(value), 100)
    return f"{sign}{whole}.{fraction:02d}"


def product(quantity: str, rate: str) -> int:
    """Quantity times rate in cents, rounded half up."""
    exact = Decimal(quantity or "0") * Decimal(rate or "0")
    return int(exact.quantize(CENT, ROUND_HALF_UP).scaleb(2))


def share(value: int, percent: str) -> int:
    """A percentage of an amount in cents, rounded half up."""
    exact = Decimal(value) * Decimal(percent or "0") / PERCENT
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))
