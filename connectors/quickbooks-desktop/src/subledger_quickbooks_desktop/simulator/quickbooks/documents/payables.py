"""Bills, item receipts and vendor credits."""

from __future__ import annotations

from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks import links
from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.ledger import Posting
from subledger_quickbooks_desktop.simulator.quickbooks.money import amount
from subledger_quickbooks_desktop.simulator.quickbooks.status import missing

from .draft import DocumentKind, Draft
from .lines import PAYABLE, PURCHASE_LINES, check_total, purchases, require_type
from .orders import receive
from .standard import standard_account
from .terms import set_due_date

_AP = "APAccountRef"
_DAYS_WITHOUT_TERMS = 10


def _prepare(books: Books, draft: Draft, sign: int) -> None:
    if not draft.fields.get(_AP):
        draft.fields[_AP] = standard_account(books, PAYABLE)
    account = require_type(books, draft, _AP, PAYABLE)
    if not draft.lines:
        raise missing("ExpenseLineAdd")
    receive(books, draft)
    draft.cents = purchases(books, draft, sign)
    check_total(draft)
    draft.postings.append(
        Posting(
            account=account,
            cents=-sign * draft.cents,
            line=draft.main_line,
            entity=draft.reference("VendorRef"),
        )
    )


def _prepare_bill(books: Books, draft: Draft) -> None:
    set_due_date(books, draft, "VendorRef", _DAYS_WITHOUT_TERMS)
    _prepare(books, draft, 1)


def _prepare_receipt(books: Books, draft: Draft) -> None:
    _prepare(books, draft, 1)


def _prepare_credit(books: Books, draft: Draft) -> None:
    _prepare(books, draft, -1)


def _refresh_bill(books: Books, draft: Draft, fields: dict[str, Any]) -> None:
    _refresh_credit(books, draft, fields)
    fields["IsPaid"] = "true" if fields["OpenAmount"] == amount(0) else "false"


def _refresh_credit(books: Books, draft: Draft, fields: dict[str, Any]) -> None:
    fields["OpenAmount"] = amount(draft.cents - links.settled(books.store, draft.id))


BILL = DocumentKind(
    name="Bill",
    total="AmountDue",
    account=_AP,
    entity="VendorRef",
    prepare=_prepare_bill,
    refresh=_refresh_bill,
    lines=PURCHASE_LINES,
    hidden=frozenset({"ExpenseLineRet", "ItemLineRet"}),
    shows_links=True,
    can_be_settled=True,
    is_paid=True,
)
ITEM_RECEIPT = DocumentKind(
    name="ItemReceipt",
    total="TotalAmount",
    account=_AP,
    entity="VendorRef",
    prepare=_prepare_receipt,
    lines=PURCHASE_LINES,
    hidden=frozenset({"ExpenseLineRet", "ItemLineRet"}),
    shows_links=True,
)
VENDOR_CREDIT = DocumentKind(
    name="VendorCredit",
    total="CreditAmount",
    account=_AP,
    entity="VendorRef",
    prepare=_prepare_credit,
    refresh=_refresh_credit,
    lines=PURCHASE_LINES,
    hidden=frozenset({"ExpenseLineRet", "ItemLineRet"}),
    shows_links=True,
    can_be_settled=True,
)
