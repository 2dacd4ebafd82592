"""What is bought: bills, vendor credits, item receipts, orders, and what was paid at once. Pure."""

from typing import Any

from subledger.model import Document, Entity
from subledger.model.kinds import BILL, ITEM_RECEIPT, PURCHASE
from subledger_quickbooks_desktop.render.common import (
    MEMO_LIMIT,
    Style,
    needed,
    new_line,
    quantity_and_price,
    ref,
    rejected,
    text,
)
from subledger_quickbooks_desktop.render.lines import cleared, purchase_lines


def purchase_fields(
    document: Document, kind: str, suffix: str, style: Style, before: Entity | None
) -> dict[str, Any]:
    """The fields of a purchase that is a ``kind`` in QuickBooks. Raises :class:`RecordRejected`.

    ``before`` is the document as it was written last.
    """
    _without_tax(document)
    if not document.lines:
        label = document.kind.replace("_", " ")
        raise rejected("validation", "lines", f"QuickBooks Desktop takes no {label} without lines")
    return {
        **(_paid(document, kind) if document.kind == PURCHASE else _owed(document)),
        **purchase_lines(
            document.lines, suffix, document.class_, _order_lines(document, suffix, style)
        ),
        **cleared(document.lines, before),
    }


def _paid(document: Document, kind: str) -> dict[str, Any]:
    """The head of a check or a card charge, whose payee is a vendor or a customer."""
    return {
        "AccountRef": needed(document.account, "account that the money comes from"),
        "PayeeEntityRef": needed(document.party, "payee"),
        **({"IsToBePrinted": "false"} if kind == "Check" else {}),
    }


def _owed(document: Document) -> dict[str, Any]:
    is_bill = document.kind == BILL
    return {
        "VendorRef": needed(document.party, "vendor"),
        "APAccountRef": ref(document.account),
        "DueDate": document.due.isoformat() if document.due and is_bill else None,
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


def order_fields(document: Document, suffix: str) -> dict[str, Any]:
    """The fields of a purchase order. Raises :class:`RecordRejected`."""
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
