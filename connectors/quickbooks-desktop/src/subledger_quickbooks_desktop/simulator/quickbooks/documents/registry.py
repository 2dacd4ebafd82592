"""All kinds of documents by name."""

from __future__ import annotations

from collections.abc import Mapping

from .banking import CHECK, CREDIT_CARD_CHARGE, CREDIT_CARD_CREDIT
from .bill_payments import BILL_PAYMENT_CARD, BILL_PAYMENT_CHECK
from .card_refunds import AR_REFUND
from .deposit import DEPOSIT_KIND
from .draft import DocumentKind
from .journal import JOURNAL_ENTRY
from .orders import PURCHASE_ORDER
from .payables import BILL, ITEM_RECEIPT, VENDOR_CREDIT
from .receipts import RECEIVE_PAYMENT
from .sales import CREDIT_MEMO, INVOICE, SALES_RECEIPT
from .transfer import TRANSFER

KINDS: Mapping[str, DocumentKind] = {
    kind.name: kind
    for kind in (
        CHECK,
        CREDIT_CARD_CHARGE,
        CREDIT_CARD_CREDIT,
        DEPOSIT_KIND,
        JOURNAL_ENTRY,
        TRANSFER,
        BILL,
        VENDOR_CREDIT,
        ITEM_RECEIPT,
        PURCHASE_ORDER,
        BILL_PAYMENT_CHECK,
        BILL_PAYMENT_CARD,
        INVOICE,
        CREDIT_MEMO,
        SALES_RECEIPT,
        RECEIVE_PAYMENT,
        AR_REFUND,
    )
}
