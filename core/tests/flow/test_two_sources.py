"""Several sources or directions at one set of books: no document stands for two records."""

import datetime as dt

import pytest
import sqlalchemy as sa

from subledger.findings import Finding
from subledger.flow import settlement
from subledger.flow.linking import Link, NotLinked, link
from subledger.ledger import books, effects, links
from subledger.manifest import Operation
from subledger.model.kinds import CARD_TRANSACTION, VENDOR
from subledger.money import Money
from subledger.ports import BookDocument, Posted, Refused
from subledger.store.schema import EFFECT, POSTING

AT = {"source": "a", "books": "b", "state": "s", "needs": "n", "finding": None}
TAKEN = Finding(category="duplicate_document", subject="7", message="m")


def known(bench, kind, word, target, source="other"):
    """Something in the books stands for a record of another source already."""
    row = {
        "connection": "books",
        "source": source,
        "kind": kind,
        "id": "99",
        "type": word,
        "target": target,
        "guard": "",
        "fingerprint": "f",
        "amount": None,
        "currency": "",
        "date": "",
        "account": "",
        "effect": 0,
        "linked_at": 0,
    }
    bench.c.execute(links.PUT, row)


def test_found_again_by_the_mark_of_another_source(bench):
    """A document of another source, whose mark looks the same, is not taken for ours."""
    known(bench, CARD_TRANSACTION, "CreditCardCharge", "T7")
    bench.run(bench.movement("1"))
    found = Posted(type="CreditCardCharge", id="T7", amount=Money(-500), recovered=True)
    bench.desk.settle(bench.claim().effect, found)
    assert bench.state() == "rejected"
    assert bench.finding().category == "duplicate_document"
    assert "other" in bench.finding().message
    assert [row.source for row in bench.links()] == ["other"]


def test_two_sources_share_an_entry(bench):
    """A vendor of the books may stand for one of each source."""
    known(bench, VENDOR, VENDOR, "v1")
    assert links.holder(bench.c, "books", "cards", VENDOR, "v1") is None
    assert links.holder(bench.c, "books", "other", VENDOR, "v1") == "99"


def refused(bench):
    """A record that the books refused; the number of its finding."""
    bench.run(bench.movement("1"))
    bench.desk.settle(bench.claim().effect, Refused(finding=TAKEN))
    return bench.finding().id


def test_a_person_links_with_a_document_of_another_source(bench):
    """Only a person says that one document is meant by two sources, one of them renamed perhaps."""
    known(bench, CARD_TRANSACTION, "CreditCardCharge", "T7")
    bench.run(bench.movement("1"))
    found = Posted(type="CreditCardCharge", id="T7", amount=Money(-500), recovered=True)
    bench.desk.settle(bench.claim().effect, found)
    link(bench.c, bench.finding().id, Link(source="cards", sink="books"), bench.now, "ann")
    assert {(row.source, row.target) for row in bench.links()} == {("other", "T7"), ("cards", "T7")}


def document(**changes):
    """What was read of a check."""
    values = {
        "type": "Check",
        "id": "T7",
        "date": dt.date(2026, 3, 2),
        "account": "Bank",
        "amount": Money(-450),
    }
    return BookDocument(**values | changes)


def test_link_counts_as_the_books_have_it(bench):
    """Amount, date and account of a link are those of the document, so that it can be compared."""
    books.offer_documents(bench.c, "books", 0, [document()])
    number = refused(bench)
    wanted = Link(source="cards", sink="books", target="T7", type="Check")
    link(bench.c, number, wanted, bench.now, "ann")
    (row,) = bench.links()
    assert (row.amount, row.date, row.account) == (-450, "2026-03-02", "Bank")


def test_link_with_what_was_deleted(bench):
    """A document that the books have deleted is not linked."""
    books.offer_documents(bench.c, "books", 0, [document(deleted=True)])
    number = refused(bench)
    wanted = Link(source="cards", sink="books", target="T7", type="Check")
    with pytest.raises(NotLinked, match="deleted"):
        link(bench.c, number, wanted, bench.now, "ann")


def waits_for(bench, needed):
    """Record 1 is blocked until something is there."""
    bench.run(bench.movement("1"))
    blocked = POSTING.update().where(POSTING.c.id == "1")
    bench.c.execute(blocked.values(state="blocked", needs=needed))


def test_woken_by_what_the_books_call_it(bench):
    """Who came out of the books, and names a document by its number there, is woken as well."""
    bench.run(bench.movement("2"))
    delivery = bench.claim()
    waits_for(bench, f"{CARD_TRANSACTION}/T2")
    bench.desk.settle(delivery.effect, Posted(type="CreditCardCharge", id="T2"))
    assert (bench.state("1"), bench.state("2")) == ("staged", "posted")


def test_woken_by_a_link(bench):
    """A person's link wakes those that wait for the document by its number in the books."""
    number = refused(bench)
    bench.run(bench.movement("2"))
    bench.c.execute(
        POSTING.update()
        .where(POSTING.c.id == "2")
        .values(state="blocked", needs=f"{CARD_TRANSACTION}/T7")
    )
    wanted = Link(source="cards", sink="books", target="T7", type="Check")
    link(bench.c, number, wanted, bench.now, "ann")
    assert bench.state("2") == "staged"


@pytest.mark.parametrize("index", [True, False])
def test_waking_looks_at_those_who_wait_only(bench, index):
    """To wake costs a look into the index of the blocked; control: without it, at all records."""
    if not index:
        bench.c.exec_driver_sql("DROP INDEX posting_blocked")
    text = f"EXPLAIN QUERY PLAN {settlement._WAKE} -- {index}"  # SQLite keeps what it explained
    told = bench.c.execute(sa.text(text), AT).all()
    assert ("posting_blocked" in told[0].detail) is index


def sent_there(bench, state):
    """A write into the system that is the source here, which left and is in this state."""
    intent = effects.Intent(
        connection="cards",
        flow="forth",
        source="books",
        kind=CARD_TRANSACTION,
        record="5",
        operation=Operation.CREATE,
        entity="{}",
        version="1",
        fingerprint="f",
    )
    number = effects.plan(bench.c, intent, bench.now).id
    changed = sa.update(EFFECT).where(EFFECT.c.id == number).values(state=state)
    bench.c.execute(changed)


@pytest.mark.parametrize(
    ("memo", "state", "planned"),
    [
        ("sl:txn-5 lunch", "unknown", 0),
        ("sl:txn-5", "sent", 0),
        ("sl:txn-6", "unknown", 1),
        ("about sl:txn-5", "unknown", 1),
        ("sl:txn-5", "rejected", 1),
    ],
)
def test_what_we_wrote_without_knowing_it_does_not_go_back(bench, memo, state, planned):
    """A record with the mark of a write whose fate is unknown is that write, come back."""
    sent_there(bench, state)
    assert bench.run(bench.movement("1", memo=memo)) == planned
    if not planned:
        assert bench.finding().category == "excluded"
