"""Dates, zones, retries and stop rules of the protocol, and the texts that a cursor holds."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subledger_syncro import known
from subledger_syncro.cursor import Cursor, Mark, is_due
from subledger_syncro.wire import answers, dates

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
CHICAGO = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-01T00:00:00.000Z", dt.date(2026, 3, 1)),
        ("2026-03-01T00:00:00.000-06:00", dt.date(2026, 3, 1)),
        ("2026-03-31", dt.date(2026, 3, 31)),
        ("2026-03-01T03:30:00.000Z", dt.date(2026, 2, 28)),
        ("2026-03-01T03:30:00", dt.date(2026, 3, 1)),
        ("2026-03-08T07:30:00Z", dt.date(2026, 3, 8)),
    ],
)
def test_midnight_is_a_day_and_other_moments_are_of_the_zone(text, day):
    """A day never slips to the day before."""
    assert dates.day_of(text, CHICAGO) == day


@pytest.mark.parametrize(
    ("name", "offset", "zone"),
    [
        ("America/Chicago", "-06:00", "America/Chicago"),
        ("Eastern Time (US & Canada)", "-05:00", "America/New_York"),
        ("Middle Earth", "-06:00", "-06:00"),
        ("", "-06:00", "-06:00"),
        ("", "", None),
        ("Middle Earth", "x", None),
    ],
)
def test_a_zone_is_named_or_an_offset(name, offset, zone):
    """The names that web pages show are known, others fall back to the offset."""
    assert dates.zone_of(name, offset) == zone
    if zone:
        assert dates.tzinfo(zone)


def test_what_is_no_zone_is_refused():
    """No zone is made up."""
    with pytest.raises(ValueError, match="not a time zone"):
        dates.tzinfo("Middle Earth")
    with pytest.raises(ValueError, match="no time zone"):
        dates.moment("2026-03-01T00:00:00")


@pytest.mark.parametrize(
    ("body", "meta"),
    [
        ({"meta": {"page": 2, "total_pages": 9}}, (2, 9)),
        ({"meta": {"page": "2", "total_pages": "9"}}, (2, 9)),
        ({"meta": None}, (None, None)),
        ({}, (None, None)),
        ([], (None, None)),
    ],
)
def test_pages_are_told_by_some_lists_only(body, meta):
    """Numbers may be texts, and may be missing."""
    assert answers.meta_of(body) == meta


@given(st.sets(st.integers(0, 2**40)))
def test_a_packed_set_is_unpacked_as_it_was(ids):
    """No identifier is lost or made up."""
    texts = {str(one) for one in ids}
    assert known.unpack(known.pack(texts)) == texts


def test_a_packed_sequence_is_short():
    """Ten thousand identifiers of an account take less than two characters each."""
    ids = [str(1_649_793_879 + 7 * one + one % 5) for one in range(10_000)]
    assert len(known.pack(ids)) < 20_000
    with pytest.raises(ValueError, match="not a packed set"):
        known.unpack("eHh4eA==")


def test_a_cursor_is_read_as_it_was_written():
    """Everything that it holds survives."""
    mark = Mark(until="2026-03-01T00:00:00.000Z", recent={"1": "2026-03-01T00:00:00.000Z"})
    cursor = Cursor(start="2026-01-01", full="2026-03-01T00:00:00.000Z", ordered="descending")
    cursor = cursor.moved("invoices", mark).remembering("payments", {"7", "12"})
    assert Cursor.of(cursor.text()) == cursor
    assert cursor.ids("payments") == {"7", "12"}


@pytest.mark.parametrize("text", [None, "", '{"v": 99, "start": "2026-01-01"}'])
def test_a_cursor_of_another_version_begins_anew(text):
    """What cannot be understood is not guessed at."""
    assert Cursor.of(text) == Cursor()


def test_a_mark_remembers_only_what_the_overlap_reads_again():
    """Old entries go, so that the cursor does not grow."""
    rows = [
        {"id": 1, "updated_at": "2026-03-01T09:00:00.000Z"},
        {"id": 2, "updated_at": "2026-03-01T10:00:00.000+00:00"},
        {"id": 3, "updated_at": None},
    ]
    mark = Mark().moved(rows, dt.timedelta(minutes=10))
    assert mark.until == "2026-03-01T10:00:00.000Z"
    assert mark.has(rows[1])
    assert not mark.has(rows[0])
    assert not mark.has({"id": 2, "updated_at": "2026-03-01T10:00:01.000Z"})
    assert mark.since(dt.timedelta(minutes=10)) == "2026-03-01T09:50:00.000Z"


def test_a_day_later_it_is_due():
    """Never done, or long ago."""
    day = dt.timedelta(days=1)
    assert is_due("", day, NOON)
    assert not is_due("2026-03-02T11:00:00.000Z", day, NOON)
    assert is_due("2026-03-01T11:00:00.000Z", day, NOON)
