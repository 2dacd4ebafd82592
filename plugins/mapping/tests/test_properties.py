"""What holds for every record and every setting."""

import time
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from subledger.money import total
from subledger.ports import Hold, Keep
from subledger_mapping.config import Rule, When

NAMES = st.sampled_from(
    [
        "Fuel",
        "fuel",
        "Fuel ",
        "Meals",
        "Travel:Hotel",
        "Postage",
        "Gone",
        "201 · Equipment",
        "North",
    ]
)
VALUES = st.one_of(NAMES, st.text(max_size=8), st.tuples(NAMES, NAMES))
LINES = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(["GL Account", "Class", "Customer", "Item", "x"]), VALUES),
        st.integers(1, 10**8),
    ),
    min_size=1,
    max_size=4,
)
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "account_default": NAMES,
        "account_required": st.booleans(),
        "class_default": NAMES,
        "tags": st.fixed_dictionaries({"GL Account": st.dictionaries(NAMES, NAMES)}),
        "rules": st.sampled_from(
            [
                (Rule(when=When(merchant="office*"), then={"account": "Fuel", "vendor": "Shell"}),),
                (Rule(when=When(min_amount=Decimal(100)), then={"class": "Gone"}),),
            ]
        ),
    },
)


def broken_promises(step, entity, books):
    """What a step does that no step may do; nothing for a sound one."""
    verdict = step.apply(entity, books)
    if verdict != step.apply(entity, books):
        yield "differs the second time"
    if isinstance(verdict, Hold):
        return
    mapped = verdict.entity
    if [line.amount for line in mapped.lines] != [line.amount for line in entity.lines]:
        yield "changes the amount of a line"
    if total([line.amount for line in mapped.lines]) != entity.amount:
        yield "does not add up"
    if [line.tags for line in mapped.lines] != [line.tags for line in entity.lines]:
        yield "loses tags"
    if evolve(mapped, lines=entity.lines, party=entity.party) != entity:
        yield "changes something else"
    if step.apply(mapped, books) != verdict:
        yield "changes its own result"
    for line in mapped.lines:
        for place in (line.account, line.class_, line.customer, line.item):
            if place and [e.active for e in books.find(place.kind, place.name)] != [True]:
                yield f"chooses {place.name}"


@given(lines=LINES, settings=SETTINGS)
def test_promises(step, movement, line, books, *, lines, settings):
    """Lines keep their amounts, results are the same each time, only active entries are chosen."""
    entity = movement(*(line(tags, cents) for tags, cents in lines))
    assert list(broken_promises(step(**settings), entity, books)) == []


class Swapping:
    """Mixes the amounts of the lines up, so that the sum stays."""

    def apply(self, entity, _books):
        """The lines in the opposite order."""
        return Keep(entity=evolve(entity, lines=entity.lines[::-1]))


class Moody:
    """Says something else each time."""

    calls = 0

    def apply(self, entity, _books):
        """The entity with another memo."""
        self.calls += 1
        return Keep(entity=evolve(entity, memo=str(self.calls)))


@pytest.mark.parametrize(
    ("broken", "promise"),
    [
        (Swapping(), "changes the amount of a line"),
        (Moody(), "differs the second time"),
        (Moody(), "changes something else"),
    ],
)
def test_promises_can_break(movement, line, books, broken, promise):
    """The check of the promises sees a step that breaks one."""
    entity = movement(line({"GL Account": "Fuel"}, 1), line({"GL Account": "Travel"}, 2))
    assert promise in list(broken_promises(broken, entity, books))


def test_fast(step, movement, line, books):
    """A record with two tags and ten rules is judged in a fraction of a millisecond."""
    rules = tuple(Rule(when=When(merchant=f"m{n}*"), then={"account": "Fuel"}) for n in range(10))
    made = step(rules=rules, class_default="Clinic")
    entity = movement(line({"GL Account": "Travel:Hotel", "Customer": "Lakeside Clinic"}))
    best = min(_seconds(made, entity, books) for _ in range(5))
    assert best < 0.0003, best


def _seconds(step, entity, books, times=200):
    start = time.process_time()
    for _ in range(times):
        step.apply(entity, books)
    return (time.process_time() - start) / times
