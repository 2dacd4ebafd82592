"""Invoices, credit memos, and the payments and refunds of customers as bodies of the API. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from subledger.model import Document, Reference, Settlement
from subledger.model.kinds import ACCOUNT, CREDIT_MEMO
from subledger_quickbooks_online import fields, text
from subledger_quickbooks_online.company import RECEIVABLE, Account, Company
from subledger_quickbooks_online.errors import rejected
from subledger_quickbooks_online.parts import (
    NOT_PRINTED,
    Body,
    amount,
    applied_lines,
    document_class,
    email,
    header,
    location,
    needed,
    postal,
    purchase_tax,
    ref,
    sales_line,
    sales_tax,
    without_empty,
)

_JOINS: Final = "Joins the refund "


def sales(document: Document, marker: str, company: Company) -> tuple[str, Body]:
    """An invoice or a credit memo."""
    is_credit = document.kind == CREDIT_MEMO
    message = text.cut(document.message, fields.MEMO)
    body = {
        "CustomerRef": needed(document.party, "customer"),
        **header(document, marker, company, document.amount.currency),
        "DocNumber": text.number_of(document.number),
        "DueDate": document.due.isoformat() if document.due and not is_credit else None,
        "SalesTermRef": None if is_credit else ref(document.terms),
        "CustomerMemo": {"value": message} if message else None,
        "BillEmail": email(document.email),
        "BillAddr": postal(document.billing),
        "ARAccountRef": ref(document.account),
        **location(company, document.department),
        **document_class(document.class_, document.lines, company),
        **sales_tax(document, company),
    }
    lines = [sales_line(line, document, company) for line in document.lines]
    return "CreditMemo" if is_credit else "Invoice", {**without_empty(body), "Line": lines}


def payment(settlement: Settlement, marker: str, company: Company) -> tuple[str, Body]:
    """Money from a customer, or credits that settle invoices."""
    body = {
        "CustomerRef": needed(settlement.party, "customer"),
        "TotalAmt": amount(settlement.amount),
        **header(settlement, marker, company, settlement.amount.currency),
        "PaymentRefNum": text.number_of(settlement.number),
        "PaymentMethodRef": ref(settlement.payment_method),
        "DepositToAccountRef": ref(settlement.money),
        "ARAccountRef": ref(settlement.account),
    }
    return "Payment", {**without_empty(body), "Line": applied_lines(settlement)}


def receivable(settlement: Settlement, company: Company) -> Reference:
    """The receivables account of a refund; the company's only one where none is named."""
    if settlement.account is not None:
        return settlement.account
    known = [each for each in company.accounts.values() if each.type == RECEIVABLE]
    if len(known) != 1:
        raise rejected(
            "mapping_missing",
            "receivables account",
            "the refund names no receivables account, and the company has several",
        )
    return Reference(kind=ACCOUNT, id=known[0].id, name=known[0].name)


def refund(
    settlement: Settlement, marker: str, company: Company, *, bank_payments: str = "cash"
) -> tuple[str, Body]:
    """Money back to a customer: an expense on the receivables account.

    A refund receipt would take the revenue back a second time, after the credit memo has. The tax
    went back with the credit memo: outside the United States the line has the code for lines
    without tax where the connection names it, else tax does not apply at all.
    """
    untaxed = {"TaxCodeRef": {"value": company.untaxed}} if _taxes_lines(company) else {}
    line = {
        "Amount": amount(settlement.amount),
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {
            "AccountRef": needed(receivable(settlement, company), "receivables account"),
            "CustomerRef": needed(settlement.party, "customer"),
            **untaxed,
        },
    }
    paid = payment_type(company.account(settlement.money), settlement, bank_payments)
    body = {
        "PaymentType": paid,
        "PrintStatus": NOT_PRINTED if paid == "Check" else None,
        "AccountRef": needed(settlement.money, "account that the money comes from"),
        "EntityRef": {**needed(settlement.party, "customer"), "type": "Customer"},
        **header(settlement, marker, company, settlement.amount.currency),
        "DocNumber": text.number_of(settlement.number),
        **location(company),
        **purchase_tax(company, coded=bool(untaxed)),
    }
    return "Purchase", {**without_empty(body), "Line": [line]}


def _taxes_lines(company: Company) -> bool:
    """Whether every line has a tax code, and one for lines without tax is known."""
    return company.sales_tax and not company.is_us and bool(company.untaxed)


def payment_type(account: Account | None, settlement: Settlement, bank_payments: str) -> str:
    """How the money of a refund goes, by the type of its account."""
    kind = account.type if account else ""
    if kind == "Credit Card":
        return "CreditCard"
    if kind == "Bank":
        return "Check" if bank_payments == "check" else "Cash"
    if kind == "Other Current Asset":
        return "Cash"
    name = settlement.money.name if settlement.money else "none"
    raise rejected(
        "account_type",
        f"account {name}",
        f"{name} is of type {kind or 'unknown'}; refunds come from a Bank or Credit Card account",
    )


def joining_note(marker: str) -> str:
    """The note of the payment that joins a refund to its credits."""
    return f"{_JOINS}{marker} to its credit"


def is_joining(record: Mapping[str, Any]) -> bool:
    """Whether a document is only such a payment: it belongs to its refund and moves nothing."""
    note = str(record.get("PrivateNote", ""))
    return note.startswith(_JOINS) and not record.get("TotalAmt")


def refund_link(settlement: Settlement, purchase: Mapping[str, Any], marker: str) -> Body | None:
    """The payment without money that joins a refund to the credits it pays back; None for none."""
    lines = applied_lines(settlement)
    if not lines:
        return None
    word = "Check" if purchase.get("PaymentType") == "Check" else "Expense"
    refunded = {
        "Amount": amount(settlement.applied),
        "LinkedTxn": [{"TxnId": str(purchase["Id"]), "TxnType": word}],
    }
    return {
        "CustomerRef": needed(settlement.party, "customer"),
        "TotalAmt": 0,
        "TxnDate": settlement.date.isoformat(),
        "PrivateNote": joining_note(marker),
        "Line": [*lines, refunded],
    }
