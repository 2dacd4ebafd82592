"""Products and services, and the stock of inventory items."""

from __future__ import annotations

from decimal import Decimal

from subledger_quickbooks_online.simulator.company import faults, ledger
from subledger_quickbooks_online.simulator.company.books import JSON, Books, Draft, Stored, ref
from subledger_quickbooks_online.simulator.company.money import cents
from subledger_quickbooks_online.simulator.company.standard import account_of

from . import naming

_CREATABLE = frozenset({"Service", "NonInventory", "Inventory", "Category"})
_INCOME = frozenset({"Income", "Other Income"})
_COST = frozenset({"Expense", "Other Expense", "Cost of Goods Sold", *_INCOME})


def prepare(books: Books, draft: Draft) -> str:
    """Type, accounts and place; returns the key of the name."""
    body = draft.body
    key = naming.settle(books, draft, ":\t\n\r")
    tracked = body.get("TrackQtyOnHand") and body.get("AssetAccountRef")
    kind = body.setdefault("Type", "Inventory" if tracked else "Service")
    if kind not in _CREATABLE:
        raise faults.business(f"Items of type {kind} cannot be created or changed here.", "Type")
    if kind != "Category":
        _accounts(books, draft)
        body.setdefault("Taxable", False)
        body.setdefault("UnitPrice", Decimal(0))
        body.setdefault("PurchaseCost", Decimal(0))
        body["TrackQtyOnHand"] = kind == "Inventory"
    if kind == "Inventory":
        _stock(draft)
    if ref(body, "ParentRef"):
        body["SubItem"] = True
    naming.place(books, draft)
    return key


def post(books: Books, stored: Stored) -> None:
    """The starting value of the stock against opening balance equity."""
    body = stored.body
    if body.get("Type") != "Inventory":
        return
    quantity = Decimal(body["_start"])
    value = cents(quantity * Decimal(body["_start_cost"]))
    txn = f"item:{stored.id}"
    equity = account_of(books, "Equity", "OpeningBalanceEquity")
    asset = ref(body, "AssetAccountRef")
    ledger.post(
        books,
        txn,
        [ledger.Entry(account=asset, cents=value), ledger.Entry(account=equity, cents=-value)],
    )
    ledger.move_stock(books, txn, [(stored.id, quantity)])


def computed(books: Books, stored: Stored) -> JSON:
    """What is read from the stock."""
    found: JSON = {}
    if stored.body.get("Type") == "Inventory":
        found["QtyOnHand"] = ledger.on_hand(books, stored.id)
    if stored.body.get("_level"):
        found["Level"] = stored.body["_level"]
    return found


def _accounts(books: Books, draft: Draft) -> None:
    body = draft.body
    is_stock = body["Type"] == "Inventory"
    required = ("IncomeAccountRef", *(("ExpenseAccountRef", "AssetAccountRef") if is_stock else ()))
    if not is_stock and ref(body, "ExpenseAccountRef"):
        required = ()
    for name in required:
        if not ref(body, name):
            raise faults.missing(name)
    _check_type(books, draft, "IncomeAccountRef", _INCOME)
    _check_type(books, draft, "ExpenseAccountRef", _COST)
    _check_type(books, draft, "AssetAccountRef", frozenset({"Other Current Asset"}))


def _check_type(books: Books, draft: Draft, name: str, types: frozenset[str]) -> None:
    account = books.list_object("Account", ref(draft.body, name))
    if account is not None and account.body["AccountType"] not in types:
        raise faults.wrong_account_type(
            f"An account of type {account.body['AccountType']} cannot be the {name}", name
        )


def _stock(draft: Draft) -> None:
    body = draft.body
    if draft.old is not None:
        body["InvStartDate"] = body.get("InvStartDate", draft.old.body["InvStartDate"])
        body["_start"] = draft.old.body["_start"]
        body["_start_cost"] = draft.old.body["_start_cost"]
    else:
        for name in ("InvStartDate", "QtyOnHand"):
            if name not in body:
                raise faults.missing(name)
        body["_start"] = body["QtyOnHand"]
        body["_start_cost"] = body["PurchaseCost"]
    body.pop("QtyOnHand", None)
