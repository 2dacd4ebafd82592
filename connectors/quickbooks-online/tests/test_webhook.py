"""Webhook calls are believed only with Intuit's signature over their very bytes."""

import base64
import hashlib
import hmac
import json

import attrs
import pytest

from subledger.ports import WebhookVerdict
from subledger.secret import Secret
from subledger_quickbooks_online.simulator.webhooks import Subscription
from subledger_quickbooks_online.webhook import judge

KEY = "verifier"
LEGACY = {"eventNotifications": [{"realmId": "7", "dataChangeEvent": {"entities": []}}]}
EVENTS = [{"type": "qbo.customer.created.v1", "intuitentityid": "1", "intuitaccountid": "7"}]


def signed(body, key=KEY):
    digest = hmac.new(key.encode(), body, hashlib.sha256).digest()
    return {"intuit-signature": base64.b64encode(digest).decode()}


@pytest.fixture
def config(world):
    """A connection with a verifier token."""
    return attrs.evolve(world.config, webhook_verifier=Secret(KEY))


@pytest.mark.parametrize("call", [LEGACY, EVENTS])
def test_both_formats_make_a_run_due(config, call):
    """The format of before and that of 2026 are both news."""
    body = json.dumps(call).encode()
    assert judge(config, signed(body), body) is WebhookVerdict.RUN


@pytest.mark.parametrize("call", [LEGACY, EVENTS])
def test_news_of_another_company_is_ignored(config, call):
    """One app's calls tell of all its companies."""
    body = json.dumps(call).encode()
    other = attrs.evolve(config, realm="8")
    assert judge(other, signed(body), body) is WebhookVerdict.IGNORED


@pytest.mark.parametrize(
    "headers", [{}, {"intuit-signature": ""}, {"intuit-signature": "é"}, signed(b"other")]
)
def test_without_the_right_signature_a_call_is_refused(config, headers):
    """Missing, empty, odd and foreign signatures are all refused."""
    body = json.dumps(EVENTS).encode()
    assert judge(config, headers, body) is WebhookVerdict.REFUSED


def test_a_changed_byte_is_refused(config):
    """The signature covers the raw bytes."""
    body = json.dumps(EVENTS).encode()
    assert judge(config, signed(body), body + b" ") is WebhookVerdict.REFUSED


def test_without_a_verifier_every_call_is_refused(world):
    """A connection that expects no calls takes none."""
    body = json.dumps(EVENTS).encode()
    assert judge(world.config, signed(body), body) is WebhookVerdict.REFUSED


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"nonsense", b"{}", b"[]", b"[1]", b"[{}]", b"7", b"[" * 100_000),
        *(b'{"eventNotifications":1}', b'{"eventNotifications":["x", {}]}'),
    ],
)
def test_signed_nonsense_is_ignored(config, body):
    """What cannot be read is no news."""
    assert judge(config, signed(body), body) is WebhookVerdict.IGNORED


@pytest.mark.parametrize("form", ["legacy", "cloudevents"])
async def test_the_simulators_calls_are_accepted(world, make, form):
    """What QuickBooks sends after a change is news."""
    world.simulation.set(webhook_format=form)
    world.simulation.subscriptions.append(
        Subscription(url="http://127.0.0.1/hook", verifier="simulated-verifier")
    )
    world.person.edit("Customer", make.customer.id, {"CompanyName": "Silva"})
    config = attrs.evolve(world.config, webhook_verifier=Secret("simulated-verifier"))
    [call, *_] = world.simulation.take_notifications()
    headers = {name.lower(): text for name, text in call.headers.items()}
    assert judge(config, headers, call.body) is WebhookVerdict.RUN
