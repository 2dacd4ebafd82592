"""What is known of the books: list entries, documents, and the questions asked of them."""

import datetime as dt
import enum
from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

from subledger.model.kinds import Kind
from subledger.money import Money


@frozen(kw_only=True)
class BookEntry:
    """One list entry of the books (account, class, customer, vendor, item...).

    ``name`` is the full colon path; ``subtype`` an account's or item's type in the books' own
    words; ``guard`` the value that an update must show. ``number`` is an account's or party's
    number or an item's SKU, ``email`` a party's address: they help people to match.
    """

    kind: Kind
    id: str
    name: str
    active: bool = True
    subtype: str = ""
    guard: str = ""
    number: str = ""
    email: str = ""


@frozen(kw_only=True)
class BookDocument:
    """One document read back from the books.

    ``type`` is the books' own word (``Check``), ``account`` the full name of the register account,
    ``amount`` the signed change of that account, ``key`` what the sink wrote to recognise it.
    """

    type: str
    id: str
    date: dt.date
    account: str
    amount: Money
    guard: str = ""
    key: str = ""
    number: str = ""
    memo: str = ""
    party: str = ""
    deleted: bool = False


class Query(enum.StrEnum):
    """What can be asked of the books."""

    LISTS = "lists"
    """Reference data: what changed since the last answer."""
    DOCUMENTS = "documents"
    """The documents of a period on an account, for reconciliation."""
    RECORDS = "records"
    """What a flow reads from books that cannot be called: they are a source that polls us."""


@frozen(kw_only=True)
class Question:
    """A read that waits for a peer, or is handed to a sink. ``position`` is the sink's own text.

    ``since``/``until`` are posting dates; ``account`` limits to one register account. A question
    for records has what an :class:`ExtractRequest` says: ``flow`` is who asks, ``kinds`` and
    ``whole`` what for, and its ``position`` begins with the flow's cursor.
    """

    id: int
    query: Query
    since: dt.date | None = None
    until: dt.date | None = None
    account: str = ""
    position: str = ""
    flow: str = ""
    kinds: frozenset[Kind] = frozenset()
    whole: frozenset[Kind] = frozenset()


class Books(Protocol):
    """The known lists of the books, for steps and recipes: exact matches only."""

    def find(self, kind: Kind, name: str) -> Sequence[BookEntry]:
        """Entries whose full name equals ``name``, case and outer spaces aside."""
        ...

    def find_leaf(self, kind: Kind, name: str) -> Sequence[BookEntry]:
        """Entries whose last part of the name equals ``name``, case and outer spaces aside."""
        ...

    def find_number(self, kind: Kind, number: str) -> Sequence[BookEntry]:
        """Entries with exactly this number (of an account or party) or SKU (of an item)."""
        ...

    def find_email(self, kind: Kind, email: str) -> Sequence[BookEntry]:
        """Parties with this e-mail address, case aside."""
        ...

    def get(self, kind: Kind, id: str) -> BookEntry | None:  # noqa: A002 - the field's own name
        """The entry with this id."""
        ...

    @property
    def closing_date(self) -> dt.date | None:
        """Last day of the closed period, where the books told."""
        ...
