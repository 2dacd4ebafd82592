"""Decide: what becomes of one record, as a pure function of record, books and rules."""

import datetime as dt

import pytest
from attrs import evolve

from subledger.findings import Finding
from subledger.flow.decide import Ready, Rules, decide
from subledger.ledger.books import BookIndex
from subledger.model import Line, Party, Reference, Way
from subledger.model.kinds import ACCOUNT, CUSTOMER, VENDOR
from subledger.money import Money
from subledger.ports import BookEntry, FlowPlan, Hold, Keep, Skip

CARDS = BookEntry(kind=ACCOUNT, id="a1", name="Cards")
FUEL = BookEntry(kind=ACCOUNT, id="a2", name="Travel:Fuel")
SHELL = BookEntry(kind=VENDOR, id="v1", name="Shell")
CLOSED = dt.date(2026, 3, 1)


def entity(bench, account="Travel:Fuel", **changes):
    line = Line(amount=Money(500), account=Reference(kind=ACCOUNT, name=account))
    return bench.movement("1", lines=(line,), **changes)


def outcome(decision):
    """What a decision is, in one word."""
    if isinstance(decision, Ready):
        names = " ".join(party.name for party in decision.create)
        return f"ready, creates {names}" if names else "ready"
    return f"{type(decision).__name__.lower()} {decision.finding.category}"


TABLE = {
    "all known": ([CARDS, FUEL, SHELL], {}, "ready"),
    "vendor to be created": ([CARDS, FUEL], {}, "ready, creates Shell"),
    "account missing": ([CARDS, SHELL], {}, "hold mapping_missing"),
    "account inactive": ([CARDS, SHELL, evolve(FUEL, active=False)], {}, "hold mapping_stale"),
    "account twice": ([CARDS, SHELL, FUEL, evolve(FUEL, id="x")], {}, "hold mapping_ambiguous"),
    "one of two inactive": ([CARDS, SHELL, FUEL, evolve(FUEL, id="x", active=False)], {}, "ready"),
    "other case": ([CARDS, SHELL, evolve(FUEL, name="TRAVEL:FUEL")], {}, "ready"),
    "only the last part": ([CARDS, SHELL, evolve(FUEL, name="Fuel")], {}, "hold mapping_missing"),
    "same name of another list": (
        [CARDS, FUEL, evolve(FUEL, kind=VENDOR)],
        {},
        "ready, creates Shell",
    ),
    "name of a customer": (
        [CARDS, FUEL, evolve(SHELL, kind=CUSTOMER)],
        {},
        "hold name_conflict",
    ),
    "name of an inactive customer": (
        [CARDS, FUEL, evolve(SHELL, kind=CUSTOMER, active=False)],
        {},
        "hold name_conflict",
    ),
    "inactive vendor": ([CARDS, FUEL, evolve(SHELL, active=False)], {}, "hold mapping_stale"),
    "day after closing": ([CARDS, FUEL, SHELL], {"date": dt.date(2026, 3, 2)}, "ready"),
    "last closed day": ([CARDS, FUEL, SHELL], {"date": CLOSED}, "hold closed_period"),
    "empty books": ([], {}, "hold mapping_missing"),
}


@pytest.mark.parametrize("case", TABLE)
def test_verdicts(bench, case):
    """What becomes of a record follows from the lists of the books alone."""
    entries, changes, wanted = TABLE[case]
    record = entity(bench, **{"date": dt.date(2026, 3, 15)} | changes)
    assert outcome(bench.decide(record, entries, closing=CLOSED)) == wanted


ALL = (CARDS, FUEL, SHELL)


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [("hold", "hold closed_period"), ("skip", "skip closed_period"), ("redate", "ready")],
)
def test_closed_period(bench, rule, wanted):
    """A record in a closed period waits, is left out or moves to the first open day, as set."""
    decision = bench.decide(entity(bench, date=CLOSED), ALL, closing=CLOSED, closed_period=rule)
    assert outcome(decision) == wanted
    if rule == "redate":
        assert decision.entity.date == dt.date(2026, 3, 2)


