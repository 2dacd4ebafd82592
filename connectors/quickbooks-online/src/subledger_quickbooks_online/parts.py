"""The parts that bodies of documents are made of: references, amounts, addresses, lines. Pure."""

import re
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from subledger.model import Address, Document, Line, Movement, Reference, Settlement
from subledger.model.kinds import BILL, CREDIT_MEMO, CUSTOMER, INVOICE, VENDOR_CREDIT
from subledger.money import Money
from subledger_quickbooks_online import text
from subledger_quickbooks_online.company import Classes, Company
from subledger_quickbooks_online.entities import DOCUMENTS
from subledger_quickbooks_online.errors import rejected

Body = dict[str, Any]

TAXABLE: Final = "TAX"
NOT_TAXABLE: Final = "NON"
"""The line codes of companies in the United States (Accounting API: manage sales tax)."""
NOT_PRINTED: Final = "NotSet"
"""The print status of a check that was written elsewhere: it does not join the print queue."""
_PRICE_PLACES: Final = 7
_EMAIL: Final = re.compile(r"[^@\s,]+@[^@\s,]+\.[^@\s,]+\Z")
_EMAIL_LIMIT: Final = 100


def without_empty(body: Mapping[str, Any]) -> Body:
    """A body without members that have nothing to say."""
    return {name: value for name, value in body.items() if value not in (None, "", {})}


def ref(reference: Reference | None) -> Body | None:
    """A reference to an object of the company. Raises :class:`RecordRejected` without an id."""
    if reference is None:
        return None
    if not reference.id:
        label = f"{reference.kind.replace('_', ' ')} {reference.name or reference.record}"
        raise rejected("mapping_missing", label, f"the books have no {label}")
    return {"value": reference.id}


def needed(reference: Reference | None, what: str) -> Body:
    """As :func:`ref`, of something that the document cannot do without."""
    found = ref(reference)
    if found is None:
        raise rejected("mapping_missing", what, f"the document names no {what}")
    return found


def payee(party: Reference | None) -> Body | None:
    """Whom money went to: a vendor, or a customer."""
    if party is None:
        return None
    return {**needed(party, "payee"), "type": "Customer" if party.kind == CUSTOMER else "Vendor"}


def amount(money: Money) -> Decimal:
    """The exact number of an amount."""
    return money.amount


def header(
    entity: Document | Settlement | Movement, marker: str, company: Company, currency: str
) -> Body:
    """What documents of every sort have in common."""
    if currency != company.currency and not company.multi_currency:
        raise rejected(
            "currency",
            f"currency {currency}",
            f"the document is in {currency}, the company keeps its books in {company.currency}",
        )
    return without_empty(
        {
            "TxnDate": entity.date.isoformat(),
            "PrivateNote": text.note_of(marker, entity.memo),
            "CurrencyRef": {"value": currency} if company.multi_currency else None,
        }
    )


def location(company: Company, department: Reference | None = None) -> Body:
    """The location of a document: its own, else the connection's, where it has one."""
    own = ref(department)
    return {"DepartmentRef": own or {"value": company.location}} if own or company.location else {}


def document_class(class_: Reference | None, lines: Iterable[Line], company: Company) -> Body:
    """The class of a whole document, in companies that have one a document."""
    if company.classes is not Classes.DOCUMENT:
        return {}
    found = class_ or next((line.class_ for line in lines if line.class_), None)
    return without_empty({"ClassRef": ref(found)})


def line_class(line: Line, class_: Reference | None, company: Company) -> Body | None:
    """The class of a line, in companies that have one a line."""
    return ref(line.class_ or class_) if company.classes is Classes.LINE else None


def postal(address: Address | None) -> Body | None:
    """A postal address; street lines beyond the fifth are joined to it."""
    if address is None:
        return None
    lines = [text.one_line(line, 500) for line in address.lines if line.strip()]
    if len(lines) > 5:  # noqa: PLR2004 - Line1 to Line5
        lines = [*lines[:4], text.cut(", ".join(lines[4:]), 500)]
    body = {f"Line{number}": line for number, line in enumerate(lines, start=1)}
    body |= {
        "City": text.one_line(address.city, 255),
        "CountrySubDivisionCode": text.one_line(address.region, 255),
        "PostalCode": text.one_line(address.postcode, 30),
        "Country": text.one_line(address.country, 255),
    }
    return without_empty(body)


def email(addresses: str) -> Body | None:
    """The addresses that QuickBooks will take: one that it refuses would refuse the document."""
    kept = ""
    for each in addresses.replace(";", ",").split(","):
        joined = f"{kept},{each.strip()}".strip(",")
        if _EMAIL.match(each.strip()) and len(joined) <= _EMAIL_LIMIT:
            kept = joined
    return {"Address": kept} if kept else None


