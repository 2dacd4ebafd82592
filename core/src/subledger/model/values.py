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
    name: str = ""
    id: str = ""
    record: str = ""
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


@frozen(kw_only=True)
class Line:
    """One line of a document. ``amount`` is positive in the direction of its document.

    A discount is a line with a negative amount. ``quantity`` and ``price`` (each, in major units)
    are exact where the source knows them; their product may differ from ``amount`` by rounding.
    ``taxable`` says whether the document's tax covers the line; ``tax`` names the line's own tax
    code where it has one.
    """

    amount: Money
    account: Reference | None = None
    item: Reference | None = None
    customer: Reference | None = None
    class_: Reference | None = None
    memo: str = ""
    tags: tuple[Tag, ...] = ()
    quantity: Decimal | None = None
    price: Decimal | None = None
    taxable: bool = False
    tax: Reference | None = None


@frozen(kw_only=True)
class Tax:
    """The sales tax of a document, as the source charged it.

    ``rate`` is the source's own identifier of the rate that applies, ``code`` the tax code or
    group of the books that it is mapped to. The books may compute tax by themselves: the amount
    is what the result is compared with.
    """

    amount: Money
    rate: str = ""
    code: Reference | None = None


@frozen(kw_only=True)
class Address:
    """A postal address: ``lines`` (street) in order; ``region`` is a state, ``country`` a name."""

    lines: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


@frozen(kw_only=True)
class Application:
    """The part of a payment or credit that goes to one document; ``amount`` is positive."""

    document: Reference
    amount: Money
