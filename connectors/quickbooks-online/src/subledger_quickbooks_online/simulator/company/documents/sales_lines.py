"""Lines of sales forms: items, groups, discounts, subtotals."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from attrs import evolve, frozen

from subledger_quickbooks_online.simulator.company import faults, standard
from subledger_quickbooks_online.simulator.company.books import JSON, Books, Draft, Stored, ref
from subledger_quickbooks_online.simulator.company.ledger import Entry
from subledger_quickbooks_online.simulator.company.money import ZERO, cents, rounded
from subledger_quickbooks_online.simulator.company.references import SHIPPING_ITEM

from . import tax
from .header import detail

_ITEM = "SalesItemLineDetail"
_DISCOUNT = "DiscountLineDetail"
_DESCRIPTIONS = frozenset({"DescriptionOnly", "DescriptionLineDetail"})


@frozen(kw_only=True)
class Totals:
    """What the lines come to: items before discount, the discount, the taxable amounts."""

    items: Decimal
    discount: Decimal
    taxable: tuple[tax.Taxable, ...]


def prepare(books: Books, draft: Draft) -> Totals:
    """Check and complete every line; the subtotal stands between them and the discounts."""
    body = draft.body
    lines: list[JSON] = [
        line for line in body.get("Line", []) if line.get("DetailType") != "SubTotalLineDetail"
    ]
    for line in lines:
        _prepare_line(books, draft, line)
    sold = list(_sold(lines))
    items = sum((Decimal(line["Amount"]) for line in sold), ZERO)
    discount = _discount(books, lines, items)
    body["Line"] = [
        *(line for line in lines if line["DetailType"] != _DISCOUNT),
        {"Amount": items, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
        *(line for line in lines if line["DetailType"] == _DISCOUNT),
    ]
    factor = Decimal(1)
    if discount and items and (body.get("ApplyTaxAfterDiscount") or not books.is_us):
        factor = (items - discount) / items
    taxable = tuple(tax.of_line(line, line[_ITEM], factor) for line in sold)
    return Totals(items=items, discount=discount, taxable=taxable)


def entries(books: Books, stored: Stored, sign: int) -> Iterator[Entry]:
    """Income, discounts and cost of goods; `sign` is 1 for a sale and -1 for a return."""
    body = stored.body
    common: JSON = {"name": ref(body, "CustomerRef"), "department": ref(body, "DepartmentRef")}
    for line in _sold(body.get("Line", [])):
        inner = line[_ITEM]
        class_id = ref(inner, "ClassRef") or ref(body, "ClassRef")
        amount = cents(Decimal(line["Amount"])) * sign
        item = books.list_object("Item", ref(inner, "ItemRef"))
        income = ref(item.body, "IncomeAccountRef") if item else ""
        if not income:
            income = standard.account_of(books, *standard.SHIPPING)
        yield Entry(
            account=income, cents=-amount, line=line.get("Id", ""), class_id=class_id, **common
        )
        if item is not None and item.body["Type"] == "Inventory":
            quantity = Decimal(inner.get("Qty", 1))
            cost = cents(quantity * Decimal(item.body["PurchaseCost"])) * sign
            moved = Entry(
                account=ref(item.body, "AssetAccountRef"), cents=-cost, home=True, **common
            )
            yield evolve(moved, account=ref(item.body, "ExpenseAccountRef"), cents=cost)
            yield moved
    for line in body.get("Line", []):
        if line.get("DetailType") == _DISCOUNT:
            yield Entry(
                account=ref(line["DiscountLineDetail"], "DiscountAccountRef"),
                cents=cents(Decimal(line["Amount"])) * sign,
                line=line.get("Id", ""),
                **common,
            )


def movements(books: Books, stored: Stored, sign: int) -> Iterator[tuple[str, Decimal]]:
    """What leaves the stock (or comes back, with sign -1)."""
    for line in _sold(stored.body.get("Line", [])):
        item = books.list_object("Item", ref(line[_ITEM], "ItemRef"))
        if item is not None and item.body["Type"] == "Inventory":
            yield item.id, -sign * Decimal(line[_ITEM].get("Qty", 1))


def _sold(lines: list[JSON]) -> Iterator[JSON]:
    for line in lines:
        if line.get("DetailType") == _ITEM:
            yield line
        elif line.get("DetailType") == "GroupLineDetail":
            yield from _sold(line["GroupLineDetail"].get("Line", []))


def _prepare_line(books: Books, draft: Draft, line: JSON) -> None:
    inner = detail(line)
    kind = line["DetailType"]
    if kind == _ITEM:
        _prepare_item(books, draft, line, inner)
    elif kind == "GroupLineDetail":
        if not inner.get("Line"):
            raise faults.business("A bundle's lines must be given.", "Line")
        for each in inner["Line"]:
            _prepare_line(books, draft, each)
        line["Amount"] = sum((Decimal(each["Amount"]) for each in inner["Line"]), ZERO)
    elif kind == _DISCOUNT:
        if not ref(inner, "DiscountAccountRef"):
            account = standard.account_of(books, *standard.DISCOUNT)
            inner["DiscountAccountRef"] = {"value": account}
    elif kind in _DESCRIPTIONS:
        line.pop("Amount", None)
        if not inner:
            del line[kind]
            line["DetailType"] = "DescriptionOnly"
    else:
        raise faults.unsupported_property(f"DetailType {kind}")


def _prepare_item(books: Books, draft: Draft, line: JSON, inner: JSON) -> None:
    if "Amount" not in line:
        raise faults.missing("Amount")
    given = Decimal(line["Amount"])
    if given and not (inner.get("Qty") or inner.get("UnitPrice")):
        _forget_zeros(inner)
    item_id = ref(inner, "ItemRef")
    if not item_id:
        item_id = _default_item(books)
        inner["ItemRef"] = {"value": item_id}
    item = books.list_object("Item", item_id) if item_id != SHIPPING_ITEM else None
    if item is not None:
        _check_sold(draft, item, inner)
    if "UnitPrice" in inner:
        quantity = Decimal(inner.get("Qty", 1))
        if rounded(quantity * Decimal(inner["UnitPrice"])) != rounded(given):
            raise faults.line_math(line["Amount"])
    line["Amount"] = rounded(given)
    taxable = _is_taxable(books, draft, item)
    code = tax.line_code(books, ref(inner, "TaxCodeRef"), taxable=taxable)
    if code:
        inner["TaxCodeRef"] = {"value": code}
    else:
        inner.pop("TaxCodeRef", None)
    if draft.body.get("GlobalTaxCalculation") == "TaxInclusive" and tax.mode(books) == "global":
        gross = Decimal(inner.get("TaxInclusiveAmt") or given)
        inner["TaxInclusiveAmt"] = rounded(gross)
        line["Amount"] = tax.gross_up(books, code, gross, purchase=False)
        inner.pop("UnitPrice", None)


def _check_sold(draft: Draft, item: Stored, inner: JSON) -> None:
    if item.body["Type"] == "Category":
        raise faults.business("A category cannot be sold.", "ItemRef")
    if item.body["Type"] == "Inventory":
        inner.setdefault("Qty", Decimal(1))
        if draft.body["TxnDate"] < item.body["InvStartDate"]:
            raise faults.before_inventory_start()


def _is_taxable(books: Books, draft: Draft, item: Stored | None) -> bool:
    customer = books.list_object("Customer", ref(draft.body, "CustomerRef"))
    exempt = customer is not None and customer.body.get("Taxable") is False
    return bool(item and item.body.get("Taxable")) and not exempt


def _forget_zeros(inner: JSON) -> None:
    """Clients that write every field send zeros where they mean nothing."""
    inner.pop("Qty", None)
    inner.pop("UnitPrice", None)


def _default_item(books: Books) -> str:
    if books.behaviour.missing_item == "refuse":
        raise faults.line_without_target()
    wished = books.other_preference("SalesFormsPrefs.DefaultItem")
    found = books.get("Item", wished) if wished else None
    if found is None or not found.active:
        raise faults.line_without_target()
    return found.id


def _discount(books: Books, lines: list[JSON], items: Decimal) -> Decimal:
    total = ZERO
    for line in lines:
        if line.get("DetailType") != _DISCOUNT:
            continue
        if not books.preference("SalesFormsPrefs.AllowDiscount"):
            raise faults.feature_off("Discount")
        inner = line["DiscountLineDetail"]
        if inner.get("PercentBased"):
            percent = Decimal(inner.get("DiscountPercent", 0))
            line["Amount"] = rounded(items * percent / tax.HUNDRED)
        elif "Amount" not in line:
            raise faults.missing("Amount")
        line["Amount"] = rounded(Decimal(line["Amount"]))
        total += line["Amount"]
    return total
