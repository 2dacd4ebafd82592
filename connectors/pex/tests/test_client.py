"""Retries and errors of single requests, against scripted answers."""

import datetime as dt
import json

import pytest
from attrs import define, field

from subledger.errors import AuthenticationError, ConnectorError, TemporaryError
from subledger.retry import Cause
from subledger.runtime import HttpResponse
from subledger.secret import Secret
from subledger_pex.client import POLICY, PexClient
from subledger_pex.credentials import FixedToken
from subledger_pex.errors import NotThere, TagsOff
from subledger_pex.wire.requests import Request

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
QUERY = Request("V4/Ping")


@define
class Script:
    """Gives the answers of a list, the last one for ever."""

    answers: list
    seen: list = field(factory=list)

    async def __call__(self, method, url, *, headers=None, **_):
        """The next answer."""
        self.seen.append((method, url, headers))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, body, *more = answer
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return HttpResponse(status=status, headers=dict(*more), body=content)


def make(context, *answers):
    http = Script(list(answers))
    ours, clock, log = context(http, NOW)
    client = PexClient(
        host="https://pex.example",
        credentials=FixedToken(Secret("hidden"), "token"),
        context=ours,
        per_second=1000,
    )
    return client, http, clock, log


@pytest.mark.parametrize(
    ("answer", "tries", "error"),
    [
        ((429, {"Message": "slow"}), 7, TemporaryError),
        ((500, {}), 2, TemporaryError),
        ((502, b"<html>"), 3, TemporaryError),
        ((503, b""), 3, TemporaryError),
        ((504, {}), 3, TemporaryError),
        ((408, {}), 3, TemporaryError),
        (TemporaryError("no answer"), 3, TemporaryError),
        ((200, b'{"a": '), 2, TemporaryError),
        ((401, {"Message": "Token expired or does not exist"}), 1, AuthenticationError),
        ((403, {}), 1, AuthenticationError),
        ((404, {}), 1, NotThere),
        ((400, {"Message": "bad"}), 1, ConnectorError),
        ((302, b""), 1, ConnectorError),
        ((403, {"Message": "Tags are not enabled for this business"}), 1, TagsOff),
        ((400, {"Message": "Tags disabled"}), 1, TagsOff),
        ((200, []), 1, ConnectorError),
    ],
)
async def test_a_lasting_failure_becomes_our_error(context, answer, tries, error):
    """Each refusal has its number of tries and its meaning."""
    client, http, _, log = make(context, answer)
    with pytest.raises(error) as caught:
        await client.get_object(QUERY)
    assert type(caught.value) is error
    assert len(http.seen) == tries
    assert "hidden" not in repr(vars(caught.value)) + log.text()


async def test_a_passing_failure_is_not_seen(context):
    """After the server has recovered the answer is as ever."""
    client, http, clock, _ = make(context, (429, {}), (503, {}), (200, b'{"a": 1.10}'))
    assert await client.get_object(QUERY) == {"a": "1.10"}
    assert len(http.seen) == 3
    assert sum(clock.slept) > 3


async def test_retry_after_decides_how_long_we_wait(context):
    """We come back when PEX said, not before."""
    client, _, clock, _ = make(context, (429, {}, {"retry-after": "40"}), (200, {}))
    await client.get_object(QUERY)
    assert 40 <= sum(clock.slept) <= 42


async def test_a_long_wait_is_left_to_the_next_run(context):
    """The error carries what PEX asked for."""
    client, http, _, _ = make(context, (429, {}, {"retry-after": "3600"}))
    with pytest.raises(TemporaryError) as caught:
        await client.get_object(QUERY)
    assert caught.value.retry_after == 3600
    assert len(http.seen) == 1


async def test_requests_carry_the_token_and_a_correlation_id(context):
    """PEX support can find each request, and each has its own identifier."""
    client, http, _, _ = make(context, (200, {}))
    await client.get_object(QUERY)
    await client.get_object(QUERY)
    (_, url, first), (_, _, second) = http.seen
    assert url == "https://pex.example/V4/Ping"
    assert first["Authorization"] == "token hidden"
    assert first["X-CORRELATION-ID"] != second["X-CORRELATION-ID"]


async def test_the_vendors_text_is_cut(context):
    """A long answer does not flood the log, and a body never gets there."""
    client, _, _, log = make(context, (400, {"Message": "x" * 5000}))
    with pytest.raises(ConnectorError) as caught:
        await client.get_object(QUERY)
    assert len(caught.value.detail) == 200
    assert "xxx" not in log.text()


@pytest.mark.parametrize(
    ("cause", "tries"),
    [
        (Cause.THROTTLED, 7),
        (Cause.UNAVAILABLE, 3),
        (Cause.BROKEN, 2),
        (Cause.UNREADABLE, 2),
    ],
)
def test_tries_are_limited_by_cause(cause, tries):
    """429 is tried seven times in all, an unavailable server three times, the rest twice."""
    failures = 1
    while POLICY.pause(cause, failures, None, 0.5) is not None:
        failures += 1
    assert failures == tries
