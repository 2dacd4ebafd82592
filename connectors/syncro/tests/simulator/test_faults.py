"""Faults on purpose."""

import json

import pytest

from subledger_syncro.simulator import parse_plan
from subledger_syncro.simulator.faults import plan_from


def statuses(account, count, path="me"):
    return [account.ask("GET", path).status for _ in range(count)]


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ({"rate_limit_every": 2}, [200, 429, 200, 429]),
        ({"storm": [2, 3]}, [200, 429, 429, 200]),
        ({"error_at": 2}, [200, 500, 200, 200]),
        ({"html_at": [1]}, [502, 200, 200, 200]),
        ({"wrong_token_at": [3]}, [200, 200, 401, 401]),
    ],
)
def test_a_fault_happens_when_it_is_planned(account, plan, expected):
    """Requests are counted from the moment at which the plan is set."""
    statuses(account, 3)
    account.admin("POST", "faults", plan)
    assert statuses(account, 4) == expected


def test_a_page_may_come_instead_of_json(account):
    """An HTML page comes with an error or, worse, with 200."""
    account.admin("POST", "faults", {"html_at": [1], "html_ok_at": [2]})
    for status in (502, 200):
        response = account.ask("GET", "invoices")
        assert response.status == status
        assert response.headers["Content-Type"].startswith("text/html")
        with pytest.raises(ValueError, match="Expecting value"):
            json.loads(response.body)


def test_a_body_may_end_in_the_middle(account):
    """A truncated body is not JSON."""
    account.admin("POST", "faults", {"truncate_at": [1]})
    response = account.ask("GET", "invoices")
    assert response.status == 200
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(response.body)


def test_an_answer_may_be_slow(account):
    """The caller is told how long to hold the answer back."""
    account.admin("POST", "faults", {"slow_seconds": 2})
    assert account.ask("GET", "me").delay_seconds == 2.0


PAYMENT = {"amount_cents": 1_234, "ref_num": "once"}


def test_a_lost_answer_leaves_its_effect(account):
    """The second write takes effect and its answer is lost; reads are not counted."""
    account.admin("POST", "faults", {"lose_write_at": [2]})
    body = {**PAYMENT, "customer_id": account.mark("payer")}
    statuses(account, 3)
    lost = [account.ask("POST", "payments", body).is_lost for _ in range(3)]
    assert lost == [False, True, False]
    assert len(account.get("payments?query=once")["payments"]) == 3
    assert [row["status"] for row in account.admin("GET", "requests")][-4:] == [200, 0, 200, 200]


def test_a_dropped_request_leaves_none(account):
    """Control of the lost answer: a dropped request has no effect."""
    account.admin("POST", "faults", {"drop_at": [1]})
    response = account.ask("POST", "payments", {**PAYMENT, "customer_id": account.mark("payer")})
    assert response.is_lost
    assert account.get("payments?query=once")["payments"] == []


def test_a_page_may_come_twice(account):
    """The previous list comes again in place of the one that was asked for."""
    account.admin("POST", "faults", {"repeat_page_at": [2]})
    first, again, second = (account.get(f"invoices?page={page}") for page in (1, 2, 2))
    assert first == again != second


def test_a_plan_in_words():
    """The command line spells a plan; what is not known is named."""
    plan = parse_plan("rate_limit_every=5, error_at=3;7,slow_seconds=0.2,storm=10;40")
    assert (plan.rate_limit_every, plan.error_at, plan.storm) == (5, (3, 7), (10, 40))
    assert plan.slow_seconds == 0.2
    assert plan_from(plan.as_json()) == plan
    assert parse_plan("") == plan_from({})
    with pytest.raises(ValueError, match="unknown fault: oops"):
        parse_plan("oops=1")
