"""Lines of purchases: accounts and items. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from subledger.model import Document, Entity, Line, Movement, Reference
from subledger_quickbooks_desktop.render.common import (
    MEMO_LIMIT,
    new_line,
    quantity_and_price,
    ref,
    text,
)


def purchase_lines(
    lines: Sequence[Line],
    suffix: str,
    class_: Reference | None = None,
    order: tuple[str, Sequence[str]] | None = None,
) -> Mapping[str, Any]:
    """The lines of a purchase by their element; ``class_`` is that of lines without their own.

    ``order`` is a purchase order with the identifiers of its lines, one for each item line: a
    linked line takes its item from there.
    """
    expenses = [
        {
            **new_line(suffix),
            "AccountRef": ref(line.account),
            "Amount": line.amount.text(),
            "Memo": text(line.memo, MEMO_LIMIT),
            **_common(line, class_),
        }
        for line in lines
        if _of_accounts(line)
    ]
    items: list[dict[str, Any]] = [
        {
            **new_line(suffix),
            "ItemRef": ref(line.item),
            "Desc": text(line.memo, MEMO_LIMIT),
            **quantity_and_price(line, "Cost"),
            "Amount": line.amount.text(),
            **_common(line, class_),
        }
        for line in lines
        if _of_items(line)
    ]
    if order is not None:
        for item, identifier in zip(items, order[1], strict=True):
            item |= {"ItemRef": None, "LinkToTxn": {"TxnID": order[0], "TxnLineID": identifier}}
    return {f"ExpenseLine{suffix}": expenses or None, f"ItemLine{suffix}": items or None}


def cleared(lines: Sequence[Line], before: Entity | None) -> Mapping[str, str]:
    """What a change has to empty: a list of lines that was written before and has none now.

    QuickBooks keeps a list of which a change names no line (qbXML reference, BillMod).
    """
    had = before.lines if isinstance(before, Document | Movement) else ()
    lists = {"ClearExpenseLines": _of_accounts, "ClearItemLines": _of_items}
    return {
        field: "true"
        for field, is_there in lists.items()
        if any(map(is_there, had)) and not any(map(is_there, lines))
    }


def _of_accounts(line: Line) -> bool:
    return line.item is None


def _of_items(line: Line) -> bool:
    return line.item is not None


def _common(line: Line, class_: Reference | None) -> Mapping[str, Any]:
    return {
        "CustomerRef": ref(line.customer),
        "ClassRef": ref(line.class_ or class_),
        "SalesTaxCodeRef": ref(line.tax),
        "BillableStatus": "NotBillable" if line.customer else None,
    }
