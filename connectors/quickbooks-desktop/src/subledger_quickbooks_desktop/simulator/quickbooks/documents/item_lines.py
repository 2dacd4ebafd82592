"""Lines of sales: items, quantities, rates and sales tax."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks.books import Books, ListObject
from subledger_quickbooks_desktop.simulator.quickbooks.ledger import Posting
from subledger_quickbooks_desktop.simulator.quickbooks.money import amount, cents, product, share
from subledger_quickbooks_desktop.simulator.quickbooks.status import bad_value, no_account

from .draft import Draft
from .standard import special_account

_TAX_ITEMS = frozenset({"ItemSalesTax", "ItemSalesTaxGroup"})
_PLACES = Decimal("0.00001")


def sell(books: Books, draft: Draft, sign: int) -> int:
    """Post the lines of a sale and its sales tax with that sign; returns the total in cents."""
    subtotal = taxable = previous = 0
    for _, line in draft.lines:
        item = books.object(line["ItemRef"]["ListID"]) if line.get("ItemRef") else None
        if item is None:
            continue
        if item.kind in _TAX_ITEMS:
            raise bad_value("ItemRef", item.full_name, "A sales tax item cannot be on a line.")
        previous = _complete(line, item, previous)
        draft.postings.append(
            Posting(
                account=_income_account(item, line),
                cents=sign * previous,
                line=line["TxnLineID"],
                entity=draft.reference("CustomerRef"),
                class_id=(line.get("ClassRef") or draft.fields.get("ClassRef") or {}).get("ListID"),
            )
        )
        subtotal += previous
        taxable += previous if _is_taxable(books, line) else 0
    tax = _tax(books, draft, sign, taxable)
    draft.fields["Subtotal"] = amount(subtotal)
    draft.fields["SalesTaxTotal"] = amount(tax)
    return subtotal + tax


def _complete(line: dict[str, Any], item: ListObject, previous: int) -> int:
    """Fill what the line leaves to the item, and return its amount in cents."""
    sale = item.body.get("SalesOrPurchase") or item.body.get("SalesAndPurchase") or {}
    line.setdefault("Desc", sale.get("Desc") or sale.get("SalesDesc") or "")
    if item.body.get("SalesTaxCodeRef"):
        line.setdefault("SalesTaxCodeRef", item.body["SalesTaxCodeRef"])
    price = sale.get("Price") or sale.get("SalesPrice")
    if not line.get("Amount") and not line.get("Rate") and price and "RatePercent" not in line:
        line["Rate"] = price
    if line.get("Amount"):
        value = cents(line["Amount"])
        if line.get("Quantity") and not line.get("Rate") and Decimal(line["Quantity"]):
            rate = (Decimal(value) / 100 / Decimal(line["Quantity"])).quantize(_PLACES)
            line["Rate"] = f"{rate.normalize():f}"
    elif "RatePercent" in line:
        value = share(previous, line["RatePercent"])
    else:
        value = product(line.get("Quantity", "1"), line.get("Rate", "0"))
    line["Amount"] = amount(value)
    return value


def _income_account(item: ListObject, line: dict[str, Any]) -> str:
    both = item.body.get("SalesAndPurchase") or {}
    one = item.body.get("SalesOrPurchase") or {}
    found = (
        line.get("OverrideItemAccountRef") or both.get("IncomeAccountRef") or one.get("AccountRef")
    )
    if not found:
        raise no_account("item")
    return str(found["ListID"])


def _is_taxable(books: Books, line: dict[str, Any]) -> bool:
    code = books.object(line["SalesTaxCodeRef"]["ListID"]) if line.get("SalesTaxCodeRef") else None
    return code is not None and code.body.get("IsTaxable") in ("true", "1")


def _tax(books: Books, draft: Draft, sign: int, taxable: int) -> int:
    fields = draft.fields
    customer = books.object(fields["CustomerRef"]["ListID"]) if fields.get("CustomerRef") else None
    own = customer.body if customer else {}
    if books.settings.sales_tax and not fields.get("ItemSalesTaxRef"):
        fields["ItemSalesTaxRef"] = own.get("ItemSalesTaxRef")
    item = (
        books.object(fields["ItemSalesTaxRef"]["ListID"]) if fields.get("ItemSalesTaxRef") else None
    )
    code = fields.get("CustomerSalesTaxCodeRef") or own.get("SalesTaxCodeRef")
    is_exempt = bool(code) and not _is_taxable(books, {"SalesTaxCodeRef": code})
    rates = [] if item is None or is_exempt else _rates(books, item)
    fields["SalesTaxPercentage"] = (
        f"{sum(Decimal(rate) for rate, _ in rates):f}" if rates else "0.00"
    )
    total = 0
    for rate, vendor in rates:
        value = share(taxable, rate)
        total += value
        if value:
            account = special_account(books, "SalesTaxPayable")
            draft.postings.append(
                Posting(account=account["ListID"], cents=sign * value, entity=vendor)
            )
    return total


def _rates(books: Books, item: ListObject) -> list[tuple[str, str | None]]:
    if item.kind == "ItemSalesTaxGroup":
        members = [books.object(one["ListID"]) for one in item.body.get("ItemSalesTaxRef", ())]
        return [rate for member in members if member for rate in _rates(books, member)]
    vendor = (item.body.get("TaxVendorRef") or {}).get("ListID")
    return [(item.body.get("TaxRate") or "0", vendor)]
