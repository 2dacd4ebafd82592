"""When flows run: due times within their bounds, through nights of 23 and 25 hours."""

import datetime as dt
import random
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from subledger.flow.runs import (
    SCHEDULE,
    RunReport,
    begin,
    due_flows,
    end,
    flow_state,
    run_changed,
    run_now,
)
from subledger.schedule.due import Rhythm, next_due
from subledger.store.moments import from_ms
from subledger.store.schema import FLOW, HISTORY

NOON = dt.datetime(2026, 3, 15, 12, tzinfo=dt.UTC)
HALF_HOUR = dt.timedelta(minutes=30)


def chance(seed=1):
    return random.Random(seed)  # noqa: S311 - a seed to repeat


@given(
    st.timedeltas(dt.timedelta(minutes=1), dt.timedelta(days=40)),
    st.integers(0, 5 * 10**9).map(lambda s: dt.datetime.fromtimestamp(s, dt.UTC)),
    st.integers(0, 1000),
)
def test_jitter_stays_in_bounds(every, ended, seed):
    """A run is due after its interval, a tenth of it earlier or later, at most half an hour."""
    due = next_due(Rhythm(every=every), ended, chance(seed))
    spread = HALF_HOUR if every >= dt.timedelta(hours=24) else every / 10
    assert ended + every - spread <= due <= ended + every + spread
    assert due > ended


def test_jitter_spreads():
    """A thousand flows that end together do not come back together."""
    one = chance()
    due = {next_due(Rhythm(every=dt.timedelta(hours=1)), NOON, one) for _ in range(1000)}
    assert len(due) > 900
    assert max(due) - min(due) > dt.timedelta(minutes=10)


def test_daily():
    """A daily flow stays within half an hour of a day, whatever the seed."""
    for seed in range(50):
        due = next_due(Rhythm(every=dt.timedelta(days=1)), NOON, chance(seed))
        assert abs(due - NOON - dt.timedelta(days=1)) <= HALF_HOUR


def test_same_seed_same_time():
    """The due time follows from its arguments alone."""
    rhythm = Rhythm(every=dt.timedelta(hours=1))
    assert next_due(rhythm, NOON, chance(3)) == next_due(rhythm, NOON, chance(3))


def test_by_hand():
    """A flow without a rhythm is due only when somebody asks."""
    assert Rhythm().by_hand
    assert next_due(Rhythm(), NOON, chance()) is None
    assert not Rhythm(every=HALF_HOUR).by_hand
    assert not Rhythm(cron="0 2 * * *").by_hand


def at(text, zone="UTC"):
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("cron", "zone", "ended", "due"),
    [
        ("30 2 * * *", "UTC", "2026-03-15T02:30", "2026-03-16T02:30+00:00"),
        ("30 2 * * *", "UTC", "2026-03-15T02:29", "2026-03-15T02:30+00:00"),
        ("0 6 * * 1", "UTC", "2026-03-15T12:00", "2026-03-16T06:00+00:00"),
        # the night without an hour between two and three
        ("30 2 * * *", "America/Chicago", "2026-03-07T12:00", "2026-03-08T08:00+00:00"),
        ("30 2 * * *", "America/Chicago", "2026-03-08T12:00", "2026-03-09T07:30+00:00"),
        # the night with two hours between one and two
        ("30 1 * * *", "America/Chicago", "2026-10-31T12:00", "2026-11-01T06:30+00:00"),
        ("30 2 * * *", "America/Chicago", "2026-10-31T12:00", "2026-11-01T08:30+00:00"),
        ("0 4 * * *", "Europe/Berlin", "2026-03-28T12:00", "2026-03-29T02:00+00:00"),
    ],
)
def test_cron(cron, zone, ended, due):
    """A cron text is read in the flow's zone, and each night has its run, also odd ones."""
    found = next_due(Rhythm(cron=cron, zone=zone), at(ended, zone), chance())
    assert found.isoformat(timespec="minutes") == due


@pytest.mark.parametrize("zone", ["America/Chicago", "Europe/Berlin", "Australia/Lord_Howe"])
@pytest.mark.parametrize("hour", [1, 2, 3])
def test_cron_runs_once_a_night(zone, hour):
    """Through a whole year a nightly flow runs once each night, none twice and none left out."""
    rhythm = Rhythm(cron=f"30 {hour} * * *", zone=zone)
    moment = at("2026-01-01T12:00", zone)
    nights = []
    while len(nights) < 365:
        after = next_due(rhythm, moment, chance())
        assert after > moment
        nights.append(after.astimezone(ZoneInfo(zone)).date())
        moment = after
    assert nights == [dt.date(2026, 1, 2) + dt.timedelta(days=n) for n in range(365)]


