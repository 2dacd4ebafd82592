"""QuickBooks Desktop keeps what every source promises, though it is read by who polls us."""

from pathlib import Path

from attrs import define

from subledger.ports import Page
from subledger.testing import SourceContract
from subledger.testing.contracts.extracting import Reading
from subledger_quickbooks_desktop.plugin import SINK, register_sources
from subledger_quickbooks_desktop.reading_records import raw_records
from subledger_quickbooks_desktop.testing import BANK, QuickBooksDesktopOutside
from subledger_quickbooks_desktop.wire import qbxml

(SOURCE,) = register_sources()
ANSWERS = sorted((Path(__file__).parent / "records" / "golden").glob("*.xml"))


@define(eq=False)
class Trade(QuickBooksDesktopOutside):
    """The sample company with a customer and a vendor, and what was bought and sold."""

    def __attrs_post_init__(self):
        self.company.human.add_list_object("Customer", {"Name": "Silva"})
        self.company.human.add_list_object("Vendor", {"Name": "Cables Ltd"})
        self.sell("I-1", "50.00", paid="20.00")
        self.sell_at_once("R-1", "35.00")
        self.company.human.add_document(
            "Bill",
            {
                "VendorRef": {"FullName": "Cables Ltd"},
                "TxnDate": "2026-03-20",
                "ExpenseLineAdd": [
                    {"AccountRef": {"FullName": "Office Supplies"}, "Amount": "12.50"}
                ],
            },
        )

    def sell(self, number, amount, paid):
        """A person writes an invoice, and records what was paid on it."""
        customer = {"CustomerRef": {"FullName": "Silva"}, "TxnDate": "2026-03-10"}
        line = {"ItemRef": {"FullName": "Consulting"}, "Amount": amount}
        invoice = self.company.human.add_document(
            "Invoice", {**customer, "RefNumber": number, "InvoiceLineAdd": [line]}
        )
        self.company.human.add_document(
            "ReceivePayment",
            {
                **customer,
                "TotalAmount": paid,
                "DepositToAccountRef": {"FullName": BANK},
                "AppliedToTxnAdd": [{"TxnID": invoice, "PaymentAmount": paid}],
            },
        )

    def sell_at_once(self, number, amount):
        """A person writes a sales receipt."""
        self.company.human.add_document(
            "SalesReceipt",
            {
                "CustomerRef": {"FullName": "Silva"},
                "TxnDate": "2026-03-11",
                "RefNumber": number,
                "CheckNumber": "991",
                "SalesReceiptLineAdd": [{"ItemRef": {"FullName": "Consulting"}, "Amount": amount}],
            },
        )

    def change(self):
        """One more of each."""
        self.sell("I-2", "75.00", paid="75.00")
        self.sell_at_once("R-2", "15.00")


class TestQuickBooksDesktop(SourceContract):
    """The sample company behind a simulated Web Connector, with some trade."""

    type = SOURCE
    peer = SINK
    worlds = 12

    def outside(self, clock):
        """The company without a socket."""
        return Trade(clock)

    def known(self):
        """What the answers on file mean."""
        results = [qbxml.parse_answer(path.read_bytes()).results[0] for path in ANSWERS]
        pages = [Page(records=list(raw_records(one.request, one.records))) for one in results]
        return Reading(pages, self.type.normalise)
