"""What is sold: invoices, credit memos and sales receipts. Pure.

QuickBooks computes sales tax by itself, from the lines that are taxable and the tax item or group.
"""

from typing import Any, Final

from subledger.model import Document, Line, Reference
from subledger.model.kinds import INVOICE, SALES_RECEIPT, TAX_CODE
from subledger_quickbooks_desktop.render.common import (
    MEMO_LIMIT,
    Style,
    TypeOf,
    needed,
    new_line,
    postal,
    quantity_and_price,
    ref,
    rejected,
    text,
)

_ORDER_NUMBER_LIMIT: Final = 25
_TAX_ITEMS: Final = ("ItemSalesTax", "ItemSalesTaxGroup")


def sale_fields(
    document: Document, kind: str, suffix: str, type_of: TypeOf, style: Style
) -> dict[str, Any]:
    """The fields of a sale that is a ``kind`` in QuickBooks. Raises :class:`RecordRejected`."""
    code = document.tax.code if document.tax else None
    sort = type_of(code) if code and style.taxable else ""
    received = document.kind == SALES_RECEIPT
    return {
        "CustomerRef": needed(document.party, "customer"),
        "ClassRef": ref(document.class_),
        "BillAddress": postal(document.billing, document.party.name, whole=suffix == "Mod"),
        "IsToBePrinted": "false" if suffix == "Add" else None,
        **(_received(document) if received else _owed(document)),
        **_sales_tax(document, code, sort, style),
        f"{kind}Line{suffix}": [
            {**new_line(suffix), **_sales_line(line, document, style, code, sort)}
            for line in document.lines
        ],
    }


def _owed(document: Document) -> dict[str, Any]:
    due = document.due.isoformat() if document.due and document.kind == INVOICE else None
    return {
        "ARAccountRef": ref(document.account),
        "PONumber": text(document.order_number, _ORDER_NUMBER_LIMIT),
        "DueDate": due,
    }


def _received(document: Document) -> dict[str, Any]:
    return {
        "PaymentMethodRef": ref(document.payment_method),
        "DepositToAccountRef": ref(document.account),
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
