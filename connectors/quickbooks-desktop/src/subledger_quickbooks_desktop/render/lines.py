"""Lines of purchases: accounts and items. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from subledger.model import Line, Reference
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
        if line.item is None
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
        if line.item is not None
    ]
    if order is not None:
        for item, identifier in zip(items, order[1], strict=True):
            item |= {"ItemRef": None, "LinkToTxn": {"TxnID": order[0], "TxnLineID": identifier}}
    return {f"ExpenseLine{suffix}": expenses or None, f"ItemLine{suffix}": items or None}


def _common(line: Line, class_: Reference | None) -> Mapping[str, Any]:
    return {
        "CustomerRef": ref(line.customer),
        "ClassRef": ref(line.class_ or class_),
        "SalesTaxCodeRef": ref(line.tax),
        "BillableStatus": "NotBillable" if line.customer else None,
    }
