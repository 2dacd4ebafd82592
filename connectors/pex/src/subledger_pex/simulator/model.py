"""The values that a simulated PEX business consists of; money is whole cents, instants are UTC."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, TypeAlias

from attrs import field, frozen

from .clock import wall

Funding: TypeAlias = Literal["prepaid", "credit"]
Kind: TypeAlias = Literal[
    "purchase",
    "merchant_credit",
    "card_fee",
    "dispute",
    "card_load",
    "card_unload",
    "business_load",
    "business_unload",
    "business_fee",
    "ach_credit",
    "ach_debit",
    "wire_in",
    "rebate",
    "rebate_reversal",
]
INTERNAL_KINDS = frozenset({"card_load", "card_unload", "business_load", "business_unload"})


@frozen(kw_only=True)
class Merchant:
    """A shop as the card network names it."""

    name: str
    normalised: str
    city: str = "AUSTIN"
    state: str = "TX"
    postal_code: str = "78701"
    country: str = "USA"
    category_code: str = "5943"
    hours_from_eastern: int = -1
    currency: str = "USD"
    account: str = "Uncategorized Expense"


@frozen(kw_only=True)
class Cardholder:
    """A person (or a vendor) with a card account."""

    account_id: int
    first_name: str
    last_name: str
    last_four: str
    custom_id: str
    is_vendor: bool = False

    @property
    def user_name(self) -> str:
        """The login name shown beside notes."""
        return f"{self.first_name[:1]}{self.last_name}".lower()


@frozen(kw_only=True)
class TagOption:
    """One choice of a dropdown tag: people see ``name``, transactions carry ``value``."""

    name: str
    value: str
    is_enabled: bool = True


@frozen(kw_only=True)
class TagDefinition:
    """A custom field of the business."""

    id: str
    name: str
    type: Literal["Text", "YesNo", "Dropdown", "Allocation"]
    order: int
    is_required: bool = False
    is_deleted: bool = False
    options: tuple[TagOption, ...] = ()


Answers: TypeAlias = tuple[tuple[str, str], ...]
"""Pairs of tag id and value."""


@frozen(kw_only=True)
class Split:
    """One line of an allocation; ``cents`` is positive whatever the transaction's sign."""

    cents: int
    answers: Answers


@frozen(kw_only=True)
class TagSet:
    """What a transaction's tags say: plain answers, or splits."""

    answers: Answers = ()
    splits: tuple[Split, ...] = ()
    chosen: bool = True


UNTAGGED = TagSet(chosen=False)


@frozen(kw_only=True)
class Note:
    """A remark on a transaction."""

    id: int
    text: str
    at: datetime
    user_name: str = ""
    first_name: str = ""
    last_name: str = ""
    is_system: bool = False


@frozen(kw_only=True)
class Attachment:
    """A receipt; it counts as Loaded from ``loaded`` on, or keeps ``status`` for ever."""

    id: str
    type: Literal["Image", "Pdf"]
    created: datetime
    loaded: datetime | None = None
    status: Literal["NotLoaded", "HasMalware", "LoadFailed", "Deleted"] = "NotLoaded"

    def status_at(self, now: datetime) -> str:
        """The upload status at an instant."""
        return "Loaded" if self.loaded is not None and self.loaded <= now else self.status


@frozen(kw_only=True)
class Change:
    """Something that happens to a transaction later: a review, tags, a note."""

    at: datetime
    tags: TagSet | None = None
    approval: str | None = None
    note: Note | None = None


@frozen(kw_only=True)
class Transaction:
    """One transaction with its whole life, past and to come.

    ``cents`` is the settled amount from the account's view (spending is negative); ``held_cents``
    is the amount while pending. ``renumbered`` transactions carry their authorisation's id while
    pending. A hold that is ``released`` disappears without ever settling.
    """

    id: int = 0
    account_id: int
    kind: Kind
    cents: int
    time: datetime
    settlement: datetime | None
    released: datetime | None = None
    held_cents: int | None = None
    description: str
    merchant: Merchant | None = None
    source_cents: int | None = None
    authorisation_id: int = 0
    network_id: int = 0
    renumbered: bool = False
    counter_account_id: int = 0
    is_decline: bool = False
    is_bill_pay: bool = False
    tags: TagSet | None = UNTAGGED
    approval: str = "NotReviewed"
    notes: tuple[Note, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    changes: tuple[Change, ...] = ()
    landmark: str = ""
    time_wall: datetime = field(init=False)
    settlement_wall: datetime | None = field(init=False)

    @time_wall.default
    def _time_wall(self) -> datetime:
        return wall(self.time)

    @settlement_wall.default
    def _settlement_wall(self) -> datetime | None:
        return None if self.settlement is None else wall(self.settlement)

    @property
    def pending_id(self) -> int:
        """The id under which the transaction is listed while it is pending."""
        return self.authorisation_id if self.renumbered else self.id

    def is_settled_at(self, now: datetime) -> bool:
        """Whether the money has moved."""
        return not self.is_decline and self.settlement is not None and self.settlement <= now


@frozen(kw_only=True)
class Allocation:
    """A part of an invoice, by tag value and category."""

    tag_value: str
    category: str
    cents: int


@frozen(kw_only=True)
class Payment:
    """A payment towards an invoice; ``cents`` is positive on the wire, also for a reversal."""

    id: int
    type: str
    paid: datetime
    description: str
    cents: int
    rejected: bool = False

    @property
    def moved_cents(self) -> int:
        """What the payment does to the debt: positive pays it off."""
        if self.rejected:
            return 0
        return -self.cents if self.type.endswith("Reversal") else self.cents


@frozen(kw_only=True)
class Invoice:
    """A credit programme's monthly invoice."""

    id: int
    cents: int
    issued: datetime
    due: date
    closed: datetime | None
    is_cancelled: bool = False
    allocations: tuple[Allocation, ...] = ()
    payments: tuple[Payment, ...] = ()

    def status_at(self, now: datetime) -> str:
        """The invoice's status at an instant."""
        if self.is_cancelled:
            return "Cancelled"
        return "Closed" if self.closed is not None and self.closed <= now else "Open"


@frozen(kw_only=True)
class Business:
    """A generated business: who, what was bought, and the instant at which its clock starts.

    ``landmarks`` names the transactions that tests and demonstrations want to find again.
    """

    account_id: int
    name: str
    funding: Funding
    credit_limit_cents: int
    cardholders: tuple[Cardholder, ...]
    tags: tuple[TagDefinition, ...]
    vendors: tuple[str, ...]
    transactions: tuple[Transaction, ...]
    invoices: tuple[Invoice, ...]
    landmarks: Mapping[str, int]
    first_day: date
    today: date
    starts: datetime
