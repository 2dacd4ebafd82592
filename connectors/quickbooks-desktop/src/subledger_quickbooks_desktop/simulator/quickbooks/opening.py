"""New accounts, with the document that an opening balance makes."""

from __future__ import annotations

from .answer import Outcome
from .books import Books, ListObject
from .documents.registry import KINDS as DOCUMENTS
from .documents.write import create
from .ledger import BALANCE_SHEET_CREDIT, BALANCE_SHEET_DEBIT
from .lists import change
from .lists.kinds import KINDS
from .lists.references import by_name
from .money import amount, cents
from .parse import Request

EQUITY = "Opening Balance Equity"
_MEMO = "Account Opening Balance"


def add_account(books: Books, request: Request) -> Outcome:
    """Carry out AccountAdd."""
    outcome = change.add(books, KINDS["Account"], request)
    fields = request.fields["AccountAdd"]
    value = cents(fields.get("OpenBalance"))
    account = books.object(outcome.identity[0][1])
    if value and account is not None:
        open_with(books, account, value, fields.get("OpenBalanceDate", ""))
    return outcome


def open_with(books: Books, account: ListObject, value: int, date: str) -> None:
    """Enter an opening balance of so many cents, on the side where the account grows."""
    if account.type not in BALANCE_SHEET_DEBIT | BALANCE_SHEET_CREDIT:
        return
    equity = by_name(books, ("Account",), EQUITY)
    if equity is None:
        equity = change.create(books, KINDS["Account"], {"Name": EQUITY, "AccountType": "Equity"})
    own, other = {"ListID": account.id}, {"ListID": equity.id}
    if account.type == "Bank":
        line = {"AccountRef": other, "Memo": _MEMO, "Amount": amount(value)}
        create(
            books,
            DOCUMENTS["Deposit"],
            {
                "TxnDate": date,
                "DepositToAccountRef": own,
                "Memo": _MEMO,
                "lines": [("DepositLineAdd", line)],
            },
        )
        return
    debit, credit = (own, other) if account.type in BALANCE_SHEET_DEBIT else (other, own)
    create(
        books,
        DOCUMENTS["JournalEntry"],
        {
            "TxnDate": date,
            "lines": [
                ("JournalDebitLine", {"AccountRef": debit, "Amount": amount(value), "Memo": _MEMO}),
                (
                    "JournalCreditLine",
                    {"AccountRef": credit, "Amount": amount(value), "Memo": _MEMO},
                ),
            ],
        },
    )
