"""The contract of sinks that the kernel calls.

class TestAcmeBooks(SinkContract):
type = SINK
chart = Chart(register="Visa", expense="Meals", receivables="A/R", ...)
scenarios = (Scenario(name="works"), Scenario(name="wrong token", ...))

def outside(self, clock): return AcmeOutside(clock)
"""

from subledger.testing.contracts.exactly_once import ExactlyOnceContract
from subledger.testing.contracts.posting import PostingContract
from subledger.testing.contracts.reading import ReadingContract
from subledger.testing.contracts.recovering import RecoveringContract
from subledger.testing.contracts.role import RoleContract


class SinkContract(
    PostingContract, RecoveringContract, ReadingContract, ExactlyOnceContract, RoleContract
):
    """The contract of a sink that the kernel calls: what it writes, recovers and reads back.

    And that everything is in the books once, and that the roles it claims are kept.
    """


__all__ = ["SinkContract"]
