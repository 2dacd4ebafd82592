"""Purchases, bills, their credits, orders and payments as bodies of the API. Pure."""

from collections.abc import Sequence

from attrs import evolve

from subledger.model import Document, Line, Settlement
from subledger.model.kinds import BILL
from subledger_quickbooks_online import money_accounts, text
from subledger_quickbooks_online.company import Company
from subledger_quickbooks_online.entities import DOCUMENTS
from subledger_quickbooks_online.errors import rejected
from subledger_quickbooks_online.parts import (
    NOT_PRINTED,
    Body,
    amount,
    applied_lines,
    document_class,
    header,
    location,
    needed,
    payee,
    ref,
    without_empty,
)
from subledger_quickbooks_online.purchase_lines import calculation, expense_line


def purchase_document(
    document: Document, marker: str, company: Company, *, order_lines: Sequence[str] = ()
) -> tuple[str, Body]:
    """A bill, vendor credit or purchase order.

    ``order_lines`` are the line Ids of the purchase order that a bill closes, in order.
    """
    is_bill = document.kind == BILL
    body = {
        "VendorRef": needed(document.party, "vendor"),
        "DocNumber": text.number_of(document.number),
        "DueDate": document.due.isoformat() if document.due and is_bill else None,
        "SalesTermRef": ref(document.terms) if is_bill else None,
        "APAccountRef": ref(document.account),
    }
    written = _bought(document, marker, company, body)
    lines = written["Line"]
    if document.order is not None and is_bill and len(order_lines) == len(lines):
        order = needed(document.order, "purchase order")["value"]
        for line, identifier in zip(lines, order_lines, strict=True):
            line["LinkedTxn"] = [
                {"TxnId": order, "TxnType": "PurchaseOrder", "TxnLineId": identifier}
            ]
    return DOCUMENTS[document.kind], written


def paid_purchase(
    document: Document, marker: str, company: Company, *, bank_payments: str = "cash"
) -> tuple[str, Body]:
    """What was bought and paid at once, from a vendor or a customer.

    The number of a check is that of the check where it is known (Accounting API: Purchase).
    """
    money_accounts.check(document, company.type_of)
    kind = company.type_of(document.account)
    paid = money_accounts.paid_from(document.account, kind, bank_payments)
    by_check = document.payment_number if paid["PaymentType"] == "Check" else ""
    body = {
        **paid,
        "EntityRef": payee(document.party),
        "DocNumber": text.number_of(by_check or document.number),
        "PaymentMethodRef": ref(document.payment_method),
    }
    return DOCUMENTS[document.kind], _bought(document, marker, company, body)


def _bought(document: Document, marker: str, company: Company, own: Body) -> Body:
    """What documents about things that are bought have in common, and of each its own."""
    coded = _coded(document, company)
    taxed = calculation(coded, company)
    tax = document.tax.amount if document.tax and document.tax.amount else None
    body = {
        **own,
        **header(document, marker, company, document.amount.currency),
        **location(company, document.department),
        **document_class(document.class_, coded, company),
        "GlobalTaxCalculation": taxed,
        "TxnTaxDetail": {"TotalTax": amount(tax)} if tax else None,
    }
    lines = [expense_line(line, document.class_, company, taxed) for line in coded]
    return {**without_empty(body), "Line": lines}


def _coded(document: Document, company: Company) -> tuple[Line, ...]:
    """The lines; of a document with tax, the taxable ones have its code where they have none.

    Raises :class:`RecordRejected` for tax that no line would carry.
    """
    tax = document.tax
    if tax is None or not tax.amount:
        return document.lines
    if company.is_us:
        raise rejected(
            "feature_off",
            "tax on a purchase",
            "the document has tax, but in the United States purchases have no sales tax",
            "Let the flow post the tax as a line.",
        )
    lines = tuple(
        evolve(line, tax=tax.code) if line.taxable and line.tax is None else line
        for line in document.lines
    )
    if not any(line.tax for line in lines):
        raise rejected(
            "mapping_missing",
            "tax on a purchase",
            "the document has tax, but none of its lines has a tax code",
            "Map the tax rate to a tax code, or let the flow post the tax as a line.",
        )
    return lines


def bill_payment(settlement: Settlement, marker: str, company: Company) -> tuple[str, Body]:
    """Money to a vendor for bills, or credits that settle them."""
    account = company.account(settlement.money)
    by_card = account is not None and account.type == "Credit Card"
    paid_from = ref(settlement.money)
    if paid_from is None and settlement.amount:
        paid_from = needed(None, "account that the money comes from")
    if paid_from is not None and (account is None or account.type not in ("Bank", "Credit Card")):
        name = settlement.money.name if settlement.money else ""
        raise rejected(
            "account_type",
            f"account {name}",
            f"{name} is of type {account.type if account else 'unknown'}; "
            "bills are paid from a Bank or Credit Card account",
        )
    body = {
        "VendorRef": needed(settlement.party, "vendor"),
        "PayType": "CreditCard" if by_card else "Check",
        "TotalAmt": amount(settlement.amount),
        **header(settlement, marker, company, settlement.amount.currency),
        "DocNumber": text.number_of(settlement.number),
        "APAccountRef": ref(settlement.account),
    }
    if paid_from is not None:
        body |= (
            {"CreditCardPayment": {"CCAccountRef": paid_from}}
            if by_card
            else {"CheckPayment": {"BankAccountRef": paid_from, "PrintStatus": NOT_PRINTED}}
        )
    return "BillPayment", {**without_empty(body), "Line": applied_lines(settlement)}
