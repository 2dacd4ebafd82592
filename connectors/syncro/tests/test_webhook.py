"""A webhook call is believed for one thing only: that it is time to read."""

import base64

import pytest

from subledger.ports import WebhookVerdict
from subledger.secret import Secret
from subledger_syncro.config import SyncroConfig
from subledger_syncro.webhook import HEADER, judge


def config(**values):
    return SyncroConfig(api_token=Secret("t"), subdomain="acme", **values)


SHARED = config(webhook_secret=Secret("shared"))


def basic(text):
    return {"authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}


@pytest.mark.parametrize(
    "headers",
    [{HEADER: "shared"}, {"authorization": "Bearer shared"}, basic("syncro:shared")],
)
@pytest.mark.parametrize("body", [b"", b"not json", b'{"invoice": {"id": 1}}', b"\xff"])
def test_a_call_with_our_secret_makes_a_run_due(headers, body):
    """Whatever it says: the run reads what changed from the API."""
    assert judge(SHARED, headers, body) is WebhookVerdict.RUN


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {HEADER: ""},
        {HEADER: "other"},
        {HEADER: "\u00e9"},
        {"authorization": "Basic shared"},
        {"authorization": "Basic /w=="},
        basic("shared"),
        basic("syncro:other"),
        {"authorization": "Bearer other"},
        {"authorization": "Bearer"},
    ],
)
def test_a_call_without_the_secret_is_refused(headers):
    """Whoever does not know the secret cannot make us run."""
    assert judge(SHARED, headers, b"{}") is WebhookVerdict.REFUSED


@pytest.mark.parametrize("headers", [{}, {HEADER: ""}, {"authorization": "Bearer "}, basic(":")])
@pytest.mark.parametrize("secret", [None, Secret("")])
def test_without_a_configured_secret_every_call_is_refused(headers, secret):
    """No secret never means everybody."""
    assert judge(config(webhook_secret=secret), headers, b"{}") is WebhookVerdict.REFUSED
