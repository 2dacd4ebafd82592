"""Payments of customers and of bills: money, applied to open documents together with credits."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from attrs import evolve

from subledger_quickbooks_online.simulator.company import currencies, faults, standard
from subledger_quickbooks_online.simulator.company.accounts import BANK, CREDIT_CARD, CURRENT_ASSET
from subledger_quickbooks_online.simulator.company.books import JSON, Books, Draft, Stored, ref
from subledger_quickbooks_online.simulator.company.ledger import Entry
from subledger_quickbooks_online.simulator.company.money import ZERO, cents, money, rounded

from . import exchange, header, links, numbers

_RECEIVABLE = frozenset({"Invoice", "CreditMemo", "JournalEntry", "Purchase", "Deposit"})
_PAYABLE = frozenset({"Bill", "VendorCredit", "JournalEntry", "Deposit"})


def prepare_payment(books: Books, draft: Draft) -> None:
    """A customer's payment; what is not applied stays as the customer's credit."""
    body = draft.body
    header.prepare(books, draft)
    _total(draft)
    if draft.old is None and not body.get("Line") and _applies_itself(books):
        body["Line"] = _oldest(books, draft)
    charges, credits_ = _apply(books, draft, payable=False)
    total = cents(body["TotalAmt"])
    if charges - credits_ > total:
        raise faults.business("You can't apply more than the payment and its credits.", "TotalAmt")
    if credits_ > charges:
        raise faults.business("Credits cannot be more than the charges they are applied to.")
    body["UnappliedAmt"] = money(total - charges + credits_)
    if not ref(body, "DepositToAccountRef"):
        account = standard.account_of(books, *standard.UNDEPOSITED)
        body["DepositToAccountRef"] = {"value": account}
    kind = standard.account_type(books, ref(body, "DepositToAccountRef"))
    if kind not in {BANK, CURRENT_ASSET}:
        raise faults.wrong_account_type(
            f"A payment cannot be deposited to an account of type {kind}", "DepositToAccountRef"
        )
    body["ARAccountRef"] = {"value": standard.party_account(books, standard.RECEIVABLE, body)}
    body.setdefault("ProcessPayment", False)


def payment_entries(books: Books, stored: Stored) -> Iterator[Entry]:
    """Money against receivables."""
    body = stored.body
    total = cents(Decimal(body["TotalAmt"]))
    customer = ref(body, "CustomerRef")
    department = ref(body, "DepartmentRef")
    receivable = standard.party_account(books, standard.RECEIVABLE, body)
    received = Entry(
        account=ref(body, "DepositToAccountRef"), cents=total, name=customer, department=department
    )
    owed = evolve(received, account=receivable, cents=-total)
    yield from exchange.entries(books, stored, received, owed)


def prepare_bill_payment(books: Books, draft: Draft) -> None:
    """A payment of bills from a bank account or with a card, vendor credits included."""
    body = draft.body
    header.prepare(books, draft)
    _total(draft)
    body["_from"] = _paying_account(books, draft)
    if _all_paid(books, draft):
        if books.behaviour.paid_bill_payment == "refuse":
            raise faults.business("The bill has been paid already.", "Line")
        body["Line"] = []
        body["TotalAmt"] = ZERO
        body["PrivateNote"] = "Voided"
        body["_void"] = True
    charges, credits_ = _apply(books, draft, payable=True)
    if charges - credits_ > cents(body["TotalAmt"]):
        raise faults.business("You can't apply more than the payment and its credits.", "TotalAmt")
    numbers.settle(books, draft)
    payable = standard.party_account(books, standard.PAYABLE, body)
    body.setdefault("APAccountRef", {"value": payable})
    if body["PayType"] == "Check":
        body["CheckPayment"].setdefault("PrintStatus", "NotSet")


def bill_payment_entries(books: Books, stored: Stored) -> Iterator[Entry]:
    """Payables against the money."""
    body = stored.body
    total = cents(Decimal(body["TotalAmt"]))
    vendor = ref(body, "VendorRef")
    owed = Entry(account=ref(body, "APAccountRef"), cents=total, name=vendor)
    paid = Entry(account=body["_from"], cents=-total, name=vendor)
    yield from exchange.entries(books, stored, paid, owed)


def open_items(books: Books, customer: str, entity: str) -> Iterator[Stored]:
    """A customer's documents of that kind that are not settled, oldest first."""
    for stored in books.find("entity=? ORDER BY date, number", (entity,)):
        if ref(stored.body, "CustomerRef") == customer and stored.body["Balance"] > 0:
            yield stored


def _total(draft: Draft) -> None:
    total = rounded(draft.amount("TotalAmt"))
    if total < 0:
        raise faults.negative_amount("TotalAmt")
    draft.body["TotalAmt"] = total


