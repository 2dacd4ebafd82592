"""What all requests have in common: limits, texts, references, numbers, addresses. Pure."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from attrs import field, frozen

from subledger.errors import RecordRejected
from subledger.model import Address, Line, Reference
from subledger.model.kinds import ACCOUNT, ITEM, PARTIES, VENDOR, Kind
from subledger.ports import Delivery
from subledger_quickbooks_desktop.wire.checks import Edition
from subledger_quickbooks_desktop.wire.text import storable

NUMBER_LIMIT: Final = 11
LONG_NUMBER_LIMIT: Final = 20
MEMO_LIMIT: Final = 4095
NAME_LIMIT: Final = 41
ITEM_LIMIT: Final = 31
_NAMESPACE: Final = uuid.UUID("5b7c4b8e-2f6d-4b52-9a54-6d0f1c8d7e21")
_FIVE_PLACES: Final = Decimal("0.00001")
_CENT: Final = Decimal("0.01")
_STREETS: Final = 5

TypeOf = Callable[[Reference], str]
"""The QuickBooks type of a list entry, such as ``Bank`` or ``ItemSalesTax``; "" where unknown."""

Pairs = list[tuple[str, Any]]


@frozen(kw_only=True)
class Style:
    """Choices of the connection, and what its company has.

    ``transfers`` says what a transfer becomes, ``edition`` which QuickBooks it is. ``taxable`` and
    ``exempt`` are the sales tax codes of lines, None where sales tax is off in QuickBooks.
    ``order_lines`` are the line identifiers of purchase orders, as far as they are known.
    """

    transfers: str = "journal_entry"
    edition: Edition = "US"
    taxable: Reference | None = None
    exempt: Reference | None = None
    order_lines: Mapping[str, Sequence[str]] = field(factory=dict)


def external_guid(key: str) -> str:
    """The ExternalGUID of an idempotency key: the same for every attempt."""
    return f"{{{uuid.uuid5(_NAMESPACE, key)}}}"


def request_id(delivery: Delivery) -> str:
    """The requestID of a delivery: which effect, and which attempt at it."""
    return f"e{delivery.effect}-{delivery.attempt_key}"


def rejected(category: str, subject: str, message: str, hint: str = "") -> RecordRejected:
    """A record that cannot be written."""
    return RecordRejected(message, category=category, field=subject, hint=hint)


def text(value: str, limit: int) -> str | None:
    """A text as it is stored, None for an empty one."""
    return storable(value, limit).text or None


def note(marker: str, memo: str) -> str | None:
    """The memo of a document, which starts with its marker."""
    whole = memo if memo == marker or memo.startswith(f"{marker} ") else f"{marker} {memo}"
    return text(whole, MEMO_LIMIT)


def fit_name(kind: Kind, name: str) -> str:
    """A list name as QuickBooks will store it: each level in its code page, cut to fit.

    A colon separates levels; vendors have none, so that theirs becomes a hyphen.
    """
    if kind == VENDOR:
        return leaf(kind, name)
    limit = _limit(kind)
    return ":".join(storable(part, limit).text for part in name.split(":"))


def leaf(kind: Kind, name: str) -> str:
    """One level of a list name: a colon in it becomes a hyphen."""
    return storable(name.replace(":", "-"), _limit(kind)).text


def _limit(kind: Kind) -> int | None:
    if kind in PARTIES:
        return NAME_LIMIT
    return ITEM_LIMIT if kind == ITEM else None


def ref(reference: Reference | None) -> Mapping[str, str] | None:
    """A reference to a list entry: by its identifier, else by its full name."""
    if reference is None:
        return None
    if reference.id:
        return {"ListID": reference.id}
    if not reference.name.strip():
        label = reference.kind.replace("_", " ")
        raise rejected("mapping_missing", label, f"the {label} has neither identifier nor name")
    return {"FullName": fit_name(reference.kind, reference.name)}


def needed(reference: Reference | None, what: str) -> Mapping[str, str]:
    """As :func:`ref`, of something that the request cannot do without."""
    found = ref(reference)
    if found is None:
        raise rejected("mapping_missing", what, f"the record names no {what}")
    return found


def document_id(reference: Reference) -> str:
    """The TxnID of another document."""
    if not reference.id:
        label = f"{reference.kind.replace('_', ' ')} {reference.record or reference.name}"
        raise rejected("dependency", label, f"{label} is not in QuickBooks yet")
    return reference.id


def number(value: str, limit: int = NUMBER_LIMIT) -> str | None:
    """A document number that fits; a longer one is not cut but left out."""
    stored = storable(value).text
    return stored if 0 < len(stored) <= limit else None


def exact(value: Decimal | None) -> Decimal | None:
    """A quantity or price with at most five decimals, None where it has more."""
    if value is None or value.quantize(_FIVE_PLACES) != value:
        return None
    return value


def rounded(value: Decimal | None) -> Decimal | None:
    """A price, rounded to the five decimals that QuickBooks keeps."""
    return None if value is None else value.quantize(_FIVE_PLACES, rounding=ROUND_HALF_UP)


def quantity_and_price(line: Line, price: str) -> dict[str, Decimal | None]:
    """Quantity and price of a line, as far as their product is the line's amount.

    Where it is not, the price is left out: QuickBooks divides the amount by the quantity.
    """
    quantity, each = exact(line.quantity), exact(line.price)
    if quantity is None or (not quantity and line.amount):
        return {}
    if each is None:
        return {"Quantity": quantity}
    product = (quantity * each).quantize(_CENT, rounding=ROUND_HALF_UP)
    return {"Quantity": quantity, price: each if product == line.amount.amount else None}


def postal(address: Address | None, first: str = "", *, whole: bool = False) -> Pairs | None:
    """An address block, which begins with a name; streets beyond the fifth line are joined.

    With ``whole`` every member is written, so that a change leaves nothing of the old address.
    """
    if address is None:
        return None
    streets = [line for line in (first, *address.lines) if line.strip()]
    if len(streets) > _STREETS:
        streets = [*streets[: _STREETS - 1], ", ".join(streets[_STREETS - 1 :])]
    lines = [*streets, *[""] * (_STREETS - len(streets))]
    members: list[tuple[str, str, int]] = [
        (f"Addr{place}", line, 41) for place, line in enumerate(lines, start=1)
    ]
    members += [
        ("City", address.city, 31),
        ("State", address.region, 21),
        ("PostalCode", address.postcode, 13),
        ("Country", address.country, 31),
    ]
    empty = "" if whole else None
    return [(name, text(value, limit) or empty) for name, value, limit in members]


def new_line(suffix: str) -> Mapping[str, str]:
    """A changed document gets all its lines anew; -1 marks a new line."""
    return {"TxnLineID": "-1"} if suffix == "Mod" else {}


def account_label(reference: Reference | None) -> str:
    """The word for an account in a message."""
    return f"{ACCOUNT} {reference.name}" if reference else ACCOUNT
