"""The canonical entity types; a third party adds its own as ``vendor.kind``."""

from typing import Final, NewType

Kind = NewType("Kind", str)

CUSTOMER: Final = Kind("customer")
VENDOR: Final = Kind("vendor")
ACCOUNT: Final = Kind("account")
CLASS: Final = Kind("class")
DEPARTMENT: Final = Kind("department")
ITEM: Final = Kind("item")
TAX_CODE: Final = Kind("tax_code")
TERMS: Final = Kind("terms")
PAYMENT_METHOD: Final = Kind("payment_method")
INVOICE: Final = Kind("invoice")
CREDIT_MEMO: Final = Kind("credit_memo")
SALES_RECEIPT: Final = Kind("sales_receipt")
REFUND_RECEIPT: Final = Kind("refund_receipt")
PAYMENT: Final = Kind("payment")
REFUND: Final = Kind("refund")
CARD_TRANSACTION: Final = Kind("card_transaction")
FEE: Final = Kind("fee")
TRANSFER: Final = Kind("transfer")
DEPOSIT: Final = Kind("deposit")
PAYOUT: Final = Kind("payout")
BILL: Final = Kind("bill")
BILL_PAYMENT: Final = Kind("bill_payment")
VENDOR_CREDIT: Final = Kind("vendor_credit")
PURCHASE: Final = Kind("purchase")
PURCHASE_ORDER: Final = Kind("purchase_order")
ITEM_RECEIPT: Final = Kind("item_receipt")
JOURNAL_ENTRY: Final = Kind("journal_entry")
ATTACHMENT: Final = Kind("attachment")

LISTS: Final = (ACCOUNT, CLASS, DEPARTMENT, ITEM, TAX_CODE, TERMS, PAYMENT_METHOD)
PARTIES: Final = (CUSTOMER, VENDOR)
STAND_INS: Final = frozenset({ITEM_RECEIPT})
"""Kinds that stand in for a later document: they leave the books by themselves before it comes."""

KNOWN: Final = frozenset(
    {
        *LISTS,
        *PARTIES,
        INVOICE,
        CREDIT_MEMO,
        SALES_RECEIPT,
        REFUND_RECEIPT,
        PAYMENT,
        REFUND,
        CARD_TRANSACTION,
        FEE,
        TRANSFER,
        DEPOSIT,
        PAYOUT,
        BILL,
        BILL_PAYMENT,
        VENDOR_CREDIT,
        PURCHASE,
        PURCHASE_ORDER,
        ITEM_RECEIPT,
        JOURNAL_ENTRY,
        ATTACHMENT,
    }
)

_PRIORITY: Final = {
    **dict.fromkeys(LISTS, 10),
    **dict.fromkeys(PARTIES, 20),
    INVOICE: 30,
    SALES_RECEIPT: 30,
    PURCHASE: 30,
    PURCHASE_ORDER: 30,
    CARD_TRANSACTION: 30,
    FEE: 30,
    JOURNAL_ENTRY: 30,
    BILL: 35,
    ITEM_RECEIPT: 35,
    CREDIT_MEMO: 35,
    REFUND_RECEIPT: 35,
    VENDOR_CREDIT: 35,
    PAYMENT: 40,
    BILL_PAYMENT: 40,
    REFUND: 45,
    DEPOSIT: 50,
    TRANSFER: 50,
    PAYOUT: 50,
}


def priority(kind: Kind) -> int:
    """Posting order: lists, parties, invoices and orders, bills and credits, payments, refunds."""
    return _PRIORITY.get(kind, 60)
