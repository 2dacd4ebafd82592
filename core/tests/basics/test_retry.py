"""Whether a failed request is tried again, and when."""

import asyncio
import datetime as dt
import random

import pytest

from subledger.errors import TemporaryError
from subledger.retry import Attempts, Cause, Failed, Policy, Rule, cause_of, retry_after
from subledger.runtime import Runtime

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
POLICY = Policy(
    rules={Cause.THROTTLED: Rule(6, 5.0), Cause.UNAVAILABLE: Rule(2, 2.0)}, longest=120.0
)


@pytest.mark.parametrize(
    ("cause", "tries"), [(Cause.THROTTLED, 7), (Cause.UNAVAILABLE, 3), (Cause.BROKEN, 1)]
)
def test_tries_are_limited_by_cause(cause, tries):
    """Each cause has as many tries as its rule says; one without a rule is not tried again."""
    failures = 1
    while POLICY.pause(cause, failures, None, 0.5) is not None:
        failures += 1
    assert failures == tries


def test_pauses_grow_and_spread():
    """Pauses double up to the longest, and chance spreads them by half around their median."""
    medians = [POLICY.pause(Cause.THROTTLED, n, None, 0.5) for n in range(1, 7)]
    assert medians == [5, 10, 20, 40, 80, 120]
    assert POLICY.pause(Cause.THROTTLED, 1, None, 0.0) == 2.5
    assert POLICY.pause(Cause.THROTTLED, 1, None, 1.0) == 7.5


def test_a_server_that_asks_for_a_pause_gets_it():
    """We never come back earlier than asked, and leave a longer wait to the next run."""
    assert POLICY.pause(Cause.THROTTLED, 1, 30.0, 0.0) == 30
    assert POLICY.pause(Cause.THROTTLED, 1, 121.0, 0.5) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("17", 17.0),
        ("Mon, 02 Mar 2026 12:01:00 GMT", 60.0),
        ("Mon, 02 Mar 2026 11:00:00 -0000", 0.0),
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
    """Only passing failures are tried again."""
    assert cause_of(status) is None


class Log:
    """Takes what is logged."""

    def info(self, event, **values):
        """One event."""


def attempts(slept):
    """The attempts of a request on a runtime that notes its pauses."""

    async def sleep(seconds):
        slept.append(seconds)

    chance = random.Random(1)  # noqa: S311 - jitter of pauses
    runtime = Runtime(now=lambda: NOW, sleep=sleep, random=chance, new_id=str, http=None)
    return Attempts(POLICY, runtime, Log())


def test_a_request_is_given_up_with_the_error_of_its_last_attempt():
    """Whoever asked sees what the last attempt meant, after as many pauses as there are rules."""
    slept = []

    async def ask():
        tries = attempts(slept)
        for number in range(10):
            await tries.again(Failed(TemporaryError(f"{number}"), Cause.UNAVAILABLE), "GET /x")

    with pytest.raises(TemporaryError, match="2"):
        asyncio.run(ask())
    assert len(slept) == 2


def test_a_refusal_is_not_tried_again():
    """A failure without a cause is raised at once."""
    slept = []
    with pytest.raises(TemporaryError):
        asyncio.run(attempts(slept).again(Failed(TemporaryError("no"), None), "GET /x"))
    assert slept == []
