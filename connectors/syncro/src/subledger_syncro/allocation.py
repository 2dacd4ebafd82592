"""What each payment settles. Syncro tells the invoices of a payment, not how much went to each.

Pure: the payments are replayed by date and age against the invoices' totals, so that the same
invoices and payments always give the same answer, whichever of them is asked about.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from attrs import define, field, frozen

from subledger_syncro.ledger import Ledger, Owed, Paid, order

GIVEN = "credit-"
"""Identifiers of credit that was given without money begin with this."""


@frozen(kw_only=True)
class Share:
    """What one payment settles, in minor units by identifier.

    ``invoices`` are paid by it; ``credits`` are credit memos that pay for some of it, or that are
    paid out by it. ``rest`` stays as the customer's credit, and ``unknown`` is store credit whose
    origin is not among the payments. ``derived``: another split is possible.
    """

    invoices: Mapping[str, int] = field(factory=dict)
    credits: Mapping[str, int] = field(factory=dict)
    rest: int = 0
    unknown: int = 0
    derived: bool = False


@define
class _Source:
    """Store credit that can be used: the rest of a payment, or a credit memo."""

    id: str
    left: int
    is_payment: bool


@define
class _Draft:
    invoices: dict[str, int] = field(factory=lambda: defaultdict(int))
    credits: dict[str, int] = field(factory=lambda: defaultdict(int))
    rest: int = 0
    unknown: int = 0
    derived: bool = False


def is_refund(paid: Paid, totals: Mapping[str, int]) -> bool:
    """Whether money went back to the customer: the amount, or all that it settles, is negative."""
    named = [totals[one] for one in paid.invoices if one in totals]
    return not paid.spends and (paid.minor < 0 or (bool(named) and max(named) < 0))


def allocate(ledger: Ledger) -> dict[str, Share]:
    """What every payment of the ledger settles, by the payment's identifier."""
    replay = _Replay({one.id: one for one in ledger.invoices})
    uses: list[tuple[Paid, list[tuple[str, int]]]] = []
    for paid in sorted(ledger.payments, key=order):
        if paid.spends:
            uses.append((paid, replay.pay(paid)))
        elif is_refund(paid, replay.totals):
            replay.pay_out(paid)
        else:
            replay.receive(paid)
    sources = list(replay.sources(ledger))
    for paid, parts in uses:
        replay.spend(paid, parts, sources)
    return {
        id_: Share(
            invoices=dict(draft.invoices),
            credits=dict(draft.credits),
            rest=draft.rest,
            unknown=draft.unknown,
            derived=draft.derived,
        )
        for id_, draft in replay.drafts.items()
    }


class _Replay:
    """The balances as they were before each payment."""

    def __init__(self, invoices: Mapping[str, Owed]) -> None:
        self.invoices = invoices
        self.totals = {id_: one.minor for id_, one in invoices.items()}
        self.balance = dict(self.totals)
        self.drafts: dict[str, _Draft] = defaultdict(_Draft)

    def _named(self, paid: Paid, *, credit: bool) -> list[str]:
        """The invoices (or refund invoices) that a payment names, oldest first."""
        known = [self.invoices[one] for one in set(paid.invoices) if one in self.invoices]
        return [one.id for one in sorted(known, key=order) if (one.minor < 0) is credit]

    def pay(self, paid: Paid) -> list[tuple[str, int]]:
        """Splits a payment over its invoices and lowers their balances."""
        named, left = self._named(paid, credit=False), abs(paid.minor)
        whole = len(named) > 1 and left == sum(self.totals[one] for one in named)
        parts = []
        for one in named:
            part = min(left, max(self.balance[one], 0))
            if part:
                parts.append((one, part))
            self.balance[one] -= part
            left -= part
        self.drafts[paid.id].derived = len(named) > 1 and not (whole and not left)
        return parts

    def receive(self, paid: Paid) -> None:
        """New money: what the invoices do not take is credit."""
        parts, draft = self.pay(paid), self.drafts[paid.id]
        draft.invoices.update(parts)
        draft.rest = paid.minor - sum(part for _, part in parts)

    def pay_out(self, paid: Paid) -> None:
        """Money back: first for refund invoices, the rest opens what had been paid."""
        left, draft = abs(paid.minor), self.drafts[paid.id]
        for one in self._named(paid, credit=True):
            part = min(left, max(-self.balance[one], 0))
            if part:
                draft.credits[one] += part
            self.balance[one] += part
            left -= part
        for one in self._named(paid, credit=False)[:1]:
            self.balance[one] += left

    def sources(self, ledger: Ledger) -> Iterator[_Source]:
        """Where store credit comes from, in the order of use: payments first, then credit memos."""
        for paid in sorted(ledger.payments, key=order):
            if paid.date < ledger.start:
                continue
            if (rest := self.drafts[paid.id].rest) > 0:
                yield _Source(paid.id, rest, is_payment=True)
            elif paid.spends and not paid.invoices and paid.minor > 0:
                yield _Source(GIVEN + paid.id, paid.minor, is_payment=False)
        for one in sorted(ledger.invoices, key=order):
            if one.minor < 0 and self.balance[one.id] < 0 and one.date >= ledger.start:
                yield _Source(one.id, -self.balance[one.id], is_payment=False)

    def spend(self, paid: Paid, parts: list[tuple[str, int]], sources: list[_Source]) -> None:
        """Takes store credit for some invoices out of the oldest sources."""
        draft = self.drafts[paid.id]
        for invoice, part in parts:
            left = part
            for source in sources:
                take = min(left, source.left)
                if not take:
                    continue
                source.left -= take
                left -= take
                if source.is_payment:
                    giver = self.drafts[source.id]
                    giver.invoices[invoice] += take
                    giver.rest -= take
                    giver.derived = True
                else:
                    draft.invoices[invoice] += take
                    draft.credits[source.id] += take
                    draft.derived = True
            draft.unknown += left
