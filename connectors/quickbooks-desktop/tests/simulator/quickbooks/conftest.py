"""A simulated QuickBooks with the sample company, and the official schema where it is at hand."""

import datetime as dt
import os
from pathlib import Path

import pytest
from lxml import etree

from subledger_quickbooks_desktop.simulator.quickbooks import CompanyFile, create_sample_company

HEAD = '<?xml version="1.0" encoding="utf-8"?><?qbxml version="{version}"?>'


class Clock:
    """A wall clock that moves only when told."""

    def __init__(self):
        self.now = dt.datetime(2026, 8, 5, 10)  # noqa: DTZ001 - the wall clock of the PC

    def __call__(self):
        """The moment."""
        return self.now

    def tick(self, seconds=1):
        """Let seconds pass."""
        self.now += dt.timedelta(seconds=seconds)


class Office:
    """A company, one session, and short ways to ask."""

    def __init__(self, company, clock):
        self.company = company
        self.clock = clock
        self.session = company.begin_session(company_file="", app_name="Test")

    def raw(self, body, *, version="13.0", attributes='onError="stopOnError"'):
        """The whole answer to one message set."""
        return self.session.process(
            f"{HEAD.format(version=version)}<QBXML><QBXMLMsgsRq {attributes}>{body}</QBXMLMsgsRq>"
            "</QBXML>"
        )

    def set(self, body, **how):
        """The answer, parsed."""
        return etree.fromstring(self.raw(body, **how).encode())[0]

    def ask(self, body, **how):
        """The one response."""
        (found,) = self.set(body, **how)
        return found

    def done(self, body, **how):
        """The one response, which is fine."""
        found = self.ask(body, **how)
        assert found.get("statusCode") == "0", found.get("statusMessage")
        return found

    def refused(self, body, **how):
        """The status code of the one response, which is an error without data."""
        found = self.ask(body, **how)
        assert found.get("statusSeverity") == "Error"
        assert len(found) == 0
        return found.get("statusCode")

    def check(self, amount="3.00", *, number="A1", account="Fuel", date="2026-08-05", extra=""):
        """Enter a check."""
        return self.done(check(amount, number=number, account=account, date=date, extra=extra))


def check(
    amount="3.00",
    *,
    number="A1",
    account="Fuel",
    date="2026-08-05",
    extra="",
    bank="PEX Card Account",
):
    return (
        f'<CheckAddRq requestID="c"><CheckAdd><AccountRef><FullName>{bank}</FullName></AccountRef>'
        f"<RefNumber>{number}</RefNumber><TxnDate>{date}</TxnDate><Memo>fee</Memo>{extra}"
        f"<ExpenseLineAdd><AccountRef><FullName>{account}</FullName></AccountRef>"
        f"<Amount>{amount}</Amount></ExpenseLineAdd></CheckAdd></CheckAddRq>"
    )


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def company(clock):
    company = CompanyFile(":memory:", clock)
    create_sample_company(company, year_start=dt.date(2026, 1, 1), closing_date=None)
    yield company
    company.close()


@pytest.fixture
def office(company, clock):
    office = Office(company, clock)
    yield office
    assert sum(company.trial_balance().values()) == 0


@pytest.fixture
def make_check():
    return check


@pytest.fixture
def make_office():
    return Office


def _contracts():
    named = os.environ.get("SUBLEDGER_CONTRACTS")
    if named:
        return Path(named)
    for folder in Path(__file__).resolve().parents:
        if (folder / "workspace.txt").exists() or (folder / ".git").exists():
            return folder.parent / "shared" / "contracts"
    return Path("nowhere")


@pytest.fixture(scope="session")
def contracts():
    folder = _contracts() / "qbxml"
    if not (folder / "qbxmlops130.xsd").exists():
        pytest.skip("the official qbXML schema is not at hand (set SUBLEDGER_CONTRACTS)")
    return folder


@pytest.fixture(scope="session")
def official(contracts):
    return etree.XMLSchema(etree.parse(str(contracts / "qbxmlops130.xsd")))


@pytest.fixture(scope="session")
def examples(contracts):
    found = sorted((contracts / "requests").glob("*.xml"))
    assert len(found) == 41
    return {path.stem: path.read_text(encoding="utf-8") for path in found}
