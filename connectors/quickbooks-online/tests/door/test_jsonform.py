"""JSON with exact decimals."""

from decimal import Decimal

import pytest

from subledger_quickbooks_online.simulator.jsonform import from_json, to_json


@pytest.mark.parametrize("text", ['{"a":86.40}', "[1,-2.50,true,false,null]", '{"ü":"\\\\\\""}'])
def test_there_and_back(text):
    """What was read is written with the same digits."""
    assert to_json(from_json(text)) == text


def test_no_binary_fractions():
    """Fractions are Decimal, and a float is refused."""
    assert from_json("0.1") == Decimal("0.1")
    assert to_json(Decimal("1E+3")) == "1000"
    with pytest.raises(TypeError, match="float"):
        to_json({"a": 0.1})


def test_a_pair_of_surrogates():
    """A character outside of the basic plane may be written as a pair, but not as a half."""
    assert from_json(b'"\\ud83d\\ude00"') == "\U0001f600"
    with pytest.raises(ValueError, match="surrogates"):
        from_json('"\\ud83d"')


@pytest.mark.parametrize("text", ["NaN", "[" * 100_000, "", "{'a': 1}"])
def test_what_is_not_json(text):
    """Only JSON is read, and not without bounds."""
    with pytest.raises(ValueError, match=r"JSON|deep|Expecting"):
        from_json(text)
