"""D2: when the Web Connector is asked to stay away, and when it never is."""

import datetime as dt

import pytest

from subledger.flow.waysout import pause_flow, resume_connection
from subledger.ledger import notes
from subledger.store.moments import to_ms
from subledger_quickbooks_desktop.back_off import STEPS

MINUTE = dt.timedelta(minutes=1)
CLOSED = "0x80040408"
"""QuickBooks could not be started."""


async def delay(bench):
    """For how many seconds a login is asked to stay away; the session is closed again."""
    ticket, _, *later = await bench.login()
    await bench.call("closeConnection", ticket)
    assert later in ([], [later[0] if later else "", ""]), "two strings, or four"
    return int(later[0]) if later else 0


async def failing(bench, times):
    """So many sessions in which QuickBooks cannot be opened, and what each next login is told."""
    bench.company.configure(begin_session_error=CLOSED)
    told = []
    for _ in range(times):
        assert (await bench.run()).failed
        told.append(await delay(bench))
        bench.clock.forward(1000)
    bench.company.configure(begin_session_error="")
    return told


async def test_nothing_to_do_is_answered_with_the_setting(make_bench) -> None:
    """`none` comes with the seconds of back_off; work comes without, and 0 says nothing at all."""
    bench = make_bench(back_off=dt.timedelta(hours=1))
    assert (await bench.login())[1:] == ["none", "3600", ""]
    await bench.plan_checks(1)
    assert await delay(bench) == 0
    await bench.run()
    assert await delay(bench) == 3600
    assert (await make_bench().login())[1:] == ["none"]


def test_a_back_off_that_would_call_sooner_is_refused(make_bench) -> None:
    """The next run is the last one and so many seconds: less than the interval is no back-off."""
    with pytest.raises(ValueError, match="shorter than run_every"):
        make_bench(back_off=10 * MINUTE, run_every=15 * MINUTE)
    assert make_bench(back_off=15 * MINUTE, run_every=15 * MINUTE)


async def test_sessions_that_fail_again_and_again_come_later_and_later(bench) -> None:
    """The first failure costs nothing, then 1, 2, 5, 10 minutes, and never more."""
    await bench.plan_checks(1)
    told = await failing(bench, 7)
    assert told[0] == 0
    wanted = [*STEPS, STEPS[-1], STEPS[-1]]
    assert all(0 <= want - was <= 2 for was, want in zip(told[1:], wanted, strict=True)), told


async def test_one_good_session_ends_the_back_off(bench) -> None:
    """A run by hand is not held back, and what waits is then never held back any more."""
    await bench.plan_checks(1)
    await failing(bench, 3)
    assert (await bench.run()).percent == 100
    assert await bench.states() == ["settled"]
    await bench.plan_checks(1, first=2)
    assert await delay(bench) == 0


async def test_a_healthy_connection_is_never_held_back(bench) -> None:
    """However often somebody looks, and whatever waits: no seconds are told."""
    for number in range(1, 7):
        await bench.plan_checks(1, first=number)
        assert await delay(bench) == 0
        assert (await bench.run()).percent == 100
        assert await delay(bench) == 0


async def test_the_time_counts_from_the_failure(bench) -> None:
    """An interval that is longer than the back-off is not made longer by it."""
    await bench.plan_checks(1)
    bench.company.configure(begin_session_error=CLOSED)
    for _ in range(3):
        await bench.run()
    assert 115 <= await delay(bench) <= 120
    bench.clock.forward(60)
    assert 55 <= await delay(bench) <= 60
    bench.clock.forward(55)
    assert await delay(bench) == 0


async def test_sessions_that_break_off_are_taken_up_at_once(bench) -> None:
    """A process that ended in mid-session, here or there, makes nobody wait for what it left."""
    await bench.plan_checks(1)
    for _ in range(3):
        bench.clock.forward(700)
        ticket, *_ = await bench.login()
        await bench.ask(ticket, bench.hcp())
    assert await delay(bench) == 0


async def test_a_paused_connection_comes_later_and_later(make_bench, tmp_path) -> None:
    """While a person has to act: 1, 2, 5, 10 minutes; once resumed, at once."""
    bench = make_bench(run_every=MINUTE)
    await restored(bench, tmp_path)
    told = [await delay(bench) for _ in range(6)]
    assert told == [*STEPS, STEPS[-1], STEPS[-1]]
    await bench.store.tx(resume_connection, "books", to_ms(bench.clock()), "test")
    assert await delay(bench) == 0
    assert (await bench.run()).writes == 1
    assert await delay(bench) == 0


async def test_a_pause_never_calls_the_web_connector_sooner(make_bench, tmp_path) -> None:
    """Steps that are shorter than the interval are not told."""
    bench = make_bench(run_every=5 * MINUTE)
    await restored(bench, tmp_path)
    assert [await delay(bench) for _ in range(4)] == [0, 0, 300, 600]


async def test_a_resumed_connection_is_not_held_back(make_bench, tmp_path) -> None:
    """Once a person has resumed it, it stays away no longer, also while its flow is paused."""
    bench = make_bench(run_every=MINUTE)
    await restored(bench, tmp_path)
    assert await delay(bench) == STEPS[0]
    await bench.store.tx(resume_connection, "books", to_ms(bench.clock()), "test")
    await bench.store.tx(pause_flow, "cards", to_ms(bench.clock()), "test", paused=True)
    assert await delay(bench) == 0


async def test_what_another_version_remembers_is_passed_over(bench) -> None:
    """A store in which an earlier version noted more, such as a pause, is read all the same."""
    await bench.plan_checks(1)
    now = int(bench.clock().timestamp())
    note = {"failures": 3, "failed": now, "paused": True, "turned_away": 2}
    await bench.store.tx(notes.remember, "books", "back-off", note)
    assert STEPS[1] - 2 <= await delay(bench) <= STEPS[1]
    bench.clock.forward(1000)
    assert (await bench.run()).percent == 100
    assert await delay(bench) == 0


async def restored(bench, folder):
    """A restored backup has paused the connection, with one purchase that waits."""
    await bench.plan_checks(1)
    await bench.run()
    bench.company.backup(folder / "backup")
    bench.clock.forward(3600)
    bench.company.restore(folder / "backup")
    await bench.plan_checks(1, first=2)
    assert "restored" in (await bench.run()).complaint
    assert (await bench.run()).writes == 0, "it reads what was asked, and nothing else waits"


async def test_the_log_tells_of_it(make_bench) -> None:
    """The line of the call names the seconds."""
    bench = make_bench(back_off=dt.timedelta(hours=1))
    await bench.login()
    results = [line["result"] for line in bench.lines if line.get("method") == "authenticate"]
    assert results == ["none, later by 3600 s"]
