"""Money: exact, never a float, never rounded by accident."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subledger.money import MOST, Money, places, total

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD", "CLP", "TND"])
MONEY = st.builds(Money, st.integers(-MOST, MOST), CURRENCIES)
SMALL = st.builds(Money, st.integers(-(10**9), 10**9), st.just("USD"))


@given(MONEY)
def test_text_round_trip(money):
    """The text of every amount reads as the same amount, to the last unit."""
    assert Money.of(money.text(), money.currency) == money


@given(MONEY)
def test_text_has_the_places_of_the_currency(money):
    """An amount is written with exactly the decimal places of its currency."""
    _, _, fraction = money.text().partition(".")
    assert len(fraction) == places(money.currency)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=None), CURRENCIES)
def test_never_rounded(amount, currency):
    """A decimal becomes exactly itself, or is refused."""
    try:
        money = Money.of(amount, currency)
    except ValueError:
        return
    assert money.amount == amount


@given(SMALL, st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_allocation_adds_up(money, weights):
    """The parts of an amount add up to it, and each lies next to its exact share."""
    if not sum(weights):
        with pytest.raises(ValueError, match="weights"):
            money.allocate(weights)
        return
    parts = money.allocate(weights)
    assert total(parts) == money
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor * sum(weights) - money.minor * weight) < sum(weights)
        assert weight or not part


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (100, (1, 1, 1), (34, 33, 33)),
        (-100, (1, 1, 1), (-34, -33, -33)),
        (1, (1, 2), (0, 1)),
        (0, (3, 4), (0, 0)),
    ],
)
def test_allocation_examples(amount, weights, parts):
    """The odd cent goes to the largest remainder, at a tie to the earlier part."""
    assert Money(amount).allocate(weights) == tuple(map(Money, parts))


@pytest.mark.parametrize("weights", [(), (0, 0), (2, -1), (-1, -1)])
def test_allocation_needs_weights(weights):
    """Nothing can be split by no weights, by zeros or by negative ones."""
    with pytest.raises(ValueError, match=r"weights|empty"):
        Money(100).allocate(weights)


@pytest.mark.parametrize("amount", [1.5, 0.1, True, float("nan")])
def test_float_is_refused(amount):
    """Money is never made of a float or of a truth value."""
    with pytest.raises(TypeError, match="never a float"):
        Money.of(amount)


@pytest.mark.parametrize("minor", [1.0, True, "1", Decimal(1)])
def test_minor_units_are_whole(minor):
    """Minor units are a whole number and nothing that looks like one."""
    with pytest.raises(TypeError, match="whole number"):
        Money(minor)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1.005", "USD"),
        ("1.5", "JPY"),
        ("0.0001", "KWD"),
        ("0.10000000000000000000000000000000000001", "USD"),
        ("12345678901234567890123456789.01", "USD"),
        ("NaN", "USD"),
        ("Infinity", "USD"),
        ("1e40", "USD"),
        ("1e-999999", "USD"),
        ("1e999999999", "USD"),
        ("-Infinity", "USD"),
        ("", "USD"),
        ("1,00", "USD"),
        ("twelve", "USD"),
    ],
)
def test_not_an_amount(text, currency):
    """What the currency cannot express, or is no number, is refused and not rounded."""
    with pytest.raises(ValueError, match=r"amount|decimal places|larger"):
        Money.of(text, currency)


def test_larger_than_the_store():
    """An amount that the database could not hold is refused where it is made."""
    assert Money(MOST).minor == MOST
    with pytest.raises(ValueError, match="larger"):
        Money(MOST + 1)
    assert MOST < 2**63


@pytest.mark.parametrize("code", ["usd", "US", "USDX", "", "US1", "USD\n"])
def test_currency_codes(code):
    """A currency is three capital letters."""
    with pytest.raises(ValueError, match="currency code"):
        Money(1, code)


def test_currencies_never_mix():
    """Sums, differences and comparisons of two currencies are refused."""
    dollar, euro = Money(1), Money(1, "EUR")
    for action in (
        lambda: dollar + euro,
        lambda: dollar - euro,
        lambda: dollar < euro,
        lambda: total([dollar, euro]),
    ):
        with pytest.raises(ValueError, match="cannot be mixed"):
            action()
    assert dollar != euro


@given(SMALL, SMALL)
def test_arithmetic(one, other):
    """Money adds, subtracts, negates and compares as its minor units do."""
    assert (one + other).minor == one.minor + other.minor
    assert (one - other) + other == one
    assert one.__neg__().__neg__() == one
    assert abs(one) == abs(-one)
    assert (one < other) == (one.minor < other.minor)
    assert bool(one) == (one.minor != 0)


def test_shown_to_people():
    """An amount is shown with grouping and currency, and written without."""
    assert str(Money(-123456789)) == "-1,234,567.89 USD"
    assert Money(-123456789).text() == "-1234567.89"
    assert Money(5, "JPY").text() == "5"
    assert Money(5, "KWD").text() == "0.005"
    assert total([], "EUR") == Money(0, "EUR")


@pytest.mark.parametrize(("currency", "number"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("XXX", 2)])
def test_places(currency, number):
    """Places follow ISO 4217; two where it lists no exception."""
    assert places(currency) == number
