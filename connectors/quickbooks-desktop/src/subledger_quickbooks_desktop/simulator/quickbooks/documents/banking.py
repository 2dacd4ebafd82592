"""Checks and card transactions: money that leaves or comes back against expense lines."""

from __future__ import annotations

from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.ledger import Posting
from subledger_quickbooks_desktop.simulator.quickbooks.links import PAYMENT, Link
from subledger_quickbooks_desktop.simulator.quickbooks.money import cents
from subledger_quickbooks_desktop.simulator.quickbooks.status import missing

from .draft import DocumentKind, Draft
from .lines import PURCHASE_LINES, check_total, purchases, require_type


def _prepare(books: Books, draft: Draft, sign: int, *types: str) -> None:
    account = require_type(books, draft, draft.kind.account, *types)
    if not draft.lines and not draft.fields.get("ApplyCheckToTxn"):
        raise missing("ExpenseLineAdd")
    draft.cents = purchases(books, draft, sign)
    check_total(draft)
    draft.postings.append(
        Posting(
            account=account,
            cents=-sign * draft.cents,
            line=draft.main_line,
            entity=draft.reference("PayeeEntityRef"),
        )
    )


def _prepare_check(books: Books, draft: Draft) -> None:
    draft.fields.setdefault("IsToBePrinted", "false" if draft.fields.get("RefNumber") else "true")
    _prepare(books, draft, 1, "Bank")
    draft.links = [
        Link(
            source=draft.id,
            target=row["TxnID"],
            kind=PAYMENT,
            cents=cents(row.get("Amount")),
            via=draft.id,
        )
        for row in draft.fields.get("ApplyCheckToTxn", ())
    ]


def _prepare_charge(books: Books, draft: Draft) -> None:
    _prepare(books, draft, 1, "CreditCard")


def _prepare_credit(books: Books, draft: Draft) -> None:
    _prepare(books, draft, -1, "CreditCard")


CHECK = DocumentKind(
    name="Check",
    total="Amount",
    account="AccountRef",
    entity="PayeeEntityRef",
    prepare=_prepare_check,
    lines=PURCHASE_LINES,
    hidden=frozenset({"ExpenseLineRet", "ItemLineRet"}),
    shows_links=True,
)
CREDIT_CARD_CHARGE = DocumentKind(
    name="CreditCardCharge",
    total="Amount",
    account="AccountRef",
    entity="PayeeEntityRef",
    prepare=_prepare_charge,
    lines=PURCHASE_LINES,
    hidden=frozenset({"ExpenseLineRet", "ItemLineRet"}),
)
CREDIT_CARD_CREDIT = DocumentKind(
    name="CreditCardCredit",
    total="Amount",
    account="AccountRef",
    entity="PayeeEntityRef",
    prepare=_prepare_credit,
    lines=PURCHASE_LINES,
    hidden=frozenset({"ExpenseLineRet", "ItemLineRet"}),
)
