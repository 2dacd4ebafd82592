"""Queries for what is open: bills to pay, credits to apply, payments to deposit."""

from __future__ import annotations

from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks import links
from subledger_quickbooks_desktop.simulator.quickbooks.answer import Outcome, Printer, of_query
from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.iterators import page
from subledger_quickbooks_desktop.simulator.quickbooks.lists.references import resolve
from subledger_quickbooks_desktop.simulator.quickbooks.money import amount
from subledger_quickbooks_desktop.simulator.quickbooks.parse import Request

from .draft import Draft
from .rows import load_many
from .standard import find_special

_CREDIT = "VendorCredit"


def bills_to_pay(books: Books, request: Request) -> Outcome:
    """Answer BillToPayQuery: open bills and open credits of one vendor."""
    fields = request.fields
    vendor = resolve(books, "PayeeEntityRef", fields["PayeeEntityRef"], "BillToPayQuery")

    def find() -> list[str]:
        rows = books.store.all(
            "SELECT id, cents FROM document WHERE kind IN ('Bill', ?) AND entity=?"
            " ORDER BY kind, date, number",
            (_CREDIT, vendor.id),
        )
        return [
            identity for identity, total in rows if total > links.settled(books.store, identity)
        ]

    found = page(books.iterators, request, find)
    due = fields.get("DueDate")
    account = fields.get("APAccountRef")
    payable = resolve(books, "APAccountRef", account, "BillToPayQuery").id if account else None
    printer = Printer(version=books.version, name=books.name)
    data: list[str] = []
    for draft in load_many(books, found.ids):
        if payable and draft.reference("APAccountRef") != payable:
            continue
        if due and draft.fields.get("DueDate", "") > due:
            continue
        data += printer.object("BillToPayRet", _open_item(books, draft))
    return of_query(found, data)


def payments_to_deposit(books: Books, request: Request) -> Outcome:
    """Answer ReceivePaymentToDepositQuery: what lies in Undeposited Funds."""
    account = find_special(books, "UndepositedFunds")
    rows = books.store.all(
        "SELECT document.id, posting.line, kind, document.entity, date, ref, posting.cents"
        " FROM posting JOIN document ON document.id = posting.document"
        " WHERE posting.account=? AND posting.cents<>0"
        " AND kind IN ('ReceivePayment', 'SalesReceipt')"
        " AND NOT EXISTS(SELECT 1 FROM link WHERE target=document.id AND kind='deposit')"
        " ORDER BY date, number",
        (account,),
    )
    found = page(books.iterators, request, lambda: [row[0] for row in rows])
    printer = Printer(version=books.version, name=books.name)
    data: list[str] = []
    for row in rows:
        if row[0] in found.ids:
            values = {
                "TxnID": row[0],
                "TxnLineID": row[1],
                "TxnType": row[2],
                "CustomerRef": {"ListID": row[3]} if row[3] else None,
                "TxnDate": row[4],
                "RefNumber": row[5] or "",
                "Amount": amount(row[6]),
            }
            data += printer.object("ReceivePaymentToDepositRet", values, request.include)
    return of_query(found, data)


def _open_item(books: Books, draft: Draft) -> dict[str, Any]:
    remaining = amount(draft.cents - links.settled(books.store, draft.id))
    values = {
        "TxnID": draft.id,
        "TxnType": draft.kind.name,
        "APAccountRef": draft.fields.get("APAccountRef"),
        "TxnDate": draft.date,
        "RefNumber": draft.fields.get("RefNumber", ""),
    }
    if draft.kind.name == _CREDIT:
        return {"CreditToApply": {**values, "CreditRemaining": remaining}}
    return {
        "BillToPay": {
            **values,
            "DueDate": draft.fields.get("DueDate", ""),
            "AmountDue": remaining,
        }
    }
