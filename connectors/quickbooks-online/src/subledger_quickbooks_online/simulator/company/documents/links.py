"""Linked transactions: what settles or continues what, and what follows for the other side.

The paying side holds the link; QuickBooks maintains the other side, whose SyncToken moves
(Accounting API, "Linked transactions").
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from subledger_quickbooks_online.simulator.company import faults
from subledger_quickbooks_online.simulator.company.books import JSON, Books, Draft, Stored, ref
from subledger_quickbooks_online.simulator.company.money import cents, money

_ENTITIES = {
    "Expense": "Purchase",
    "Check": "Purchase",
    "CreditCardCredit": "Purchase",
    "Purchase": "Purchase",
    "BillPaymentCheck": "BillPayment",
    "BillPaymentCreditCard": "BillPayment",
}
BY_TOTAL = frozenset({"Invoice", "CreditMemo", "Bill", "VendorCredit"})
_CREDITS = frozenset({"CreditMemo", "VendorCredit"})
_SETTLING = frozenset({"Payment", "BillPayment"})


def entity_of(txn_type: str) -> str:
    """The entity behind a TxnType."""
    return _ENTITIES.get(txn_type, txn_type)


def type_of(stored: Stored) -> str:
    """The TxnType under which a document shows on the other side."""
    if stored.entity == "BillPayment":
        return "BillPaymentCheck" if stored.body["PayType"] == "Check" else "BillPaymentCreditCard"
    if stored.entity == "Purchase":
        if stored.body.get("Credit"):
            return "CreditCardCredit"
        return "Check" if stored.body["PaymentType"] == "Check" else "Expense"
    return stored.entity


def the_link(line: JSON) -> JSON | None:
    """The one link of a line, None for a line without; 6000 for more than one."""
    found: list[JSON] = line.get("LinkedTxn", [])
    if len(found) > 1:
        raise faults.business("Only one linked transaction per line is allowed.", "LinkedTxn")
    return found[0] if found else None


def find_target(books: Books, link: JSON) -> Stored:
    """The linked document; 2020, 2030, 610 or 620 where there is none that can be linked."""
    for name in ("TxnId", "TxnType"):
        if not link.get(name):
            raise faults.missing(name)
    if not str(link["TxnId"]).isdigit():
        raise faults.invalid_id(link["TxnId"])
    found = books.get(entity_of(link["TxnType"]), str(link["TxnId"]))
    if found is None:
        raise faults.not_found("Another user has deleted this transaction.")
    if found.body.get("_void"):
        raise faults.cannot_link(f"Transaction {found.id} is void and cannot be linked")
    return found


def position(books: Books, target: Stored, *, payable: bool) -> int:
    """What a document adds to what is owed, in cents: charges positive, credits negative."""
    if target.entity in BY_TOTAL:
        total = cents(Decimal(target.body["TotalAmt"])) - cents(
            Decimal(target.body.get("Deposit", 0))
        )
        return -total if target.entity in _CREDITS else total
    kind = "Accounts Payable" if payable else "Accounts Receivable"
    found = books.store.value(
        "SELECT sum(p.cents) FROM posting p JOIN object o ON o.id=p.account AND o.entity='Account'"
        " WHERE p.txn=? AND json_extract(o.body,'$.AccountType')=?",
        (target.id, kind),
    )
    return -int(found or 0) if payable else int(found or 0)


def settled(books: Books, target: str, *, except_by: str = "") -> int:
    """What payments have taken from a document so far, in cents."""
    found = books.store.value(
        "SELECT sum(l.cents) FROM link l JOIN object o ON o.id=l.source"
        " AND o.entity IN ('Payment','BillPayment') WHERE l.target=? AND l.source<>?",
        (target, except_by),
    )
    return int(found or 0)


def sources(books: Books, target: str, entity: str = "") -> list[Stored]:
    """The documents that link to this one."""
    ids = [
        row[0]
        for row in books.store.all(
            "SELECT DISTINCT source FROM link WHERE target=? ORDER BY CAST(source AS INTEGER)",
            (target,),
        )
    ]
    found = [stored for each in ids if (stored := books.transaction(each)) is not None]
    return [stored for stored in found if entity in {"", stored.entity}]


def check_header(books: Books, draft: Draft, allowed: frozenset[str]) -> None:
    """Keep of the links of the header those that a client may set, after checking them."""
    kept = [
        {"TxnId": str(link["TxnId"]), "TxnType": link["TxnType"]}
        for link in draft.body.get("LinkedTxn", [])
        if link.get("TxnType") in allowed and find_target(books, link)
    ]
    draft.body["_links"] = kept
    shown = [*kept, *_incoming(books, draft.id)]
    if shown:
        draft.body["LinkedTxn"] = shown
    else:
        draft.body.pop("LinkedTxn", None)


def held_by(stored: Stored) -> Counter[str]:
    """The documents that this one links to, with cents."""
    found: Counter[str] = Counter()
    for link in stored.body.get("_links", []):
        found[str(link["TxnId"])] += 0
    for line in stored.body.get("Line", []):
        for link in line.get("LinkedTxn", []):
            found[str(link["TxnId"])] += cents(Decimal(line.get("Amount", 0)))
    return found


def replace(books: Books, stored: Stored, held: Counter[str]) -> None:
    """Store what a document links to now, and refresh every document for which it changed."""
    rows = books.store.all("SELECT target, cents FROM link WHERE source=?", (stored.id,))
    before = {str(target): int(amount) for target, amount in rows}
    books.store.execute("DELETE FROM link WHERE source=?", (stored.id,))
    books.store.execute_all(
        "INSERT INTO link VALUES(?,?,?)",
        [(stored.id, target, amount) for target, amount in held.items()],
    )
    for target in sorted({*before, *held}, key=int):
        if before.get(target) != held.get(target):
            found = books.transaction(target)
            if found is not None:
                derive(books, found)
                books.save(found)


def derive(books: Books, target: Stored) -> None:
    """Balance, status and LinkedTxn of a document from what links to it."""
    body = target.body
    if body.get("_void"):
        return
    shown = [*body.get("_links", []), *_incoming(books, target.id)]
    if shown:
        body["LinkedTxn"] = shown
    else:
        body.pop("LinkedTxn", None)
    if target.entity in BY_TOTAL:
        whole = abs(position(books, target, payable=target.entity in {"Bill", "VendorCredit"}))
        body["Balance"] = money(whole - settled(books, target.id))
        if target.entity == "CreditMemo":
            body["RemainingCredit"] = body["Balance"]
    elif target.entity == "PurchaseOrder":
        billed = int(
            books.store.value("SELECT sum(cents) FROM link WHERE target=?", (target.id,)) or 0
        )
        whole = cents(Decimal(body["TotalAmt"]))
        complete = bool(shown) and billed >= whole
        body["POStatus"] = "Closed" if complete or body.get("_closed") else "Open"
    elif target.entity == "Estimate" and shown:
        body["TxnStatus"] = "Closed"
    elif target.entity == "Estimate" and body.get("TxnStatus") == "Closed":
        body["TxnStatus"] = "Pending"


def drop_target(books: Books, target: Stored) -> None:
    """Take a document that goes away out of everything that links to it."""
    for source in sources(books, target.id):
        body = source.body
        books.store.execute("DELETE FROM link WHERE source=? AND target=?", (source.id, target.id))
        body["_links"] = [link for link in body.get("_links", []) if link["TxnId"] != target.id]
        lines = []
        for line in body.get("Line", []):
            kept = [link for link in line.get("LinkedTxn", []) if link["TxnId"] != target.id]
            if "LinkedTxn" in line and not kept:
                if source.entity in _SETTLING:
                    continue
                del line["LinkedTxn"]
            lines.append(line)
        body["Line"] = lines
        _store_source(books, source)


def trim(books: Books, target: Stored) -> None:
    """Give money back to the payments of a document that has become smaller than they are."""
    excess = -cents(Decimal(target.body.get("Balance", 0)))
    for source in reversed(sources(books, target.id)):
        if excess <= 0 or source.entity not in _SETTLING:
            continue
        taken = _shrink(source, {target.id}, excess)
        excess -= taken
        books.store.execute(
            "UPDATE link SET cents=cents-? WHERE source=? AND target=?",
            (taken, source.id, target.id),
        )
        books.store.execute("DELETE FROM link WHERE source=? AND cents=0", (source.id,))
        _store_source(books, source)
    derive(books, target)


def _store_source(books: Books, source: Stored) -> None:
    """Store a linking document whose lines became fewer, never applying more than it has."""
    if source.entity in _SETTLING:
        payable = source.entity == "BillPayment"
        charges = {
            target
            for target in held_by(source)
            if (found := books.transaction(target)) is not None
            and position(books, found, payable=payable) >= 0
        }
        missing = -left_over(books, source)
        if missing > 0:
            _shrink(source, charges, missing)
        if source.entity == "Payment":
            source.body["UnappliedAmt"] = money(left_over(books, source))
    derive(books, source)
    books.save(source)
    replace(books, source, held_by(source))


def _shrink(source: Stored, targets: set[str], excess: int) -> int:
    """Take up to so many cents from the lines for these targets, last first; returns how many."""
    left = excess
    lines = []
    for line in reversed(source.body["Line"]):
        if left > 0 and line["LinkedTxn"][0]["TxnId"] in targets:
            amount = cents(Decimal(line["Amount"]))
            part = min(left, amount)
            left -= part
            if part == amount:
                continue
            line["Amount"] = money(amount - part)
        lines.append(line)
    source.body["Line"] = lines[::-1]
    return excess - left


def left_over(books: Books, payment: Stored) -> int:
    """What a payment has left in cents: its money, less the charges, plus the credits it used."""
    left = cents(Decimal(payment.body["TotalAmt"]))
    payable = payment.entity == "BillPayment"
    for target, amount in held_by(payment).items():
        found = books.transaction(target)
        if found is not None:
            left += -amount if position(books, found, payable=payable) >= 0 else amount
    return left


def is_deposited(books: Books, txn: str) -> bool:
    """Whether a deposit holds the document's money."""
    return bool(sources(books, txn, "Deposit"))


def _incoming(books: Books, target: str) -> list[JSON]:
    return [{"TxnId": source.id, "TxnType": type_of(source)} for source in sources(books, target)]


def same_customer(books: Books, first: str, second: str) -> bool:
    """Whether two customers are one, or one is a job of the other."""

    def above(customer: str) -> set[str]:
        found = {customer}
        stored = books.list_object("Customer", customer)
        while stored is not None and ref(stored.body, "ParentRef"):
            found.add(ref(stored.body, "ParentRef"))
            stored = books.list_object("Customer", ref(stored.body, "ParentRef"))
        return found

    return first in above(second) or second in above(first)
