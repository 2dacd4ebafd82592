"""Invoices, credit memos, sales receipts, refund receipts and estimates."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from subledger_quickbooks_online.simulator.company import faults, standard
from subledger_quickbooks_online.simulator.company.accounts import BANK, CREDIT_CARD, CURRENT_ASSET
from subledger_quickbooks_online.simulator.company.books import Books, Draft, Stored, ref
from subledger_quickbooks_online.simulator.company.ledger import Entry
from subledger_quickbooks_online.simulator.company.money import ZERO, cents, rounded

from . import header, links, numbers, sales_lines, tax

_SIGN = {"Invoice": 1, "SalesReceipt": 1, "CreditMemo": -1, "RefundReceipt": -1}
_ON_ACCOUNT = frozenset({"Invoice", "CreditMemo"})


def prepare(books: Books, draft: Draft) -> None:
    """Complete a sales form: lines, tax, total, dates, addresses."""
    body = draft.body
    header.prepare(books, draft)
    body.setdefault("ApplyTaxAfterDiscount", False)
    totals = sales_lines.prepare(books, draft)
    header.number_lines(draft)
    taxes = tax.settle(books, draft, totals.taxable, purchase=False)
    body["TotalAmt"] = rounded(totals.items - totals.discount + taxes)
    if body["TotalAmt"] < 0:
        raise faults.business("Transaction amount must be 0 or greater.")
    numbers.settle(books, draft)
    _customer_defaults(books, draft)
    body.setdefault("PrintStatus", "NeedToPrint")
    body.setdefault("EmailStatus", "NotSet")
    if body["EmailStatus"] == "NeedToSend" and "BillEmail" not in body:
        raise faults.no_email()
    if draft.entity in _ON_ACCOUNT:
        body["Balance"] = body["TotalAmt"] - draft.amount("Deposit")
    elif draft.entity != "Estimate":
        _till(books, draft)
        body["Balance"] = ZERO
    if draft.entity == "CreditMemo":
        body["RemainingCredit"] = body["TotalAmt"]
    elif draft.entity == "Estimate":
        body.setdefault("TxnStatus", "Pending")
    else:
        links.check_header(books, draft, frozenset({"Estimate"}))


def entries(books: Books, stored: Stored) -> Iterator[Entry]:
    """Receivable or money against income and tax."""
    body = stored.body
    sign = _SIGN[stored.entity]
    total = cents(Decimal(body["TotalAmt"])) * sign
    customer = ref(body, "CustomerRef")
    deposit = cents(Decimal(body.get("Deposit", 0))) if stored.entity == "Invoice" else 0
    account = (
        standard.party_account(books, standard.RECEIVABLE, body)
        if stored.entity in _ON_ACCOUNT
        else ref(body, "DepositToAccountRef")
    )
    yield Entry(account=account, cents=total - deposit, name=customer)
    if deposit:
        yield Entry(account=ref(body, "DepositToAccountRef"), cents=deposit, name=customer)
    yield from sales_lines.entries(books, stored, sign)
    for agency, amount in tax.owed(books, body):
        yield Entry(account=agency, cents=-amount * sign, name=customer)


def movements(books: Books, stored: Stored) -> Iterator[tuple[str, Decimal]]:
    """Stock that goes out or comes back."""
    if stored.entity in _SIGN:
        yield from sales_lines.movements(books, stored, _SIGN[stored.entity])


def no_entries(books: Books, stored: Stored) -> Iterator[Entry]:
    """Estimates and purchase orders post nothing."""
    del books, stored
    yield from ()


def _customer_defaults(books: Books, draft: Draft) -> None:
    body = draft.body
    customer = books.list_object("Customer", ref(body, "CustomerRef"))
    found = customer.body if customer else {}
    if draft.entity in {"Invoice", "Estimate", "CreditMemo"} and draft.old is None:
        for name in ("BillAddr", "ShipAddr"):
            if name in found:
                body.setdefault(name, found[name])
        if "PrimaryEmailAddr" in found:
            body.setdefault("BillEmail", {"Address": found["PrimaryEmailAddr"]["Address"]})
    if draft.entity == "Invoice":
        if draft.old is None and ref(found, "SalesTermRef"):
            body.setdefault("SalesTermRef", found["SalesTermRef"])
        due = header.due_date(books, body["TxnDate"], ref(body, "SalesTermRef"))
        body.setdefault("DueDate", due)
        receivable = standard.party_account(books, standard.RECEIVABLE, body)
        body["ARAccountRef"] = {"value": receivable}
        _deposit(books, draft)


def _deposit(books: Books, draft: Draft) -> None:
    """Money that was taken with the invoice."""
    body = draft.body
    if not body.get("Deposit"):
        body.pop("Deposit", None)
        return
    if not books.preference("SalesFormsPrefs.AllowDeposit"):
        raise faults.feature_off("Deposit")
    body["Deposit"] = rounded(Decimal(body["Deposit"]))
    if not ZERO <= body["Deposit"] <= body["TotalAmt"]:
        raise faults.business("A deposit cannot be more than the invoice.", "Deposit")
    _till(books, draft)


def _till(books: Books, draft: Draft) -> None:
    """Where the money goes to or comes from."""
    body = draft.body
    if not ref(body, "DepositToAccountRef"):
        account = standard.account_of(books, *standard.UNDEPOSITED)
        body["DepositToAccountRef"] = {"value": account}
    kind = standard.account_type(books, ref(body, "DepositToAccountRef"))
    allowed = {BANK, CURRENT_ASSET}
    if draft.entity == "RefundReceipt":
        allowed.add(CREDIT_CARD)
    if kind not in allowed:
        raise faults.wrong_account_type(
            f"Money cannot be kept in an account of type {kind}", "DepositToAccountRef"
        )
