"""The proof that QuickBooks Desktop takes everything once can fail."""

from subledger.flow.desk import SqlDesk
from subledger.ports import Absent, Unknown
from subledger.testing.contracts.exactly_once import ExactlyOnceContract
from subledger.testing.proof import Stage
from subledger.testing.specimens import Chart
from subledger.testing.workplace import SINK as SIDE
from subledger_quickbooks_desktop.plugin import SINK
from subledger_quickbooks_desktop.testing import (
    BANK,
    BOUGHT,
    CARD,
    PAYABLES,
    RECEIVABLES,
    QuickBooksDesktopOutside,
)


class Sound(ExactlyOnceContract):
    """The sample company behind a simulated Web Connector."""

    type = SINK
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
    """Control: without the enquiry for a message set, a world ends badly that is well with it."""
    stage = Stage(route=Sound().route(), tested=SIDE)
    scenario = stage.scenarios[0]
    late = [world for (world,) in reversed(stage.troubles(scenario))]  # the last requests post
    settle = SqlDesk.settle

    def hasty(desk, effect, outcome):
        lost = isinstance(outcome, Unknown)
        settle(desk, effect, Absent(outcome.reason) if lost else outcome)

    with monkeypatch.context() as patch:
        patch.setattr(SqlDesk, "settle", hasty)
        bad = next(world for world in late if stage.simulate(world).doubled)
    assert not stage.simulate(bad).problems
