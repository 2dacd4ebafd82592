"""Invoices, credit memos, bills, vendor credits, orders and item receipts as qbXML requests. Pure.

QuickBooks computes sales tax by itself, from the lines that are taxable and the tax item or group.
"""

from collections.abc import Mapping
from typing import Any, Final

from subledger.model import Document, Line, Reference
from subledger.model.kinds import (
    BILL,
    CREDIT_MEMO,
    INVOICE,
    ITEM_RECEIPT,
    PURCHASE_ORDER,
    TAX_CODE,
    VENDOR_CREDIT,
    Kind,
)
from subledger_quickbooks_desktop.render.common import (
    LONG_NUMBER_LIMIT,
    MEMO_LIMIT,
    NUMBER_LIMIT,
    Pairs,
    Style,
    TypeOf,
    needed,
    new_line,
    note,
    number,
    postal,
    quantity_and_price,
    ref,
    rejected,
    text,
)
from subledger_quickbooks_desktop.render.lines import purchase_lines

TYPES: Final[Mapping[Kind, str]] = {
    INVOICE: "Invoice",
    CREDIT_MEMO: "CreditMemo",
    BILL: "Bill",
    VENDOR_CREDIT: "VendorCredit",
    PURCHASE_ORDER: "PurchaseOrder",
    ITEM_RECEIPT: "ItemReceipt",
}
"""The QuickBooks document of each kind."""
_LONG_NUMBERS: Final = (BILL, VENDOR_CREDIT, ITEM_RECEIPT)
_WITHOUT_TERMS: Final = (VENDOR_CREDIT, ITEM_RECEIPT)
_ORDER_NUMBER_LIMIT: Final = 25
_TAX_ITEMS: Final = ("ItemSalesTax", "ItemSalesTaxGroup")


def document_fields(
    document: Document, marker: str, suffix: str, type_of: TypeOf, style: Style
) -> Pairs:
    """The fields of the request that a document becomes. Raises :class:`RecordRejected`."""
    fields = {
        "TxnDate": document.date.isoformat(),
        "RefNumber": number(document.number, number_limit(document)),
        "TermsRef": ref(document.terms) if document.kind not in _WITHOUT_TERMS else None,
        "Memo": note(marker, _memo(document, marker)),
    }
    if document.kind in (INVOICE, CREDIT_MEMO):
        fields |= _sale(document, suffix, type_of, style)
    elif document.kind == PURCHASE_ORDER:
        fields |= _order(document, suffix)
    else:
        fields |= _purchase(document, suffix, style)
    return [*fields.items()]


def number_limit(document: Document) -> int:
    """How long the number of a document may be."""
    return LONG_NUMBER_LIMIT if document.kind in _LONG_NUMBERS else NUMBER_LIMIT


def _memo(document: Document, marker: str) -> str:
    """The memo with the message, and with the number where it does not fit into its field."""
    whole = document.number.strip()
    kept = number(whole, number_limit(document))
    long = f"No. {whole}" if whole and not kept else ""
    known = document.memo or marker
    return " ".join(part for part in (known, long, document.message) if part)


def _sale(document: Document, suffix: str, type_of: TypeOf, style: Style) -> dict[str, Any]:
    due = document.due.isoformat() if document.due and document.kind == INVOICE else None
    code = document.tax.code if document.tax else None
    sort = type_of(code) if code and style.taxable else ""
    return {
        "CustomerRef": needed(document.party, "customer"),
        "ClassRef": ref(document.class_),
        "ARAccountRef": ref(document.account),
        "BillAddress": postal(document.billing, document.party.name, whole=suffix == "Mod"),
        "PONumber": text(document.order_number, _ORDER_NUMBER_LIMIT),
        "DueDate": due,
        "IsToBePrinted": "false" if suffix == "Add" else None,
        **_sales_tax(document, code, sort, style),
        f"{TYPES[document.kind]}Line{suffix}": [
            {**new_line(suffix), **_sales_line(line, document, style, code, sort)}
            for line in document.lines
        ],
    }


