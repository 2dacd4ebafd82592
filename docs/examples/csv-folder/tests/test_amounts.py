"""Amounts as banks write them."""

from decimal import Decimal

import pytest

from subledger_csv_folder.amounts import exact


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("12.30", ".", "12.30"),
        ("-1,234,567.89", ".", "-1234567.89"),
        ("1.234,50", ",", "1234.50"),
        ("1 234,50 €", ",", "1234.50"),
        ("1\u00a0234.50", ".", "1234.50"),
        ("1'234.50", ".", "1234.50"),
        ("($12.00)", ".", "-12.00"),
        ("12.00-", ".", "-12.00"),
        ("+7", ".", "7"),
        ("\u22125,5", ",", "-5.5"),
        (".5", ".", "0.5"),
        ("", ".", "0"),
        ("0.10", ".", "0.10"),
    ],
)
def test_amounts_are_exact(text, decimal, number):
    """An amount is read to the last digit, however the bank groups and signs it."""
    assert exact(text, decimal) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "decimal"),
    [
        ("12,30", "."),
        ("12.30", ","),
        ("1,23,456", "."),
        ("12.30 USD", "."),
        ("1e3", "."),
        ("--5", "."),
        ("-", "."),
        (".", "."),
        ("\u0661", "."),
        ("n/a", "."),
        ("1.2.3", "."),
    ],
)
def test_nothing_is_guessed(text, decimal):
    """What could mean another amount is refused, never guessed."""
    with pytest.raises(ValueError, match="is not an amount"):
        exact(text, decimal)
