"""List entries that a source hands over: parties and items."""

import enum
from decimal import Decimal

from attrs import frozen

from subledger.model.kinds import CUSTOMER, ITEM, VENDOR, Kind
from subledger.model.values import Address, Reference


@frozen(kw_only=True)
class Party:
    """A vendor or customer that the books are to have. ``name`` is its full name.

    ``parent`` makes it a sub-customer. ``email`` may hold several addresses, separated by commas.
    """

    kind: Kind = VENDOR
    """``customer`` or ``vendor``."""
    id: str
    """The source's identifier."""
    name: str
    """Full name, unique in its list; the usual books take 41 characters, without a colon."""
    company: str = ""
    """Name of the company."""
    first_name: str = ""
    """Given name of the contact."""
    last_name: str = ""
    """Family name of the contact."""
    email: str = ""
    """One address or several, separated by commas."""
    phone: str = ""
    """Telephone number, as people write it."""
    mobile: str = ""
    """Mobile number."""
    address: Address | None = None
    """Billing address."""
    terms: Reference | None = None
    """Usual payment terms."""
    parent: Reference | None = None
    """Customer that this one is a part of."""
    notes: str = ""
    """Internal notes."""
    number: str = ""
    """Account number that both sides know; entries are matched by it first."""
    active: bool = True
    """Whether it may be used in new documents."""

    def __attrs_post_init__(self) -> None:
        if self.kind not in (VENDOR, CUSTOMER):
            raise ValueError(f"a party is a vendor or a customer, not {self.kind}")


class ItemType(enum.StrEnum):
    """What is sold: work, goods that are not counted, goods in stock, or something else."""

    SERVICE = "service"
    """Work."""
    NON_INVENTORY = "non_inventory"
    """Goods that are not counted."""
    INVENTORY = "inventory"
    """Goods in stock."""
    OTHER_CHARGE = "other_charge"
    """A fee, freight, or the like."""


@frozen(kw_only=True)
class Item:
    """A product or service. ``name`` is its full name; prices are exact, in major units.

    ``id_in_books`` is the identifier that the source itself remembers for the books, a hint only.
    """

    kind: Kind = ITEM
    """``item``."""
    id: str
    """The source's identifier."""
    name: str
    """Full name; the usual books take 31 to 100 characters."""
    type: ItemType = ItemType.SERVICE
    """What is sold."""
    sku: str = ""
    """Stock number; entries are matched by it first."""
    description: str = ""
    """Text for documents."""
    price: Decimal | None = None
    """Sales price of one, exact, in major units."""
    cost: Decimal | None = None
    """Purchase price of one, exact, in major units."""
    taxable: bool = False
    """Whether it is taxed when sold."""
    active: bool = True
    """Whether it may be used in new documents."""
    category: str = ""
    """The source's category."""
    id_in_books: str = ""
    """Identifier that the source remembers for the books; a hint only."""
    # in the books
    income_account: Reference | None = None
    """Account of its sales."""
    expense_account: Reference | None = None
    """Account of its cost."""
    asset_account: Reference | None = None
    """Account of its stock."""
