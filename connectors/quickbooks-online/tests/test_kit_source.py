"""QuickBooks Online keeps what every source promises."""

from decimal import Decimal
from pathlib import Path

from subledger.errors import AuthenticationError, TemporaryError
from subledger.testing import Fault, Scenario, SourceContract, Trouble
from subledger_quickbooks_online.plugin import register_sources
from subledger_quickbooks_online.testing import QuickBooksOnlineOutside

(SOURCE,) = register_sources()


def trade(company):
    """Customers, one below another, with sales of each sort and payments; a vendor with a bill."""
    parent = company.create("Customer", {"DisplayName": "Silva"})
    child = company.create(
        "Customer", {"DisplayName": "West", "ParentRef": {"value": parent["Id"]}, "Job": True}
    )
    for number, customer in enumerate((parent, child, child), 1):
        line = {
            "Amount": Decimal(50 * number),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
        }
        sale = {
            "CustomerRef": {"value": customer["Id"]},
            "TxnDate": f"2026-03-0{number}",
            "DocNumber": f"I-{number}",
            "Line": [line],
        }
        invoice = company.create("Invoice", sale)
        company.create("CreditMemo", {**sale, "DocNumber": f"C-{number}"})
        company.create("SalesReceipt", {**sale, "DocNumber": f"S-{number}"})
        paid_back = {**sale, "DocNumber": f"R-{number}", "DepositToAccountRef": {"value": "35"}}
        company.create("RefundReceipt", paid_back)
        part = Decimal(20 * number)
        linked = [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]
        company.create(
            "Payment",
            {
                "CustomerRef": sale["CustomerRef"],
                "TotalAmt": part,
                "TxnDate": f"2026-03-1{number}",
                "Line": [{"Amount": part, "LinkedTxn": linked}],
            },
        )
    expenses = company.query("select * from Account where Name = 'Office Expenses'")["Account"]
    vendor = company.create("Vendor", {"DisplayName": "Cables Ltd"})
    company.create(
        "Bill",
        {
            "VendorRef": {"value": vendor["Id"]},
            "TxnDate": "2026-03-20",
            "Line": [
                {
                    "Amount": Decimal("12.50"),
                    "DetailType": "AccountBasedExpenseLineDetail",
                    "AccountBasedExpenseLineDetail": {"AccountRef": {"value": expenses[0]["Id"]}},
                }
            ],
        },
    )


class TestQuickBooksOnline(SourceContract):
    """A company in the United States, some weeks in business."""

    type = SOURCE
    golden = Path(__file__).parent / "golden_read"
    worlds = 20
    exempt = {  # noqa: RUF012 - nobody changes it
        "test_pages_are_read": "A page holds 1,000 documents; other tests read over several pages."
    }
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
    )

    def outside(self, clock):
        """A company without a socket."""
        outside = QuickBooksOnlineOutside(clock)
        trade(outside.simulation.company)
        return outside
