"""Journal entries: debit and credit lines that must balance."""

from __future__ import annotations

from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.ledger import Posting
from subledger_quickbooks_desktop.simulator.quickbooks.money import amount, cents
from subledger_quickbooks_desktop.simulator.quickbooks.status import (
    bad_value,
    no_account,
    save_failed,
)

from .draft import DocumentKind, Draft
from .lines import PAYABLE, RECEIVABLE, account_of, check_entity

_DEBIT = "JournalDebitLine"
_CREDIT = "JournalCreditLine"


def _prepare(books: Books, draft: Draft) -> None:
    draft.fields.setdefault("IsAdjustment", "false")
    debit = credit = 0
    with_names = 0
    for position, (tag, line) in enumerate(draft.lines):
        value = cents(line.get("Amount"))
        if value < 0:
            raise bad_value("Amount", amount(value), "A journal line cannot be negative.")
        account = account_of(books, line.get("AccountRef"))
        if account is None:
            raise no_account("JournalEntry")
        entity = (line.get("EntityRef") or {}).get("ListID")
        if account.type in (RECEIVABLE, PAYABLE):
            check_entity("JournalEntry", account, entity)
            with_names += 1
            if with_names > 1 or position:
                raise save_failed(
                    "JournalEntry",
                    "Only the first line may be on accounts receivable or accounts payable.",
                )
        line["Amount"] = amount(value)
        signed = value if tag == _DEBIT else -value
        debit, credit = debit + max(signed, 0), credit + max(-signed, 0)
        draft.postings.append(
            Posting(
                account=account.id,
                cents=signed,
                line=line["TxnLineID"],
                entity=entity,
                class_id=(line.get("ClassRef") or {}).get("ListID"),
            )
        )
    if debit != credit:
        raise save_failed(
            "JournalEntry",
            "The transaction is not in balance. The debits must add up to the credits.",
        )
    draft.cents = debit


JOURNAL_ENTRY = DocumentKind(
    name="JournalEntry",
    total="",
    prepare=_prepare,
    lines={
        _DEBIT: _DEBIT,
        _CREDIT: _CREDIT,
        "JournalLineMod": "JournalLineMod",
    },
    hidden=frozenset({_DEBIT, _CREDIT}),
    default_number=True,
)
