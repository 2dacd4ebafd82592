"""Deposits: money into an account, from other accounts or out of Undeposited Funds."""

from __future__ import annotations

from typing import Any

from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.ledger import Posting
from subledger_quickbooks_desktop.simulator.quickbooks.links import DEPOSIT, Link
from subledger_quickbooks_desktop.simulator.quickbooks.money import amount, cents
from subledger_quickbooks_desktop.simulator.quickbooks.status import (
    invalid_id,
    missing,
    no_account,
    save_failed,
)

from .draft import DocumentKind, Draft
from .lines import account_of, check_entity, check_total, require_type
from .standard import find_special

_PAYMENT_KINDS = ("ReceivePayment", "SalesReceipt")
_DEPOSITABLE = ("Bank", "CreditCard", "OtherCurrentAsset", "OtherAsset", "OtherCurrentLiability")


def _prepare(books: Books, draft: Draft) -> None:
    target = require_type(books, draft, "DepositToAccountRef", *_DEPOSITABLE)
    if not draft.lines:
        raise missing("DepositLineAdd")
    total = 0
    for _, line in draft.lines:
        if line.get("PaymentTxnID"):
            _take_payment(books, draft, line)
        total += _post_line(books, draft, line)
    total -= _cash_back(books, draft)
    draft.cents = total
    check_total(draft)
    draft.postings.append(Posting(account=target, cents=total, line=draft.main_line))


def _take_payment(books: Books, draft: Draft, line: dict[str, Any]) -> None:
    identity = line["PaymentTxnID"]
    row = books.store.one("SELECT kind, entity, cents, ref FROM document WHERE id=?", (identity,))
    if row is None or row[0] not in _PAYMENT_KINDS:
        raise invalid_id(identity, "PaymentTxnID")
    held = books.store.one(
        "SELECT line, cents, account FROM posting WHERE document=? AND account=?",
        (identity, find_special(books, "UndepositedFunds")),
    )
    other = books.store.one(
        "SELECT 1 FROM link WHERE target=? AND kind=? AND via<>?", (identity, DEPOSIT, draft.id)
    )
    if held is None or other is not None:
        raise save_failed("Deposit", "The payment has already been deposited.")
    line["TxnType"], line["TxnID"] = row[0], identity
    line.setdefault("PaymentTxnLineID", held[0])
    line["AccountRef"] = {"ListID": held[2]}
    line["Amount"] = amount(held[1])
    if row[1]:
        line["EntityRef"] = {"ListID": row[1]}
    memo, number = line.pop("OverrideMemo", ""), line.pop("OverrideCheckNumber", row[3])
    line.update({"Memo": memo or line.get("Memo", ""), "CheckNumber": number or ""})
    draft.links.append(
        Link(source=draft.id, target=identity, kind=DEPOSIT, cents=held[1], via=draft.id)
    )


def _post_line(books: Books, draft: Draft, line: dict[str, Any]) -> int:
    value = cents(line.get("Amount"))
    account = account_of(books, line.get("AccountRef"))
    if account is None:
        raise no_account("Deposit")
    entity = (line.get("EntityRef") or {}).get("ListID")
    check_entity("Deposit", account, entity)
    line["Amount"] = amount(value)
    draft.postings.append(
        Posting(
            account=account.id,
            cents=-value,
            line=line["TxnLineID"],
            entity=entity,
            class_id=(line.get("ClassRef") or {}).get("ListID"),
        )
    )
    return value


def _cash_back(books: Books, draft: Draft) -> int:
    info = draft.fields.get("CashBackInfoRet")
    if not info:
        return 0
    value = cents(info.get("Amount"))
    info.setdefault("TxnLineID", f"{draft.main_line}")
    account = account_of(books, info.get("AccountRef"))
    if account is None:
        raise no_account("Deposit")
    draft.postings.append(Posting(account=account.id, cents=value, line=info["TxnLineID"]))
    return value


DEPOSIT_KIND = DocumentKind(
    name="Deposit",
    total="DepositTotal",
    account="DepositToAccountRef",
    prepare=_prepare,
    lines={"DepositLineAdd": "DepositLineRet", "DepositLineMod": "DepositLineRet"},
    hidden=frozenset({"DepositLineRet"}),
)
