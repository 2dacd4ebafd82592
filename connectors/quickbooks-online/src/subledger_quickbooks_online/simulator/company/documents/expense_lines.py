"""Lines of purchases: accounts or items, with class, customer and tax."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from subledger_quickbooks_online.simulator.company import faults
from subledger_quickbooks_online.simulator.company.accounts import PAYABLE, RECEIVABLE
from subledger_quickbooks_online.simulator.company.books import JSON, Books, Draft, Stored, ref
from subledger_quickbooks_online.simulator.company.ledger import Entry
from subledger_quickbooks_online.simulator.company.money import ZERO, cents, rounded
from subledger_quickbooks_online.simulator.company.standard import account_type

from . import tax
from .header import detail
from .links import find_target, the_link

_ACCOUNT = "AccountBasedExpenseLineDetail"
_ITEM = "ItemBasedExpenseLineDetail"
_ON_BILLS = frozenset({"Bill", "VendorCredit"})


def prepare(books: Books, draft: Draft) -> Decimal:
    """Check and complete every line; returns the total with tax and writes TxnTaxDetail."""
    total = ZERO
    taxable = []
    for line in draft.body.get("Line", []):
        inner = detail(line)
        if line["DetailType"] in {"DescriptionOnly", "DescriptionLineDetail"}:
            line.pop("Amount", None)
            continue
        _prepare_line(books, draft, line, inner)
        total += line["Amount"]
        taxable.append(tax.of_line(line, inner, Decimal(1)))
    return rounded(total + tax.settle(books, draft, taxable, purchase=True))


def entries(books: Books, stored: Stored, sign: int, *, name: str = "") -> Iterator[Entry]:
    """Expenses, assets and input tax; `sign` is 1 for a purchase and -1 for a credit."""
    body = stored.body
    department = ref(body, "DepartmentRef")
    for line in body.get("Line", []):
        if line.get("DetailType") not in {_ACCOUNT, _ITEM}:
            continue
        inner = line[line["DetailType"]]
        account = ref(inner, "AccountRef") or _item_account(books, ref(inner, "ItemRef"))
        party = account_type(books, account) in {RECEIVABLE, PAYABLE}
        yield Entry(
            account=account,
            cents=cents(Decimal(line["Amount"])) * sign,
            line=line["Id"],
            name=name if party else ref(inner, "CustomerRef") or name,
            class_id=ref(inner, "ClassRef"),
            department=department,
        )
    for agency, amount in tax.owed(books, body):
        yield Entry(account=agency, cents=amount * sign, department=department)


def movements(books: Books, stored: Stored, sign: int) -> Iterator[tuple[str, Decimal]]:
    """What comes into the stock (or goes back, with sign -1)."""
    for line in stored.body.get("Line", []):
        item = books.list_object("Item", ref(line.get(_ITEM), "ItemRef"))
        if item is not None and item.body["Type"] == "Inventory":
            yield item.id, sign * Decimal(line[_ITEM].get("Qty", 1))


def _prepare_line(books: Books, draft: Draft, line: JSON, inner: JSON) -> None:
    if line["DetailType"] not in {_ACCOUNT, _ITEM}:
        raise faults.unsupported_property(f"DetailType {line['DetailType']}")
    if "Amount" not in line:
        raise faults.missing("Amount")
    line["Amount"] = rounded(Decimal(line["Amount"]))
    if line["Amount"] < 0:
        raise faults.negative_amount()
    if line["DetailType"] == _ACCOUNT:
        _check_account(books, draft, ref(inner, "AccountRef"))
    else:
        _check_item(books, draft, inner)
    billable = inner.setdefault("BillableStatus", "NotBillable")
    if billable == "Billable" and not ref(inner, "CustomerRef"):
        raise faults.billable_without_customer()
    code = tax.line_code(books, ref(inner, "TaxCodeRef"), taxable=False)
    if code:
        inner["TaxCodeRef"] = {"value": code}
    else:
        inner.pop("TaxCodeRef", None)
    if draft.body.get("GlobalTaxCalculation") == "TaxInclusive" and tax.mode(books) == "global":
        gross = Decimal(inner.get("TaxInclusiveAmt") or line["Amount"])
        inner["TaxInclusiveAmt"] = rounded(gross)
        line["Amount"] = tax.gross_up(books, code, gross, purchase=True)
    _check_link(books, draft, line)


def _check_account(books: Books, draft: Draft, account: str) -> None:
    if not account:
        raise faults.line_without_target()
    kind = account_type(books, account)
    if kind == PAYABLE and draft.entity in _ON_BILLS:
        raise faults.wrong_account_type("A line cannot use an Accounts Payable account")
    party = str((draft.body.get("EntityRef") or {}).get("type", "")).casefold()
    if kind == PAYABLE and party != "vendor":
        raise faults.business(
            "When you use Accounts Payable, you must choose a vendor in the Name field."
        )
    if kind == RECEIVABLE and party != "customer":
        raise faults.business(
            "When you use Accounts Receivable, you must choose a customer in the Name field."
        )


def _check_item(books: Books, draft: Draft, inner: JSON) -> None:
    if not books.preference("ProductAndServicesPrefs.ForPurchase"):
        raise faults.feature_off("Items on purchases")
    if not ref(inner, "ItemRef"):
        raise faults.line_without_target()
    inner.setdefault("Qty", Decimal(1))
    if draft.entity != "PurchaseOrder":
        _item_account(books, ref(inner, "ItemRef"))


def _item_account(books: Books, item: str) -> str:
    stored = books.list_object("Item", item)
    body = stored.body if stored else {}
    name = "AssetAccountRef" if body.get("Type") == "Inventory" else "ExpenseAccountRef"
    account = ref(body, name)
    if not account:
        raise faults.business("The product or service has no expense account.", "ItemRef")
    return account


def _check_link(books: Books, draft: Draft, line: JSON) -> None:
    """A bill or an expense may go on from a line of a purchase order."""
    link = the_link(line)
    if link is None:
        line.pop("LinkedTxn", None)
        return
    if link.get("TxnType") != "PurchaseOrder" or draft.entity not in {"Bill", "Purchase"}:
        del line["LinkedTxn"]
        return
    order = find_target(books, link)
    if order.entity != "PurchaseOrder":  # pragma: no cover - the type says so
        raise faults.cannot_link("Not a purchase order")
    vendor = ref(draft.body, "VendorRef") or ref(draft.body, "EntityRef")
    if ref(order.body, "VendorRef") != vendor:
        raise faults.cannot_link(f"Transaction {order.id} belongs to another vendor")
