"""The marker of a document."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subledger.model.kinds import CARD_TRANSACTION, FEE, KNOWN, TRANSFER, Kind
from subledger.model.marker import marker, parse_marker

ANY_KIND = st.one_of(st.sampled_from(sorted(KNOWN)), st.text(min_size=1)).map(Kind)
ENTITY = st.tuples(ANY_KIND, st.text(min_size=1))


def test_short():
    """A card transaction's marker is short enough to be read aloud."""
    assert marker(CARD_TRANSACTION, "700000123") == "sl:txn-700000123"
    assert marker(TRANSFER, "810001") == "sl:trf-810001"
    assert marker(FEE, "810002") == "sl:fee-810002"
    assert marker(Kind("acme.time-entry"), "é 1") == "sl:x.acme.time~2Dentry-~C3~A9~201"


@given(entity=ENTITY, rest=st.text())
def test_parsed_back(entity, rest):
    """Whatever follows the marker in a memo, the marker is read back exactly."""
    mark = marker(*entity)
    assert parse_marker(mark) == mark
    assert parse_marker(f"{mark} {rest}") == mark


@given(one=ENTITY, other=ENTITY)
def test_different(one, other):
    """Two entities have the same marker only if they are the same entity."""
    assert (marker(*one) == marker(*other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("txn", "5"), (CARD_TRANSACTION, "5")),
        (("a", "b-c"), ("a-b", "c")),
        ((FEE, "~20"), (FEE, " ")),
    ],
)
def test_look_alikes(one, other):
    """Kinds and ids made to look like others get markers of their own."""
    assert marker(*one) != marker(*other)


@pytest.mark.parametrize(
    "memo",
    ["", "toner", "reverses sl:txn-5", "sl:", "sl:txn", "sl:txn-", "SL:txn-5", "sl:txn-5/6"],
)
def test_no_marker(memo):
    """A memo that does not start with a whole marker has none."""
    assert parse_marker(memo) is None


def test_no_id():
    """An entity without an id cannot be marked."""
    with pytest.raises(ValueError, match="without an id"):
        marker(FEE, "")
