"""The contract of a source, on a folder with two exports that overlap."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from subledger.errors import ConnectorError
from subledger.runtime import HttpResponse
from subledger.testing import Clock, Scenario, SourceContract

from subledger_csv_folder.plugin import SOURCE

HERE = Path(__file__).parent


class Exports:
    """The folder; nobody is called."""

    settings: Mapping[str, Any] = {
        "folder": str(HERE / "exports"),
        "dates": "%m/%d/%Y",
        "amounts": "positive_is_out",
        "tags": ["Category"],
        "kinds": {"Fee": "fee", "Payment": "transfer", "Reward": "deposit"},
        "leave_out": ["Pending"],
        "columns": {
            "date": "Post Date",
            "transaction_date": "Transaction Date",
            "amount": "Amount",
            "description": "Description",
            "card": "Card",
            "type": "Type",
        },
    }

    async def http(self, method: str, url: str, **_more: Any) -> HttpResponse:
        """Fails: a folder has no address."""
        raise AssertionError(f"{method} {url}: a folder is not called")


class TestCsvFolder(SourceContract):
    """Which tests apply follows from the manifest; `pytest --accept` rewrites the golden pairs."""

    type = SOURCE
    golden = HERE / "golden"
    scenarios = (
        Scenario(name="works"),
        Scenario(name="no folder", settings={"folder": "nowhere"}, raises=ConnectorError),
    )

    def outside(self, clock: Clock) -> Exports:
        """The folder in a known state."""
        return Exports()
