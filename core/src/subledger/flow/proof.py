"""The proof of agreement: what the source holds equals what was posted and what was not."""

from typing import Any

import sqlalchemy as sa
from attrs import frozen

from subledger.ledger.effects import WITHDRAWN
from subledger.model.kinds import ATTACHMENT, LISTS, PARTIES
from subledger.money import Money
from subledger.store.schema import LINK, POSTING, RECORD

BUCKETS = ("posted", "held", "skipped", "rejected", "unknown", "waiting")
_BUCKET = {
    "posted": "posted",
    "undone": "held",
    "held": "held",
    "blocked": "held",
    "skipped": "skipped",
    "rejected": "rejected",
    "unknown": "unknown",
    "sent": "unknown",
    "planned": "waiting",
    "staged": "waiting",
}


@frozen(kw_only=True)
class Bucket:
    """How many records ended in one way, and what they add up to."""

    records: int
    total: Money


@frozen(kw_only=True)
class Proof:
    """One flow: the source's total, where it went, and what the books said they took.

    ``source`` is summed from the records as read, ``buckets["posted"]`` from the amounts that the
    books reported back, the others from the records that wait. Of a document whose newest version
    waits, or was undone, the difference to it is among what waits. ``undone`` are the records, held
    now, whose documents were taken out of the books again. ``by_account`` are the posted totals by
    register account. ``without_amount`` counts records whose amount nobody can tell, or
    is in another currency than the flow's.
    """

    flow: str
    records: int
    source: Money
    buckets: dict[str, Bucket]
    by_account: dict[str, Bucket]
    without_amount: int
    undone: tuple[str, ...] = ()

    @property
    def difference(self) -> Money:
        """Source less everything accounted for; zero where the flow agrees to the cent."""
        rest = self.source
        for bucket in self.buckets.values():
            rest -= bucket.total
        return rest

    @property
    def agrees(self) -> bool:
        """Whether every record and every cent is accounted for."""
        counted = sum(bucket.records for bucket in self.buckets.values())
        return not self.difference and counted == self.records


def prove(
    c: sa.Connection,
    flow: str,
    source: str,
    sink: str,
    *,
    since: str = "",
    until: str = "9999",
    currency: str = "USD",
) -> Proof:
    """The proof of a flow in its currency, for posting dates in a period where one is given."""
    mine = _records(flow, source, since, until)
    rows = c.execute(mine).all()
    links = _links(c, source, sink)
    counts = dict.fromkeys(BUCKETS, 0)
    totals = dict.fromkeys(BUCKETS, 0)
    accounts: dict[str, list[int]] = {}
    whole = without = 0
    for row in rows:
        entry = row.kind in (*LISTS, *PARTIES, ATTACHMENT)
        known = entry or (row.amount is not None and row.currency in ("", currency))
        amount = (row.amount or 0) if known else 0
        whole += amount
        without += not known
        bucket = _BUCKET[row.state]
        link = links.get((row.kind, row.id))
        if link is not None:
            rest = "held" if row.version == WITHDRAWN else bucket
            bucket, whole_amount, amount = "posted", amount, link.amount or 0
            if rest != bucket:
                totals[rest] += whole_amount - amount
            accounts.setdefault(link.account, []).append(amount)
        elif bucket == "posted":
            bucket = "unknown"
        counts[bucket] += 1
        totals[bucket] += amount
    return Proof(
        flow=flow,
        records=len(rows),
        source=Money(whole, currency),
        buckets={
            name: Bucket(records=counts[name], total=Money(totals[name], currency))
            for name in BUCKETS
        },
        by_account={
            name: Bucket(records=len(amounts), total=Money(sum(amounts), currency))
            for name, amounts in sorted(accounts.items())
        },
        without_amount=without,
        undone=tuple(
            sorted(
                f"{row.kind} {row.id}"
                for row in rows
                if row.state == "undone" and (row.kind, row.id) not in links
            )
        ),
    )


def _records(flow: str, source: str, since: str, until: str) -> sa.Select[Any]:
    undated = RECORD.c.date == ""
    return (
        sa.select(
            *(RECORD.c.kind, RECORD.c.id, RECORD.c.amount, RECORD.c.currency),
            *(POSTING.c.state, POSTING.c.version),
        )
        .join(
            POSTING,
            sa.and_(
                POSTING.c.flow == flow,
                POSTING.c.kind == RECORD.c.kind,
                POSTING.c.id == RECORD.c.id,
            ),
        )
        .where(
            RECORD.c.connection == source,
            sa.or_(undated, sa.and_(RECORD.c.date >= since, RECORD.c.date <= until)),
        )
    )


def _links(c: sa.Connection, source: str, sink: str) -> dict[tuple[str, str], Any]:
    rows = c.execute(
        sa.select(LINK.c.kind, LINK.c.id, LINK.c.amount, LINK.c.account).where(
            LINK.c.connection == sink, LINK.c.source == source
        )
    )
    return {(row.kind, row.id): row for row in rows}
