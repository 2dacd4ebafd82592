"""The contract of peers: sinks whose other side polls us, as a Web Connector does.

    class TestAcmeDesktop(PeerContract):
        type = SINK
        chart = Chart(register="Visa", expense="Meals", receivables="A/R", ...)

        def outside(self, clock): return AcmeDesktopOutside(clock)

The outside is :class:`subledger.testing.PollingBooks`: simulated books with a side that polls.
"""

from subledger.testing.contracts.enrolled import EnrolledContract


class PeerContract(EnrolledContract):
    """The contract of a peer: what it posts, whom it lets in, and what it survives."""


__all__ = ["PeerContract"]