def _apply(books: Books, draft: Draft, *, payable: bool) -> tuple[int, int]:
    """Check every line against what is open, and return the charges and credits applied."""
    charges = credits_ = 0
    lines: list[JSON] = []
    applied: dict[str, int] = {}
    for line in draft.body.get("Line", []):
        link = links.the_link(line)
        if link is None:
            continue
        if "Amount" not in line:
            raise faults.missing("Amount")
        amount = cents(Decimal(line["Amount"]))
        if amount < 0:
            raise faults.negative_amount()
        target = links.find_target(books, link)
        signed = _open_amount(books, draft, target, payable=payable)
        already = applied.get(target.id, 0)
        if amount and abs(signed) - already <= 0:
            raise faults.cannot_link(f"Transaction {target.id} has no open balance")
        if amount > abs(signed) - already:
            raise faults.business(
                "The amount applied is more than the open balance of the transaction.",
                "Line.Amount",
            )
        applied[target.id] = already + amount
        if signed >= 0:
            charges += amount
        else:
            credits_ += amount
        shown = {"TxnId": target.id, "TxnType": link["TxnType"]}
        lines.append({"Amount": money(amount), "LinkedTxn": [shown]})
    draft.body["Line"] = lines
    return charges, credits_


def _open_amount(books: Books, draft: Draft, target: Stored, *, payable: bool) -> int:
    allowed = _PAYABLE if payable else _RECEIVABLE
    if target.entity not in allowed:
        raise faults.cannot_link(f"A {target.entity} cannot be linked to a {draft.entity}")
    _check_currency(books, draft, target)
    name = "VendorRef" if payable else "CustomerRef"
    wished, owner = (
        ref(draft.body, name),
        ref(target.body, name) or _party(books, target, payable=payable),
    )
    same = owner == wished or (not payable and links.same_customer(books, owner, wished))
    if not same:
        raise faults.cannot_link(
            f"Transaction {target.id} belongs to another {name.removesuffix('Ref').lower()}"
        )
    signed = links.position(books, target, payable=payable)
    used = links.settled(books, target.id, except_by=draft.id)
    return (abs(signed) - used) * (1 if signed >= 0 else -1)


def _check_currency(books: Books, draft: Draft, target: Stored) -> None:
    """A payment settles documents of its own currency: abroad, only those with a total."""
    if currencies.of(books, draft.body) != currencies.of(books, target.body):
        raise currencies.mismatch(on_account=True)
    if currencies.is_foreign(books, draft.body) and target.entity not in links.BY_TOTAL:
        raise faults.cannot_link(f"A {target.entity} in another currency cannot be linked")


def _party(books: Books, target: Stored, *, payable: bool) -> str:
    kind = "Accounts Payable" if payable else "Accounts Receivable"
    found = books.store.value(
        "SELECT p.name FROM posting p JOIN object o ON o.id=p.account AND o.entity='Account'"
        " WHERE p.txn=? AND json_extract(o.body,'$.AccountType')=? LIMIT 1",
        (target.id, kind),
    )
    return str(found or "")


def _all_paid(books: Books, draft: Draft) -> bool:
    """Whether the bills of a new payment are all paid, so that nothing is left to pay."""
    bills = [
        stored
        for line in draft.body.get("Line", [])
        for link in line.get("LinkedTxn", [])
        if link.get("TxnType") == "Bill"
        and (stored := books.get("Bill", str(link.get("TxnId")))) is not None
    ]
    return draft.old is None and bool(bills) and all(not bill.body["Balance"] for bill in bills)


def _paying_account(books: Books, draft: Draft) -> str:
    body = draft.body
    check = body["PayType"] == "Check"
    part, name = (
        ("CheckPayment", "BankAccountRef") if check else ("CreditCardPayment", "CCAccountRef")
    )
    account = ref(body.get(part), name)
    if not account:
        raise faults.missing(f"{part}.{name}")
    kind = standard.account_type(books, account)
    if kind != (BANK if check else CREDIT_CARD):
        raise faults.wrong_account_type(f"Bills cannot be paid from an account of type {kind}")
    return account


def _applies_itself(books: Books) -> bool:
    return bool(books.preference("SalesFormsPrefs.AutoApplyPayments"))


def _oldest(books: Books, draft: Draft) -> list[JSON]:
    left = draft.body["TotalAmt"]
    found = []
    for invoice in open_items(books, ref(draft.body, "CustomerRef"), "Invoice"):
        part = min(left, invoice.body["Balance"])
        if part > 0:
            shown = {"TxnId": invoice.id, "TxnType": "Invoice"}
            found.append({"Amount": part, "LinkedTxn": [shown]})
            left -= part
    return found
