"""Syncro keeps what every source promises."""

from pathlib import Path

from subledger.errors import AuthenticationError, TemporaryError
from subledger.testing import Fault, Scenario, SourceContract, Trouble
from subledger_syncro.plugin import register_sources
from subledger_syncro.testing import SyncroOutside

(SOURCE,) = register_sources()


class TestSyncro(SourceContract):
    """An account of a year."""

    type = SOURCE
    golden = Path(__file__).parent / "golden"
    recent = 10
    worlds = 12
    scenarios = (
        Scenario(name="works"),
        Scenario(name="wrong token", settings={"api_token": "wrong"}, raises=AuthenticationError),
        Scenario(
            name="throttled",
            fault=Fault(what=Trouble.THROTTLED, times=None),
            raises=TemporaryError,
        ),
        Scenario(name="throttled once", fault=Fault(what=Trouble.THROTTLED)),
        Scenario(name="one answer lost", fault=Fault(what=Trouble.LOST)),
    )

    def outside(self, clock):
        """A simulated account without a socket, which buys from customers, too."""
        return SyncroOutside(clock, purchases=True)
