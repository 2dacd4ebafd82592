"""The two reports with which books are checked."""

from decimal import Decimal

import pytest


def money(cell):
    return Decimal(cell["value"] or 0)


@pytest.fixture
def entered(app, bill):
    """Two bills, one in February and one in March."""
    return [
        app.post("bill", {**bill, "TxnDate": day})["Bill"] for day in ("2026-02-10", "2026-03-01")
    ]


def test_the_trial_balance(app, entered):
    """Debits are credits, by account, and agree with the books."""
    report = app.get("reports/TrialBalance", end_date="2026-03-31")
    assert report["Header"]["ReportName"] == "TrialBalance"
    rows = [row["ColData"] for row in report["Rows"]["Row"] if row["type"] == "Data"]
    found = {row[0]["value"]: money(row[1]) - money(row[2]) for row in rows}
    assert found == {k: v for k, v in app.person.company.trial_balance().items() if v}
    total = report["Rows"]["Row"][-1]["Summary"]["ColData"]
    assert total[1] == total[2]
    assert money(total[1]) >= 20


def test_a_trial_balance_of_an_earlier_day(app, entered):
    """Only documents up to the end date count."""

    def owed(day):
        rows = app.get("reports/TrialBalance", end_date=day)["Rows"]["Row"]
        found = [row["ColData"] for row in rows if row["type"] == "Data"]
        return sum(money(row[2]) for row in found if "Payable" in row[0]["value"])

    assert owed("2026-03-01") - owed("2026-02-28") == 10
    assert owed("2026-02-28") - owed("2026-02-01") == 10


def test_the_general_ledger(app, entered):
    """Each posting is a row with its document's Id, and the balance runs along."""
    report = app.get("reports/GeneralLedger", start_date="2026-02-01", end_date="2026-03-31")
    sections = {
        row["Header"]["ColData"][0]["value"]: row["Rows"]["Row"] for row in report["Rows"]["Row"]
    }
    payable = next(rows for name, rows in sections.items() if "Payable" in name)
    ids = [row["ColData"][1]["id"] for row in payable]
    assert ids == [one["Id"] for one in entered]
    assert [money(row["ColData"][6]) for row in payable] == [-10, -20]
    assert payable[0]["ColData"][3]["value"] == "Northwind Paper"
    later = app.get("reports/GeneralLedger", start_date="2026-03-01", end_date="2026-03-31")
    sections = {
        row["Header"]["ColData"][0]["value"]: row["Rows"]["Row"] for row in later["Rows"]["Row"]
    }
    payable = next(rows for name, rows in sections.items() if "Payable" in name)
    assert [money(row["ColData"][6]) for row in payable] == [-20]


def test_a_wrong_day(app):
    """A date that is none is refused."""
    assert app.code("GET", "reports/TrialBalance", end_date="tomorrow") == (400, "2010")