def _sales_tax(
    document: Document, code: Reference | None, sort: str, style: Style
) -> dict[str, Any]:
    tax = document.tax
    if tax is None or (code is None and not tax.amount):
        return {}
    if style.taxable is None:
        if not tax.amount:
            return {}
        raise rejected(
            "feature_off",
            "sales tax is off",
            "the document has sales tax, but sales tax is switched off in QuickBooks",
            "Set sales tax up in QuickBooks, or let the flow post the tax as a line.",
        )
    if code is None:
        raise rejected("mapping_missing", "sales tax", "the document's tax names no tax code")
    if sort in _TAX_ITEMS:
        return {"ItemSalesTaxRef": ref(code), "CustomerSalesTaxCodeRef": ref(style.taxable)}
    return {"CustomerSalesTaxCodeRef": ref(code)}


def _sales_line(
    line: Line, document: Document, style: Style, code: Reference | None, sort: str
) -> dict[str, Any]:
    described = {"Desc": text(line.memo, MEMO_LIMIT)}
    if line.item is None and not line.amount and line.memo.strip():
        return described
    if line.item is None:
        raise rejected(
            "mapping_missing",
            f"line {line.memo}".strip(),
            "the line has no item, and lines of QuickBooks Desktop's sales take items only",
            "Name a default item in the settings of the flow.",
        )
    taxable = style.taxable if sort in _TAX_ITEMS or code is None else code
    own = line.tax if line.tax is not None and line.tax.kind == TAX_CODE else taxable
    taxed = line.taxable and document.tax is not None and code is not None
    return {
        "ItemRef": ref(line.item),
        **described,
        **quantity_and_price(line, "Rate"),
        "ClassRef": ref(line.class_),
        "Amount": line.amount.text(),
        "SalesTaxCodeRef": ref(own if taxed else style.exempt) if style.taxable else None,
    }


def _purchase(document: Document, suffix: str, style: Style) -> dict[str, Any]:
    _without_tax(document)
    if not document.lines:
        raise rejected("validation", "lines", "QuickBooks Desktop takes no bill without lines")
    is_bill = document.kind == BILL
    return {
        "VendorRef": needed(document.party, "vendor"),
        "APAccountRef": ref(document.account),
        "DueDate": document.due.isoformat() if document.due and is_bill else None,
        **purchase_lines(
            document.lines, suffix, document.class_, _order_lines(document, suffix, style)
        ),
    }


def _order_lines(
    document: Document, suffix: str, style: Style
) -> tuple[str, tuple[str, ...]] | None:
    """The order that a new bill or receipt closes, where its lines are known and are as many.

    Source: QuickBooks SDK, linking bills to purchase orders: only when the bill is added.
    """
    if document.order is None or document.kind not in (BILL, ITEM_RECEIPT) or suffix != "Add":
        return None
    known = tuple(style.order_lines.get(document.order.id, ()))
    items = sum(line.item is not None for line in document.lines)
    return (document.order.id, known) if known and len(known) == items else None


def _order(document: Document, suffix: str) -> dict[str, Any]:
    _without_tax(document)
    lines = []
    for line in document.lines:
        if line.item is None and (line.amount or not line.memo.strip()):
            raise rejected(
                "mapping_missing",
                f"line {line.memo}".strip(),
                "lines of QuickBooks Desktop's purchase orders take items only",
                "Name a product in the order, or let the flow post bills without orders.",
            )
        values: dict[str, Any] = {"Desc": text(line.memo, MEMO_LIMIT)}
        if line.item is not None:
            values |= {
                "ItemRef": ref(line.item),
                **quantity_and_price(line, "Rate"),
                "ClassRef": ref(line.class_),
                "Amount": line.amount.text(),
                "CustomerRef": ref(line.customer),
            }
        lines.append({**new_line(suffix), **values})
    return {
        "VendorRef": needed(document.party, "vendor"),
        "ClassRef": ref(document.class_),
        "ExpectedDate": document.due.isoformat() if document.due else None,
        "IsToBePrinted": "false" if suffix == "Add" else None,
        f"PurchaseOrderLine{suffix}": lines,
    }


def _without_tax(document: Document) -> None:
    if document.tax is not None and document.tax.amount:
        raise rejected(
            "feature_off",
            "tax on a purchase",
            "the document has tax, but in the United States purchases have no sales tax",
            "Let the flow post the tax as a line.",
        )