EVERY = {"cards": Rhythm(every=dt.timedelta(hours=1))}
MANUAL = {"cards": Rhythm()}


def flow(c, **values):
    """Sets the stored state of the flow."""
    flow_state(c, "cards")
    c.execute(sa.update(FLOW).values(values))


@pytest.mark.parametrize(
    ("values", "rhythms", "due"),
    [
        (None, EVERY, True),
        (None, MANUAL, False),
        ({"next_due": 1000}, EVERY, True),
        ({"next_due": 1001}, EVERY, False),
        ({"next_due": 500, "paused": True}, EVERY, False),
        ({"next_due": 500}, MANUAL, True),
        ({"started": 1, "finished": 2}, MANUAL, False),
        ({"next_due": 0}, EVERY, True),
    ],
)
def test_due_flows(c, values, rhythms, due):
    """A flow is due when it never ran or its time has come, unless it is paused."""
    if values:
        flow(c, **values)
    assert due_flows(c, rhythms, 1000) == (["cards"] if due else [])


def test_killed_first_run(c):
    """A flow whose very first run was killed is due again."""
    flow(c, started=500)
    assert due_flows(c, EVERY, 1000) == ["cards"]


def test_from_by_hand_to_by_itself(c):
    """A flow that ran by hand only is due as soon as it is given a rhythm."""
    flow(c, started=500, finished=600)
    assert due_flows(c, MANUAL, 1000) == []
    assert due_flows(c, EVERY, 1000) == ["cards"]


def test_run_now(c):
    """Whoever asks for a run gets it with the next look, and is remembered."""
    run_now(c, "cards", 1000, "ann")
    assert due_flows(c, MANUAL, 1000) == ["cards"]
    assert c.execute(sa.select(HISTORY.c.who)).scalar() == "ann"


def begun(c, trigger, now):
    """A run that has begun."""
    settings = SimpleNamespace(name="cards", start=None, look_back=dt.timedelta(days=7))
    return begin(c, settings, trigger, owner="me", now=now)


def over(c, start, *, due, now):
    """The same run has ended."""
    report = RunReport(flow="cards", state="done")
    end(c, SimpleNamespace(name="cards"), start, report, due=from_ms(due), now=now)


def test_the_trigger_of_a_run_is_who_asked_for_it(c):
    """A run that somebody asked for says so, the next one by schedule and one by hand do not."""
    run_now(c, "cards", 1000, "webhook cards")
    asked = begun(c, SCHEDULE, 1001)
    assert asked.trigger == "webhook cards"
    over(c, asked, due=9000, now=2000)
    assert due_flows(c, EVERY, 8999) == []
    scheduled = begun(c, SCHEDULE, 9000)
    assert scheduled.trigger == SCHEDULE
    over(c, scheduled, due=19_000, now=9500)
    run_now(c, "cards", 10_000, "webhook cards")
    assert begun(c, "by hand", 10_001).trigger == "by hand"


def test_who_asks_during_a_run_gets_another_one(c):
    """What happens while the source is being read is not left to the next run by schedule."""
    start = begun(c, SCHEDULE, 1000)
    run_now(c, "cards", 1500, "webhook cards")
    over(c, start, due=9000, now=2000)
    assert due_flows(c, EVERY, 2001) == ["cards"]
    again = begun(c, SCHEDULE, 2001)
    assert again.trigger == "webhook cards"
    over(c, again, due=9000, now=3000)
    assert due_flows(c, EVERY, 3001) == []


@pytest.mark.parametrize(
    ("prepared_with", "manual", "due"),
    [
        ("old//3", False, ["cards"]),
        ("new//3", False, []),
        ("", False, []),
        ("old//3", True, []),
    ],
)
def test_changed_settings_are_judged_at_once(c, prepared_with, manual, due):
    """A flow whose settings changed runs with the next look, one that runs by hand does not."""
    flow(c, next_due=5000, prepared_with=prepared_with)
    run_changed(c, [SimpleNamespace(name="cards", digest="new", manual=manual)], 1000)
    assert due_flows(c, EVERY, 1000) == due
