"""What the QuickBooks Online connector declares."""

import datetime as dt
from typing import Final

from subledger.manifest import (
    Capability,
    Direction,
    Frequency,
    Manifest,
    Operation,
    Recovery,
    Role,
)
from subledger.model import kinds as k

_READ: Final = frozenset({Operation.READ})
_ENTRY: Final = _READ | {Operation.CREATE, Operation.UPDATE, Operation.VOID, Operation.DELETE}
_DOCUMENT: Final = _ENTRY
_FILE: Final = frozenset({Operation.CREATE, Operation.DELETE})
_OFTEN: Final = Frequency(default=dt.timedelta(minutes=5), minimum=dt.timedelta(minutes=1))

SINK: Final = Manifest(
    name="quickbooks-online",
    title="QuickBooks Online",
    api=2,
    direction=Direction.SINK,
    roles=(Role.GENERAL_LEDGER,),
    kinds={
        **dict.fromkeys(
            (k.ACCOUNT, k.CLASS, k.DEPARTMENT, k.TAX_CODE, k.TERMS, k.PAYMENT_METHOD), _READ
        ),
        **dict.fromkeys((k.CUSTOMER, k.VENDOR, k.ITEM), _ENTRY),
        **dict.fromkeys(
            (
                *(k.INVOICE, k.CREDIT_MEMO, k.SALES_RECEIPT, k.REFUND_RECEIPT),
                *(k.PAYMENT, k.REFUND, k.PURCHASE),
                *(k.BILL, k.VENDOR_CREDIT, k.BILL_PAYMENT, k.PURCHASE_ORDER),
                *(k.CARD_TRANSACTION, k.FEE, k.TRANSFER, k.DEPOSIT, k.JOURNAL_ENTRY),
            ),
            _DOCUMENT,
        ),
        k.ATTACHMENT: _FILE,
    },
    frequency=_OFTEN,
    capabilities=(
        *(Capability.UPDATE_GUARD, Capability.READ_BACK, Capability.ATTACHMENTS),
        Capability.MULTI_CURRENCY,
    ),
    recovery=Recovery.KEYED,
    limits=(
        "Accounts, classes, departments, taxes, terms, payment methods: looked up, never made.",
        "Invoices, sales receipts and payments of both sides can be voided; others are deleted.",
        "Customers, vendors and items are made inactive, never deleted.",
        "A refund is an expense on the receivables account, joined to its credit memo.",
        "Sales tax is written as the source charged it.",
        "Purchases in the United States have no sales tax: it has to be a line.",
        "Line prices are left out where quantity times price is not the line's amount.",
        "A card transaction with a negative line becomes a journal entry, which has no payee.",
        "Bills and purchases with a negative line are refused.",
        "Text outside ISO 8859-1 is transliterated, and a finding tells where.",
        "Numbers of documents and payments over 21 characters are shortened, always in one way.",
        "Files larger than 100 MB, and types such as HTML or ZIP, are not attached.",
        "Documents in another currency need multicurrency, switched on in QuickBooks.",
        "What was deleted in QuickBooks is reported, and never made again by itself.",
    ),
)

SOURCE: Final = Manifest(
    name="quickbooks-online",
    title="QuickBooks Online",
    api=2,
    direction=Direction.SOURCE,
    roles=(Role.GENERAL_LEDGER,),
    kinds=dict.fromkeys(
        (
            *(k.ACCOUNT, k.CUSTOMER, k.VENDOR, k.ITEM, k.INVOICE, k.CREDIT_MEMO),
            *(k.SALES_RECEIPT, k.REFUND_RECEIPT, k.PAYMENT),
            *(k.BILL, k.VENDOR_CREDIT, k.BILL_PAYMENT),
        ),
        _READ,
    ),
    frequency=_OFTEN,
    capabilities=(Capability.INCREMENTAL, Capability.WEBHOOKS),
    limits=(
        "Accounts are read by their names only, as lists.",
        "Bundles and categories of items are not read.",
        "After more than four weeks without a run, what was deleted meanwhile is not told.",
        "Receipts without a customer are not read.",
        "Invoices that hold a deposit are not read.",
        "Expenses and checks are not read: they do not tell purchases from refunds and payments.",
        "A payment is read with the invoices, bills and credits that it settles, and nothing else.",
    ),
)
