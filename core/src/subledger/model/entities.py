"""The canonical entities: what a source hands over and what a sink posts."""

import datetime as dt
import enum
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from attrs import field, frozen

from subledger.model.kinds import CARD_TRANSACTION, Kind
from subledger.model.values import Line, Receipt, Reference
from subledger.money import Money, total


@runtime_checkable
class Entity(Protocol):
    """Anything with a kind and the source's own identifier, unique within connection and kind."""

    @property
    def kind(self) -> Kind:
        """Canonical entity type."""
        ...

    @property
    def id(self) -> str:
        """The source's identifier."""
        ...


class Way(enum.StrEnum):
    """Which way the money went, seen from the subsidiary ledger's account."""

    OUT = "out"
    """Money left the account."""
    IN = "in"
    """Money came to the account."""


class Status(enum.StrEnum):
    """How final the source says the record is."""

    PENDING = "pending"
    """It may still change or vanish; the flow waits."""
    POSTED = "posted"
    """It is final."""
    DECLINED = "declined"
    """No money moved."""


class Approval(enum.StrEnum):
    """What a reviewer in the source said; ``NOT_REVIEWED`` also where the source has no review."""

    NOT_REVIEWED = "not_reviewed"
    """Nobody looked, or the source has no review."""
    APPROVED = "approved"
    """Somebody approved it."""
    IGNORED = "ignored"
    """Somebody said that it needs no review."""
    REJECTED = "rejected"
    """Somebody refused it."""
    NO_RECEIPT = "no_receipt"
    """A receipt is missing."""


def _positive(_instance: object, _attribute: object, value: Money) -> None:
    if value.minor <= 0:
        raise ValueError(
            f"the amount of a movement is positive, not {value}; say it by the way it went"
        )


@frozen(kw_only=True)
class Movement:
    """One movement of money on the subsidiary ledger's account.

    Card transactions, fees, transfers and deposits (rebates) are movements; ``kind`` tells which.
    The first block is what the source knows; the block "in the books" is empty until the flow has
    mapped it. ``amount`` is positive, ``way`` says which way; the lines add up to it.
    """

    kind: Kind = CARD_TRANSACTION
    """``card_transaction``, ``fee``, ``transfer`` or ``deposit``."""
    id: str
    """The source's identifier: unique among the records of its kind in the connection, the same for
    ever, not empty, no NUL.
    """
    way: Way
    """Out of the account or into it. A refund is a card transaction that comes in."""
    amount: Money = field(validator=_positive)
    """What moved, in whole minor units of one currency; always positive."""
    date: dt.date
    """Posting date in the company's own time zone: the settlement date of a card."""
    transaction_date: dt.date | None = None
    """Day of the purchase, where it differs."""
    status: Status = Status.POSTED
    """How final it is; only what is posted goes to the books."""
    approval: Approval = Approval.NOT_REVIEWED
    """What a reviewer said in the source, for the step approvals."""
    description: str = ""
    """Text of the source about it, one line."""
    merchant: str = ""
    """Who was paid, as the card network or bank sent it."""
    merchant_normalised: str = ""
    """The same name tidied, where the source does that."""
    cardholder: str = ""
    """Who paid: a person, or the last digits of a card. Never a full card number."""
    notes: tuple[str, ...] = ()
    """What people wrote about it, in order."""
    receipts: tuple[Receipt, ...] = ()
    """Receipts, in order."""
    lines: tuple[Line, ...] = field()
    """At least one; they add up to the amount. A split purchase has several."""
    detail: Mapping[str, str] = field(factory=dict)
    """Whatever else a person may want to see; never posted, never decided upon."""
    # in the books
    account: Reference | None = None
    """The register account: the bank or card account of the books."""
    party: Reference | None = None
    """Vendor, or nobody."""
    number: str = ""
    """Number of the document; books have their own lengths (11 or 21 characters)."""
    memo: str = ""
    """Text of the document; it begins with the mark by which the document is found again."""

    @lines.validator
    def _lines_add_up(self, _attribute: object, lines: tuple[Line, ...]) -> None:
        if not lines:
            raise ValueError(f"{self.id} has no lines")
        summed = total([line.amount for line in lines])
        if summed != self.amount:
            raise ValueError(f"the lines of {self.id} add up to {summed}, not to {self.amount}")

    @property
    def effect(self) -> Money:
        """Signed change of the subsidiary account's balance: money out is negative."""
        return -self.amount if self.way is Way.OUT else self.amount
