"""The contract of peers: sinks whose other side polls us, as a Web Connector does.

    class TestAcmeDesktop(PeerContract):
        type = SINK
        chart = Chart(register="Visa", expense="Meals", receivables="A/R", ...)

        def outside(self, clock): return AcmeDesktopOutside(clock)

The outside is :class:`subledger.testing.PollingBooks`: simulated books with a side that polls.
"""

from subledger.testing.contracts.enrolled import EnrolledContract
from subledger.testing.contracts.exactly_once import ExactlyOnceContract
from subledger.testing.contracts.role import RoleContract


class PeerContract(EnrolledContract, ExactlyOnceContract, RoleContract):
    """The contract of a peer: what it posts, whom it lets in, and what it survives.

    And that everything is in the books once, and that the roles it claims are kept.
    """


__all__ = ["PeerContract"]
