"""The reports with which books are checked."""

from decimal import Decimal

import pytest


def money(cell):
    return Decimal(cell["value"] or 0)


def sums(rows):
    """What every section and row of a statement comes to, by its name."""
    found = {}
    for row in rows:
        cells = row["ColData"] if row["type"] == "Data" else row["Summary"]["ColData"]
        found[cells[0]["value"]] = money(cells[-1])
        found |= sums(row.get("Rows", {}).get("Row", []))
    return found


def values(part):
    """The values of all cells."""
    if isinstance(part, list):
        return [value for each in part for value in values(each)]
    if not isinstance(part, dict):
        return []
    own = [cell["value"] for cell in part.get("ColData", ())]
    return own + [
        value for name, each in part.items() if name != "ColData" for value in values(each)
    ]


@pytest.fixture
def shop(app, bill):
    """A sale in 2025, one in 2026, a bill, a card purchase and an order."""
    customer = app.post("customer", {"DisplayName": "Blue Clinic"})["Customer"]["Id"]
    detail = {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "NON"}}
    line = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    for day, amount in (("2025-12-31", 40), ("2026-02-02", 100)):
        body = {"TxnDate": day, "CustomerRef": {"value": customer}}
        app.post("invoice", {**body, "Line": [{**line, "Amount": amount}]})
    app.post("bill", {**bill, "TxnDate": "2026-02-03"})
    card = app.post("account", {"Name": "Door card", "AccountType": "Credit Card"})["Account"]["Id"]
    two = [{**bill["Line"][0], "Amount": 3}, {**bill["Line"][0], "Amount": 4}]
    purchase = {"PaymentType": "CreditCard", "AccountRef": {"value": card}}
    app.post("purchase", {**purchase, "TxnDate": "2026-02-04", "Line": two})
    app.post("purchaseorder", {**bill, "TxnDate": "2026-02-05"})
    return app


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


def test_profit_and_loss(shop):
    """Income less expenses of the days, and nothing of the year before."""
    report = shop.get("reports/ProfitAndLoss", start_date="2026-01-01", end_date="2026-12-31")
    found = sums(report["Rows"]["Row"])
    assert (found["Services"], found["Total Income"], found["Gross Profit"]) == (100, 100, 100)
    assert (found["Total Expenses"], found["Net Operating Income"]) == (17, 83)
    assert found["Net Income"] == 83
    groups = [row["group"] for row in report["Rows"]["Row"]]
    assert groups == ["Income", "GrossProfit", "Expenses", "NetOperatingIncome", "NetIncome"]
    before = shop.get("reports/ProfitAndLoss", start_date="2025-01-01", end_date="2025-12-31")
    assert sums(before["Rows"]["Row"])["Net Income"] == 40


def test_the_balance_sheet(shop):
    """What is owned is what is owed and kept; the results of earlier years are retained."""
    found = sums(shop.get("reports/BalanceSheet", end_date="2026-12-31")["Rows"]["Row"])
    assert (found["Accounts Receivable (A/R)"], found["TOTAL ASSETS"]) == (140, 140)
    assert (found["Total Accounts Payable"], found["Total Credit Cards"]) == (10, 7)
    assert (found["Retained Earnings"], found["Net Income"]) == (40, 83)
    assert found["Total Liabilities"] == 17
    assert found["TOTAL LIABILITIES AND EQUITY"] == 140
    earlier = sums(shop.get("reports/BalanceSheet", end_date="2025-12-31")["Rows"]["Row"])
    assert (earlier["TOTAL ASSETS"], earlier["Net Income"]) == (40, 40)


def test_an_inactive_account_stays_in_the_reports(shop):
    """What was posted to an account that is gone now is told under its changed name."""
    visa = shop.query("select * from Account where Name = 'Door card'")["Account"][0]
    shop.post("account", {**visa, "Active": False})
    for name in ("TrialBalance", "GeneralLedger", "BalanceSheet", "TransactionList"):
        report = shop.get(f"reports/{name}", start_date="2026-01-01", end_date="2026-12-31")
        assert "Door card (deleted)" in str(report["Rows"])


def test_the_transaction_list(shop):
    """Each document of the days is a row: its account, the other one, and its amount."""
    report = shop.get("reports/TransactionList", start_date="2026-01-01", end_date="2026-12-31")
    rows = [[cell["value"] for cell in row["ColData"]] for row in report["Rows"]["Row"]]
    kinds = {row[1]: (row[0], row[3], row[4], row[6], row[8]) for row in rows}
    receivable, payable = "Accounts Receivable (A/R)", "Accounts Payable (A/P)"
    assert kinds == {
        "Invoice": ("2026-02-02", "Yes", "Blue Clinic", receivable, "100.00"),
        "Bill": ("2026-02-03", "Yes", "Northwind Paper", payable, "10.00"),
        "Credit Card Expense": ("2026-02-04", "Yes", "", "Door card", "7.00"),
        "Purchase Order": ("2026-02-05", "No", "Northwind Paper", "", "10.00"),
    }


def test_the_basis_is_told_as_it_is(shop):
    """Reports are made on accrual, and say so whatever was asked for."""
    for name in ("ProfitAndLoss", "TrialBalance"):
        report = shop.get(f"reports/{name}", accounting_method="Cash")
        assert report["Header"]["ReportBasis"] == "Accrual"


@pytest.mark.parametrize(
    "name", ["BalanceSheet", "GeneralLedger", "ProfitAndLoss", "TransactionList", "TrialBalance"]
)
def test_a_report_in_xml(shop, schema, name):
    """Whoever wants XML gets the same rows, and they are valid."""
    whole = {"start_date": "2026-01-01", "end_date": "2026-12-31"}
    root = shop.xml("GET", f"reports/{name}", **whole)
    schema.assertValid(root)
    cells = [node.get("value") for node in root.iter("{*}ColData")]
    assert cells
    assert sorted(cells) == sorted(values(shop.get(f"reports/{name}", **whole)["Rows"]))


def test_a_report_that_is_not_made(app):
    """500 for a report that is not made."""
    assert app.code("GET", "reports/Nonsense") == (400, "500")


def test_a_wrong_day(app):
    """A date that is none is refused."""
    assert app.code("GET", "reports/TrialBalance", end_date="tomorrow") == (400, "2010")
