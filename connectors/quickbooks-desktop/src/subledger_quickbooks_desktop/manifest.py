"""What the QuickBooks Desktop connector declares."""

import datetime as dt

from subledger.manifest import (
    Capability,
    Direction,
    Frequency,
    Initiative,
    Manifest,
    Operation,
    Recovery,
    Role,
)
from subledger.model import kinds

_LIST = {Operation.READ}
_ENTRY = {Operation.READ, Operation.CREATE, Operation.UPDATE}
_REMOVABLE = {*_ENTRY, Operation.DELETE}
_DOCUMENT = {*_REMOVABLE, Operation.VOID}

MANIFEST = Manifest(
    name="quickbooks-desktop",
    title="QuickBooks Desktop",
    api=2,
    direction=Direction.SINK,
    roles={Role.GENERAL_LEDGER},
    kinds={
        kinds.ACCOUNT: _LIST,
        kinds.CLASS: _LIST,
        kinds.TAX_CODE: _LIST,
        kinds.TERMS: _LIST,
        kinds.PAYMENT_METHOD: _LIST,
        kinds.ITEM: _ENTRY,
        kinds.CUSTOMER: _ENTRY,
        kinds.VENDOR: _ENTRY,
        kinds.INVOICE: _DOCUMENT,
        kinds.CREDIT_MEMO: _DOCUMENT,
        kinds.SALES_RECEIPT: _DOCUMENT,
        kinds.PAYMENT: _REMOVABLE,
        kinds.REFUND: _DOCUMENT,
        kinds.BILL: _DOCUMENT,
        kinds.VENDOR_CREDIT: _DOCUMENT,
        kinds.BILL_PAYMENT: _DOCUMENT,
        kinds.PURCHASE: _DOCUMENT,
        kinds.PURCHASE_ORDER: _REMOVABLE,
        kinds.ITEM_RECEIPT: _DOCUMENT,
        kinds.CARD_TRANSACTION: _DOCUMENT,
        kinds.FEE: _DOCUMENT,
        kinds.DEPOSIT: _DOCUMENT,
        kinds.TRANSFER: _DOCUMENT,
    },
    frequency=Frequency(default=dt.timedelta(minutes=15), minimum=dt.timedelta(minutes=1)),
    initiative=Initiative.PEER,
    capabilities={Capability.UPDATE_GUARD, Capability.READ_BACK},
    recovery=Recovery.MESSAGE_SET,
    limits=(
        "Accounts, classes, taxes, terms and payment methods are looked up, never made.",
        "Receipts are linked in the memo: the QuickBooks Desktop SDK cannot attach files.",
        "Text outside Windows-1252 is transliterated, and a finding tells where.",
        "A QuickBooks Transfer cannot be voided or deleted, so transfers are journal entries.",
        "Payments of customers and purchase orders cannot be voided; they are deleted instead.",
        "Payments of bills by card, and refunds by card, cannot be changed.",
        "QuickBooks computes sales tax by itself; a difference is a finding.",
        "Lines of sales and of purchase orders take items only, never accounts.",
        "A payment of bills pays exactly its bills: the rest of a larger one has no place.",
        "A refund is a check that pays out the customer's credits; by card an ARRefundCreditCard.",
        "Refund receipts are not written: there are none; use a credit memo and a refund.",
        "A purchase is a check from a bank account, or a credit card charge.",
        "The message of an invoice goes into the memo, which customers do not see.",
        "Document numbers longer than 11 characters (bills: 20) stand in the memo instead.",
        "A bill or item receipt closes its order only where both have as many lines.",
        "An item receipt is deleted when its bill comes: the SDK cannot turn one into the other.",
        "The accounts and the type of an item that is in the books are never changed.",
    ),
)

SOURCE = Manifest(
    name="quickbooks-desktop",
    title="QuickBooks Desktop",
    api=2,
    direction=Direction.SOURCE,
    roles={Role.GENERAL_LEDGER},
    kinds=dict.fromkeys(
        (
            *(kinds.ACCOUNT, kinds.CUSTOMER, kinds.VENDOR, kinds.ITEM),
            *(kinds.INVOICE, kinds.CREDIT_MEMO, kinds.SALES_RECEIPT, kinds.PAYMENT),
            *(kinds.BILL, kinds.VENDOR_CREDIT, kinds.BILL_PAYMENT),
        ),
        _LIST,
    ),
    frequency=MANIFEST.frequency,
    initiative=Initiative.PEER,
    capabilities={Capability.INCREMENTAL},
    limits=(
        "A run asks; the Web Connector's next session answers. A preview shows what was read.",
        "Accounts are read by their names only, as lists.",
        "Groups, assemblies, discounts and other items without a counterpart are not read.",
        "Sales receipts without a customer are not read; nor are checks and card charges.",
        "A payment is read with the invoices, bills and credits that it settles.",
        "Payments with a discount are not read.",
        "Documents in another currency than US dollars are not read.",
        "QuickBooks remembers for 90 days what was deleted; what is gone longer is not noticed.",
    ),
)
