"""Payments received from customers."""

from __future__ import annotations

from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks import links
from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.filters import listed_ids
from subledger_quickbooks_desktop.simulator.quickbooks.ledger import Posting
from subledger_quickbooks_desktop.simulator.quickbooks.lexical import is_true
from subledger_quickbooks_desktop.simulator.quickbooks.money import amount, cents
from subledger_quickbooks_desktop.simulator.quickbooks.status import bad_value

from .draft import DocumentKind, Draft
from .lines import RECEIVABLE, require_type
from .sales import DEPOSIT_TYPES
from .settle import APPLIED, Settlement, applied
from .standard import special_account, standard_account

_AR = "ARAccountRef"
_DEPOSIT_TO = "DepositToAccountRef"
_OPEN_CREDITS = "SELECT id, cents FROM document WHERE kind='CreditMemo' AND entity=?"


def _prepare(books: Books, draft: Draft) -> None:
    fields = draft.fields
    fields[_AR] = fields.get(_AR) or standard_account(books, RECEIVABLE)
    fields[_DEPOSIT_TO] = fields.get(_DEPOSIT_TO) or special_account(books, "UndepositedFunds")
    receivable = require_type(books, draft, _AR, RECEIVABLE)
    target = require_type(books, draft, _DEPOSIT_TO, *DEPOSIT_TYPES)
    customer = draft.reference("CustomerRef")
    settlement = Settlement(
        books=books,
        draft=draft,
        target="Invoice",
        credit="CreditMemo",
        entities=frozenset(listed_ids(books, {"ListIDWithChildren": customer}, ("Customer",))),
    )
    for row in fields.get(APPLIED, ()):
        settlement.apply(row)
    given = fields.get("TotalAmount")
    draft.cents = cents(given) if given else settlement.total
    if draft.cents < settlement.total:
        raise bad_value(
            "TotalAmount",
            amount(draft.cents),
            "The amounts applied are more than the amount received.",
        )
    if is_true(fields.pop("IsAutoApply", "false")):
        fields[APPLIED] = settlement.apply_oldest_first(draft.cents - settlement.total)
    fields["TotalAmount"] = amount(draft.cents)
    draft.postings = [
        Posting(account=target, cents=draft.cents, line=draft.main_line, entity=customer),
        Posting(account=receivable, cents=-draft.cents, entity=customer),
    ]
    for account, value, class_id in settlement.discounts:
        draft.postings.append(Posting(account=account, cents=value, class_id=class_id))
        draft.postings.append(Posting(account=receivable, cents=-value, entity=customer))


def _refresh(books: Books, draft: Draft, fields: dict[str, Any]) -> None:
    fields["AppliedToTxnRet"] = applied(books, draft)
    fields["UnusedPayment"] = amount(draft.cents - links.settled(books.store, draft.id))
    rows = books.store.all(_OPEN_CREDITS, (draft.reference("CustomerRef"),))
    credit = sum(total - links.settled(books.store, identity) for identity, total in rows)
    fields["UnusedCredits"] = amount(credit)


RECEIVE_PAYMENT = DocumentKind(
    name="ReceivePayment",
    total="TotalAmount",
    account=_DEPOSIT_TO,
    entity="CustomerRef",
    prepare=_prepare,
    refresh=_refresh,
    hidden=frozenset({"AppliedToTxnRet"}),
)
