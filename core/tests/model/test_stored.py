"""Entities as text: nothing is lost, and equal entities are equal texts."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subledger.model import (
    Approval,
    Line,
    Movement,
    Party,
    Receipt,
    Reference,
    Status,
    Tag,
    Way,
)
from subledger.model.kinds import CARD_TRANSACTION, CUSTOMER, FEE, VENDOR, Kind
from subledger.model.stored import dump, fingerprint, load
from subledger.money import Money

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
DATES = st.dates(dt.date(1900, 1, 1), dt.date(2999, 12, 31))
CURRENCY = st.sampled_from(["USD", "JPY", "KWD"])
REFERENCES = st.builds(
    Reference,
    kind=st.sampled_from([VENDOR, CUSTOMER, Kind("acme.cost-centre")]),
    name=TEXT,
    id=TEXT,
    create=st.booleans(),
)
TAGS = st.builds(Tag, name=TEXT, value=TEXT, label=TEXT)


@st.composite
def movements(draw):
    """Any movement whose lines add up."""
    currency = draw(CURRENCY)
    amounts = draw(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=4))
    if sum(amounts) <= 0:
        amounts.append(1 - sum(amounts) + draw(st.integers(0, 10**9)))
    optional = st.none() | REFERENCES
    lines = tuple(
        Line(
            amount=Money(amount, currency),
            account=draw(optional),
            item=draw(optional),
            customer=draw(optional),
            class_=draw(optional),
            memo=draw(TEXT),
            tags=tuple(draw(st.lists(TAGS, max_size=2))),
        )
        for amount in amounts
    )
    return Movement(
        kind=draw(st.sampled_from([CARD_TRANSACTION, FEE, Kind("acme.thing")])),
        id=draw(TEXT),
        way=draw(st.sampled_from(Way)),
        amount=Money(sum(amounts), currency),
        date=draw(DATES),
        transaction_date=draw(st.none() | DATES),
        status=draw(st.sampled_from(Status)),
        approval=draw(st.sampled_from(Approval)),
        description=draw(TEXT),
        merchant=draw(TEXT),
        notes=tuple(draw(st.lists(TEXT, max_size=2))),
        receipts=tuple(draw(st.lists(st.builds(Receipt, name=TEXT, url=TEXT), max_size=2))),
        lines=lines,
        detail=draw(st.dictionaries(TEXT, TEXT, max_size=3)),
        account=draw(optional),
        party=draw(optional),
        number=draw(TEXT),
        memo=draw(TEXT),
    )


PARTIES = st.builds(
    Party,
    kind=st.sampled_from([VENDOR, CUSTOMER]),
    id=TEXT,
    name=TEXT,
    company=TEXT,
    email=TEXT,
    phone=TEXT,
    active=st.booleans(),
)
ENTITIES = movements() | PARTIES


@given(ENTITIES)
def test_round_trip(entity):
    """What is stored comes back equal, of the same class, and stores as the same text again."""
    text = dump(entity)
    loaded = load(text)
    assert loaded == entity
    assert type(loaded) is type(entity)
    assert dump(loaded) == text


@given(ENTITIES, ENTITIES)
def test_fingerprint_tells_entities_apart(one, other):
    """Fingerprints are equal exactly when entities are."""
    assert (fingerprint(dump(one)) == fingerprint(dump(other))) == (one == other)


def sample(**changes):
    values = {
        "id": "1",
        "way": Way.OUT,
        "amount": Money(500),
        "date": dt.date(2026, 3, 1),
        "lines": (Line(amount=Money(500)),),
    }
    return Movement(**values | changes)


def test_order_of_detail_is_nothing():
    """The same details in another order make the same text."""
    one = sample(detail={"a": "1", "b": "2"})
    other = sample(detail={"b": "2", "a": "1"})
    assert dump(one) == dump(other)


def test_stored_form_is_pinned():
    """The stored text and its fingerprint do not change between releases."""
    party = Reference(kind=VENDOR, name="Café", create=True)
    text = dump(sample(party=party, memo="sl:txn-1"))
    assert text == (
        '{"_":"movement","amount":"500 USD","date":"2026-03-01","id":"1",'
        '"lines":[{"amount":"500 USD"}],"memo":"sl:txn-1",'
        '"party":{"create":true,"kind":"vendor","name":"Café"},"way":"out"}'
    )
    assert fingerprint(text) == "727ed7259c1ed251499b7a3961b713b2"


def test_defaults_cost_nothing():
    """A field at its default is not stored, so that a new field leaves old texts as they are."""
    assert json.loads(dump(sample())).keys() == {"_", "amount", "date", "id", "lines", "way"}


@pytest.mark.parametrize("text", ["{}", '{"_":"unheard"}', "", "[]"])
def test_foreign_text(text):
    """Text that no dump wrote is an error, not an entity."""
    with pytest.raises((ValueError, KeyError, TypeError)):
        load(text)
