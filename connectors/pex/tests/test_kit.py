"""PEX keeps what every source promises."""

from pathlib import Path

from subledger.errors import AuthenticationError, TemporaryError
from subledger.testing import Fault, Scenario, SourceContract, Trouble
from subledger_pex.plugin import register_sources
from subledger_pex.testing import PexOutside

(SOURCE,) = register_sources()


class TestPex(SourceContract):
    """A prepaid business."""

    type = SOURCE
    golden = Path(__file__).parent / "golden"
    days = 60
    recent = 20
    worlds = 12
    scenarios = (
        Scenario(name="works"),
        Scenario(name="wrong token", settings={"token": "wrong"}, raises=AuthenticationError),
        Scenario(
            name="throttled",
            fault=Fault(what=Trouble.THROTTLED, times=None),
            raises=TemporaryError,
        ),
        Scenario(name="throttled once", fault=Fault(what=Trouble.THROTTLED)),
        Scenario(name="one answer lost", fault=Fault(what=Trouble.LOST)),
    )

    def outside(self, clock):
        """A simulated business without a socket."""
        return PexOutside(clock)
