"""A webhook call is believed for one thing only: that it is time to read."""

import base64
import datetime as dt
import json

import pytest

from subledger.ports import WebhookVerdict
from subledger.secret import Secret
from subledger_pex.config import PexConfig
from subledger_pex.simulator import Simulation, generate_business
from subledger_pex.simulator.jsontext import to_json
from subledger_pex.simulator.webhook import settlement_callback
from subledger_pex.webhook import judge

CONFIG = PexConfig(token=Secret("t"), webhook_secret=Secret("shared"))
HEADERS = {"authorization": f"Basic {base64.b64encode(b'shared').decode()}"}


def body(network_type):
    return json.dumps({"CallbackTime": "x", "Data": {"NetworkType": network_type}}).encode()


@pytest.mark.parametrize("network_type", ["Settlement", "SETTLEMENT"])
def test_a_settlement_makes_a_run_due(network_type):
    """News of a settlement is worth a run."""
    assert judge(CONFIG, HEADERS, body(network_type)) is WebhookVerdict.RUN


@pytest.mark.parametrize(
    "content",
    [
        body("Auth"),
        body("Reversal"),
        body(None),
        b"",
        b"not json",
        b"[]",
        b'{"Data": []}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_other_calls_are_ignored(content):
    """Authorisations, other events and nonsense change nothing that is settled."""
    assert judge(CONFIG, HEADERS, content) is WebhookVerdict.IGNORED


def test_authorisations_count_where_pending_ones_are_read():
    """With pending transactions on, an authorisation is news."""
    config = PexConfig(token=Secret("t"), webhook_secret=Secret("shared"), include_pending=True)
    assert judge(config, HEADERS, body("Auth")) is WebhookVerdict.RUN


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Basic shared"},
        {"authorization": f"Basic {base64.b64encode(b'other').decode()}"},
        {"authorization": "Basic \u00e9"},
    ],
)
def test_a_call_without_the_secret_is_refused(headers):
    """Whoever does not know the shared secret cannot make us run."""
    assert judge(CONFIG, headers, body("Settlement")) is WebhookVerdict.REFUSED


def test_without_a_configured_secret_every_call_is_refused():
    """No secret never means everybody."""
    config = PexConfig(token=Secret("t"))
    empty = {"authorization": f"Basic {base64.b64encode(b'').decode()}"}
    for headers in (empty, HEADERS, {}):
        assert judge(config, headers, body("Settlement")) is WebhookVerdict.REFUSED


def test_the_simulators_callback_is_understood():
    """The simulated PEX announces a settlement in the form that is read here."""
    business = generate_business(seed=1, transactions=150, today=dt.date(2026, 3, 20))
    id_ = business.landmarks["split_example"]
    call = to_json(settlement_callback(Simulation.of(business), id_)).encode()
    assert judge(CONFIG, HEADERS, call) is WebhookVerdict.RUN
