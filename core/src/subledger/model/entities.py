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
    IN = "in"


class Status(enum.StrEnum):
    """How final the source says the record is."""

    PENDING = "pending"
    POSTED = "posted"
    DECLINED = "declined"


class Approval(enum.StrEnum):
    """What a reviewer in the source said; ``NOT_REVIEWED`` also where the source has no review."""

    NOT_REVIEWED = "not_reviewed"
    APPROVED = "approved"
    IGNORED = "ignored"
    REJECTED = "rejected"
    NO_RECEIPT = "no_receipt"


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
    id: str
    way: Way
    amount: Money = field(validator=_positive)
    date: dt.date
    transaction_date: dt.date | None = None
    status: Status = Status.POSTED
    approval: Approval = Approval.NOT_REVIEWED
    description: str = ""
    merchant: str = ""
    merchant_normalised: str = ""
    cardholder: str = ""
    notes: tuple[str, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    lines: tuple[Line, ...] = field()
    detail: Mapping[str, str] = field(factory=dict)
    # in the books
    account: Reference | None = None
    party: Reference | None = None
    number: str = ""
    memo: str = ""

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
