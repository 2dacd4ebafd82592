"""Faults on purpose, the rate limit and the request log."""

import json
import time

import pytest
from aiohttp import ClientError

from subledger_pex.simulator import FaultPlan, parse_plan
from subledger_pex.simulator.throttle import Throttle

BALANCE = "/v4/Business/Balance"


async def statuses(pex, count):
    return [(await pex.call("GET", BALANCE))[0] for _ in range(count)]


async def test_without_a_plan_nothing_goes_wrong(pex):
    """The control: the same requests all succeed when no fault is set."""
    assert await statuses(pex, 6) == [200] * 6


async def test_every_nth_request_is_limited(pex):
    """429 comes at every n-th request, with an error body."""
    await pex.admin("PUT", "faults", {"rate_limit_every": 3})
    assert await statuses(pex, 7) == [200, 200, 429, 200, 200, 429, 200]


async def test_a_server_error_at_one_request(pex):
    """500 at the given numbers, counted from when the plan was set."""
    await statuses(pex, 2)
    await pex.admin("PUT", "faults", {"error_at": [2, 4]})
    assert await statuses(pex, 5) == [200, 500, 200, 500, 200]


async def test_a_new_plan_counts_from_one(pex):
    """Request numbers begin anew with every plan, also when it is set within the process."""
    await statuses(pex, 3)
    pex.simulation.faults = FaultPlan(error_at=1)
    assert await statuses(pex, 2) == [500, 200]


async def test_truncated_json_is_a_complete_answer_that_cannot_be_parsed(pex):
    """The HTTP answer is whole, the JSON in it is not."""
    await pex.admin("PUT", "faults", {"truncate_at": 1})
    headers = {"Authorization": pex.authorization}
    async with pex.session.get(pex.url + BALANCE, headers=headers) as response:
        text = await response.text()
        assert response.status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    assert await statuses(pex, 1) == [200]


async def test_a_dropped_connection_loses_the_answer_not_the_effect(pex, landmark):
    """The request was carried out although its answer never came."""
    note = {"TransactionId": landmark("untagged"), "NoteText": "once", "Pending": False}
    await pex.admin("PUT", "faults", {"drop_at": [1]})
    with pytest.raises(ClientError):
        await pex.call("POST", "/v4/Note", note)
    rows = await pex.rows()
    [row] = [row for row in rows if row["TransactionId"] == landmark("untagged")]
    assert [one["NoteText"] for one in row["TransactionNotes"]] == ["once"]
    assert [entry.status for entry in pex.simulation.requests] == [0, 200]


async def test_a_slow_answer(pex):
    """Every answer is held back by the given time."""
    await pex.admin("PUT", "faults", {"slow_seconds": 0.15})
    begin = time.perf_counter()
    await statuses(pex, 1)
    assert time.perf_counter() - begin >= 0.15


async def test_the_token_expires_in_the_middle(pex):
    """From the given request on the token is refused, until a new one is made."""
    await pex.admin("PUT", "faults", {"expire_token_at": [3]})
    assert await statuses(pex, 4) == [200, 200, 401, 401]
    issued = await pex.admin("POST", "tokens")
    pex.authorization = f"token {issued['token']}"
    assert await statuses(pex, 1) == [200]


async def test_a_page_comes_twice(pex):
    """The previous page is repeated in place of the asked one, once."""
    await pex.admin("PUT", "faults", {"duplicate_page_at": [2]})
    path = "Transactions/Cardholder/Purchases"
    first = await pex.get(path, page=1, pageSize=20)
    again = await pex.get(path, page=2, pageSize=20)
    second = await pex.get(path, page=2, pageSize=20)
    assert again == first
    assert second != first


async def test_rows_come_in_another_order(pex):
    """The same rows, shuffled."""
    window = {"StartDate": "2026-03-01T00:00:00", "EndDate": "2026-03-31T00:00:00"}
    plain = [row["TransactionId"] for row in await pex.rows(**window)]
    await pex.admin("PUT", "faults", {"reorder": True})
    shuffled = [row["TransactionId"] for row in await pex.rows(**window)]
    assert shuffled != plain
    assert sorted(shuffled) == sorted(plain)


async def test_a_record_changes_between_pages(pex):
    """The newest row changes and a pending one settles while the reader turns the page."""
    await pex.admin("PUT", "faults", {"change_at": [2]})
    before = {row["TransactionId"]: row for row in await pex.rows()}
    after = {row["TransactionId"]: row for row in await pex.rows()}
    changed = [key for key, row in before.items() if after[key] != row]
    assert len(changed) == 1
    assert len(after) == len(before) + 1


async def test_the_rate_limit_counts_real_seconds(pex):
    """More requests within a second than allowed are answered 429."""
    await pex.admin("PUT", "behaviour", {"limit_per_second": 3})
    assert await statuses(pex, 4) == [200, 200, 200, 429]


def test_the_rate_limit_recovers_after_a_second():
    """The window slides: a second later there is room again."""
    now = 10.0
    throttle = Throttle(monotonic=lambda: now)
    assert [throttle.allows(2) for _ in range(3)] == [True, True, False]
    now = 11.0
    assert throttle.allows(2)
    assert Throttle(monotonic=lambda: now).allows(0)


def test_a_plan_can_be_written_as_text():
    """The command line's form of a plan."""
    plan = parse_plan("rate_limit_every=5, error_at=3;7,slow_seconds=0.2,reorder")
    assert plan == FaultPlan(rate_limit_every=5, error_at=(3, 7), slow_seconds=0.2, reorder=True)
    assert parse_plan("") == FaultPlan()


def test_an_unknown_fault_is_named():
    """A misspelt fault is refused with the ones that exist."""
    with pytest.raises(ValueError, match=r"unknown fault: eror_at; known: .*error_at"):
        parse_plan("eror_at=3")


async def test_the_log_knows_every_request_but_no_token(pex):
    """Method, path, query, scheme and status are kept; the secret is not."""
    await pex.rows(StartDate="2026-03-01T00:00:00")
    await pex.call("GET", "/v4/Nothing")
    log = await pex.admin("GET", "requests")
    assert [(entry["method"], entry["status"], entry["scheme"]) for entry in log] == [
        ("GET", 200, "token"),
        ("GET", 404, "token"),
    ]
    assert log[0]["query"] == [["StartDate", "2026-03-01T00:00:00"]]
    assert "demo-token" not in json.dumps(log)
    await pex.admin("DELETE", "requests")
    assert await pex.admin("GET", "requests") == []
