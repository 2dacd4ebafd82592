"""Retries and errors of single requests, against scripted answers."""

import json

import pytest
from attrs import define, field

from subledger.errors import AuthenticationError, ConnectorError, TemporaryError
from subledger.retry import Cause
from subledger.runtime import HttpResponse
from subledger.secret import Secret
from subledger_syncro.client import POLICY, SyncroClient
from subledger_syncro.errors import (
    Invalid,
    NoAccount,
    NotPermitted,
    NotThere,
    OutcomeUnknown,
    Unreadable,
)
from subledger_syncro.wire import requests
from subledger_syncro.wire.requests import Request

QUERY = Request(path="ping")
WRITE = requests.create_customer({"business_name": "A"})
HTML = b"<!DOCTYPE html><html><body>Please sign in</body></html>"


@define
class Script:
    """Gives the answers of a list, the last one for ever."""

    answers: list
    seen: list = field(factory=list)

    async def __call__(self, method, url, *, headers=None, **values):
        """The next answer."""
        self.seen.append((method, url, headers, values))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, body, *more = answer
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return HttpResponse(status=status, headers=dict(*more), body=content)


def make(context, *answers):
    http = Script(list(answers))
    ours, clock, log = context(http)
    client = SyncroClient(
        host="https://acme.example", token=Secret("hidden"), context=ours, per_minute=100_000
    )
    return client, http, clock, log


NO_PERMISSION = {
    "error": "Not authorized. Please ask account admin to update your group permissions."
}


@pytest.mark.parametrize(
    ("answer", "tries", "error", "detail"),
    [
        ((429, {"error": "slow"}), 4, TemporaryError, "slow"),
        ((500, {"error": "oops"}), 4, TemporaryError, "oops"),
        ((502, HTML), 4, TemporaryError, ""),
        ((503, b""), 4, TemporaryError, ""),
        (TemporaryError("no answer"), 4, TemporaryError, ""),
        ((200, b'{"a": '), 3, Unreadable, "ping"),
        ((200, HTML), 3, Unreadable, "ping"),
        ((401, {"error": "Not authorized: no such token."}), 1, AuthenticationError, "no such"),
        ((401, NO_PERMISSION), 1, NotPermitted, "permissions"),
        ((403, {}), 1, AuthenticationError, ""),
        ((404, {"message": "Not found"}), 1, NotThere, "Not found"),
        ((404, HTML), 1, NoAccount, "ping"),
        ((422, {"success": False, "message": ["Email is not an email"]}), 1, Invalid, "Email is"),
        ((422, {"errors": "Error adding that item"}), 1, Invalid, "Error adding"),
        ((422, {"errors": ["Customer can't be blank"]}), 1, Invalid, "Customer can't"),
        (
            (422, {"errors": {"mute_for": ["is not included in the list"]}}),
            1,
            Invalid,
            "mute_for is not included",
        ),
        ((422, {"date": ["can't be blank"]}), 1, Invalid, "date can't be blank"),
        ((200, {"success": False, "message": ["Nope"]}), 1, Invalid, "Nope"),
        ((200, {"message": "Invoice is already paid"}), 1, Invalid, "already paid"),
        ((302, b""), 1, ConnectorError, ""),
    ],
)
async def test_a_lasting_failure_becomes_our_error(context, answer, tries, error, detail):
    """Every form of refusal has its meaning, its number of tries and the vendor's words."""
    client, http, _, log = make(context, answer)
    with pytest.raises(error) as caught:
        await client.get(QUERY)
    assert type(caught.value) is error
    assert len(http.seen) == tries
    assert detail in caught.value.detail
    assert "hidden" not in repr(vars(caught.value)) + log.text()


async def test_a_passing_failure_is_not_seen(context):
    """After the server has recovered the answer is as ever, with exact decimals."""
    client, http, clock, _ = make(context, (429, {}), (502, HTML), (200, b'{"a": 1.10, "b": 2}'))
    assert await client.get(QUERY) == {"a": "1.10", "b": 2}
    assert len(http.seen) == 3
    assert sum(clock.slept) > 5


