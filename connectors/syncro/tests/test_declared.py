"""The connector's declaration, settings and hooks fit the kernel."""

import pytest
from attrs import fields

from subledger.errors import ConfigError
from subledger.manifest import Operation, Recovery
from subledger.model import kinds
from subledger.roles import unmet
from subledger.secret import Secret
from subledger_syncro import plugin
from subledger_syncro.config import SyncroConfig
from subledger_syncro.manifest import SINK, SOURCE

TOKEN = Secret("hidden")


def test_the_simulators_command_exists():
    """The registered command can be loaded."""
    module, _, name = plugin.register_simulators()[0].command.partition(":")
    assert callable(getattr(__import__(module, fromlist=[name]), name))


def test_it_fulfils_the_role_of_a_psa_in_both_directions():
    """What the role asks is declared, and nothing that Syncro's API cannot do."""
    assert unmet(SOURCE) == []
    assert unmet(SINK) == []
    assert SOURCE.able(Operation.CREATE) == frozenset()
    assert {kinds.REFUND, kinds.CREDIT_MEMO, kinds.BILL, kinds.PURCHASE} <= SOURCE.able(
        Operation.READ
    )
    assert SINK.able(Operation.CREATE) == {kinds.PAYMENT, kinds.CUSTOMER}
    assert SINK.recovery is Recovery.FINDABLE
    for operation in (Operation.UPDATE, Operation.VOID, Operation.DELETE):
        assert SINK.able(operation) == frozenset()


def test_an_address_that_nobody_describes_is_asked_only_where_somebody_wants_it():
    """The switch is off by default, and what it says of itself names the reason."""
    config = SyncroConfig(api_token=TOKEN, subdomain="acme")
    assert config.customer_purchases is False
    says = fields(SyncroConfig).customer_purchases.metadata
    assert "does not describe" in repr(says)
    assert any("customer_purchases = true" in one for one in SOURCE.limits)


def test_the_subdomain_decides_the_host():
    """An address of one's own wins, and slashes do not double."""
    config = SyncroConfig(api_token=TOKEN, subdomain="acme")
    assert config.host == "https://acme.syncromsp.com"
    config = SyncroConfig(api_token=TOKEN, base_url="http://127.0.0.1:8702/")
    assert config.host == "http://127.0.0.1:8702"


@pytest.mark.parametrize(
    ("settings", "paths"),
    [
        ({}, {"subdomain"}),
        ({"subdomain": "https://acme.syncromsp.com"}, {"subdomain"}),
        ({"subdomain": "acme", "base_url": "http://syncro.example"}, {"base_url"}),
        ({"subdomain": "acme", "time_zone": "Mars"}, {"time_zone"}),
        ({"subdomain": "acme", "currency": "usd"}, {"currency"}),
        (
            {"subdomain": "a b", "overlap_minutes": -1, "requests_per_minute": 0},
            {"subdomain", "overlap_minutes", "requests_per_minute"},
        ),
    ],
)
def test_every_problem_of_the_settings_is_told_at_once(settings, paths):
    """One look at the message is enough to put all of it right."""
    with pytest.raises(ConfigError) as caught:
        SyncroConfig(api_token=TOKEN, **settings)
    assert {problem.path for problem in caught.value.problems} == paths
    assert "hidden" not in str(caught.value)
