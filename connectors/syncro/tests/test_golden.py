"""Raw records as Syncro sends them, and the entities or refusals that they must become."""

import json
from pathlib import Path

import pytest

from subledger.errors import RecordRejected
from subledger.findings import CATEGORIES
from subledger.model import amount_of
from subledger.model.stored import dump, load
from subledger.money import total
from subledger.ports import RawRecord
from subledger_syncro.normalise import balance_of, normalise

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(path.stem for path in GOLDEN.glob("*.json") if ".expected" not in path.name)


def record(name):
    return RawRecord(**json.loads((GOLDEN / f"{name}.json").read_text()))


def outcome(raw):
    """What a record becomes, as plain JSON."""
    balance = balance_of(raw)
    result = {"balance": None if balance is None else balance.text()}
    try:
        entities = normalise(raw)
    except RecordRejected as error:
        rejected = {"category": error.category, "field": error.field, "message": error.message}
        return {**result, "rejected": rejected}
    return {**result, "entities": [json.loads(dump(entity)) for entity in entities]}


@pytest.mark.parametrize("name", NAMES)
def test_a_record_becomes_what_is_written_beside_it(name):
    """The file beside a raw record says what it means to the books."""
    expected = json.loads((GOLDEN / f"{name}.expected.json").read_text())
    assert outcome(record(name)) == expected
    assert expected.get("rejected", {"category": "unreadable"})["category"] in CATEGORIES


@pytest.mark.parametrize("name", NAMES)
def test_the_balance_is_the_effect_of_what_is_accepted(name):
    """For an accepted record the proof counts exactly what its entities change."""
    raw = record(name)
    try:
        entities = normalise(raw)
    except RecordRejected:
        return
    effects = [amount for entity in entities if (amount := amount_of(entity)) is not None]
    assert balance_of(raw) == total(effects)


@pytest.mark.parametrize("name", NAMES)
def test_entities_survive_storage_with_the_id_of_their_record(name):
    """A record's entities have its id, and can be stored."""
    raw = record(name)
    try:
        entities = normalise(raw)
    except RecordRejected:
        return
    assert {entity.id for entity in entities} <= {raw.id}
    assert [load(dump(entity)) for entity in entities] == list(entities)


def test_every_record_has_its_expectation():
    """No golden file stands alone."""
    assert NAMES
    assert {f"{name}.expected" for name in NAMES} == {
        path.stem for path in GOLDEN.glob("*.expected.json")
    }


def test_an_amount_is_never_a_float():
    """A float that slipped in is refused, not rounded."""
    raw = record("payment")
    payment = {**raw.data["payment"], "payment_amount": 270.63}
    with pytest.raises(RecordRejected, match="not an amount"):
        normalise(RawRecord(id=raw.id, data={"payment": payment}, context=raw.context))
