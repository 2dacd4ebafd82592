"""Raw records as PEX sends them, and the movements or refusals that they must become."""

import json
from pathlib import Path

import pytest

from subledger.errors import RecordRejected
from subledger.findings import CATEGORIES
from subledger.model import Movement, amount_of
from subledger.model.stored import dump, load
from subledger.money import Money, total
from subledger.ports import RawRecord
from subledger_pex.normalise import balance_of, normalise

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(path.stem for path in GOLDEN.glob("*.json") if ".expected" not in path.name)


def record(name):
    return RawRecord(**json.loads((GOLDEN / f"{name}.json").read_text()))


def outcome(raw):
    """What a record becomes, as plain JSON."""
    balance = balance_of(raw)
    result = {"balance": None if balance is None else balance.text()}
    try:
        movements = normalise(raw)
    except RecordRejected as error:
        rejected = {"category": error.category, "field": error.field, "message": error.message}
        return {**result, "rejected": rejected}
    return {**result, "movements": [json.loads(dump(movement)) for movement in movements]}


@pytest.mark.parametrize("name", NAMES)
def test_a_record_becomes_what_is_written_beside_it(name):
    """The file beside a raw record says what it means to the books."""
    expected = json.loads((GOLDEN / f"{name}.expected.json").read_text())
    assert outcome(record(name)) == expected
    assert expected.get("rejected", {"category": "unreadable"})["category"] in CATEGORIES


@pytest.mark.parametrize("name", NAMES)
def test_the_balance_is_the_effect_of_what_is_accepted(name):
    """For an accepted record the proof counts exactly what its movement changes."""
    raw = record(name)
    try:
        movements = normalise(raw)
    except RecordRejected:
        return
    amounts = [amount_of(entity) for entity in movements]
    assert balance_of(raw) == total([amount for amount in amounts if amount is not None])


@pytest.mark.parametrize("name", NAMES)
def test_a_movement_survives_storage_with_the_id_of_its_record(name):
    """One record is one movement under the same id, and it can be stored."""
    raw = record(name)
    try:
        movements = normalise(raw)
    except RecordRejected:
        return
    assert [one.id for one in movements if isinstance(one, Movement)] in ([], [raw.id])
    files = [one for one in movements if not isinstance(one, Movement)]
    assert all(file.document.record == raw.id for file in files)
    assert [load(dump(movement)) for movement in movements] == list(movements)


def test_every_record_has_its_expectation():
    """No golden file stands alone."""
    assert NAMES
    assert {f"{name}.expected" for name in NAMES} == {
        path.stem for path in GOLDEN.glob("*.expected.json")
    }


def test_an_amount_is_never_a_float():
    """A float that slipped in is refused, not rounded."""
    raw = record("purchase")
    transaction = {**raw.data["Transaction"], "TransactionAmount": -86.4}
    with pytest.raises(RecordRejected, match="not an amount"):
        normalise(RawRecord(id=raw.id, data={"Transaction": transaction}, context=raw.context))
    assert balance_of(raw) == Money.of("-86.40")
