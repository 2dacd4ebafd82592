"""Date windows in Eastern wall time, also in the nights when the clocks change."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from subledger_pex.simulator import instant, stamp, wall
from subledger_pex.simulator.query import Query, RefusedError, Window

# Clocks of the sample year: back on 2025-11-02, forward on 2026-03-08.
LIST = "Details/AllCardholderTransactions"
DAY = timedelta(days=1)


async def ids(pex, begin, end, **query):
    rows = await pex.rows(LIST, StartDate=begin, EndDate=end, **query)
    return {row["TransactionId"] for row in rows}


def test_wall_times_round_trip_except_in_the_repeated_hour():
    """The second pass of the repeated hour has its own instant and the same wall time."""
    first = instant(date(2025, 11, 2), 1, 30)
    second = instant(date(2025, 11, 2), 1, 30, fold=1)
    assert first == datetime(2025, 11, 2, 5, 30, tzinfo=UTC)
    assert second == datetime(2025, 11, 2, 6, 30, tzinfo=UTC)
    assert stamp(first) == stamp(second) == "2025-11-02T01:30:00"
    assert wall(first).tzinfo is None


def test_a_skipped_wall_time_is_never_written():
    """02:10 in the spring night does not exist; the vendor's clock shows 03:10."""
    assert stamp(instant(date(2026, 3, 8), 2, 10)) == "2026-03-08T03:10:00"


async def test_both_ends_of_a_window_are_included(pex, landmark):
    """A window of one second finds the transaction of that second, and its neighbours do not."""
    example = landmark("split_example")
    at = "2026-03-01T09:14:31"
    assert example in await ids(pex, at, at)
    assert example not in await ids(pex, "2026-03-01T09:14:32", "2026-03-02T00:00:00")
    assert example not in await ids(pex, "2026-03-01T00:00:00", "2026-03-01T09:14:30")


async def test_the_repeated_hour_holds_both_passes(pex, landmark):
    """A wall-time window cannot tell the two passes apart, so it must give both."""
    found = await ids(pex, "2025-11-02T01:30:00", "2025-11-02T01:30:00")
    assert {landmark("first_pass"), landmark("second_pass")} <= found
    rows = {row["TransactionId"]: row for row in await pex.rows(LIST)}
    assert {rows[landmark(name)]["TransactionTime"] for name in ("first_pass", "second_pass")} == {
        "2025-11-02T01:30:00"
    }


async def test_no_transaction_falls_into_the_skipped_hour(pex, landmark):
    """The spring night has rows on both sides of the gap and none inside."""
    night = await ids(pex, "2026-03-08T00:00:00", "2026-03-08T04:00:00")
    assert {landmark("before_the_gap"), landmark("after_the_gap")} <= night
    assert await ids(pex, "2026-03-08T02:00:00", "2026-03-08T02:59:59") == set()


async def test_the_window_looks_at_the_switched_time(pex, landmark):
    """By default the transaction's time decides; a switch makes it the settlement time."""
    example = landmark("split_example")
    bought = ("2026-03-01T00:00:00", "2026-03-01T23:59:59")
    settled = ("2026-03-03T00:00:00", "2026-03-03T23:59:59")
    assert example in await ids(pex, *bought)
    assert example not in await ids(pex, *settled)
    await pex.admin("PUT", "behaviour", {"window_field": "settlement"})
    assert example not in await ids(pex, *bought)
    assert example in await ids(pex, *settled)
    late = await ids(pex, "2025-11-02T01:00:00", "2025-11-02T01:59:59")
    assert landmark("settled_in_second_pass") in late
    yesterday = await ids(pex, "2026-04-09T00:00:00", "2026-04-09T23:59:59", IncludePendings="True")
    assert landmark("pending") in yesterday


async def test_neighbouring_windows_cover_the_year_without_overlap(pex):
    """Windows that end at 23:59:59, clock nights included, together equal one big window."""
    whole = await ids(pex, "2025-04-01T00:00:00", "2026-04-10T23:59:59")
    starts = ["2025-04-01", "2025-11-02", "2025-11-03", "2026-03-08", "2026-03-09", "2026-04-11"]
    parts = [
        await ids(pex, f"{begin}T00:00:00", f"{date.fromisoformat(end) - DAY}T23:59:59")
        for begin, end in pairwise(starts)
    ]
    assert set().union(*parts) == whole
    assert sum(len(part) for part in parts) == len(whole)


@pytest.mark.parametrize(
    "text",
    ["2026-03-01", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00-05:00", "03/01/2026", "soon"],
)
async def test_dates_in_another_format_are_refused(pex, text):
    """An offset or another format is a mistake of the caller, so it is a 400."""
    status, body = await pex.call("GET", f"/v4/{LIST}", StartDate=text)
    assert status == 400
    assert "StartDate" in body["Message"]


async def test_a_window_that_ends_before_it_starts_is_refused(pex):
    """Mixed-up ends are an error, not an empty answer."""
    status, _ = await pex.call(
        "GET", f"/v4/{LIST}", StartDate="2026-03-02T00:00:00", EndDate="2026-03-01T00:00:00"
    )
    assert status == 400


async def test_flags_other_than_true_and_false_are_refused(pex):
    """Booleans travel as True and False."""
    assert (await pex.call("GET", f"/v4/{LIST}", IncludePendings="1"))[0] == 400


def test_one_day_can_be_asked_for_by_name():
    """The parameter onDate is the whole Eastern day and stands alone."""
    window = Window.of_paged(Query.of([("onDate", "2026-03-08T15:00:00")]))
    assert wall(instant(date(2026, 3, 8), 0)) in window
    assert wall(instant(date(2026, 3, 8), 23, 59, 59)) in window
    assert wall(instant(date(2026, 3, 9), 0)) not in window
    with pytest.raises(RefusedError):
        Window.of_paged(
            Query.of([("onDate", "2026-03-08T00:00:00"), ("maxDate", "2026-03-08T00:00:00")])
        )
