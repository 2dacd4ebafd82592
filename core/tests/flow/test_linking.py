"""Linking: a person decides that what the books have is what a record means."""

import pytest

from subledger.findings import Finding
from subledger.flow.linking import Link, NotLinked, link
from subledger.ledger import links
from subledger.ports import Refused, Target
from subledger.store.schema import EFFECT, FINDING, HISTORY, POSTING

DUPLICATE = Finding(category="duplicate_document", subject="number 7", message="taken")


def join(bench, number, **wanted):
    """What a person asks for at the command line."""
    return link(bench.c, number, Link(source="cards", sink="books", **wanted), bench.now, "ann")


def refused(bench, *identifiers, existing=None):
    """Records that the books refused, with one finding; its number."""
    bench.run(*(bench.movement(identifier) for identifier in identifiers))
    for _ in identifiers:
        delivery = bench.claim()
        bench.desk.settle(delivery.effect, Refused(finding=DUPLICATE, existing=existing))
    (number,) = {row.finding for row in bench.rows(POSTING)}
    return number


def test_link_with_what_the_books_named(bench):
    """A record is linked with the document that the books have in its place."""
    number = refused(bench, "1", existing=Target(type="Check", id="T7", guard="g7"))
    assert join(bench, number) == 1
    found = links.find(bench.c, "books", "cards", "card_transaction", "1")
    assert (found.type, found.target, found.guard, found.amount) == ("Check", "T7", "g7", -500)
    assert [row.state for row in bench.rows(POSTING)] == ["posted"]
    assert [row.state for row in bench.rows(EFFECT)] == ["settled"]
    assert [row.state for row in bench.rows(FINDING)] == ["closed"]
    assert "linked" in [row.action for row in bench.rows(HISTORY)]
    assert bench.run(bench.movement("1")) == 0


def test_link_with_a_document_that_a_person_named(bench):
    """Where the books named nothing, the person says which document it is."""
    number = refused(bench, "1")
    with pytest.raises(NotLinked, match="did not say"):
        join(bench, number)
    with pytest.raises(NotLinked, match="what T8 is"):
        join(bench, number, target="T8")
    assert links.find(bench.c, "books", "cards", "card_transaction", "1") is None
    join(bench, number, target="T8", type="Check")
    assert links.find(bench.c, "books", "cards", "card_transaction", "1").target == "T8"


def test_one_document_for_one_record(bench):
    """A document that stands for a record already is not taken for a second one."""
    number = refused(bench, "1", "2", existing=Target(type="Check", id="T7", guard=""))
    with pytest.raises(NotLinked, match="2 records"):
        join(bench, number, target="T9", type="Check")
    with pytest.raises(NotLinked, match="stands for card_transaction 1 already"):
        join(bench, number)


def test_one_record_of_a_finding(bench):
    """The other records of the finding go on waiting."""
    number = refused(bench, "1", "2")
    join(bench, number, record="2", target="T9", type="Check")
    states = {row.id: (row.state, row.finding) for row in bench.rows(POSTING)}
    assert states == {"1": ("rejected", number), "2": ("posted", None)}
    with pytest.raises(NotLinked, match="no record 2"):
        join(bench, number, record="2", target="T9", type="Check")
