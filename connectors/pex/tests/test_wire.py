"""Dates, enums, requests and retry rules of the PEX API."""

import datetime as dt

import pytest

from subledger_pex.wire import requests
from subledger_pex.wire.dates import day_of, today, windows
from subledger_pex.wire.enums import APPROVAL, TRANSACTION_TYPE, name_of
from subledger_pex.wire.retry import Cause, cause_of, pause, retry_after

DAY = dt.date(2026, 3, 2)
NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def test_windows_cover_every_day_once():
    """A year in windows of at most fourteen days has no gap and no overlap."""
    since, until = DAY, DAY + dt.timedelta(days=364)
    days = [
        first + dt.timedelta(days=n)
        for first, last in windows(since, until)
        for n in range((last - first).days + 1)
    ]
    assert days == [since + dt.timedelta(days=n) for n in range(365)]
    assert all((last - first).days < 14 for first, last in windows(since, until))
    assert list(windows(until, since)) == []


def test_a_window_ends_with_the_next_midnight():
    """The last second of the last day is inside; booleans are written True and False."""
    query = requests.cardholder_transactions(DAY, DAY, pending=False, bills=True)
    assert dict(query.params) == {
        "IncludePendings": "False",
        "IncludeDeclines": "False",
        "IncludeVendorBillPay": "True",
        "StartDate": "2026-03-02T00:00:00",
        "EndDate": "2026-03-03T00:00:00",
    }


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-02T23:59:59", DAY),
        ("2026-03-02T23:59:59.999", DAY),
        ("2026-03-03T02:00:00Z", DAY),
        ("2026-03-02T00:00:00-05:00", DAY),
    ],
)
def test_dates_are_eastern(text, day):
    """Without an offset the day is Eastern already; with one it is converted."""
    assert day_of(text) == day


def test_today_is_eastern():
    """At three in the morning UTC it is still yesterday in New York."""
    assert today(dt.datetime(2026, 3, 3, 3, tzinfo=dt.UTC)) == DAY


@pytest.mark.parametrize("value", ["Network", "NETWORK", " network", 2, "2"])
def test_enums_come_as_names_or_numbers(value):
    """Both forms mean the same, in any letter case."""
    assert name_of(value, TRANSACTION_TYPE) == "Network"


def test_unknown_enum_values_are_kept():
    """What PEX adds tomorrow is shown as it is; nothing is guessed from a number."""
    assert name_of("Teleport", TRANSACTION_TYPE) == "Teleport"
    assert name_of(2, APPROVAL) == "2"
    assert name_of(None, APPROVAL) == ""


@pytest.mark.parametrize(
    ("cause", "tries"),
    [
        (Cause.THROTTLED, 7),
        (Cause.UNAVAILABLE, 3),
        (Cause.BROKEN, 2),
        (Cause.TRUNCATED, 2),
    ],
)
def test_tries_are_limited_by_cause(cause, tries):
    """429 is tried seven times in all, an unavailable server three times, the rest twice."""
    failures = 1
    while pause(cause, failures, None, 0.5) is not None:
        failures += 1
    assert failures == tries


def test_pauses_grow_and_spread():
    """The median of the first pause after a 429 is five seconds; later ones double, up to a cap."""
    medians = [pause(Cause.THROTTLED, n, None, 0.5) for n in range(1, 7)]
    assert medians == [5, 10, 20, 40, 80, 120]
    assert pause(Cause.THROTTLED, 1, None, 0.0) < pause(Cause.THROTTLED, 1, None, 1.0)


def test_retry_after_is_honoured_up_to_two_minutes():
    """We never come back earlier than asked, and leave a longer wait to the next run."""
    assert pause(Cause.THROTTLED, 1, 30.0, 0.0) >= 30
    assert pause(Cause.THROTTLED, 1, 3600.0, 0.5) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("17", 17.0),
        ("Mon, 02 Mar 2026 12:01:00 GMT", 60.0),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_a_number_or_a_date(text, seconds):
    """Both forms of the header are read, anything else is as if it were absent."""
    assert retry_after(text, NOW) == seconds


@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404])
def test_answers_that_stay_the_same_are_not_asked_for_again(status):
    """Only passing failures are retried."""
    assert cause_of(status) is None
