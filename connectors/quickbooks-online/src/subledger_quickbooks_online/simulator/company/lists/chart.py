"""The chart of accounts."""

from __future__ import annotations

from subledger_quickbooks_online.simulator.company import currencies, faults
from subledger_quickbooks_online.simulator.company.accounts import (
    BANK,
    CREDIT_CARD,
    PAYABLE,
    RECEIVABLE,
    SUBTYPE_TYPES,
    TYPES,
)
from subledger_quickbooks_online.simulator.company.books import JSON, Books, Draft, Stored, ref
from subledger_quickbooks_online.simulator.company.ledger import account_cents
from subledger_quickbooks_online.simulator.company.money import money

from . import naming

_WITH_CURRENCY = frozenset({BANK, CREDIT_CARD, RECEIVABLE, PAYABLE})
_CANNOT_BE_SUB = frozenset({"UndepositedFunds"})


def prepare(books: Books, draft: Draft) -> str:
    """Type, sub-type and class; returns the key of the name."""
    body = draft.body
    key = naming.settle(books, draft, ':"')
    kind, subtype = body.get("AccountType"), body.get("AccountSubType")
    if not kind and not subtype:
        raise faults.account_kind("AccountType or AccountSubType is required")
    if not kind:
        kind = SUBTYPE_TYPES.get(str(subtype))
        if kind is None:
            raise faults.account_kind(f"AccountSubType {subtype} needs an AccountType")
    if kind not in TYPES:
        raise faults.invalid_enum("AccountType", kind)
    if subtype and SUBTYPE_TYPES.get(subtype, kind) != kind:
        raise faults.account_kind(f"AccountSubType {subtype} does not belong to {kind}")
    body["AccountType"] = kind
    body["AccountSubType"] = subtype or TYPES[kind].subtype
    body["Classification"] = TYPES[kind].classification
    _currency(books, draft)
    _check_parent(books, draft)
    naming.place(books, draft)
    if draft.old is not None:
        _check_change(books, draft, draft.old)
    return key


def computed(books: Books, stored: Stored) -> JSON:
    """What is read from the ledger; accounts of income and expense show no balance."""
    kind = TYPES[stored.body["AccountType"]]
    if not kind.is_balance_sheet:
        return {"CurrentBalance": money(0), "CurrentBalanceWithSubAccounts": money(0)}
    return {
        "CurrentBalance": money(kind.sign * account_cents(books, stored.id)),
        "CurrentBalanceWithSubAccounts": money(kind.sign * _with_children(books, stored.id)),
    }


def _with_children(books: Books, account: str) -> int:
    children = books.store.all(
        "SELECT id FROM object WHERE entity='Account' AND parent=?", (account,)
    )
    return account_cents(books, account) + sum(_with_children(books, row[0]) for row in children)


def _currency(books: Books, draft: Draft) -> None:
    if not currencies.enabled(books):
        draft.body.pop("CurrencyRef", None)
    currencies.keep(books, draft)
    foreign = currencies.is_foreign(books, draft.body)
    if foreign and draft.body["AccountType"] not in _WITH_CURRENCY:
        raise faults.business("An account of this type has the home currency.", "CurrencyRef")


def _check_parent(books: Books, draft: Draft) -> None:
    body = draft.body
    parent = naming.parent_of(books, "Account", ref(body, "ParentRef"))
    body["SubAccount"] = parent is not None
    if parent is None:
        return
    if body["AccountSubType"] in _CANNOT_BE_SUB:
        raise faults.business("This account cannot be a sub-account.", "ParentRef")
    if parent.body["AccountType"] != body["AccountType"]:
        raise faults.business("A sub-account must have the type of its parent.", "ParentRef")


def _check_change(books: Books, draft: Draft, old: Stored) -> None:
    body = draft.body
    if body["AccountType"] != old.body["AccountType"] and books.store.value(
        "SELECT count(*) FROM posting WHERE account=?", (draft.id,)
    ):
        raise faults.account_kind("The type of an account with transactions cannot be changed")
    if body["Active"] or not old.active:
        return
    if body["AccountSubType"] in {"UndepositedFunds", "AccountsReceivable", "AccountsPayable"}:
        raise faults.business("This account is used by QuickBooks and cannot be made inactive.")
    for name in ("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef"):
        if books.store.value(
            f"SELECT count(*) FROM object WHERE entity='Item' AND active"
            f" AND json_extract(body,'$.{name}.value')=?",
            (draft.id,),
        ):
            raise faults.business(
                "This account is used by one of your products or services and cannot be made"
                " inactive."
            )
