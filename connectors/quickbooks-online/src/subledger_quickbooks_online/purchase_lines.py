"""Lines of purchases and bills: accounts, items, and their tax codes. Pure."""

from collections.abc import Iterable
from typing import Final

from subledger.model import Line, Movement, Reference
from subledger_quickbooks_online import text
from subledger_quickbooks_online.company import Company
from subledger_quickbooks_online.errors import rejected
from subledger_quickbooks_online.parts import (
    NOT_TAXABLE,
    Body,
    amount,
    line_class,
    needed,
    quantity_and_price,
    ref,
    without_empty,
)

INCLUSIVE: Final = "TaxInclusive"
EXCLUSIVE: Final = "TaxExcluded"
NOT_APPLICABLE: Final = "NotApplicable"
"""The values of GlobalTaxCalculation (Accounting API: manage sales tax for non-US locales)."""


def calculation(lines: Iterable[Line], company: Company, *, included: bool = False) -> str:
    """How a purchase with these lines is taxed: a value of GlobalTaxCalculation, or none at all.

    ``included``: the amounts are what was paid, tax and all. Raises :class:`RecordRejected` where
    the company would leave a line's tax code out.
    """
    codes = [line.tax for line in lines if line.tax is not None]
    if company.is_us:
        if any(code.id != NOT_TAXABLE for code in codes):
            raise rejected(
                "feature_off",
                "tax codes of purchases",
                "the document has a tax code, but in the United States purchases have no sales tax",
                "Take the tax code out of the mapping: tax_tag, tax_default, rules that set tax, "
                "default_tax_code.",
            )
        return ""
    if not company.sales_tax:
        if codes:
            raise rejected(
                "feature_off",
                "sales tax is off",
                "the document has a tax code, but sales tax is switched off in QuickBooks",
                "Set sales tax up in QuickBooks, or take the tax code out of the mapping.",
            )
        return ""
    if not codes:
        return NOT_APPLICABLE
    return INCLUSIVE if included else EXCLUSIVE


def expense_line(line: Line, class_: Reference | None, company: Company, taxed: str) -> Body:
    """One line of a purchase or bill: an account or an item.

    ``taxed`` is the :func:`calculation` of the document. Where amounts include the tax, QuickBooks
    takes it out of them, so that quantity and price would not make the amount any more.
    """
    inclusive = taxed == INCLUSIVE
    common: Body = {
        "CustomerRef": ref(line.customer),
        "ClassRef": line_class(line, class_, company),
        "BillableStatus": "NotBillable" if line.customer else None,
        "TaxCodeRef": _tax_code(line, company, taxed),
        "TaxInclusiveAmt": amount(line.amount) if inclusive else None,
    }
    described = {"Description": text.cut(line.memo, text.NOTE_LIMIT)}
    if line.item is not None:
        counted = {} if inclusive else quantity_and_price(line)
        detail = {"ItemRef": ref(line.item), **counted, **common}
        sort = "ItemBasedExpenseLineDetail"
    else:
        detail = {"AccountRef": needed(line.account, "account"), **common}
        sort = "AccountBasedExpenseLineDetail"
    return {
        **without_empty(described),
        "Amount": amount(line.amount),
        "DetailType": sort,
        sort: without_empty(detail),
    }


def _tax_code(line: Line, company: Company, taxed: str) -> Body | None:
    if line.tax is not None or taxed in ("", NOT_APPLICABLE):
        return ref(line.tax)
    if not company.untaxed:
        raise rejected(
            "mapping_missing",
            "lines without tax",
            "some lines of the document have a tax code, and then every line needs one",
            "Set tax_default in the mapping, or untaxed_code in the connection to QuickBooks' code "
            "for lines without tax, such as Exempt.",
        )
    return {"value": company.untaxed}


def without_codes(movement: Movement, what: str) -> None:
    """Refuses a movement with tax codes that becomes a document which cannot carry them."""
    if any(line.tax is not None for line in movement.lines):
        raise rejected(
            "feature_off",
            f"tax codes of a {what}",
            f"the document becomes a {what}, whose lines are written without tax codes",
            "Record it in QuickBooks by hand and link the record with it, or take the tax code "
            "out of the mapping.",
        )
