"""Expense and item lines of purchases: what they post and what they must have."""

from __future__ import annotations

from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks.books import Books, ListObject
from subledger_quickbooks_desktop.simulator.quickbooks.ledger import Posting
from subledger_quickbooks_desktop.simulator.quickbooks.money import amount, cents, product
from subledger_quickbooks_desktop.simulator.quickbooks.status import (
    bad_value,
    no_account,
    save_failed,
)

from .draft import Draft

RECEIVABLE = "AccountsReceivable"
PAYABLE = "AccountsPayable"
PURCHASE_LINES = {
    "ExpenseLineAdd": "ExpenseLineRet",
    "ExpenseLineMod": "ExpenseLineRet",
    "ItemLineAdd": "ItemLineRet",
    "ItemLineMod": "ItemLineRet",
}


def account_of(books: Books, reference: dict[str, Any] | None) -> ListObject | None:
    """The account that a resolved reference names."""
    return books.object(reference["ListID"]) if reference else None


def require_type(books: Books, draft: Draft, tag: str, *types: str) -> str:
    """The header's account, refused (3210) when it is not of one of the types."""
    account = account_of(books, draft.fields.get(tag))
    if account is None:
        raise no_account(draft.kind.name)
    if account.type not in types:
        raise bad_value(
            tag, account.full_name, "The account is of a type that cannot be used in this field."
        )
    return account.id


def purchases(books: Books, draft: Draft, sign: int) -> int:
    """Post the lines of a purchase with that sign and return their sum in cents."""
    total = 0
    for tag, line in draft.lines:
        account = _line_account(books, draft, tag, line)
        value = _line_cents(tag, line)
        customer = line.get("CustomerRef")
        entity = customer["ListID"] if customer else None
        if account.type == PAYABLE:
            entity = draft.reference(draft.kind.entity)
        check_entity(draft.kind.name, account, entity)
        line["Amount"] = amount(value)
        draft.postings.append(
            Posting(
                account=account.id,
                cents=sign * value,
                line=line["TxnLineID"],
                entity=entity,
                class_id=(line.get("ClassRef") or {}).get("ListID"),
            )
        )
        total += value
    return total


def check_entity(owner: str, account: ListObject, entity: str | None) -> None:
    """Refuse (3180) a posting to receivables or payables without a name."""
    if entity is None and account.type == RECEIVABLE:
        raise save_failed(owner, "You must enter a customer for a line on accounts receivable.")
    if entity is None and account.type == PAYABLE:
        raise save_failed(owner, "You must enter a vendor for a line on accounts payable.")


def check_total(draft: Draft) -> None:
    """Refuse (3210) a document whose total is below nothing."""
    if draft.cents < 0:
        raise bad_value(
            draft.kind.total, amount(draft.cents), "The total of a transaction cannot be negative."
        )


def _line_account(books: Books, draft: Draft, tag: str, line: dict[str, Any]) -> ListObject:
    if tag == "ExpenseLineRet":
        account = account_of(books, line.get("AccountRef"))
    else:
        account = account_of(books, line.get("OverrideItemAccountRef"))
        if account is None and line.get("ItemRef"):
            item = books.object(line["ItemRef"]["ListID"])
            account = account_of(books, purchase_account(item))
    if account is None:
        raise no_account(draft.kind.name)
    return account


def purchase_account(item: ListObject | None) -> dict[str, Any] | None:
    """The account that buying an item posts to."""
    if item is None:
        return None
    both = item.body.get("SalesAndPurchase") or {}
    one = item.body.get("SalesOrPurchase") or {}
    found: dict[str, Any] | None = both.get("ExpenseAccountRef") or one.get("AccountRef")
    return found


def _line_cents(tag: str, line: dict[str, Any]) -> int:
    if line.get("Amount") or tag == "ExpenseLineRet":
        return cents(line.get("Amount"))
    return product(line.get("Quantity", "1"), line.get("Cost", "0"))
