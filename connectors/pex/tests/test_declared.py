"""The connector's declaration, settings and hooks fit the kernel."""

import pytest

from subledger.errors import ConfigError
from subledger.manifest import Operation
from subledger.model import kinds
from subledger.secret import Secret
from subledger_pex import plugin
from subledger_pex.config import PexConfig
from subledger_pex.manifest import MANIFEST
from subledger_pex.wire import requests

TOKEN = Secret("hidden")


def test_the_simulators_command_exists():
    """The registered command can be loaded."""
    module, _, name = plugin.register_simulators()[0].command.partition(":")
    assert callable(getattr(__import__(module, fromlist=[name]), name))


def test_every_movement_of_the_balance_is_read():
    """Every sort of movement is declared, and receipts."""
    assert MANIFEST.able(Operation.READ) == {
        kinds.CARD_TRANSACTION,
        kinds.FEE,
        kinds.TRANSFER,
        kinds.DEPOSIT,
        kinds.ATTACHMENT,
    }


def test_the_environment_decides_the_host():
    """An address of one's own wins, and slashes do not double."""
    assert PexConfig(token=TOKEN).host == requests.PRODUCTION
    assert PexConfig(token=TOKEN, environment="sandbox").host == requests.SANDBOX
    assert PexConfig(token=TOKEN, base_url="http://127.0.0.1:8701/").host == "http://127.0.0.1:8701"


@pytest.mark.parametrize(
    ("settings", "paths"),
    [
        ({}, {"token"}),
        ({"token": TOKEN, "refresh_token": TOKEN, "client_id": "x"}, {"token"}),
        ({"refresh_token": TOKEN}, {"client_id"}),
        ({"token": TOKEN, "requests_per_second": 0}, {"requests_per_second"}),
        ({"token": TOKEN, "base_url": "ftp://x"}, {"base_url"}),
        ({"token": TOKEN, "base_url": "http://pex.example"}, {"base_url"}),
        (
            {"requests_per_second": -1, "base_url": "x", "oauth_url": "y"},
            {"token", "requests_per_second", "base_url", "oauth_url"},
        ),
    ],
)
def test_every_problem_of_the_settings_is_told_at_once(settings, paths):
    """One look at the message is enough to put all of it right."""
    with pytest.raises(ConfigError) as caught:
        PexConfig(**settings)
    assert {problem.path for problem in caught.value.problems} == paths
    assert "hidden" not in str(caught.value)
