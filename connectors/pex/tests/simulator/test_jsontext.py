"""Exact JSON."""

import json
from decimal import Decimal

import pytest

from subledger_pex.simulator.jsontext import money, to_json


@pytest.mark.parametrize(
    ("cents", "text"),
    [(0, "0.00"), (-8640, "-86.40"), (1, "0.01"), (123_456_789_012, "1234567890.12")],
)
def test_cents_are_written_with_two_places(cents, text):
    """Whole cents become exactly two places."""
    assert to_json(money(cents)) == text


def test_other_values_are_what_the_standard_library_would_read():
    """Everything else survives a round trip through the standard library."""
    value = {"a": [1, None, True, 'quote " back \\ \n\t\u0001', "☕ ス Ł"], "b": {}, "c": ()}
    assert json.loads(to_json(value)) == {**value, "c": []}


@pytest.mark.parametrize("value", [1.5, b"x", object()])
def test_binary_fractions_and_strangers_are_refused(value):
    """A float can never slip into an amount."""
    with pytest.raises(TypeError):
        to_json({"x": value})


def test_exponents_never_show():
    """Large and small decimals are written in full."""
    assert to_json(Decimal("1E+3")) == "1000"
    assert to_json(Decimal("1E-7")) == "0.0000001"