def test_open_books(bench):
    """Without a closing date every date is open."""
    assert outcome(bench.decide(entity(bench, date=dt.date(1999, 1, 1)), ALL)) == "ready"


@pytest.mark.parametrize(
    ("day", "wanted"),
    [(9, "skip excluded"), (10, "ready"), (20, "ready"), (21, "skip excluded")],
)
def test_dates_of_the_flow(bench, day, wanted):
    """Start and end of a flow are both included."""
    record = entity(bench, date=dt.date(2026, 3, day))
    rules = {"start": dt.date(2026, 3, 10), "end": dt.date(2026, 3, 20)}
    assert outcome(bench.decide(record, ALL, **rules)) == wanted


def test_currency(bench):
    """A record in another currency than the account's is never posted."""
    line = Line(amount=Money(500, "EUR"))
    record = (
        entity(bench, amount=Money(500, "EUR"))
        if False
        else bench.movement("1", amount=Money(500, "EUR"), lines=(line,))
    )
    assert outcome(bench.decide(record, ALL)) == "hold currency"
    assert outcome(bench.decide(record, ALL, currency="EUR")) == "ready"


def test_references_are_resolved(bench):
    """A document that is ready names every entry by its identifier, as the books spell it."""
    decision = bench.decide(entity(bench, "travel:FUEL"), ALL)
    assert decision.entity.account == Reference(kind=ACCOUNT, name="Cards", id="a1")
    assert decision.entity.party == Reference(kind=VENDOR, name="Shell", id="v1")
    assert decision.entity.lines[0].account == Reference(kind=ACCOUNT, name="Travel:Fuel", id="a2")
    assert decision.account == "Cards"


def test_identifier_in_hand(bench):
    """A reference that has an identifier is taken as it is."""
    line = Line(amount=Money(500), account=Reference(kind=ACCOUNT, name="Gone", id="77"))
    decision = bench.decide(bench.movement("1", lines=(line,)), ALL)
    assert decision.entity.lines[0].account.id == "77"


def test_fingerprint(bench):
    """Another identifier in the books is no change; another account or amount is."""
    one = bench.decide(entity(bench), ALL)
    moved = bench.decide(entity(bench), (CARDS, evolve(FUEL, id="new"), SHELL))
    assert moved.fingerprint == one.fingerprint
    assert moved.text != one.text
    created = bench.decide(entity(bench), (CARDS, FUEL))
    assert created.fingerprint == one.fingerprint
    other = bench.decide(entity(bench, "Cards"), ALL)
    assert other.fingerprint != one.fingerprint
    assert bench.decide(entity(bench, way=Way.IN), ALL).fingerprint != one.fingerprint
    assert bench.decide(entity(bench, cardholder="Ann"), ALL).fingerprint == one.fingerprint


def test_one_new_vendor_for_many_lines(bench):
    """An entry that several places name is created once."""
    customer = Reference(kind=CUSTOMER, name="Acme", create=True)
    lines = tuple(Line(amount=Money(250), customer=customer) for _ in range(2))
    decision = bench.decide(bench.movement("1", lines=lines), (CARDS, SHELL))
    assert decision.create == (Party(kind=CUSTOMER, id="Acme", name="Acme"),)


def test_names_as_the_books_store_them(bench):
    """A name is looked up in the form in which the books will have stored it."""
    record = bench.movement(
        "1", merchant="A very long name of a merchant", lines=(Line(amount=Money(500)),)
    )
    entries = (CARDS, evolve(SHELL, name="A very lon"))

    def fit(kind, name):
        return name[:10] if kind == VENDOR else name

    assert outcome(bench.decide(record, entries, fit_name=fit)) == "ready"
    assert outcome(bench.decide(record, entries)).startswith("ready, creates A very long")
    created = bench.decide(record, (CARDS,), fit_name=fit)
    assert created.create[0].name == "A very lon"


