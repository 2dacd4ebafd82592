"""Sales documents, and the payments and refunds of customers, as bodies of the API. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from subledger.model import PAID_AT_ONCE, Document, Reference, Settlement
from subledger.model.kinds import ACCOUNT, INVOICE
from subledger_quickbooks_online import fields, money_accounts, text
from subledger_quickbooks_online.company import RECEIVABLE, Company
from subledger_quickbooks_online.entities import DOCUMENTS
from subledger_quickbooks_online.errors import rejected
from subledger_quickbooks_online.parts import (
    Body,
    amount,
    applied_lines,
    document_class,
    email,
    header,
    location,
    needed,
    payee,
    postal,
    purchase_tax,
    ref,
    sales_line,
    sales_tax,
    without_empty,
)

_JOINS: Final = "Joins the refund "
_REFUNDS: Final = "refunds come from a Bank or Credit Card account"


def sales(document: Document, marker: str, company: Company) -> tuple[str, Body]:
    """An invoice, a credit memo, or a receipt of either sort."""
    money_accounts.check(document, company.type_of)
    message = text.cut(document.message, fields.MEMO)
    body = {
        "CustomerRef": needed(document.party, "customer"),
        **header(document, marker, company, document.amount.currency),
        "DocNumber": text.number_of(document.number),
        **(_paid(document) if document.kind in PAID_AT_ONCE else _owed(document)),
        "CustomerMemo": {"value": message} if message else None,
        "BillEmail": email(document.email),
        "BillAddr": postal(document.billing),
        **location(company, document.department),
        **document_class(document.class_, document.lines, company),
        **sales_tax(document, company),
    }
    lines = [sales_line(line, document, company) for line in document.lines]
    return DOCUMENTS[document.kind], {**without_empty(body), "Line": lines}


def _owed(document: Document) -> Body:
    """On which account it is owed, and of an invoice until when."""
    due = document.due if document.kind == INVOICE else None
    return {
        "DueDate": due.isoformat() if due else None,
        "SalesTermRef": ref(document.terms) if document.kind == INVOICE else None,
        "ARAccountRef": ref(document.account),
    }


def _paid(document: Document) -> Body:
    """How it was paid, and the account that the money went to or came from."""
    return {
        "PaymentMethodRef": ref(document.payment_method),
        "PaymentRefNum": text.number_of(document.payment_number),
        "DepositToAccountRef": ref(document.account),
    }


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
    kind, name = company.type_of(settlement.money), getattr(settlement.money, "name", "none")
    money_accounts.require(kind, name, money_accounts.SPENT, _REFUNDS)
    body = {
        **money_accounts.paid_from(settlement.money, kind, bank_payments),
        "EntityRef": payee(settlement.party),
        **header(settlement, marker, company, settlement.amount.currency),
        "DocNumber": text.number_of(settlement.number),
        **location(company),
        **purchase_tax(company, coded=bool(untaxed)),
    }
    return "Purchase", {**without_empty(body), "Line": [line]}


def _taxes_lines(company: Company) -> bool:
    """Whether every line has a tax code, and one for lines without tax is known."""
    return company.sales_tax and not company.is_us and bool(company.untaxed)


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
