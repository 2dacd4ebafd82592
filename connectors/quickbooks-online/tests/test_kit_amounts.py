"""QuickBooks Online tells what its own ledger says, of every sort of document as a source."""

from decimal import Decimal

from subledger.testing.contracts.completeness import CompletenessContract
from subledger_quickbooks_online.plugin import register_sources
from subledger_quickbooks_online.testing import BANK, QuickBooksOnlineOutside

(SOURCE,) = register_sources()


class Trade:
    """What people enter into a company."""

    def __init__(self, company):
        self.company = company
        self.customer = company.create("Customer", {"DisplayName": "Silva"})["Id"]
        self.vendor = company.create("Vendor", {"DisplayName": "Cables Ltd"})["Id"]

    def account(self, name):
        """A reference to an account."""
        found = self.company.query(f"select * from Account where Name = '{name}'")
        return {"value": found["Account"][0]["Id"]}

    def sale(self, entity, *lines, **more):
        """A form of a sale."""
        body = {
            "CustomerRef": {"value": self.customer},
            "TxnDate": "2026-03-01",
            "Line": list(lines),
        }
        return self.company.create(entity, {**body, **more})

    def purchase(self, entity, amount, **more):
        """A bill, or a vendor's credit."""
        detail = {"AccountRef": self.account("Office Expenses")}
        body = {"VendorRef": {"value": self.vendor}, "TxnDate": "2026-03-02"}
        body["Line"] = [_line(amount, "AccountBasedExpenseLineDetail", detail)]
        return self.company.create(entity, {**body, **more})

    def pay(self, entity, amount, *documents, **more):
        """A payment of documents, each with the amount that is applied to it."""
        lines = [
            {"Amount": Decimal(part), "LinkedTxn": [{"TxnId": one["Id"], "TxnType": sort}]}
            for sort, one, part in documents
        ]
        body = {"TotalAmt": Decimal(amount), "TxnDate": "2026-03-03", "Line": list(lines)}
        return self.company.create(entity, {**body, **more})


def _line(amount, sort, detail):
    return {"Amount": Decimal(amount), "DetailType": sort, sort: detail}


def sold(amount, code="NON"):
    """A line about the item Services."""
    detail = {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": code}}
    return _line(amount, "SalesItemLineDetail", detail)


DISCOUNT = _line("10.00", "DiscountLineDetail", {"PercentBased": False})
TAXED = {"TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}}}


def sell(trade):
    """Sales with tax and a discount, in part paid before, credited, voided; paid too much."""
    invoice = trade.sale("Invoice", sold("100.00", "TAX"), DISCOUNT, **TAXED)
    trade.sale(
        "SalesReceipt", sold("40.00", "TAX"), **TAXED, DepositToAccountRef=trade.account(BANK)
    )
    trade.sale("RefundReceipt", sold("15.00"), DepositToAccountRef=trade.account(BANK))
    credit = trade.sale("CreditMemo", sold("25.00"))
    deposit = {"Deposit": Decimal("30.00"), "DepositToAccountRef": trade.account(BANK)}
    trade.sale("Invoice", sold("80.00"), **deposit)
    trade.sale(
        "Invoice", sold("20.00"), Deposit=Decimal("20.00"), DepositToAccountRef=trade.account(BANK)
    )
    void = trade.sale("Invoice", sold("70.00"), **deposit)
    trade.company.void("Invoice", void)
    customer = {"CustomerRef": {"value": trade.customer}}
    parts = ("Invoice", invoice, "25.00"), ("CreditMemo", credit, "25.00")
    trade.pay("Payment", "0.00", *parts, **customer)
    trade.pay("Payment", "500.00", ("Invoice", invoice, "50.00"), **customer)
    trade.company.void("Payment", trade.pay("Payment", "5.00", **customer))


def buy(trade):
    """Bills, a vendor's credit, and payments of both."""
    bill = trade.purchase("Bill", "60.00")
    credit = trade.purchase("VendorCredit", "20.00")
    vendor = {"VendorRef": {"value": trade.vendor}, "PayType": "Check"}
    vendor["CheckPayment"] = {"BankAccountRef": trade.account(BANK)}
    trade.pay(
        "BillPayment", "5.00", ("Bill", bill, "25.00"), ("VendorCredit", credit, "20.00"), **vendor
    )
    void = trade.pay("BillPayment", "10.00", ("Bill", bill, "10.00"), **vendor)
    trade.company.void("BillPayment", void)


class TestQuickBooksOnline(CompletenessContract):
    """A company with something of everything."""

    type = SOURCE
    exempt = {  # noqa: RUF012 - nobody changes it
        "test_pages_are_read": "A page holds 1,000 documents; other tests read over several pages."
    }

    def outside(self, clock):
        """The company without a socket."""
        outside = QuickBooksOnlineOutside(clock)
        trade = Trade(outside.simulation.company)
        sell(trade)
        buy(trade)
        return outside
