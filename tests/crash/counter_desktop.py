"""The shop's counter and QuickBooks Desktop: its flow, its chart, its documents in the books."""

from functools import lru_cache

from subledger.model.marker import parse_marker
from subledger.testing.workplace import SINK, SOURCE, Side, settings_of
from subledger_quickbooks_desktop.plugin import SINK as BOOKS

from .counter import Chart, counter_type, flow_of

CHART = Chart(
    money="Operating Checking",
    owed="Accounts Receivable",
    income="Services Income",
    expense="Office Supplies",
    tax="Sales Tax Payable",
    percent=8,
    refunds=False,  # QuickBooks Desktop has no such document
)


@lru_cache
def settings(gone, file_id, password):
    """The configuration; ``gone`` says what becomes of documents that are struck out."""
    books = {"password": password, "file_id": file_id}
    sides = {SOURCE: Side(type=counter_type(None, CHART)), SINK: Side(type=BOOKS, settings=books)}
    return settings_of(sides, {**flow_of(CHART, "County"), "gone": gone})


def add_tax(company):
    """A person sets up sales tax."""
    company.human.add_list_object("Vendor", {"Name": "State Tax Board"})
    company.human.add_list_object(
        "ItemSalesTax",
        {
            "Name": "County",
            "TaxRate": f"{CHART.percent}.0",
            "TaxVendorRef": {"FullName": "State Tax Board"},
        },
    )


def live(documents):
    """Cents and dates of the documents that move something, by marker."""
    found = {}
    for document in documents:
        if not document["voided"]:
            mark = parse_marker(document["memo"]) or ""
            shown = (int(document["amount"] * 100), document["date"])
            found.setdefault(mark, []).append(shown)
    return found
