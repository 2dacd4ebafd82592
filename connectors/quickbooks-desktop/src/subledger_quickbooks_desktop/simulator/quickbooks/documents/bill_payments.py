"""Paying bills by check or by card."""

from __future__ import annotations

from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.ledger import Posting

from .draft import DocumentKind, Draft
from .lines import PAYABLE, require_type
from .settle import APPLIED, Settlement, applied
from .standard import standard_account

_AP = "APAccountRef"
_PAYEE = "PayeeEntityRef"


def _prepare(books: Books, draft: Draft, tag: str, account_type: str) -> None:
    if not draft.fields.get(_AP):
        draft.fields[_AP] = standard_account(books, PAYABLE)
    payable = require_type(books, draft, _AP, PAYABLE)
    source = require_type(books, draft, tag, account_type)
    vendor = draft.reference(_PAYEE)
    draft.fields.pop("Amount", None)
    settlement = Settlement(
        books=books,
        draft=draft,
        target="Bill",
        credit="VendorCredit",
        entities=frozenset({vendor} if vendor else ()),
    )
    for row in draft.fields.get(APPLIED, ()):
        settlement.apply(row)
    draft.cents = settlement.total
    draft.postings = [
        Posting(account=source, cents=-draft.cents, line=draft.main_line, entity=vendor),
        Posting(account=payable, cents=draft.cents, entity=vendor),
    ]
    for account, value, class_id in settlement.discounts:
        draft.postings.append(Posting(account=payable, cents=value, entity=vendor))
        draft.postings.append(Posting(account=account, cents=-value, class_id=class_id))


def _prepare_check(books: Books, draft: Draft) -> None:
    draft.fields.setdefault("IsToBePrinted", "false")
    _prepare(books, draft, "BankAccountRef", "Bank")


def _prepare_card(books: Books, draft: Draft) -> None:
    _prepare(books, draft, "CreditCardAccountRef", "CreditCard")


def _refresh(books: Books, draft: Draft, fields: dict[str, Any]) -> None:
    fields["AppliedToTxnRet"] = applied(books, draft)


BILL_PAYMENT_CHECK = DocumentKind(
    name="BillPaymentCheck",
    total="Amount",
    account="BankAccountRef",
    entity=_PAYEE,
    prepare=_prepare_check,
    refresh=_refresh,
    hidden=frozenset({"AppliedToTxnRet"}),
)
BILL_PAYMENT_CARD = DocumentKind(
    name="BillPaymentCreditCard",
    total="Amount",
    account="CreditCardAccountRef",
    entity=_PAYEE,
    prepare=_prepare_card,
    refresh=_refresh,
    hidden=frozenset({"AppliedToTxnRet"}),
)
