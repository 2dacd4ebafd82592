"""The judge of the counter notices books that are wrong by a cent, a document or a day."""

import pytest

from subledger.model import Document, Settlement
from subledger.model.kinds import PURCHASE, SALES_RECEIPT
from subledger.model.marker import marker
from subledger.testing.chance import chance

from .counter import Counter, postings
from .counter_oracle import judge_documents
from .online_counter import US

SALE, BOUGHT = marker(SALES_RECEIPT, "2001"), marker(PURCHASE, "3001")


@pytest.fixture
def feed():
    """A day in which the purchase was struck out."""
    feed = Counter(chance(1), chart=US)
    feed.open()
    feed.day()
    feed.strike(next(one for one in feed.records if one.kind == PURCHASE))
    return feed


@pytest.fixture
def live(feed):
    """The documents as they are to be."""
    shown = [one for one in feed.records if isinstance(one, Document | Settlement)]
    return {marker(one.kind, one.id): [(one.amount.minor, one.date.isoformat())] for one in shown}


@pytest.fixture
def moved(feed):
    """The accounts as they are to be."""
    found = {}
    for one in feed.records:
        for account, cents in postings(one, feed.chart).items():
            found[account] = found.get(account, 0) + cents
    return found


def test_books_that_are_right_are_found_right(feed, live, moved):
    """Nothing is lost, doubled or wrong; debits equal credits."""
    assert judge_documents(feed, live, moved) == ([], [], [])
    assert sum(moved.values()) == 0


def test_a_cent_of_tax_on_another_account_is_noticed(feed, live, moved):
    """Each account is compared by itself, also where no total changes."""
    wrong = {**moved, US.tax: moved[US.tax] + 1, US.income: moved[US.income] - 1}
    lost, doubled, other = judge_documents(feed, live, wrong)
    assert (lost, doubled, len(other)) == ([], [], 2)


def test_documents_that_are_missing_outdated_or_doubled_are_told_apart(feed, live, moved):
    """Lost is what is not there or not the newest; doubled is what is there twice."""
    whole = live[SALE][0]
    for shown, place in (([], 0), ([(whole[0], "2026-01-01")], 0), ([whole, whole], 1)):
        found = judge_documents(feed, {**live, SALE: shown}, moved)
        assert [len(each) for each in found] == [1 - place, place, 0]


def test_what_was_struck_out_and_stands_is_noticed(feed, live, moved):
    """A document whose record is gone moves nothing any more."""
    *_, other = judge_documents(feed, {**live, BOUGHT: [(100, "2026-03-02")]}, moved)
    assert other == [f"{BOUGHT} was struck out, and stands"]
