"""Checks and card transactions: money that leaves or comes back against expense lines."""

from __future__ import annotations

from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.ledger import Posting
from subledger_quickbooks_desktop.simulator.quickbooks.links import Link
from subledger_quickbooks_desktop.simulator.quickbooks.money import amount, cents
from subledger_quickbooks_desktop.simulator.quickbooks.status import bad_value, missing

from .card_refunds import pay_out
from .draft import DocumentKind, Draft
from .lines import PURCHASE_LINES, check_total, purchases, require_type

_APPLIED = "ApplyCheckToTxn"
_NOT_THE_WHOLE = "The amounts applied must equal the amount of the check."


def _prepare(books: Books, draft: Draft, sign: int, *types: str) -> None:
    account = require_type(books, draft, draft.kind.account, *types)
    if not draft.lines and not draft.fields.get(_APPLIED):
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
    draft.links = _refunded(books, draft)


def _refunded(books: Books, draft: Draft) -> list[Link]:
    """The links by which a check pays out a customer's credits: its whole amount."""
    rows = draft.fields.get(_APPLIED, ())
    payee = str(draft.reference("PayeeEntityRef"))
    found = [pay_out(books, draft, row["TxnID"], cents(row.get("Amount")), payee) for row in rows]
    total = sum(link.cents for link in found)
    if rows and total != draft.cents:
        raise bad_value("ApplyCheckToTxnAdd amount", amount(total), _NOT_THE_WHOLE)
    return found


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
