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
    id: str
    name: str
    company: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    mobile: str = ""
    address: Address | None = None
    terms: Reference | None = None
    parent: Reference | None = None
    notes: str = ""
    number: str = ""
    active: bool = True

    def __attrs_post_init__(self) -> None:
        if self.kind not in (VENDOR, CUSTOMER):
            raise ValueError(f"a party is a vendor or a customer, not {self.kind}")


class ItemType(enum.StrEnum):
    """What is sold: work, goods that are not counted, goods in stock, or something else."""

    SERVICE = "service"
    NON_INVENTORY = "non_inventory"
    INVENTORY = "inventory"
    OTHER_CHARGE = "other_charge"


@frozen(kw_only=True)
class Item:
    """A product or service. ``name`` is its full name; prices are exact, in major units.

    ``id_in_books`` is the identifier that the source itself remembers for the books, a hint only.
    """

    kind: Kind = ITEM
    id: str
    name: str
    type: ItemType = ItemType.SERVICE
    sku: str = ""
    description: str = ""
    price: Decimal | None = None
    cost: Decimal | None = None
    taxable: bool = False
    active: bool = True
    category: str = ""
    id_in_books: str = ""
    # in the books
    income_account: Reference | None = None
    expense_account: Reference | None = None
    asset_account: Reference | None = None
