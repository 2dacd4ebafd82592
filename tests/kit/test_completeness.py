"""What the outside tells of itself: where it tells nothing, nothing is shown, and that is said."""

import json

import pytest
from _pytest.outcomes import Skipped

from subledger.ports import RawRecord
from subledger.testing import Held, SourceContract
from subledger.testing.builders import purchase, refund
from subledger.testing.contracts.base import Breach
from subledger.testing.going_on import goes_on
from subledger.testing.hostile import sweep
from subledger.testing.invented import INVENTED_CARDS, InventedSystem
from subledger.testing.outside import Sent
from subledger.testing.report import Result, markdown

READS = ("test_everything_is_read", "test_pages_are_read", "test_what_changed_is_read")


class Cards(InventedSystem):
    """Two pages of purchases, and what happens later."""

    def change(self):
        """A purchase is corrected, and one is added."""
        self.put(purchase("1", "9.00"), refund("9", "1.00"))


class Contract(SourceContract):
    """The invented card platform."""

    type = INVENTED_CARDS

    def outside(self, _clock):
        """Some purchases."""
        outside = Cards()
        outside.put(*(purchase(str(number), "3.00") for number in range(1, 6)))
        return outside


def test_the_invented_source_reads_everything(broken):
    """The source that other connectors are shown with reads all pages, and all changes."""
    assert broken(Contract, READS) == {}
    assert not any(Contract().unshown(name) for name in READS)


def with_outside(cls):
    """The contract with purchases in an outside of this class."""

    def outside(_self, _clock):
        made = cls()
        made.put(*(purchase(str(number), "3.00") for number in range(1, 6)))
        return made

    return type("Other", (Contract,), {"outside": outside})()


class Silent(InventedSystem):
    """Tells nothing of itself."""

    holds = None


def test_what_the_outside_lacks_is_named():
    """A promise that cannot be shown is skipped, with the methods that are missing."""
    contract = with_outside(InventedSystem)
    assert contract.unshown("test_everything_is_read") == ""
    assert contract.unshown("test_what_changed_is_read") == "give the outside change()"
    with pytest.raises(Skipped, match=r"give the outside change\(\)"):
        contract.test_what_changed_is_read()
    silent = with_outside(Silent)
    lacks = "give the outside holds() and change()"
    assert silent.unshown("test_what_changed_is_read") == lacks
    with pytest.raises(Skipped, match=r"give the outside holds\(\)"):
        silent.test_everything_is_read()


class Empty(Cards):
    """Tells of records that are too old."""

    def holds(self):
        """One of another time."""
        return [Held(id="1", date=purchase().date.replace(year=1999))]


class Still(InventedSystem):
    """Nothing happens in it."""

    def change(self):
        """Nothing."""


def test_an_outside_that_shows_nothing_is_a_mistake():
    """Nothing that is held in the period, and a change that changes nothing, fail the contract."""
    with pytest.raises(Breach, match="no record of the period"):
        with_outside(Empty).test_everything_is_read()
    with pytest.raises(Breach, match="holds what it held before"):
        with_outside(Still).test_what_changed_is_read()


def sent(url, body=b"", **params):
    return Sent.of("GET", url, {"x-request-id": f"{params}"}, params, body)


QUERY = "select * from {} startposition {}"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (sent("https://a.example/rows"), sent("https://a.example/rows", page="2"), True),
        (sent("https://a.example/rows?page=1"), sent("https://a.example/rows?page=2"), True),
        (sent("https://a.example/rows"), sent("https://a.example/rows"), False),
        (sent("https://a.example/rows"), sent("https://a.example/others", page="2"), False),
        (
            sent("https://a.example/q", query=QUERY.format("Bill", 1)),
            sent("https://a.example/q", query=QUERY.format("Bill", 101)),
            True,
        ),
        (
            sent("https://a.example/q", query=QUERY.format("Bill", 1)),
            sent("https://a.example/q", query=QUERY.format("Invoice", 1)),
            False,
        ),
        (
            sent("https://a.example/graph", json.dumps({"after": None, "of": "bills"}).encode()),
            sent("https://a.example/graph", json.dumps({"after": "x", "of": "bills"}).encode()),
            True,
        ),
    ],
)
def test_a_next_page_is_recognised(first, second, expected):
    """The same list with another page, token or position goes on; another list does not."""
    assert goes_on([first, second]) is expected


def test_what_is_not_shown_is_said_in_the_report():
    """A promise that was skipped counts as not shown, and the table says what it lacks."""
    common = {"subject": "Acme", "declared": {}, "contract": "SourceContract", "case": ""}
    text = markdown(
        [
            Result(**common, test="test_a", promise="All is read.", outcome="passed"),
            Result(
                **common,
                test="test_b",
                promise="Changes are read.",
                outcome="skipped",
                reason="give the outside change()",
            ),
        ]
    )
    assert "1 of 2 promises kept, 0 exempt, 0 broken, 1 not shown." in text
    assert "| Changes are read. | not shown: give the outside change() |" in text


def test_every_field_is_tried_with_zero_negative_null_and_empty():
    """A number becomes zero and negative, a text empty, everything null, whatever chance says."""
    data = {"total": 7, "paid": "12.50", "name": "Ann", "parts": [{"n": 7}]}
    tried = [one.data for one in sweep([RawRecord(id="1", data=data)])]
    for name, values in {
        "total": [0, -7, None],
        "paid": ["0", "0.00", "-12.50", "", None],
        "name": ["", None],
        "parts": [[], [{"n": 0}], [{"n": -7}], None],
    }.items():
        assert all({**data, name: value} in tried for value in values), name
    assert {"total": 0, "paid": "0", "name": "Ann", "parts": [{"n": 0}]} in tried
    assert {"total": -7, "paid": "-12.50", "name": "Ann", "parts": [{"n": -7}]} in tried
