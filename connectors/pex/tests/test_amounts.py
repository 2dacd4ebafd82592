"""Amounts are exact."""

import json
from pathlib import Path

import pytest

from subledger.errors import RecordRejected
from subledger.money import Money
from subledger.ports import RawRecord
from subledger_pex.normalise import balance_of, normalise

PURCHASE = Path(__file__).parent / "golden" / "purchase.json"


def test_an_amount_is_never_a_float():
    """A float that slipped in is refused, not rounded."""
    raw = RawRecord(**json.loads(PURCHASE.read_text()))
    transaction = {**raw.data["Transaction"], "TransactionAmount": -86.4}
    with pytest.raises(RecordRejected, match="not an amount"):
        normalise(RawRecord(id=raw.id, data={"Transaction": transaction}, context=raw.context))
    assert balance_of(raw) == Money.of("-86.40")
