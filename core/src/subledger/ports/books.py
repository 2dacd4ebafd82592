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
    """One list entry of the books (account, class, customer, vendor, item...)."""

    kind: Kind
    """What it is."""
    id: str
    """Identifier in the books."""
    name: str
    """Full name, parts joined by a colon."""
    active: bool = True
    """Whether documents may refer to it."""
    subtype: str = ""
    """Type of an account or item, in the books' own words."""
    guard: str = ""
    """The value that an update must show, such as an edit sequence."""
    number: str = ""
    """Number of an account or party, or an item's SKU."""
    email: str = ""
    """A party's address; it helps people to match."""


@frozen(kw_only=True)
class BookDocument:
    """One document read back from the books."""

    type: str
    """The books' own word, such as ``Check``; the same as when it was posted."""
    id: str
    """Identifier in the books; with ``type`` it names one document."""
    date: dt.date
    """Posting date."""
    account: str
    """Full name of the register account."""
    amount: Money
    """Signed change of that account."""
    guard: str = ""
    """The value that an update must show; another one than we know tells of an edit."""
    key: str = ""
    """The marker or key that the sink wrote to recognise it; empty where it is not ours."""
    number: str = ""
    """The document's number."""
    memo: str = ""
    """What the memo says."""
    party: str = ""
    """Name of the vendor or customer."""
    deleted: bool = False
    """Whether the books say that it is gone."""


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
    """A read that waits for a peer, or is handed to a sink.

    A question for records has what an :class:`ExtractRequest` says.
    """

    id: int
    """Number of the question."""
    query: Query
    """What is asked."""
    since: dt.date | None = None
    """First posting date, inclusive; None: no limit."""
    until: dt.date | None = None
    """Last posting date, inclusive; None: no limit."""
    account: str = ""
    """Full name of the one register account that is asked about; empty: all."""
    position: str = ""
    """How far it is answered, in the sink's own text; empty at first. Of a question for lists, the
    moment (ISO 8601) since when changes are enough; of one for records, the flow's cursor.
    """
    flow: str = ""
    """Who asks for records."""
    kinds: frozenset[Kind] = frozenset()
    """The kinds of records that are wanted."""
    whole: frozenset[Kind] = frozenset()
    """Kinds of parties and items that are wanted all."""


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
