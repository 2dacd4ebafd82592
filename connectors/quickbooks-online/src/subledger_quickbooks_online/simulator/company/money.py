"""Amounts: Decimal with two places outside, whole cents in the ledger, halves rounded up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def rounded(amount: Decimal) -> Decimal:
    """The amount to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def cents(amount: Decimal) -> int:
    """The amount in whole cents."""
    return int(rounded(amount) * 100)


def money(amount_in_cents: int) -> Decimal:
    """Cents as an amount."""
    return rounded(Decimal(amount_in_cents) / 100)


def shares(total: int, weights: list[Decimal]) -> list[int]:
    """Split whole cents by weight without losing one: what is left over goes to the last share."""
    whole = sum(weights, Decimal(0))
    if not weights:
        return []
    if not whole:
        return [0] * (len(weights) - 1) + [total]
    parts = [
        int((Decimal(total) * weight / whole).quantize(Decimal(1), ROUND_HALF_UP))
        for weight in weights[:-1]
    ]
    return [*parts, total - sum(parts)]
