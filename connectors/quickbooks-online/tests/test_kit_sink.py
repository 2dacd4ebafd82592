"""QuickBooks Online keeps what every sink promises."""

from subledger.errors import AuthenticationError, TemporaryError
from subledger.model import kinds
from subledger.testing import Fault, Scenario, Trouble
from subledger.testing.contracts.sink import SinkContract
from subledger.testing.specimens import Chart
from subledger_quickbooks_online.plugin import register_sinks
from subledger_quickbooks_online.testing import (
    BANK,
    BOUGHT,
    CARD,
    PAYABLES,
    RECEIVABLES,
    QuickBooksOnlineOutside,
)

(SINK,) = register_sinks()


class TestQuickBooksOnline(SinkContract):
    """A company in the United States."""

    type = SINK
    main = kinds.INVOICE
    worlds = 20
    chart = Chart(
        register=CARD,
        bank=BANK,
        expense="Office Expenses",
        income="Services",
        receivables=RECEIVABLES,
        payables=PAYABLES,
        item="Services",
        bought=BOUGHT,
    )
    scenarios = (
        Scenario(name="works"),
        Scenario(
            name="wrong client secret",
            settings={"client_secret": "wrong"},
            raises=AuthenticationError,
        ),
        Scenario(
            name="throttled",
            fault=Fault(what=Trouble.THROTTLED, times=None),
            raises=TemporaryError,
        ),
        Scenario(name="one answer lost", fault=Fault(what=Trouble.LOST, at=2)),
    )

    def outside(self, clock):
        """A new company without a socket."""
        return QuickBooksOnlineOutside(clock)
