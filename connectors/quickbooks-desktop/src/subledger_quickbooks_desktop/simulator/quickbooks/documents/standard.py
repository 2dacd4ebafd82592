"""Accounts that QuickBooks itself uses, found by their special type, made when first needed."""

from __future__ import annotations

from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.lists.change import create
from subledger_quickbooks_desktop.simulator.quickbooks.lists.kinds import KINDS

_ORDINARY = {
    "AccountsReceivable": "Accounts Receivable",
    "AccountsPayable": "Accounts Payable",
}
_SPECIAL = {
    "UndepositedFunds": ("Undeposited Funds", "OtherCurrentAsset"),
    "SalesTaxPayable": ("Sales Tax Payable", "OtherCurrentLiability"),
}


def standard_account(books: Books, account_type: str) -> dict[str, Any]:
    """The first active account for receivables or payables."""
    found = books.objects("kind='Account' AND type=? AND active=1", (account_type,))
    if found:
        return {"ListID": found[0].id}
    fields = {"Name": _ORDINARY[account_type], "AccountType": account_type}
    return {"ListID": create(books, KINDS["Account"], fields).id}


def special_account(books: Books, special: str) -> dict[str, Any]:
    """The account of that special type, whatever it is called."""
    found = find_special(books, special)
    if found is None:
        name, account_type = _SPECIAL[special]
        fields = {"Name": name, "AccountType": account_type}
        found = create(books, KINDS["Account"], fields).id
    return {"ListID": found}


def find_special(books: Books, special: str) -> str | None:
    """The ListID of the account of that special type, None when there is none."""
    row = books.store.one(
        "SELECT id FROM list_object WHERE kind='Account'"
        " AND json_extract(body, '$.SpecialAccountType')=?",
        (special,),
    )
    return str(row[0]) if row else None
