"""Invoices, credit memos and sales receipts."""

from __future__ import annotations

from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks import links
from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.ledger import Posting
from subledger_quickbooks_desktop.simulator.quickbooks.lexical import is_true
from subledger_quickbooks_desktop.simulator.quickbooks.money import amount
from subledger_quickbooks_desktop.simulator.quickbooks.status import bad_value

from .draft import DocumentKind, Draft
from .item_lines import sell
from .lines import RECEIVABLE, require_type
from .settle import Settlement
from .standard import special_account, standard_account
from .terms import set_due_date

_AR = "ARAccountRef"
_DEPOSIT_TO = "DepositToAccountRef"
DEPOSIT_TYPES = ("Bank", "OtherCurrentAsset", "CreditCard")


def _prepare(books: Books, draft: Draft, tag: str, types: tuple[str, ...], sign: int) -> None:
    fields = draft.fields
    fields.setdefault("IsPending", "false")
    fields.setdefault("IsToBePrinted", "true")
    fields.setdefault("IsToBeEmailed", "false")
    fields.setdefault("ShipDate", draft.date)
    set_due_date(books, draft, "CustomerRef", 0)
    account = require_type(books, draft, tag, *types)
    draft.cents = sell(books, draft, -sign)
    if draft.cents < 0:
        raise bad_value("Amount", amount(draft.cents), "The total cannot be negative.")
    draft.postings.append(
        Posting(
            account=account,
            cents=sign * draft.cents,
            line=draft.main_line,
            entity=draft.reference("CustomerRef"),
        )
    )
    if is_true(fields["IsPending"]):
        draft.postings = []


def _prepare_invoice(books: Books, draft: Draft) -> None:
    draft.fields.setdefault("IsFinanceCharge", "false")
    draft.fields[_AR] = draft.fields.get(_AR) or standard_account(books, RECEIVABLE)
    _prepare(books, draft, _AR, (RECEIVABLE,), 1)
    customer = draft.reference("CustomerRef")
    settlement = Settlement(
        books=books,
        draft=draft,
        target="Invoice",
        credit="CreditMemo",
        entities=frozenset({customer} if customer else ()),
    )
    for row in draft.fields.get("SetCredit", ()):
        settlement.apply_credit(row, draft.id)
    if sum(link.cents for link in draft.links) > draft.cents:
        raise bad_value("AppliedAmount", amount(draft.cents), "The credit exceeds the invoice.")


def _prepare_credit_memo(books: Books, draft: Draft) -> None:
    draft.fields[_AR] = draft.fields.get(_AR) or standard_account(books, RECEIVABLE)
    _prepare(books, draft, _AR, (RECEIVABLE,), -1)


def _prepare_receipt(books: Books, draft: Draft) -> None:
    draft.fields[_DEPOSIT_TO] = draft.fields.get(_DEPOSIT_TO) or special_account(
        books, "UndepositedFunds"
    )
    _prepare(books, draft, _DEPOSIT_TO, DEPOSIT_TYPES, 1)


def _refresh_invoice(books: Books, draft: Draft, fields: dict[str, Any]) -> None:
    settled = links.settled(books.store, draft.id)
    fields["AppliedAmount"] = amount(-settled)
    fields["BalanceRemaining"] = amount(draft.cents - settled)
    fields["IsPaid"] = "true" if draft.cents == settled else "false"


def _refresh_credit_memo(books: Books, draft: Draft, fields: dict[str, Any]) -> None:
    fields["CreditRemaining"] = amount(draft.cents - links.settled(books.store, draft.id))


INVOICE = DocumentKind(
    name="Invoice",
    total="",
    account=_AR,
    entity="CustomerRef",
    prepare=_prepare_invoice,
    refresh=_refresh_invoice,
    lines={"InvoiceLineAdd": "InvoiceLineRet", "InvoiceLineMod": "InvoiceLineRet"},
    hidden=frozenset({"InvoiceLineRet"}),
    shows_links=True,
    can_be_settled=True,
    is_paid=True,
    default_number=True,
)
CREDIT_MEMO = DocumentKind(
    name="CreditMemo",
    total="TotalAmount",
    account=_AR,
    entity="CustomerRef",
    prepare=_prepare_credit_memo,
    refresh=_refresh_credit_memo,
    lines={"CreditMemoLineAdd": "CreditMemoLineRet", "CreditMemoLineMod": "CreditMemoLineRet"},
    hidden=frozenset({"CreditMemoLineRet"}),
    shows_links=True,
    can_be_settled=True,
    default_number=True,
)
SALES_RECEIPT = DocumentKind(
    name="SalesReceipt",
    total="TotalAmount",
    account=_DEPOSIT_TO,
    entity="CustomerRef",
    prepare=_prepare_receipt,
    lines={
        "SalesReceiptLineAdd": "SalesReceiptLineRet",
        "SalesReceiptLineMod": "SalesReceiptLineRet",
    },
    hidden=frozenset({"SalesReceiptLineRet"}),
    default_number=True,
)
