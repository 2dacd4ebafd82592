"""What lines add up to, and the tax on them; pure."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from attrs import frozen

from .model import Line, TaxRate


@frozen(kw_only=True)
class Totals:
    """Sums of a document in cents; ``components`` tells the tax by its name."""

    subtotal: int
    tax: int
    components: Mapping[str, int]

    @property
    def total(self) -> int:
        """Subtotal and tax."""
        return self.subtotal + self.tax


def whole_cents(value: Decimal) -> int:
    """To the nearest cent, halves away from zero."""
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def extension(line: Line) -> int:
    """Price by quantity less the discount of the line, in cents."""
    gross = line.price_cents * line.quantity
    if line.discount_percent is not None:
        gross -= gross * line.discount_percent / 100
    if line.discount_cents is not None:
        gross -= line.discount_cents
    return whole_cents(gross)


def _components(rate: TaxRate, base: int) -> dict[str, int]:
    result: dict[str, int] = {}
    for part in rate.components:
        on = base + (sum(result.values()) if part.compound else 0)
        result[part.name] = whole_cents(on * part.percent / 100)
    return result


def totals(
    lines: Iterable[Line], rate_id: int | None, rates: Mapping[int, TaxRate], default: int
) -> Totals:
    """The sums of a document whose own rate is ``rate_id`` (None: the account's ``default``).

    A line's own rate replaces the document's, unless that one is exempt. Each component of a
    rate is rounded once, on the sum of its lines.
    """
    own = rates[rate_id if rate_id is not None else default]
    subtotal, bases = 0, dict[int, int]()
    for line in lines:
        amount = extension(line)
        subtotal += amount
        if line.taxable and not own.is_exempt:
            key = own.id if line.tax_rate_id is None else line.tax_rate_id
            bases[key] = bases.get(key, 0) + amount
    parts: dict[str, int] = {}
    for key, base in bases.items():
        for name, cents in _components(rates[key], base).items():
            parts[name] = parts.get(name, 0) + cents
    return Totals(subtotal=subtotal, tax=sum(parts.values()), components=parts)
