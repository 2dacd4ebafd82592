"""Sales, purchases and orders as qbXML requests: type, numbers, memo. Pure.

A purchase that was paid at once is a Check where a bank account paid, and a CreditCardCharge where
a credit card did.
"""

from collections.abc import Mapping
from typing import Final

from subledger.model import SALES, Document, Reference
from subledger.model.kinds import (
    BILL,
    CREDIT_MEMO,
    INVOICE,
    ITEM_RECEIPT,
    PURCHASE,
    PURCHASE_ORDER,
    SALES_RECEIPT,
    VENDOR_CREDIT,
    Kind,
)
from subledger.ports import Delivery
from subledger_quickbooks_desktop.render.common import (
    LONG_NUMBER_LIMIT,
    NUMBER_LIMIT,
    Pairs,
    Style,
    TypeOf,
    account_label,
    note,
    number,
    ref,
    rejected,
)
from subledger_quickbooks_desktop.render.purchase import order_fields, purchase_fields
from subledger_quickbooks_desktop.render.sale import sale_fields
from subledger_quickbooks_desktop.wire.text import storable

_TYPES: Final[Mapping[Kind, str]] = {
    INVOICE: "Invoice",
    CREDIT_MEMO: "CreditMemo",
    SALES_RECEIPT: "SalesReceipt",
    BILL: "Bill",
    VENDOR_CREDIT: "VendorCredit",
    PURCHASE_ORDER: "PurchaseOrder",
    ITEM_RECEIPT: "ItemReceipt",
}
_PAYING: Final[Mapping[str, str]] = {"Bank": "Check", "CreditCard": "CreditCardCharge"}
"""What a purchase becomes, by the type of the account that paid it."""
_RECEIVING: Final = ("Bank", "OtherCurrentAsset")
"""Types of accounts that the money of a sales receipt goes to."""
_LONG_NUMBERS: Final = (BILL, VENDOR_CREDIT, ITEM_RECEIPT)
_WITH_TERMS: Final = (INVOICE, CREDIT_MEMO, BILL, PURCHASE_ORDER)
_CHECK_NUMBER_LIMIT: Final = 25


def document_type(document: Document, type_of: TypeOf) -> str:
    """The QuickBooks document that a document becomes. Raises :class:`RecordRejected`."""
    if document.kind == PURCHASE:
        return _paid_by(document.account, type_of)
    if document.kind not in _TYPES:
        label = document.kind.replace("_", " ")
        raise rejected("internal", document.id, f"QuickBooks Desktop has no {label}")
    if document.kind == SALES_RECEIPT and document.account is not None:
        _check_receiving(document.account, type_of)
    return _TYPES[document.kind]


def _paid_by(account: Reference | None, type_of: TypeOf) -> str:
    if account is None:
        raise rejected(
            "mapping_missing",
            "account that the money comes from",
            "the purchase names no account that the money comes from",
        )
    kind = type_of(account)
    if kind not in _PAYING:
        raise rejected(
            "account_type",
            account_label(account),
            f"{account.name} is of type {kind or 'unknown'}; purchases are paid from an account "
            "of type Bank or Credit Card",
        )
    return _PAYING[kind]


def _check_receiving(account: Reference, type_of: TypeOf) -> None:
    kind = type_of(account)
    if kind and kind not in _RECEIVING:
        raise rejected(
            "account_type",
            account_label(account),
            f"{account.name} is of type {kind}; the money of sales receipts goes to an account of "
            "type Bank or Other Current Asset, such as Undeposited Funds",
        )


def document_fields(
    document: Document, delivery: Delivery, kind: str, type_of: TypeOf, style: Style
) -> Pairs:
    """The fields of the request that a document becomes. Raises :class:`RecordRejected`."""
    suffix = "Add" if delivery.target is None else "Mod"
    numbers = _numbers(document, kind)
    fields = {
        "TxnDate": document.date.isoformat(),
        **numbers,
        "TermsRef": ref(document.terms) if document.kind in _WITH_TERMS else None,
        "Memo": note(delivery.marker, _memo(document, delivery.marker, numbers)),
    }
    if document.kind in SALES:
        fields |= sale_fields(document, kind, suffix, type_of, style)
    elif document.kind == PURCHASE_ORDER:
        fields |= order_fields(document, suffix)
    else:
        fields |= purchase_fields(document, kind, suffix, style, delivery.before)
    return [*fields.items()]


def number_limits(document: Document) -> Mapping[str, int]:
    """How long the numbers of a document may be, by what they are called."""
    limits = {"number": LONG_NUMBER_LIMIT if document.kind in _LONG_NUMBERS else NUMBER_LIMIT}
    if document.kind == SALES_RECEIPT:
        return {**limits, "payment_number": _CHECK_NUMBER_LIMIT}
    return {**limits, "payment_number": NUMBER_LIMIT} if document.kind == PURCHASE else limits


def _numbers(document: Document, kind: str) -> dict[str, str | None]:
    """The numbers of a document in their fields; a check has the number of the cheque."""
    limits = number_limits(document)
    own = number(document.number, limits["number"])
    if kind == "SalesReceipt":
        paid = number(document.payment_number, limits["payment_number"])
        return {"RefNumber": own, "CheckNumber": paid}
    if kind == "Check":
        return {"RefNumber": number(document.payment_number) or own}
    return {"RefNumber": own}


def _memo(document: Document, marker: str, numbers: Mapping[str, str | None]) -> str:
    """The memo with the message, and with the numbers that have no field or do not fit into it."""
    shown = numbers.values()
    given = {"No.": document.number}
    if "payment_number" in number_limits(document):
        given["Payment no."] = document.payment_number
    if document.kind == SALES_RECEIPT:
        given["Order no."] = document.order_number
    more = [
        f"{label} {value.strip()}"
        for label, value in given.items()
        if value.strip() and storable(value).text not in shown
    ]
    return " ".join(part for part in (document.memo or marker, *more, document.message) if part)
