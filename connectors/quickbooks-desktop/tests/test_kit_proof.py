"""The proof that QuickBooks Desktop takes everything once can fail."""

import pytest

from subledger.flow.desk import SqlDesk
from subledger.ports import Absent, Unknown
from subledger.testing.contracts.exactly_once import ExactlyOnceContract
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


class Hasty(ExactlyOnceContract):
    """The sample company behind a simulated Web Connector."""

    type = SINK
    worlds = 100
    chart = Chart(
        register=CARD,
        bank=BANK,
        expense="Office Supplies",
        income="Services Income",
        receivables=RECEIVABLES,
        payables=PAYABLES,
        item="Consulting",
        bought=BOUGHT,
    )

    def outside(self, clock):
        """The sample company without a socket."""
        return QuickBooksDesktopOutside(clock)


def test_a_lost_answer_that_is_taken_for_absence_is_found_out(monkeypatch):
    """Control: without the enquiry for a message set, some worlds end badly."""
    settle = SqlDesk.settle

    def hasty(desk, effect, outcome):
        lost = isinstance(outcome, Unknown)
        settle(desk, effect, Absent(outcome.reason) if lost else outcome)

    monkeypatch.setattr(SqlDesk, "settle", hasty)
    with pytest.raises(AssertionError, match="pytest --world"):
        Hasty().test_any_answer_may_be_lost(lambda _name, _value: None)
