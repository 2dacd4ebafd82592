"""QuickBooks Desktop keeps what every peer promises."""

from subledger.testing.contracts.peer import PeerContract
from subledger.testing.specimens import Chart
from subledger_quickbooks_desktop.plugin import SINK
from subledger_quickbooks_desktop.testing import (
    BANK,
    BOUGHT,
    CARD,
    PAYABLES,
    RECEIVABLES,
    QuickBooksDesktopOutside,
)


class TestQuickBooksDesktop(PeerContract):
    """The sample company behind a simulated Web Connector."""

    type = SINK
    worlds = 20
    chart = Chart(
        register=CARD,
        bank=BANK,
        expense="Office Supplies",
        income="Services Income",
        receivables=RECEIVABLES,
        payables=PAYABLES,
        item="Consulting",
        bought=BOUGHT,
        class_="Clinic",
    )

    def outside(self, clock):
        """The sample company without a socket."""
        return QuickBooksDesktopOutside(clock)
