"""List objects as the fields of a Ret: stored values and what is computed from the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from attrs import define

from subledger_quickbooks_desktop.simulator.quickbooks.books import Books, ListObject
from subledger_quickbooks_desktop.simulator.quickbooks.ledger import (
    BALANCE_SHEET_CREDIT,
    BALANCE_SHEET_DEBIT,
    balances,
    entity_balances,
    natural,
)
from subledger_quickbooks_desktop.simulator.quickbooks.money import amount

_CASH_FLOW = "Operating"
_ADDRESSES = ("BillAddress", "ShipAddress", "VendorAddress", "OtherNameAddress")


def identity(item: ListObject) -> tuple[tuple[str, str], ...]:
    """What tells an object again when its data is not repeated."""
    return (
        ("ListID", item.id),
        ("EditSequence", str(item.modified)),
        ("ExternalGUID", str(item.body.get("ExternalGUID", ""))),
    )


def values(books: Books, items: Sequence[ListObject]) -> list[dict[str, Any]]:
    """Every object's fields."""
    sums = _Sums(books)
    return [_values(books, item, sums) for item in items]


def block(address: dict[str, str]) -> dict[str, str]:
    """An address as the up to five lines that QuickBooks would print."""
    lines = [address.get(f"Addr{number}", "") for number in range(1, 6)]
    place = ", ".join(part for part in (address.get("City"), address.get("State")) if part)
    lines.append(f"{place} {address.get('PostalCode', '')}".strip())
    lines.append(address.get("Country", ""))
    filled = [line for line in lines if line][:5]
    return {f"Addr{number}": line for number, line in enumerate(filled, 1)}


@define(slots=False)
class _Sums:
    """Balances, computed once for all objects of an answer and only when asked for."""

    books: Books

    @cached_property
    def accounts(self) -> dict[str, int]:
        return balances(self.books.store)

    @cached_property
    def receivable(self) -> dict[str, int]:
        return entity_balances(self.books.store, "AccountsReceivable")

    @cached_property
    def payable(self) -> dict[str, int]:
        return entity_balances(self.books.store, "AccountsPayable")

    def total(self, item: ListObject, own: dict[str, int]) -> int:
        """The object's sum with those of all its children."""
        children = self.books.objects("parent=?", (item.id,))
        return own.get(item.id, 0) + sum(self.total(child, own) for child in children)


def _values(books: Books, item: ListObject, sums: _Sums) -> dict[str, Any]:
    found: dict[str, Any] = {
        **item.body,
        "ListID": item.id,
        "TimeCreated": books.stamp(item.created),
        "TimeModified": books.stamp(item.modified),
        "EditSequence": str(item.modified),
        "Name": item.name,
        "FullName": item.full_name,
        "IsActive": "true" if item.active else "false",
        "Sublevel": str(item.full_name.count(":")),
        "ParentRef": {"ListID": item.parent} if item.parent else None,
    }
    for tag in _ADDRESSES:
        if found.get(tag):
            found[f"{tag}Block"] = block(found[tag])
    if item.kind == "Account":
        found["AccountType"] = item.type
        debit = sums.accounts.get(item.id, 0)
        found["Balance"] = amount(natural(item.type, debit))
        found["TotalBalance"] = amount(natural(item.type, sums.total(item, sums.accounts)))
        is_cash_flow = item.type in BALANCE_SHEET_DEBIT | BALANCE_SHEET_CREDIT
        found["CashFlowClassification"] = _CASH_FLOW if is_cash_flow else "None"
    elif item.kind == "Customer":
        found["Balance"] = amount(sums.receivable.get(item.id, 0))
        found["TotalBalance"] = amount(sums.total(item, sums.receivable))
        found.setdefault("JobStatus", "None")
    elif item.kind == "Vendor":
        found["Balance"] = amount(-sums.payable.get(item.id, 0))
    return found
