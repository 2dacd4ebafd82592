"""The ledger of effects: one row an intended write, one state a row, one key for ever."""

import pytest
import sqlalchemy as sa
from attrs import evolve

from subledger.ledger import effects
from subledger.ledger.effects import Intent, State
from subledger.ledger.keys import attempt_key
from subledger.manifest import Operation
from subledger.model.kinds import CARD_TRANSACTION
from subledger.store.schema import EFFECT

INTENT = Intent(
    connection="books",
    flow="cards",
    source="cards",
    kind=CARD_TRANSACTION,
    record="1",
    operation=Operation.CREATE,
    entity="{}",
    version="v1",
    fingerprint="f1",
)


def rows(c):
    return c.execute(sa.select(EFFECT).order_by(EFFECT.c.id)).all()


def put(c, state, **values):
    """Moves the only effect into a state."""
    c.execute(sa.update(EFFECT).values(state=state, **values))


def test_same_write_same_row(c):
    """Whoever plans the same write, and however often, finds the same row."""
    made = [effects.plan(c, evolve(INTENT, entity=str(n)), 1).id for n in range(4)]
    assert len(set(made)) == 1
    (row,) = rows(c)
    assert (row.state, row.entity, row.generation) == (State.PLANNED, "3", 0)


@pytest.mark.parametrize(
    "change",
    [
        {"connection": "other"},
        {"source": "other"},
        {"record": "2"},
        {"operation": Operation.UPDATE},
        {"turn": "1/f2"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_other_write_other_row(c, change):
    """Another connection, source, record, operation or turn is another write."""
    one = effects.plan(c, INTENT, 1)
    assert effects.plan(c, evolve(INTENT, **change), 1).id != one.id


TABLE = {
    State.PLANNED: ("planned", 0),
    State.HELD: ("planned", 0),
    State.SENT: ("busy", 0),
    State.UNKNOWN: ("busy", 0),
    State.SETTLED: ("settled", 0),
    State.REJECTED: ("planned", 1),
    State.SUPERSEDED: ("planned", 1),
    State.UNDONE: ("planned", 1),
}


@pytest.mark.parametrize("state", State)
def test_planning_over_each_state(c, state):
    """What planning makes of a row: what has left stays untouched, what is done stays done.

    Only after an attempt that certainly did not happen a new attempt gets a new key.
    """
    effects.plan(c, INTENT, 1)
    put(c, state)
    planned = effects.plan(c, evolve(INTENT, entity="new"), 2)
    fate, generation = TABLE[state]
    (row,) = rows(c)
    assert row.generation == generation
    assert planned.busy == (fate == "busy")
    untouched = fate in ("busy", "settled")
    assert row.state == (state if untouched else State.PLANNED)
    assert row.entity == ("{}" if untouched else "new")
    changed = attempt_key(row.key, row.generation) != attempt_key(row.key, 0)
    assert changed == (generation == 1)


def test_table_is_whole():
    """Every state is in the table above."""
    assert set(TABLE) == set(State)


def test_replanned_row_is_clean(c):
    """A row that is planned again carries nothing of the last refusal."""
    effects.plan(c, INTENT, 1)
    put(c, State.REJECTED, code="3070", message="too long", not_before=5)
    effects.plan(c, INTENT, 2)
    (row,) = rows(c)
    assert (row.code, row.message, row.not_before, row.planned_at) == ("", "", None, 2)


def test_review(c):
    """With a review nothing goes before a person approves, and then all of the flow goes."""
    assert effects.plan(c, evolve(INTENT, review=True), 1).state is State.HELD
    effects.plan(c, evolve(INTENT, record="2", review=True), 1)
    effects.plan(c, evolve(INTENT, record="3", flow="other", review=True), 1)
    assert effects.approve(c, "cards") == 2
    assert [row.state for row in rows(c)] == [State.PLANNED, State.PLANNED, State.HELD]
    assert effects.approve(c, "cards") == 0


def test_approved_stays_approved(c):
    """A document that was approved is not asked about again, unless it changes."""
    intent = evolve(INTENT, review=True)
    effects.plan(c, intent, 1)
    effects.approve(c, "cards")
    assert effects.plan(c, intent, 2).state is State.PLANNED
    assert effects.plan(c, evolve(intent, fingerprint="f2"), 3).state is State.HELD


def test_waiting_for_another(c):
    """What waits for another effect is held, and stays so after an approval."""
    first = effects.plan(c, INTENT, 1)
    intent = evolve(INTENT, record="2", waits_for=first.id, review=True)
    assert effects.plan(c, intent, 1).state is State.HELD
    assert effects.approve(c, "cards") == 1
    row = rows(c)[1]
    assert (row.state, row.review) == (State.HELD, False)


def test_approval_after_what_it_waited_for(bench):
    """A document goes once it is approved, also where the vendor it waited for came first."""
    bench.run(bench.movement("1", merchant="New"), review=True)
    effects.approve(bench.c, "cards")
    bench.run(bench.movement("2", merchant="New"), review=True)
    bench.post(2)
    assert bench.claim() is None
    assert effects.approve(bench.c, "cards") == 1
    assert bench.claim().entity.id == "2"


def test_supersede(c):
    """Only what has not left can be withdrawn."""
    effects.plan(c, INTENT, 1)
    for state in State:
        put(c, state)
        effects.supersede(c, "books", "cards", CARD_TRANSACTION, "1")
        withdrawn = state in (State.PLANNED, State.HELD)
        assert rows(c)[0].state == (State.SUPERSEDED if withdrawn else state)


def test_in_flight(c):
    """A write is in flight from the moment it is sent until its outcome is known."""
    effects.plan(c, INTENT, 1)
    for state in State:
        put(c, state)
        flies = effects.in_flight(c, "cards", CARD_TRANSACTION, "1")
        assert flies == (state in (State.SENT, State.UNKNOWN))
    assert not effects.in_flight(c, "cards", CARD_TRANSACTION, "2")


def test_key_is_unique_in_the_database(c):
    """The database itself refuses a second row with one key."""
    effects.plan(c, INTENT, 1)
    values = {key: value for key, value in rows(c)[0]._mapping.items() if key != "id"}
    with pytest.raises(sa.exc.IntegrityError, match="UNIQUE"):
        c.execute(sa.insert(EFFECT).values(values))
