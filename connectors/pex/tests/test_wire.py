"""Dates, enums and requests of the PEX API."""

import datetime as dt

import pytest

from subledger_pex.wire import requests
from subledger_pex.wire.dates import day_of, today, windows
from subledger_pex.wire.enums import APPROVAL, TRANSACTION_TYPE, name_of

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
