"""The invented ledger keeps the contract of sinks: what the contracts try is possible."""

from collections.abc import Mapping
from typing import ClassVar

from subledger.errors import AuthenticationError
from subledger.testing.contracts.sink import SinkContract
from subledger.testing.invented import INVENTED_LEDGER, InventedBooks
from subledger.testing.outside import Scenario
from subledger.testing.specimens import Chart


class TestInventedLedger(SinkContract):
    """The general ledger that nobody sells."""

    type = INVENTED_LEDGER
    chart = Chart(
        register="Card",
        bank="Bank",
        expense="Expenses",
        income="Income",
        receivables="Receivables",
        payables="Payables",
        item="Work",
        bought="Work",
        class_="North",
    )
    scenarios = (
        Scenario(name="works"),
        Scenario(name="wrong token", settings={"token": "wrong"}, raises=AuthenticationError),
    )

    exempt: ClassVar[Mapping[str, str]] = {
        "test_the_catalogue_accepts_it": "it is registered in memory, without a distribution",
        "test_no_version_is_pinned": "it is registered in memory, without a distribution",
        "test_only_the_public_surface_is_imported": "it is a part of subledger itself",
        "test_its_interface_number_is_written_out": "its recipes change with the kernel's number",
    }

    def outside(self, _clock):
        """The books in a known state."""
        return InventedBooks()
