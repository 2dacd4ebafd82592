"""Purchase orders, and the bills and item receipts that receive against them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks import links
from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.check import LINES
from subledger_quickbooks_desktop.simulator.quickbooks.money import amount, cents, product
from subledger_quickbooks_desktop.simulator.quickbooks.status import (
    bad_value,
    missing,
    no_object,
    save_failed,
)

from .draft import DocumentKind, Draft, Line

LINE = "PurchaseOrderLineRet"
_LINK = "LinkToTxn"
_TAKEN_OVER = ("ItemRef", "Desc", "CustomerRef", "ClassRef")
_OTHER_VENDOR = "The purchase order belongs to another vendor."
_TWICE = "The item of a linked line comes from the purchase order."


def _prepare(books: Books, draft: Draft) -> None:
    if not draft.fields.get("VendorRef"):
        raise missing("VendorRef")
    draft.fields.setdefault("IsToBePrinted", "true")
    draft.fields.setdefault("ExpectedDate", draft.date)
    draft.cents = 0
    for _, line in draft.lines:
        if not line.get("ItemRef"):
            continue
        item = books.object(line["ItemRef"]["ListID"])
        bought = (item.body.get("SalesAndPurchase") or {}) if item else {}
        line.setdefault("Desc", bought.get("PurchaseDesc") or "")
        if not line.get("Amount"):
            rate = line.get("Rate") or bought.get("PurchaseCost") or "0"
            line["Amount"] = amount(product(line.get("Quantity", "1"), rate))
        draft.cents += cents(line["Amount"])
    if draft.cents < 0:
        raise bad_value("Amount", amount(draft.cents), "The total cannot be negative.")


def _refresh(books: Books, draft: Draft, fields: dict[str, Any]) -> None:
    received = _received(books, draft.id)
    for _, line in draft.lines:
        line["ReceivedQuantity"] = f"{received.get(line['TxnLineID'], Decimal(0)).normalize():f}"
    fields.setdefault("IsManuallyClosed", "false")
    items = [line for _, line in draft.lines if line.get("ItemRef")]
    is_full = bool(items) and all(
        received.get(line["TxnLineID"], Decimal(0)) >= _quantity(line) for line in items
    )
    fields["IsFullyReceived"] = "true" if is_full else "false"


def _quantity(line: Mapping[str, Any]) -> Decimal:
    return Decimal(line.get("Quantity") or "1")


def _received(books: Books, order: str) -> dict[str, Decimal]:
    """What bills and item receipts have taken of each line of an order."""
    found: dict[str, Decimal] = {}
    for link in links.of(books.store, order):
        if link.kind != links.ORDER or link.target != order:
            continue
        for _, line in _stored(books, link.source)[2]:
            linked = line.get(_LINK) or {}
            if linked.get("TxnID") == order:
                identity = linked["TxnLineID"]
                found[identity] = found.get(identity, Decimal(0)) + _quantity(line)
    return found


def _stored(books: Books, identity: str) -> tuple[str, str, list[Line]]:
    """Kind, entity and lines of a stored document; raises 3120."""
    row = books.store.one("SELECT kind, entity, body FROM document WHERE id=?", (identity,))
    if row is None:
        raise no_object(identity)
    return row[0], row[1], [(tag, line) for tag, line in json.loads(row[2])[LINES]]


def lines_of_order(books: Books, identity: str, tag: str) -> list[Line]:
    """Lines that receive all that is open of an order; raises 3120."""
    kind, _, lines = _stored(books, identity)
    if kind != PURCHASE_ORDER.name:
        raise no_object(identity)
    received = _received(books, identity)
    found: list[Line] = []
    for _, line in lines:
        left = _quantity(line) - received.get(line["TxnLineID"], Decimal(0))
        if line.get("ItemRef") and left > 0:
            linked = {"TxnID": identity, "TxnLineID": line["TxnLineID"]}
            found.append((tag, {_LINK: linked, "Quantity": f"{left.normalize():f}"}))
    return found


def receive(books: Books, draft: Draft) -> None:
    """Fill linked lines from their orders, and link the document to those; raises 3120, 3180."""
    sums: dict[str, int] = {}
    for _, line in draft.lines:
        linked = line.get(_LINK)
        if not linked:
            continue
        kind, vendor, lines = _stored(books, linked["TxnID"])
        ordered = next((row for _, row in lines if row["TxnLineID"] == linked["TxnLineID"]), None)
        if kind != PURCHASE_ORDER.name or ordered is None:
            raise no_object(linked["TxnLineID"])
        if vendor != draft.reference("VendorRef"):
            raise save_failed(draft.kind.name, _OTHER_VENDOR)
        if draft.old is None and line.get("ItemRef"):
            raise bad_value("ItemRef", line["ItemRef"]["ListID"], _TWICE)
        for tag in _TAKEN_OVER:
            if ordered.get(tag):
                line.setdefault(tag, ordered[tag])
        line.setdefault("Quantity", ordered.get("Quantity", "1"))
        if not line.get("Amount"):
            each = Decimal(cents(ordered["Amount"])) / 100 / _quantity(ordered)
            line["Amount"] = amount(product(line["Quantity"], line.get("Cost") or str(each)))
        sums[linked["TxnID"]] = sums.get(linked["TxnID"], 0) + cents(line["Amount"])
    draft.links += [
        links.Link(source=draft.id, target=order, kind=links.ORDER, cents=value, via=draft.id)
        for order, value in sums.items()
    ]


PURCHASE_ORDER = DocumentKind(
    name="PurchaseOrder",
    total="TotalAmount",
    entity="VendorRef",
    prepare=_prepare,
    refresh=_refresh,
    lines={"PurchaseOrderLineAdd": LINE, "PurchaseOrderLineMod": LINE},
    hidden=frozenset({LINE}),
    shows_links=True,
    default_number=True,
)
