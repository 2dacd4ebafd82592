"""What really moved the balance, counted two independent ways; pure."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from . import catalogue
from .clock import stamp
from .model import INTERNAL_KINDS, Invoice, TagSet, Transaction
from .seen import Seen, seen_at
from .wire import TAG_NAME


def ledgers(transactions: Iterable[Transaction], now: datetime) -> Counter[int]:
    """Settled cents by account: every row counts, internal moves on both sides."""
    balances: Counter[int] = Counter()
    for item in transactions:
        if item.is_settled_at(now):
            balances[item.account_id] += item.cents
    return balances


def holds(transactions: Iterable[Transaction], now: datetime) -> Counter[int]:
    """Pending cents by account."""
    balances: Counter[int] = Counter()
    for item in transactions:
        if (seen := seen_at(item, now)) and seen.is_pending:
            balances[item.account_id] += seen.cents
    return balances


def _lines(tags: TagSet | None, cents: int) -> list[dict[str, Any]]:
    sign = -1 if cents < 0 else 1
    parts = (
        [(sign * line.cents, line.answers) for line in tags.splits]
        if tags and tags.splits
        else [(cents, tags.answers if tags else ())]
    )
    return [
        {"cents": part, "tags": {TAG_NAME.get(tag, tag): value for tag, value in answers}}
        for part, answers in parts
    ]


def _entry(seen: Seen) -> dict[str, Any]:
    item = seen.transaction
    lines = _lines(seen.tags, item.cents)
    return {
        "cents": item.cents,
        "kind": item.kind,
        "account": item.account_id,
        "time": stamp(item.time),
        "settlement": stamp(item.settlement),
        "approval": seen.approval,
        "lines": lines,
        "lines_add_up": sum(line["cents"] for line in lines) == item.cents,
        "landmark": item.landmark,
    }


def truth(
    transactions: Iterable[Transaction], invoices: Iterable[Invoice], now: datetime
) -> dict[str, Any]:
    """Everything that moved the balance until ``now``, by id and in total, in cents.

    ``transactions`` holds what has to reach the books; ``internal`` moves between the business
    account and its cards cancel out and stay out of ``total``. ``accounts`` comes from the
    ledgers of the accounts instead, so its sum must equal ``total``. ``payments`` pay a credit
    programme's invoices; ``owed`` is what is left to pay.
    """
    rows = list(transactions)
    settled = [seen for item in rows if item.is_settled_at(now) and (seen := seen_at(item, now))]
    moving = [seen for seen in settled if seen.transaction.kind not in INTERNAL_KINDS]
    inside = [seen for seen in settled if seen.transaction.kind in INTERNAL_KINDS]
    by_kind: Counter[str] = Counter()
    for seen in moving:
        by_kind[seen.transaction.kind] += seen.transaction.cents
    payments = {
        str(payment.id): {
            "cents": payment.moved_cents,
            "invoice": invoice.id,
            "type": payment.type,
        }
        for invoice in invoices
        for payment in invoice.payments
        if payment.paid <= now
    }
    total = sum(by_kind.values())
    paid = sum(int(str(payment["cents"])) for payment in payments.values())
    return {
        "as_of": stamp(now),
        "transactions": {str(seen.id): _entry(seen) for seen in moving},
        "internal": {str(seen.id): seen.transaction.cents for seen in inside},
        "payments": payments,
        "by_kind": dict(sorted(by_kind.items())),
        "count": len(moving),
        "total": total,
        "accounts": {str(account): cents for account, cents in ledgers(rows, now).items()},
        "paid": paid,
        "owed": -(total + paid),
        "business_account": catalogue.BUSINESS_ACCOUNT_ID,
    }


def counts(transactions: Iterable[Transaction], now: datetime) -> dict[str, int]:
    """How many records there are of each sort, as visible at ``now``."""
    result: Counter[str] = Counter()
    for item in transactions:
        seen = seen_at(item, now)
        if seen is None:
            result["hidden"] += 1
        elif item.is_decline:
            result["declined"] += 1
        else:
            result["pending" if seen.is_pending else "settled"] += 1
    result["all"] = sum(result.values())
    return dict(result)
