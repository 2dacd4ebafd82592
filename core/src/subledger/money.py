"""Money: whole minor units of one currency, never a float."""

import re
from collections.abc import Sequence
from decimal import Decimal

from attrs import field, frozen

_ZERO_PLACES = frozenset({"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"}) | {
    *("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF")
}
_THREE_PLACES = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_CODE = re.compile(r"[A-Z]{3}\Z")

MOST = 10**18
"""Largest number of minor units, either way: fits the database and is exact as a Decimal."""


def places(currency: str) -> int:
    """Number of decimal places of a currency (ISO 4217)."""
    if currency in _ZERO_PLACES:
        return 0
    return 3 if currency in _THREE_PLACES else 2


def _is_code(_instance: object, _attribute: object, value: str) -> None:
    if not _CODE.match(value):
        raise ValueError(f"{value!r} is not a currency code such as USD")


def _is_whole(_instance: object, _attribute: object, value: int) -> None:
    if type(value) is not int:
        raise TypeError(f"minor units are a whole number, not {value!r}")
    if not -MOST <= value <= MOST:
        raise ValueError(f"{value} minor units are larger than any amount of money")


@frozen(order=False)
class Money:
    """An amount of money: ``minor`` units (cents for USD) of ``currency`` (ISO 4217 code)."""

    minor: int = field(validator=_is_whole)
    """Whole minor units (cents for USD), at most 10^18 either way."""
    currency: str = field(default="USD", validator=_is_code)
    """ISO 4217 code, such as `USD`; it decides how many minor units make one."""

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str = "USD") -> "Money":
        """Money from an exact decimal amount in major units.

        Raises TypeError for a float and ValueError where the currency has fewer places than the
        amount or the amount is not a number: money is never rounded by accident.
        """
        if isinstance(amount, float | bool):
            raise TypeError(f"money is never a float: {amount!r}")
        try:
            exact = Decimal(amount)
            minor = exact.scaleb(places(currency))
            fits = abs(minor) <= MOST
        except (ArithmeticError, ValueError) as error:
            raise ValueError(f"{amount!r} is not an amount of money") from error
        if not fits:
            raise ValueError(f"{amount} is larger than any amount of money")
        whole = int(minor)
        if minor != whole or minor.scaleb(-places(currency)) != exact:
            raise ValueError(f"{amount} has more decimal places than {currency}")
        return cls(whole, currency)

    @property
    def amount(self) -> Decimal:
        """The exact amount in major units, with the currency's number of places."""
        return Decimal(self.minor).scaleb(-places(self.currency))

    def _same(self, other: "Money") -> None:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be mixed")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.minor), self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor < other.minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.amount:,f} {self.currency}"

    def text(self) -> str:
        """The plain amount, such as ``-86.40``, without currency or grouping."""
        return f"{self.amount:f}"

    def allocate(self, weights: Sequence[int]) -> tuple["Money", ...]:
        """Split into parts in proportion to ``weights``; the parts add up to the whole exactly.

        Largest remainder first, ties to the earlier part. Raises ValueError for no positive weight.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights must be non-negative and not all zero")
        sign = -1 if self.minor < 0 else 1
        shares = [divmod(abs(self.minor) * weight, total) for weight in weights]
        parts = [whole for whole, _ in shares]
        left = abs(self.minor) - sum(parts)
        by_remainder = sorted(range(len(shares)), key=lambda index: -shares[index][1])
        for index in by_remainder[:left]:
            parts[index] += 1
        return tuple(Money(sign * part, self.currency) for part in parts)


def total(amounts: Sequence[Money], currency: str = "USD") -> Money:
    """The sum of amounts in one currency; zero of ``currency`` for none."""
    if not amounts:
        return Money(0, currency)
    first, *rest = amounts
    for amount in rest:
        first += amount
    return first
