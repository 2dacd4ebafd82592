"""The canonical entities: what a source hands over and what a sink posts."""

import datetime as dt
import enum
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from attrs import field, frozen

from subledger.model.kinds import CARD_TRANSACTION, CUSTOMER, VENDOR, Kind
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


@frozen(kw_only=True)
class Reference:
    """Points at a list entry of the books, by ``id`` where known, else by full ``name``.

    ``name`` is the colon path for hierarchical lists (``Travel:Meals``). ``create`` allows the
    kernel to create the entry where the books have none (only for kinds the sink can create).
    """

    kind: Kind
    name: str = ""
    id: str = ""
    create: bool = False


@frozen(kw_only=True)
class Tag:
    """One label that a person put on a record in the source.

    ``name`` is the tag's name (``GL Account``), ``value`` what the source stores, ``label`` what
    the source shows for it (equal to ``value`` where there is no other).
    """

    name: str
    value: str
    label: str = ""


@frozen(kw_only=True)
class Receipt:
    """A document behind a record: ``name`` for people, ``url`` where it can be fetched."""

    name: str
    url: str


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


@frozen(kw_only=True)
class Line:
    """One line of a document. ``amount`` is positive in the direction of its document."""

    amount: Money
    account: Reference | None = None
    item: Reference | None = None
    customer: Reference | None = None
    class_: Reference | None = None
    memo: str = ""
    tags: tuple[Tag, ...] = ()


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


@frozen(kw_only=True)
class Party:
    """A vendor or customer that the books are to have. ``name`` is its full name."""

    kind: Kind = VENDOR
    id: str
    name: str
    company: str = ""
    email: str = ""
    phone: str = ""
    active: bool = True

    def __attrs_post_init__(self) -> None:
        if self.kind not in (VENDOR, CUSTOMER):
            raise ValueError(f"a party is a vendor or a customer, not {self.kind}")


def amount_of(entity: Entity) -> Money | None:
    """The signed change that an entity makes to the subsidiary account; None for list entries."""
    return entity.effect if isinstance(entity, Movement) else None


def date_of(entity: Entity) -> dt.date | None:
    """The posting date of an entity; None for list entries."""
    return entity.date if isinstance(entity, Movement) else None
