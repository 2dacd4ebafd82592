"""What is known of the books: entries, their version, questions and the closing date."""

import datetime as dt

import pytest
import sqlalchemy as sa
from attrs import evolve

from subledger.ledger import books, history, links, notes
from subledger.model.kinds import ACCOUNT, CUSTOMER, VENDOR
from subledger.money import Money
from subledger.ports import BookDocument, BookEntry, Query
from subledger.store.schema import CONNECTION, DOCUMENT, HISTORY, QUESTION

FUEL = BookEntry(kind=ACCOUNT, id="1", name="Travel:Fuel", guard="g1")
DAY = dt.date(2026, 3, 1)


def test_look_up(c):
    """An entry is found by its full name, its last part and its id; case and spaces aside."""
    books.offer_entries(c, "b", [FUEL, evolve(FUEL, id="2", name="Office:Fuel")])
    index = books.load(c, "b")
    assert [entry.id for entry in index.find(ACCOUNT, " travel : FUEL ")] == ["1"]
    assert [entry.id for entry in index.find_leaf(ACCOUNT, "fuel")] == ["1", "2"]
    assert index.get(ACCOUNT, "1") == FUEL
    assert index.find(ACCOUNT, "Fuel") == ()
    assert index.find(VENDOR, "Travel:Fuel") == ()
    assert index.get(VENDOR, "1") is None
    assert books.entry(c, "b", ACCOUNT, "1") == FUEL
    assert books.entry(c, "other", ACCOUNT, "1") is None


@pytest.mark.parametrize(
    ("change", "grows"),
    [
        ({}, False),
        ({"guard": "g2"}, False),
        ({"name": "Travel:Gas"}, True),
        ({"active": False}, True),
        ({"subtype": "Expense"}, True),
        ({"id": "2"}, True),
        ({"kind": CUSTOMER}, True),
    ],
)
def test_version(c, change, grows):
    """The version grows when decisions could change, not with every read."""
    assert books.offer_entries(c, "b", [FUEL]) == 1
    before = books.version(c, "b")
    assert books.offer_entries(c, "b", [evolve(FUEL, **change)]) == int(grows)
    assert (books.version(c, "b") > before) == grows
    found = books.entry(c, "b", change.get("kind", ACCOUNT), change.get("id", "1"))
    assert found == evolve(FUEL, **change)


def test_version_of_nothing(c):
    """Books that nobody has read have version 0 and are empty."""
    assert books.version(c, "b") == 0
    assert books.load(c, "b").find(ACCOUNT, "x") == ()
    assert books.offer_entries(c, "b", []) == 0


def test_many_entries(c):
    """Lists longer than a statement's values are stored, and read again without a change."""
    entries = [evolve(FUEL, id=str(n), name=f"N{n}") for n in range(1300)]
    assert books.offer_entries(c, "b", entries) == 1300
    assert books.offer_entries(c, "b", entries) == 0


def test_closing_date(c):
    """The closing date is kept, also as absent, and a change of it changes the version."""
    versions = []
    for date in (DAY, DAY, dt.date(2026, 4, 1), None, None):
        books.set_closing_date(c, "b", date)
        assert books.load(c, "b").closing_date == date
        versions.append(books.version(c, "b"))
    assert versions == [1, 1, 2, 3, 3]


def test_questions(c):
    """A question is asked once while it is open, oldest first, and each sort apart."""
    lists = books.ask(c, "b", Query.LISTS, 1)
    assert books.ask(c, "b", Query.LISTS, 2) == lists
    period = books.ask(c, "b", Query.DOCUMENTS, 3, since=DAY, until=DAY, account="Cards")
    assert books.ask(c, "b", Query.DOCUMENTS, 3, since=DAY, until=DAY, account="Bank") != period
    assert books.ask(c, "other", Query.LISTS, 3) != lists
    assert books.next_question(c, "b").id == lists
    found = books.next_question(c, "b", Query.DOCUMENTS)
    assert (found.id, found.since, found.until, found.account) == (period, DAY, DAY, "Cards")
    assert books.next_question(c, "nobody") is None


def test_answers(c):
    """A question keeps its position from page to page, and is done after the last."""
    number = books.ask(c, "b", Query.LISTS, 1)
    books.answered(c, "b", books.next_question(c, "b"), "page 2", 5)
    question = books.next_question(c, "b")
    assert (question.id, question.position) == (number, "page 2")
    assert lists_read(c) is None
    books.answered(c, "b", question, None, 7)
    assert books.next_question(c, "b") is None
    assert lists_read(c) == 7
    row = c.execute(sa.select(QUESTION)).one()
    assert (row.state, row.answered) == ("done", 7)
    assert books.ask(c, "b", Query.LISTS, 8) != number


def lists_read(c):
    return c.execute(sa.select(CONNECTION.c.lists_read).where(CONNECTION.c.name == "b")).scalar()


def test_documents(c):
    """A document read again replaces what was known of it."""
    document = BookDocument(type="Check", id="1", date=DAY, account="Bank", amount=Money(-5))
    books.offer_documents(c, "b", 1, [document])
    books.offer_documents(c, "b", 2, [evolve(document, amount=Money(-6), deleted=True)])
    books.offer_documents(c, "b", 3, [])
    row = c.execute(sa.select(DOCUMENT)).one()
    assert (row.amount, row.deleted, row.question) == (-6, True, 2)


def test_notes(c):
    """A connector's notes come back as they were, each name and connection apart."""
    assert notes.recall(c, "b", "session") == {}
    value = {"ticket": "t-1", "deep": [1, {"x": None}], "text": "Café"}
    notes.remember(c, "b", "session", value)
    notes.remember(c, "b", "other", {"a": 1})
    notes.remember(c, "b2", "session", {"a": 2})
    assert notes.recall(c, "b", "session") == value
    notes.remember(c, "b", "session", {})
    assert notes.recall(c, "b", "session") == {}
    assert notes.recall(c, "b", "other") == {"a": 1}


def test_links(bench):
    """A link leads from a record to its document, takes a new guard and can be forgotten."""
    bench.run(bench.movement("1"))
    bench.post()
    where = (bench.c, "books", "cards", "card_transaction", "1")
    link = links.find(*where)
    assert (link.type, link.target, link.guard) == ("CreditCardCharge", "T1", "1")
    document = BookDocument(
        type=link.type, id=link.target, date=DAY, account="Cards", amount=Money(-1), guard="9"
    )
    books.offer_documents(bench.c, "books", 1, [document])
    links.refresh_guard(*where)
    assert (links.find(*where).guard, links.find(*where).fingerprint) == ("9", "")
    links.remove(*where)
    assert links.find(*where) is None
    links.refresh_guard(*where)


def test_history(c):
    """The audit trail tells who did what when, and only grows."""
    history.add(c, 5, "ann", "approved", flow="cards", detail="3 effects")
    history.add(c, 6, "kernel", "paused", connection="books")
    rows = c.execute(sa.select(HISTORY).order_by(HISTORY.c.id)).all()
    assert [(row.at, row.who, row.action) for row in rows] == [
        (5, "ann", "approved"),
        (6, "kernel", "paused"),
    ]
