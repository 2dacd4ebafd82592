"""Refunds to a customer by card: they pay out credits that the customer has."""

from __future__ import annotations

from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks import links
from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.ledger import Posting
from subledger_quickbooks_desktop.simulator.quickbooks.money import amount, cents
from subledger_quickbooks_desktop.simulator.quickbooks.status import (
    bad_value,
    no_object,
    save_failed,
)

from .draft import DocumentKind, Draft
from .lines import RECEIVABLE, require_type
from .standard import standard_account

_AR = "ARAccountRef"
_FROM = "RefundFromAccountRef"
_ROWS = "RefundAppliedToTxn"
_CREDITS = ("CreditMemo", "ReceivePayment")
_TOO_MUCH = "You cannot refund more than the remaining credit."
_OTHER_NAME = "The transaction belongs to another customer."


def pay_out(books: Books, draft: Draft, identity: str, value: int, customer: str) -> links.Link:
    """The link by which a refund pays out a customer's credit; raises 3120, 3180, 3210."""
    row = books.store.one("SELECT kind, entity, cents FROM document WHERE id=?", (identity,))
    if row is None or row[0] not in _CREDITS:
        raise no_object(identity)
    if row[1] != customer:
        raise save_failed(draft.kind.name, _OTHER_NAME)
    if not 0 <= value <= row[2] - links.settled(books.store, identity):
        raise bad_value("refund amount", amount(value), _TOO_MUCH)
    return links.Link(
        source=draft.id, target=identity, kind=links.PAYMENT, cents=value, via=draft.id
    )


def _prepare(books: Books, draft: Draft) -> None:
    draft.fields[_AR] = draft.fields.get(_AR) or standard_account(books, RECEIVABLE)
    receivable = require_type(books, draft, _AR, RECEIVABLE)
    source = require_type(books, draft, _FROM, "Bank", "CreditCard")
    customer = draft.reference("CustomerRef")
    draft.links = [
        pay_out(books, draft, row["TxnID"], cents(row["RefundAmount"]), str(customer))
        for row in draft.fields.get(_ROWS, ())
    ]
    draft.cents = sum(link.cents for link in draft.links)
    draft.postings = [
        Posting(account=source, cents=-draft.cents, line=draft.main_line, entity=customer),
        Posting(account=receivable, cents=draft.cents, entity=customer),
    ]


def _refresh(books: Books, draft: Draft, fields: dict[str, Any]) -> None:
    rows = []
    for link in links.of_via(books.store, draft.id):
        kind, date, number, total = links.head(books.store, link.target) or ("", "", "", 0)
        rows.append(
            {
                "TxnID": link.target,
                "TxnType": kind,
                "TxnDate": date,
                "RefNumber": number,
                "CreditRemaining": amount(total - links.settled(books.store, link.target)),
                "RefundAmount": amount(link.cents),
            }
        )
    fields["RefundAppliedToTxnRet"] = rows


AR_REFUND = DocumentKind(
    name="ARRefundCreditCard",
    total="TotalAmount",
    account=_FROM,
    entity="CustomerRef",
    prepare=_prepare,
    refresh=_refresh,
    hidden=frozenset({"RefundAppliedToTxnRet"}),
    default_number=True,
)
