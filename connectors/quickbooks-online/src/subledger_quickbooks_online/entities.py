"""What the kinds are called in QuickBooks Online: Intuit's names of list entries and documents."""

from collections.abc import Mapping
from typing import Final

from subledger.model.kinds import (
    BILL,
    BILL_PAYMENT,
    CREDIT_MEMO,
    CUSTOMER,
    INVOICE,
    ITEM,
    PAYMENT,
    PURCHASE,
    PURCHASE_ORDER,
    REFUND_RECEIPT,
    SALES_RECEIPT,
    VENDOR,
    VENDOR_CREDIT,
    Kind,
)

ENTRIES: Final[Mapping[Kind, str]] = {CUSTOMER: "Customer", VENDOR: "Vendor", ITEM: "Item"}
"""Entries of lists that are written."""
DOCUMENTS: Final[Mapping[Kind, str]] = {
    INVOICE: "Invoice",
    CREDIT_MEMO: "CreditMemo",
    SALES_RECEIPT: "SalesReceipt",
    REFUND_RECEIPT: "RefundReceipt",
    PAYMENT: "Payment",
    BILL: "Bill",
    VENDOR_CREDIT: "VendorCredit",
    PURCHASE: "Purchase",
    PURCHASE_ORDER: "PurchaseOrder",
    BILL_PAYMENT: "BillPayment",
}
"""Documents that are one thing only; movements of money follow the type of their account.

A refund of a credit memo and money out of a card or bank account are a Purchase, too: which one a
Purchase is, its marker tells.
"""
