"""Applying payments, credits and discounts to open documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from subledger_quickbooks_desktop.simulator.quickbooks import links
from subledger_quickbooks_desktop.simulator.quickbooks.books import Books
from subledger_quickbooks_desktop.simulator.quickbooks.money import amount, cents
from subledger_quickbooks_desktop.simulator.quickbooks.status import (
    bad_value,
    no_account,
    no_object,
    save_failed,
)

from .draft import Draft

_FIELD = "AppliedToTxnAdd payment amount"
_TOO_MUCH = "You cannot pay more than the amount due."
_TOO_MUCH_CREDIT = "You cannot apply more than the remaining credit."
_OTHER_NAME = "The transaction belongs to another customer or vendor."
APPLIED = "AppliedToTxn"


@define(kw_only=True)
class Settlement:
    """What one payment settles: `target` and `credit` are the kinds it may touch.

    Amounts still open are counted down as rows are added, so that one payment cannot use the
    same money twice.
    """

    books: Books
    draft: Draft
    target: str
    credit: str
    entities: frozenset[str]
    total: int = 0
    discounts: list[tuple[str, int, str | None]] = field(factory=list)
    _open: dict[str, int] = field(factory=dict)

    def apply(self, row: Mapping[str, Any]) -> None:
        """Apply one AppliedToTxn row; raises 3120, 3180, 3210, 3270."""
        identity = row["TxnID"]
        remaining = self._remaining(identity, self.target)
        payment, discount = cents(row.get("PaymentAmount")), cents(row.get("DiscountAmount"))
        credit = sum(cents(one["AppliedAmount"]) for one in row.get("SetCredit", ()))
        if min(payment, discount, credit) < 0 or payment + discount + credit > remaining:
            raise bad_value(_FIELD, row.get("PaymentAmount") or amount(credit), _TOO_MUCH)
        self._open[identity] = remaining - payment - discount - credit
        self.total += payment
        if payment:
            self._link(self.draft.id, identity, links.PAYMENT, payment)
        for one in row.get("SetCredit", ()):
            self._apply_credit(one, identity)
        if discount:
            account = row.get("DiscountAccountRef")
            if not account:
                raise no_account(self.draft.kind.name)
            class_id = (row.get("DiscountClassRef") or {}).get("ListID")
            self.discounts.append((account["ListID"], discount, class_id))
            self._link(self.draft.id, identity, links.DISCOUNT, discount)

    def apply_oldest_first(self, value: int) -> list[dict[str, str]]:
        """Apply so many cents to open documents by date, and return the rows that came of it."""
        rows: list[dict[str, str]] = []
        marks = ",".join("?" * len(self.entities))
        found = self.books.store.all(
            f"SELECT id FROM document WHERE kind=? AND entity IN ({marks}) ORDER BY date, number",
            (self.target, *self.entities),
        )
        for (identity,) in found:
            part = min(value, self._remaining(identity, self.target))
            if part > 0:
                rows.append({"TxnID": identity, "PaymentAmount": amount(part)})
                self.apply(rows[-1])
                value -= part
        return rows

    def apply_credit(self, row: Mapping[str, Any], target: str) -> None:
        """Apply one SetCredit row to a document that is being saved itself."""
        self._apply_credit(row, target)

    def _apply_credit(self, row: Mapping[str, Any], target: str) -> None:
        identity, value = row["CreditTxnID"], cents(row["AppliedAmount"])
        remaining = self._remaining(identity, self.credit)
        if value > remaining or value < 0:
            raise bad_value("AppliedAmount", row["AppliedAmount"], _TOO_MUCH_CREDIT)
        self._open[identity] = remaining - value
        self._link(identity, target, links.CREDIT, value)

    def _link(self, source: str, target: str, kind: str, value: int) -> None:
        self.draft.links.append(
            links.Link(source=source, target=target, kind=kind, cents=value, via=self.draft.id)
        )

    def _remaining(self, identity: str, kind: str) -> int:
        known = self._open.get(identity)
        if known is not None:
            return known
        row = self.books.store.one(
            "SELECT kind, entity, cents FROM document WHERE id=?", (identity,)
        )
        if row is None or row[0] != kind:
            raise no_object(identity)
        if row[1] not in self.entities:
            raise save_failed(self.draft.kind.name, _OTHER_NAME)
        return int(row[2]) - links.settled(self.books.store, identity)


def applied(books: Books, draft: Draft) -> list[dict[str, Any]]:
    """The AppliedToTxnRet rows of a payment, with what its documents still owe."""
    found: list[dict[str, Any]] = []
    store = books.store
    made = [link for link in links.of_via(store, draft.id) if link.kind != links.DEPOSIT]
    for target in dict.fromkeys(link.target for link in made):
        kind, date, number, total = links.head(store, target) or ("", "", "", 0)
        sums = {
            name: sum(link.cents for link in made if link.target == target and link.kind == name)
            for name in (links.PAYMENT, links.DISCOUNT)
        }
        row: Mapping[str, Any] = next(
            (one for one in draft.fields.get(APPLIED, ()) if one["TxnID"] == target), {}
        )
        found.append(
            {
                "TxnID": target,
                "TxnType": kind,
                "TxnDate": date,
                "RefNumber": number,
                "BalanceRemaining": amount(total - links.settled(store, target)),
                "Amount": amount(sums[links.PAYMENT]),
                "DiscountAmount": amount(sums[links.DISCOUNT]) if sums[links.DISCOUNT] else "",
                "DiscountAccountRef": row.get("DiscountAccountRef"),
                "LinkedTxn": [
                    _credit(books, link)
                    for link in made
                    if link.target == target and link.kind == links.CREDIT
                ],
            }
        )
    return found


def _credit(books: Books, link: links.Link) -> dict[str, str]:
    kind, date, number, _ = links.head(books.store, link.source) or ("", "", "", 0)
    return {
        "TxnID": link.source,
        "TxnType": kind,
        "TxnDate": date,
        "RefNumber": number,
        "LinkType": "AMTTYPE",
        "Amount": amount(-link.cents),
    }