def quantity_and_price(line: Line) -> Body:
    """Quantity and price of a line, only where they make its amount (error 6070)."""
    if line.quantity is None or line.price is None:
        return {}
    cents = Decimal(1).scaleb(line.amount.amount.as_tuple().exponent or 0)  # type: ignore[arg-type]
    product = (line.quantity * line.price).quantize(cents, rounding=ROUND_HALF_UP)
    exponent = line.price.normalize().as_tuple().exponent
    too_fine = isinstance(exponent, int) and -exponent > _PRICE_PLACES
    if product != line.amount.amount or too_fine:
        return {}
    return {"Qty": line.quantity, "UnitPrice": line.price}


def sales_line(line: Line, document: Document, company: Company) -> Body:
    """One line of a sales document."""
    described = {"Description": text.cut(line.memo, text.NOTE_LIMIT)}
    if line.item is None and not line.amount:
        return {"Description": described["Description"] or "-", "DetailType": "DescriptionOnly"}
    if line.item is None and line.amount.minor < 0 and line.account is not None:
        detail: Body = {"PercentBased": False, "DiscountAccountRef": ref(line.account)}
        return {
            **without_empty(described),
            "Amount": -amount(line.amount),
            "DetailType": "DiscountLineDetail",
            "DiscountLineDetail": detail,
        }
    detail = {
        "ItemRef": needed(line.item, "item"),
        **quantity_and_price(line),
        "ClassRef": line_class(line, document.class_, company),
        "TaxCodeRef": _sales_tax_code(line, document, company),
    }
    return {
        **without_empty(described),
        "Amount": amount(line.amount),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": without_empty(detail),
    }


def _sales_tax_code(line: Line, document: Document, company: Company) -> Body | None:
    if not company.sales_tax:
        return None
    if company.is_us:
        return {"value": TAXABLE if line.taxable and document.tax is not None else NOT_TAXABLE}
    code = line.tax or (document.tax.code if document.tax and line.taxable else None)
    if code is not None or document.tax is None:
        return ref(code)
    if not company.untaxed:
        raise rejected(
            "mapping_missing",
            "lines without tax",
            "the document has lines without tax, and every line needs a tax code",
            "Set untaxed_code in the connection to QuickBooks' code for them, such as Exempt.",
        )
    return {"value": company.untaxed}


def sales_tax(document: Document, company: Company) -> Body:
    """The tax of a sales document: the source's amount overrides what QuickBooks would compute."""
    tax = document.tax
    if not company.sales_tax:
        if tax is not None and tax.amount:
            raise rejected(
                "feature_off",
                "sales tax is off",
                "the document has sales tax, but sales tax is switched off in QuickBooks",
                "Set sales tax up in QuickBooks, or let the flow post the tax as a line.",
            )
        return {}
    if not company.is_us:
        coded = any(_sales_tax_code(line, document, company) for line in document.lines)
        body: Body = {"GlobalTaxCalculation": "TaxExcluded" if coded else "NotApplicable"}
        return body | ({"TxnTaxDetail": {"TotalTax": amount(tax.amount)}} if tax and coded else {})
    if tax is None:
        return {}
    code = tax.code if tax.code and tax.code.id not in (TAXABLE, NOT_TAXABLE) else None
    return {
        "TxnTaxDetail": without_empty({"TxnTaxCodeRef": ref(code), "TotalTax": amount(tax.amount)})
    }


def purchase_tax(company: Company, *, coded: bool) -> Body:
    """How a refund is taxed outside the United States; ``coded``: its line has a tax code."""
    if company.is_us or not company.sales_tax:
        return {}
    return {"GlobalTaxCalculation": "TaxExcluded" if coded else "NotApplicable"}


LINKED_TYPES: Final[Mapping[str, str]] = {
    kind: DOCUMENTS[kind] for kind in (INVOICE, CREDIT_MEMO, BILL, VENDOR_CREDIT)
}
"""The words for documents that payments are linked to."""


def applied_lines(settlement: Settlement) -> list[Body]:
    """The lines of a payment: what it settles, and the credits that pay for it."""
    found = []
    for application in settlement.applications:
        reference = application.document
        word = LINKED_TYPES.get(reference.kind)
        if word is None:
            raise rejected(
                "validation", f"{reference.kind}", f"a payment cannot settle a {reference.kind}"
            )
        identifier = needed(reference, word)["value"]
        found.append(
            {
                "Amount": amount(application.amount),
                "LinkedTxn": [{"TxnId": identifier, "TxnType": word}],
            }
        )
    return found
