"""Amounts are exact."""

import json
from pathlib import Path

import pytest

from subledger.errors import RecordRejected
from subledger.ports import RawRecord
from subledger_syncro.normalise import normalise

PAYMENT = Path(__file__).parent / "golden" / "payment.json"


def test_an_amount_is_never_a_float():
    """A float that slipped in is refused, not rounded."""
    raw = RawRecord(**json.loads(PAYMENT.read_text()))
    payment = {**raw.data["payment"], "payment_amount": 270.63}
    with pytest.raises(RecordRejected, match="not an amount"):
        normalise(RawRecord(id=raw.id, data={"payment": payment}, context=raw.context))
