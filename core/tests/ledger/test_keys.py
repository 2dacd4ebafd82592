"""Keys: the same intended write has the same key, another write another one."""

import re

from hypothesis import given
from hypothesis import strategies as st

from subledger.ledger.keys import KEY_LENGTH, attempt_key, idempotency_key
from subledger.manifest import Operation
from subledger.model.kinds import CARD_TRANSACTION, FEE

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
WRITES = st.tuples(
    *(TEXT, TEXT, st.sampled_from([CARD_TRANSACTION, FEE]), TEXT, st.sampled_from(Operation), TEXT)
)


def key(write):
    connection, source, kind, record, operation, turn = write
    return idempotency_key(connection, source, kind, record, operation=operation, turn=turn)


@given(WRITES, WRITES)
def test_keys_tell_writes_apart(one, other):
    """Keys are equal exactly when the writes are."""
    assert (key(one) == key(other)) == (one == other)
    assert re.fullmatch(rf"[a-z2-7]{{{KEY_LENGTH}}}", key(one))


def test_key_is_pinned():
    """A key does not change between releases: it is how a write is recognised after an upgrade."""
    write = ("books", "cards", CARD_TRANSACTION, "1", Operation.CREATE, "")
    assert key(write) == "62gri5xxzfpyw6a7la6cswuywn"


def test_parts_do_not_run_together():
    """The parts of a write stay apart, wherever their limits lie."""
    one = ("ab", "c", FEE, "1", Operation.CREATE, "")
    other = ("a", "bc", FEE, "1", Operation.CREATE, "")
    assert key(one) != key(other)


@given(WRITES, st.integers(0, 1295), st.integers(0, 1295))
def test_attempts(write, one, other):
    """Every new attempt has a key of its own, which shows the write that it belongs to."""
    made = attempt_key(key(write), one)
    assert len(made) == 22
    assert key(write).startswith(made[:20])
    assert (made == attempt_key(key(write), other)) == (one == other)