class Step:
    """A step that gives one verdict and remembers whether it was asked."""

    def __init__(self, verdict):
        self.verdict = verdict
        self.asked = 0

    def apply(self, entity, _books):
        """The verdict."""
        self.asked += 1
        return self.verdict(entity)


FINDING = Finding(category="waiting_approval", subject="s", message="m")


@pytest.mark.parametrize("verdict", [Hold(FINDING), Skip(FINDING)])
def test_first_word_of_a_step_stands(bench, verdict):
    """Once a step holds or skips a record, nobody else is asked."""
    first, second = Step(lambda _entity: verdict), Step(Keep)
    drafts = []
    plan = FlowPlan(
        kinds=frozenset(), account="", steps=(), draft=lambda e, _b: drafts.append(e) or Keep(e)
    )
    steps = [("a", first), ("b", second)]
    assert bench.decide(entity(bench), ALL, steps=steps, plan=plan) is verdict
    assert (first.asked, second.asked, drafts) == (1, 0, [])


def test_steps_in_their_order(bench):
    """Each step sees what the one before has made, the recipe sees it last."""
    steps = [(n, Step(lambda e, n=n: Keep(evolve(e, memo=e.memo + n)))) for n in "ab"]
    plan = FlowPlan(
        kinds=frozenset(),
        account="",
        steps=(),
        draft=lambda e, _b: Keep(evolve(e, memo=e.memo + "!")),
    )
    assert bench.decide(entity(bench), ALL, steps=steps, plan=plan).entity.memo == "ab!"


def test_deciding_twice(bench):
    """The same record, books and rules give the same decision."""
    assert bench.decide(entity(bench), ALL) == bench.decide(entity(bench), ALL)


def adopted(entry, *known, **rules):
    """What the decision about a list entry says that the books have already."""
    books = BookIndex(entries=known)
    plan = FlowPlan(
        kinds=frozenset({entry.kind}), account="", steps=(), draft=lambda one, _books: Keep(one)
    )
    return decide(entry, books, Rules(steps=(), plan=plan, **rules))


def test_list_entries_are_adopted():
    """A list entry is the one of the books with its number, else with its exact name."""
    acme = BookEntry(kind=CUSTOMER, id="1", name="Acme", number="C-7")
    other = BookEntry(kind=CUSTOMER, id="2", name="Acme Corp")
    by_name = Party(kind=CUSTOMER, id="x", name="acme corp")
    assert adopted(by_name, acme, other).same == other
    by_number = Party(kind=CUSTOMER, id="x", name="Acme Holding", number="C-7")
    assert adopted(by_number, acme, other).same == acme
    assert adopted(Party(kind=CUSTOMER, id="x", name="Acme Inc"), acme, other).same is None


def test_what_cannot_be_adopted_is_held():
    """An inactive entry, two of one name, and a name of another list ask a person."""
    new = Party(kind=CUSTOMER, id="x", name="Acme")
    entry = BookEntry(kind=CUSTOMER, id="1", name="Acme")
    twin = BookEntry(kind=CUSTOMER, id="2", name="Acme")
    vendor = BookEntry(kind=VENDOR, id="3", name="Acme")
    for known, category in (
        ((evolve(entry, active=False),), "mapping_stale"),
        ((entry, twin), "mapping_ambiguous"),
        ((vendor,), "name_conflict"),
    ):
        assert adopted(new, *known).finding.category == category


def test_email_where_the_owner_wants_it():
    """An e-mail address tells a customer only where it is asked for, and where one has it."""
    acme = BookEntry(kind=CUSTOMER, id="1", name="Acme", email="Office@acme.example")
    twin = BookEntry(kind=CUSTOMER, id="2", name="Acme 2", email="office@acme.example")
    renamed = Party(kind=CUSTOMER, id="x", name="Acme Holding", email="office@acme.example")
    assert adopted(renamed, acme).same is None
    assert adopted(renamed, acme, match_email=True).same == acme
    assert adopted(renamed, acme, twin, match_email=True).same is None