async def test_retry_after_decides_how_long_we_wait(context):
    """We come back when Syncro said, not before."""
    client, _, clock, _ = make(context, (429, {}, {"retry-after": "40"}), (200, {}))
    await client.get(QUERY)
    assert 40 <= sum(clock.slept) <= 42


async def test_a_long_wait_is_left_to_the_next_run(context):
    """The error carries what Syncro asked for."""
    client, http, _, _ = make(context, (429, {}, {"retry-after": "3600"}))
    with pytest.raises(TemporaryError) as caught:
        await client.get(QUERY)
    assert caught.value.retry_after == 3600
    assert len(http.seen) == 1


@pytest.mark.parametrize(
    "answer",
    [(500, {}), (502, HTML), (503, b""), (504, b""), (200, b"{"), (200, HTML), TemporaryError("x")],
)
async def test_a_write_is_never_repeated_blindly(context, answer):
    """Where the answer was lost nobody knows, so it is sent once and told as unknown."""
    client, http, _, _ = make(context, answer)
    with pytest.raises(OutcomeUnknown):
        await client.send(WRITE)
    assert len(http.seen) == 1


async def test_a_write_that_was_not_counted_is_sent_again(context):
    """Told to slow down, Syncro has certainly not taken it."""
    client, http, _, _ = make(context, (429, {}), (200, {"customer": {"id": 1}}))
    assert await client.send(WRITE) == {"customer": {"id": 1}}
    (method, url, headers, values), _ = http.seen
    assert (method, url) == ("POST", "https://acme.example/api/v1/customers")
    assert headers["Content-Type"] == "application/json"
    assert json.loads(values["body"]) == {"business_name": "A"}


async def test_requests_carry_the_token_as_bearer(context):
    """The header is the one of API tokens, and a read has no body."""
    client, http, _, _ = make(context, (200, {}))
    await client.get(QUERY)
    ((_, _, headers, values),) = http.seen
    assert headers["Authorization"] == "Bearer hidden"
    assert values["body"] is None


async def test_an_answer_to_another_request_is_asked_for_again(context):
    """A list without its rows is somebody else's answer."""
    client, http, _, _ = make(context, (200, {"customers": []}), (200, {"products": [{"id": 1}]}))
    assert await client.get(requests.PRODUCTS) == {"products": [{"id": 1}]}
    assert len(http.seen) == 2


async def test_a_web_page_does_not_mean_that_a_record_was_deleted(context):
    """Where the account itself is not found, nothing is known about its records."""
    client, _, _, _ = make(context, (404, HTML))
    with pytest.raises(ConnectorError, match="no such account"):
        await client.record(QUERY, "invoice")


async def test_a_deleted_record_is_none(context):
    """404 for a record is an answer, not an error; a record of another shape is an error."""
    client, _, _, _ = make(context, (404, {"message": "Not found"}))
    assert await client.record(QUERY, "invoice") is None
    client, _, _, _ = make(context, (200, b"null"))
    with pytest.raises(ConnectorError, match="form that this version"):
        await client.record(QUERY, "invoice")


@pytest.mark.parametrize("body", [{"invoice": {"id": 1}}, {"id": 1}])
async def test_a_record_comes_wrapped_or_flat(context, body):
    """Both forms are read."""
    client, _, _, _ = make(context, (200, body))
    assert await client.record(QUERY, "invoice") == {"id": 1}


def test_pauses_grow_end_and_outlast_a_minute():
    """Pauses after being told to slow down outlast the minute that is counted, not a lease."""
    pauses = [POLICY.pause(Cause.THROTTLED, count, None, 0.5) for count in range(1, 5)]
    assert pauses[-1] is None
    assert 60 < sum(pauses[:-1]) < 120
