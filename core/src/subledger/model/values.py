"""The values that canonical entities are made of: references, lines, tags, tax, addresses."""

from decimal import Decimal

from attrs import frozen

from subledger.model.kinds import Kind
from subledger.money import Money


@frozen(kw_only=True)
class Reference:
    """Points at what the books hold: by ``id`` where known, else by ``record``, else by ``name``.

    ``name`` is the full colon path of a list entry (``Travel:Meals``). ``record`` is the source's
    identifier of an entity of this kind, which the books know by the link that was made when it
    was posted: a payment points at its invoice so. ``create`` allows the kernel to create a party
    of this name where the books have none (only for kinds the sink can create).
    """

    kind: Kind
    """What is pointed at."""
    name: str = ""
    """Full name in the books, parts joined by a colon; compared without regard to case and outer
    spaces. Never a guess.
    """
    id: str = ""
    """Identifier in the books; the kernel fills it in."""
    record: str = ""
    """Identifier of the record in the source, where the source knows no name or the name may
    change.
    """
    create: bool = False
    """Whether a customer or vendor of this name is made where the books have none."""


@frozen(kw_only=True)
class Tag:
    """One label that a person put on a record in the source.

    ``name`` is the tag's name (``GL Account``), ``value`` what the source stores, ``label`` what
    the source shows for it (equal to ``value`` where there is no other).
    """

    name: str
    """Name of the tag, such as ``GL Account``; the settings of the step mapping name it."""
    value: str
    """What the source stores, such as an account code."""
    label: str = ""
    """What the source shows for it; empty where it is the value."""


@frozen(kw_only=True)
class Receipt:
    """A document behind a record: ``name`` for people, ``url`` where it can be fetched."""

    name: str
    """File name or title, for people."""
    url: str
    """Address that a person can open, or what ``fetch`` gets."""


@frozen(kw_only=True)
class Line:
    """One line of a document. ``amount`` is positive in the direction of its document.

    A discount is a line with a negative amount. ``quantity`` and ``price`` (each, in major units)
    are exact where the source knows them; their product may differ from ``amount`` by rounding.
    ``taxable`` says whether the document's tax covers the line; ``tax`` names the line's own tax
    code where it has one.
    """

    amount: Money
    """Share of the document, in its currency and direction; negative for a discount. All lines (and
    the tax) add up to the amount of the document.
    """
    account: Reference | None = None
    """Account that the line is posted to, where it has no item."""
    item: Reference | None = None
    """Product or service, which brings its own account."""
    customer: Reference | None = None
    """Customer or job that the cost was for."""
    class_: Reference | None = None
    """Class (department, location) of the line."""
    memo: str = ""
    """Text of the line; books cut it at their own length, and say so."""
    tags: tuple[Tag, ...] = ()
    """Labels of the source that steps turn into accounts, classes and customers."""
    quantity: Decimal | None = None
    """How many; exact, no unit."""
    price: Decimal | None = None
    """Price of one, exact, in major units of the currency (``12.5`` is 12.50 USD); may have more
    places than the currency.
    """
    taxable: bool = False
    """Whether the document's tax covers the line."""
    tax: Reference | None = None
    """The line's own tax code, where it has one."""


@frozen(kw_only=True)
class Tax:
    """The sales tax of a document, as the source charged it.

    ``rate`` is the source's own identifier of the rate that applies, ``code`` the tax code or
    group of the books that it is mapped to. The books may compute tax by themselves: the amount
    is what the result is compared with.
    """

    amount: Money
    """Sales tax of the whole document, in its currency."""
    rate: str = ""
    """The source's own identifier of the rate, such as ``903``."""
    code: Reference | None = None
    """Tax code or group of the books; filled in by the flow."""


@frozen(kw_only=True)
class Address:
    """A postal address: ``lines`` (street) in order; ``region`` is a state, ``country`` a name."""

    lines: tuple[str, ...] = ()
    """Street lines in order, at most five are kept by the usual books."""
    city: str = ""
    """City."""
    region: str = ""
    """State or province, as it is written on an envelope."""
    postcode: str = ""
    """Postal code, as text."""
    country: str = ""
    """Name of the country."""


@frozen(kw_only=True)
class Application:
    """The part of a payment or credit that goes to one document; ``amount`` is positive."""

    document: Reference
    """The invoice, bill or credit, by ``record``."""
    amount: Money
    """How much of the payment goes to it; positive, in the currency of the payment."""
