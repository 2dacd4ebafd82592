"""The contract of a source, on a folder with two exports that overlap."""

import csv
import datetime as dt
import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from subledger.errors import ConnectorError
from subledger.runtime import HttpResponse
from subledger.testing import Clock, Held, Scenario, SourceContract

from subledger_csv_folder.plugin import SOURCE

HERE = Path(__file__).parent
COPY = TemporaryDirectory()
FOLDER = Path(shutil.copytree(HERE / "exports", COPY.name, dirs_exist_ok=True))
LATER = FOLDER / "later.csv"


class Exports:
    """The folder; nobody is called."""

    settings: Mapping[str, Any] = {
        "folder": str(FOLDER),
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

    def __init__(self) -> None:
        LATER.unlink(missing_ok=True)

    def holds(self) -> Iterator[Held]:
        """Every line, by the identifier that it must have for ever: spelled out once more here."""
        for path in FOLDER.glob("*.csv"):
            equals: Counter[str] = Counter()
            with path.open(newline="", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    month, number, year = map(int, row["Post Date"].split("/"))
                    day = dt.date(year, month, number)
                    amount = -Decimal(row["Amount"].replace(",", ""))
                    content = f"{day}|{amount:,} USD|{row['Description']}||{row['Card']}"
                    digest = hashlib.blake2b(content.encode(), digest_size=8).hexdigest()
                    equals[digest] += 1
                    name = f"{day:%Y%m%d}-{digest}-{equals[digest]}"
                    yield Held(id=name, version=row, date=day)

    def change(self) -> None:
        """One more export comes."""
        head = (FOLDER / "2026-q1.csv").read_text(encoding="utf-8").partition("\n")[0]
        line = "04/06/2026,04/07/2026,1111,LATE BOOKS,Office Supplies,Sale,18.25"
        LATER.write_text(f"{head}\n{line}\n", encoding="utf-8")

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
