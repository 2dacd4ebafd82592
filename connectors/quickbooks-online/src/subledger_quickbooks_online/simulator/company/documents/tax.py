"""Sales tax: which rates apply, how much, what a client overrides, which account owes it.

Four modes (Accounting API, "Manage sales tax"): none; US automated (the address decides); US manual
(the document's tax code decides); global (each line's tax code decides).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from attrs import evolve, frozen

from subledger_quickbooks_online.simulator.company import faults
from subledger_quickbooks_online.simulator.company.books import JSON, Books, Draft, Stored, ref
from subledger_quickbooks_online.simulator.company.money import (
    ZERO,
    cents,
    money,
    rounded,
    shares,
)

HUNDRED = Decimal(100)


@frozen(kw_only=True)
class Taxable:
    """One line's net amount and tax code; `included` is the tax in a price that includes it."""

    amount: Decimal
    code: str
    included: Decimal = ZERO


@frozen(kw_only=True)
class Charge:
    """What one rate charges."""

    rate: str
    percent: Decimal
    net: Decimal
    amount: Decimal


def mode(books: Books) -> str:
    """none, ast, manual or global."""
    if not books.preference("TaxPrefs.UsingSalesTax"):
        return "none"
    if not books.is_us:
        return "global"
    return "ast" if books.preference("TaxPrefs.PartnerTaxEnabled") else "manual"


def line_code(books: Books, sent: str, *, taxable: bool) -> str:
    """The tax code of a line; "" where the company has no sales tax.

    Raises 6100 in the US for anything but TAX and NON, 6000 elsewhere for a missing code.
    """
    if books.is_us:
        if sent and sent not in {"TAX", "NON"}:
            raise faults.us_tax_code(sent)
        return sent or ("TAX" if taxable and mode(books) != "none" else "NON")
    return sent if mode(books) == "global" else ""


def of_line(line: JSON, inner: JSON, factor: Decimal) -> Taxable:
    """What is taxed of a line; `factor` is what a discount leaves of it."""
    net = Decimal(line["Amount"])
    gross = Decimal(inner.get("TaxInclusiveAmt") or net)
    return Taxable(
        amount=net * factor,
        code=ref(inner, "TaxCodeRef"),
        included=rounded((gross - net) * factor),
    )


def settle(books: Books, draft: Draft, lines: Sequence[Taxable], *, purchase: bool) -> Decimal:
    """Write TxnTaxDetail into the draft and return the tax of the document."""
    kind = mode(books)
    body = draft.body
    if books.is_us:
        _without_global(books, body)
    if kind == "none" or (books.is_us and purchase):
        body.pop("TxnTaxDetail", None)
        return ZERO
    if kind == "global":
        calculation = body.setdefault("GlobalTaxCalculation", "TaxExcluded")
        if calculation == "NotApplicable":
            body.pop("TxnTaxDetail", None)
            return ZERO
        if any(not line.code for line in lines):
            raise faults.business(
                "Make sure all your transactions have a GST/HST rate before you save."
            )
    code = "" if kind == "global" else _document_code(books, draft, kind)
    charges = _charges(books, lines, code, purchase=purchase)
    if body.get("GlobalTaxCalculation") == "TaxInclusive":
        charges = _as_included(charges, sum((line.included for line in lines), ZERO))
    charges = _overridden(books, draft, charges, code)
    total = sum((charge.amount for charge in charges), ZERO)
    body["TxnTaxDetail"] = {
        **({"TxnTaxCodeRef": {"value": code}} if code else {}),
        "TotalTax": total,
        **({"TaxLine": [_line(charge) for charge in charges]} if charges else {}),
    }
    return total


def owed(books: Books, body: JSON) -> list[tuple[str, int]]:
    """Per account of an agency the tax of a stored document, in cents."""
    found = []
    for line in body.get("TxnTaxDetail", {}).get("TaxLine", []):
        rate = books.list_object("TaxRate", ref(line["TaxLineDetail"], "TaxRateRef"))
        if rate is not None:
            found.append((str(rate.body["_account"]), cents(Decimal(line["Amount"]))))
    return found


def gross_up(books: Books, code: str, gross: Decimal, *, purchase: bool) -> Decimal:
    """The net amount of a line whose price includes the tax."""
    percent = sum((p for _, p in _rates(books, code, purchase=purchase)), Decimal(0))
    return rounded(gross * HUNDRED / (HUNDRED + percent))


def _without_global(books: Books, body: JSON) -> None:
    if "GlobalTaxCalculation" in body:
        if books.behaviour.us_global_tax == "refuse":
            raise faults.business(
                "GlobalTaxCalculation is not used in this region.", "GlobalTaxCalculation"
            )
        del body["GlobalTaxCalculation"]


def _document_code(books: Books, draft: Draft, kind: str) -> str:
    body = draft.body
    customer = books.list_object("Customer", ref(body, "CustomerRef"))
    if customer is not None and customer.body.get("Taxable") is False:
        return ""
    if kind == "manual":
        preferred = ref(books.preference("TaxPrefs"), "TaxGroupCodeRef")
        default = ref(customer.body, "DefaultTaxCodeRef") if customer else ""
        found = ref(body.get("TxnTaxDetail"), "TxnTaxCodeRef") or default or preferred
        return found if found not in {"TAX", "NON"} else preferred
    state = _state(books, body, customer)
    for code in books.find("entity='TaxCode' AND active ORDER BY number"):
        if state and code.body.get("_state") == state:
            return code.id
    return ""


