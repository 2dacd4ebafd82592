"""Deposits, transfers, card payments and journal entries."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from subledger_quickbooks_online.simulator.company import currencies, faults, standard
from subledger_quickbooks_online.simulator.company.accounts import (
    BANK,
    CREDIT_CARD,
    CURRENT_ASSET,
    PAYABLE,
    RECEIVABLE,
    TYPES,
)
from subledger_quickbooks_online.simulator.company.books import JSON, Books, Draft, Stored, ref
from subledger_quickbooks_online.simulator.company.ledger import Entry
from subledger_quickbooks_online.simulator.company.money import ZERO, cents, money, rounded

from . import header, links, numbers

_PARTIES = frozenset({RECEIVABLE, PAYABLE})


def prepare_deposit(books: Books, draft: Draft) -> None:
    """Money out of Undeposited Funds and from accounts into a bank account; fees are negative."""
    body = draft.body
    header.prepare(books, draft)
    kind = standard.account_type(books, ref(body, "DepositToAccountRef"))
    if kind not in {BANK, CURRENT_ASSET, CREDIT_CARD}:
        raise faults.wrong_account_type(
            f"Not an account for deposits: {kind}", "DepositToAccountRef"
        )
    total = ZERO
    for line in body["Line"]:
        link = links.the_link(line)
        if link is not None:
            _deposit_link(books, draft, line, link)
        else:
            _deposit_account(books, line)
        total += line["Amount"]
    cash = body.get("CashBack")
    if cash:
        if not ref(cash, "AccountRef") or "Amount" not in cash:
            raise faults.missing("CashBack.AccountRef")
        cash["Amount"] = rounded(Decimal(cash["Amount"]))
        total -= cash["Amount"]
    if total < 0:
        raise faults.business("The total of a deposit must be 0 or greater.")
    body["TotalAmt"] = total
    header.number_lines(draft)


def deposit_entries(books: Books, stored: Stored) -> Iterator[Entry]:
    """The bank account against Undeposited Funds, accounts and cash back."""
    body = stored.body
    undeposited = standard.account_of(books, *standard.UNDEPOSITED)
    department = ref(body, "DepartmentRef")
    yield Entry(
        account=ref(body, "DepositToAccountRef"),
        cents=cents(Decimal(body["TotalAmt"])),
        department=department,
    )
    for line in body["Line"]:
        inner = line.get("DepositLineDetail", {})
        yield Entry(
            account=ref(inner, "AccountRef") or undeposited,
            cents=-cents(Decimal(line["Amount"])),
            line=line["Id"],
            name=ref(inner, "Entity"),
            class_id=ref(inner, "ClassRef"),
            department=department,
        )
    cash = body.get("CashBack")
    if cash:
        amount = cents(Decimal(cash["Amount"]))
        yield Entry(account=ref(cash, "AccountRef"), cents=amount, department=department)


def prepare_transfer(books: Books, draft: Draft) -> None:
    """Money from one account of the balance sheet to another."""
    body = draft.body
    header.prepare(books, draft)
    amount = rounded(draft.amount("Amount"))
    if amount < 0:
        raise faults.negative_amount("Amount")
    header.require_amount(books, amount)
    body["Amount"] = amount
    ends = [ref(body, "FromAccountRef"), ref(body, "ToAccountRef")]
    if ends[0] == ends[1]:
        raise faults.business("You cannot transfer from an account to itself.")
    if books.behaviour.transfer_accounts == "balance_sheet":
        for account in ends:
            kind = standard.account_type(books, account)
            if not TYPES[kind].is_balance_sheet or kind in _PARTIES:
                raise faults.wrong_account_type(f"Transfers cannot use an account of type {kind}")


def transfer_entries(books: Books, stored: Stored) -> Iterator[Entry]:
    """One account against the other."""
    del books
    amount = cents(Decimal(stored.body["Amount"]))
    yield Entry(account=ref(stored.body, "ToAccountRef"), cents=amount)
    yield Entry(account=ref(stored.body, "FromAccountRef"), cents=-amount)


def prepare_card_payment(books: Books, draft: Draft) -> None:
    """Money from a bank account to a card account."""
    body = draft.body
    header.prepare(books, draft)
    amount = rounded(draft.amount("Amount"))
    if amount <= 0:
        raise faults.negative_amount("Amount")
    body["Amount"] = amount
    wanted = {"BankAccountRef": BANK, "CreditCardAccountRef": CREDIT_CARD}
    for name, kind in wanted.items():
        found = standard.account_type(books, ref(body, name))
        if found != kind:
            raise faults.wrong_account_type(f"{name} cannot be of type {found}", name)


def card_payment_entries(books: Books, stored: Stored) -> Iterator[Entry]:
    """The card against the bank account."""
    del books
    amount = cents(Decimal(stored.body["Amount"]))
    yield Entry(account=ref(stored.body, "CreditCardAccountRef"), cents=amount)
    yield Entry(account=ref(stored.body, "BankAccountRef"), cents=-amount)


def prepare_journal(books: Books, draft: Draft) -> None:
    """Debits and credits that are equal, with a customer for A/R and a vendor for A/P."""
    body = draft.body
    header.prepare(books, draft)
    body.setdefault("Adjustment", False)
    sums = {"Debit": ZERO, "Credit": ZERO}
    parties = 0
    for line in body["Line"]:
        inner = header.detail(line)
        if line["DetailType"] != "JournalEntryLineDetail":
            continue
        side = inner.get("PostingType")
        if not side:
            raise faults.missing("PostingType")
        if "Amount" not in line:
            raise faults.missing("Amount")
        if not ref(inner, "AccountRef"):
            raise faults.missing("AccountRef")
        line["Amount"] = rounded(Decimal(line["Amount"]))
        if line["Amount"] < 0:
            raise faults.negative_amount()
        sums[side] += line["Amount"]
        parties += _check_party(books, inner)
    if sums["Debit"] != sums["Credit"]:
        raise faults.not_balanced(sums["Debit"], sums["Credit"])
    if parties > 1 and books.behaviour.journal_party_lines == "one":
        raise faults.business(
            "A journal entry can use only one Accounts Receivable or Accounts Payable account."
        )
    header.number_lines(draft, first=0, with_numbers=False)
    body["TotalAmt"] = ZERO
    body["TxnTaxDetail"] = {}
    numbers.settle(books, draft)


def journal_entries(books: Books, stored: Stored) -> Iterator[Entry]:
    """The lines as they are."""
    del books
    for line in stored.body["Line"]:
        inner = line.get("JournalEntryLineDetail")
        if inner is not None:
            amount = cents(Decimal(line["Amount"]))
            yield Entry(
                account=ref(inner, "AccountRef"),
                cents=amount if inner["PostingType"] == "Debit" else -amount,
                line=line["Id"],
                name=ref(inner.get("Entity"), "EntityRef"),
                class_id=ref(inner, "ClassRef"),
                department=ref(inner, "DepartmentRef"),
            )


def _check_party(books: Books, inner: JSON) -> int:
    kind = standard.account_type(books, ref(inner, "AccountRef"))
    party = inner.get("Entity") or {}
    if kind not in _PARTIES:
        return 0
    wanted, word = ("Customer", "a customer") if kind == RECEIVABLE else ("Vendor", "a vendor")
    if party.get("Type") != wanted or not ref(party, "EntityRef"):
        raise faults.business(
            f"When you use {kind}, you must choose {word} in the Name field.", "Entity"
        )
    return 1


def _deposit_link(books: Books, draft: Draft, line: JSON, link: JSON) -> None:
    """A document whose money lies in Undeposited Funds and in no other deposit."""
    target = links.find_target(books, link)
    if currencies.is_foreign(books, draft.body):
        raise faults.cannot_link("A deposit in another currency cannot take from Undeposited Funds")
    undeposited = standard.account_of(books, *standard.UNDEPOSITED)
    found = books.store.value(
        "SELECT sum(cents) FROM posting WHERE txn=? AND account=?", (target.id, undeposited)
    )
    others = [each for each in links.sources(books, target.id, "Deposit") if each.id != draft.id]
    if not found or others or target.entity == "Deposit":
        raise faults.cannot_link(f"Transaction {target.id} is not in Undeposited Funds")
    held = money(int(found))
    if rounded(Decimal(line.get("Amount", held))) != held:
        raise faults.business("A deposit takes the whole amount of a transaction.", "Line.Amount")
    line["Amount"] = held
    line["LinkedTxn"] = [
        {"TxnId": target.id, "TxnType": link["TxnType"], "TxnLineId": link.get("TxnLineId", "0")}
    ]
    line.pop("DepositLineDetail", None)
    line.pop("DetailType", None)


def _deposit_account(books: Books, line: JSON) -> None:
    inner = header.detail(line)
    if line["DetailType"] != "DepositLineDetail":
        raise faults.unsupported_property(f"DetailType {line['DetailType']}")
    if not ref(inner, "AccountRef"):
        raise faults.missing("AccountRef")
    if "Amount" not in line:
        raise faults.missing("Amount")
    line["Amount"] = rounded(Decimal(line["Amount"]))
    kind = standard.account_type(books, ref(inner, "AccountRef"))
    party = str((inner.get("Entity") or {}).get("type", "")).casefold()
    if kind == RECEIVABLE and party != "customer":
        raise faults.business(
            "When you use Accounts Receivable, you must choose a customer in the Name field."
        )
    if kind == PAYABLE and party != "vendor":
        raise faults.business(
            "When you use Accounts Payable, you must choose a vendor in the Name field."
        )