def _state(books: Books, body: JSON, customer: Stored | None) -> str:
    holders = [body, customer.body if customer else {}]
    for holder in holders:
        for name in ("ShipAddr", "BillAddr"):
            found = holder.get(name, {}).get("CountrySubDivisionCode")
            if found:
                return str(found).upper()
    info = books.list_object("CompanyInfo", "1")
    home = info.body.get("CompanyAddr", {}) if info else {}
    return str(home.get("CountrySubDivisionCode", "")).upper()


def _rates(books: Books, code: str, *, purchase: bool) -> list[tuple[str, Decimal]]:
    stored = books.list_object("TaxCode", code) if code else None
    name = "PurchaseTaxRateList" if purchase else "SalesTaxRateList"
    details = stored.body.get(name, {}).get("TaxRateDetail", []) if stored else []
    found = []
    for each in details:
        rate = books.list_object("TaxRate", ref(each, "TaxRateRef"))
        if rate is not None:
            found.append((rate.id, Decimal(rate.body["RateValue"])))
    return found


def _charges(books: Books, lines: Sequence[Taxable], code: str, *, purchase: bool) -> list[Charge]:
    nets: dict[tuple[str, Decimal], list[Decimal]] = {}
    for line in lines:
        if books.is_us and line.code != "TAX":
            continue
        for rate in _rates(books, code if books.is_us else line.code, purchase=purchase):
            nets.setdefault(rate, []).append(line.amount)
    found = []
    for (rate_id, percent), amounts in nets.items():
        net = sum(amounts, ZERO)
        if books.behaviour.tax_rounding == "line":
            tax = sum((rounded(amount * percent / HUNDRED) for amount in amounts), ZERO)
        else:
            tax = rounded(net * percent / HUNDRED)
        found.append(Charge(rate=rate_id, percent=percent, net=rounded(net), amount=tax))
    return found


def _as_included(charges: list[Charge], included: Decimal) -> list[Charge]:
    """Charges that come to what the prices included, the cents of rounding on the last one."""
    if not charges:
        return charges
    off = included - sum((charge.amount for charge in charges), ZERO)
    return [*charges[:-1], evolve(charges[-1], amount=charges[-1].amount + off)]


def _overridden(books: Books, draft: Draft, charges: list[Charge], code: str) -> list[Charge]:
    wished = _wish(books, draft)
    draft.body["_tax_override"] = wished is not None
    if wished is None:
        return charges
    named = [
        line
        for line in wished.get("TaxLine", [])
        if ref(line.get("TaxLineDetail"), "TaxRateRef") and "Amount" in line
    ]
    if named and "TotalTax" not in wished:
        return [_given(line) for line in named]
    total = cents(Decimal(wished.get("TotalTax", 0)))
    if not charges and total:
        charges = [
            Charge(rate=rate, percent=percent, net=ZERO, amount=ZERO)
            for rate, percent in _rates(books, code or _any_code(books), purchase=False)
        ]
        if not charges:
            raise faults.CompanyFault(
                "6170", "Tax not applicable", "TxnTaxDetail was given where no tax applies"
            )
    if named and sum(cents(Decimal(line["Amount"])) for line in named) == total:
        return [_given(line) for line in named]
    weights = [charge.percent for charge in charges]
    return [
        Charge(rate=charge.rate, percent=charge.percent, net=charge.net, amount=money(part))
        for charge, part in zip(charges, shares(total, weights), strict=True)
    ]


def _wish(books: Books, draft: Draft) -> JSON | None:
    """The tax detail that counts as given by hand, or None."""
    old = draft.old.body if draft.old else {}
    if "TxnTaxDetail" not in draft.sent:
        keeps = draft.body.get("TxnTaxDetail") and old.get("_tax_override")
        return draft.body["TxnTaxDetail"] if keeps else None
    sent: JSON = draft.body.get("TxnTaxDetail") or {}
    if "TotalTax" not in sent and not sent.get("TaxLine"):
        return None
    is_echo = (
        draft.old is not None
        and not old.get("_tax_override")
        and Decimal(sent.get("TotalTax", -1))
        == Decimal(old.get("TxnTaxDetail", {}).get("TotalTax", -1))
    )
    if is_echo and not books.behaviour.tax_echo_is_override:
        return None
    return sent


def _given(line: JSON) -> Charge:
    inner = line["TaxLineDetail"]
    return Charge(
        rate=ref(inner, "TaxRateRef"),
        percent=Decimal(inner.get("TaxPercent", 0)),
        net=Decimal(inner.get("NetAmountTaxable", 0)),
        amount=rounded(Decimal(line["Amount"])),
    )


def _any_code(books: Books) -> str:
    found = books.store.value(
        "SELECT id FROM object WHERE entity='TaxCode' AND number>0 ORDER BY number LIMIT 1"
    )
    return str(found or "")


def _line(charge: Charge) -> JSON:
    return {
        "Amount": charge.amount,
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": charge.rate},
            "PercentBased": True,
            "TaxPercent": charge.percent,
            "NetAmountTaxable": charge.net,
        },
    }
