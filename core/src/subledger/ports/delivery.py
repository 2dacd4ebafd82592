"""One write on its way to the books, and what became of it."""

from attrs import frozen

from subledger.findings import Finding
from subledger.manifest import Operation
from subledger.model import Entity
from subledger.model.kinds import Kind
from subledger.money import Money
from subledger.ports.books import BookEntry


@frozen(kw_only=True)
class Target:
    """The document or list entry that an update, void or delete is about."""

    type: str
    """The books' own word for a document, as it was posted; empty for a list entry."""
    id: str
    """Identifier in the books."""
    guard: str
    """The value that an update must show, as the books told it last."""


@frozen(kw_only=True)
class Delivery:
    """One effect on its way to a sink."""

    effect: int
    """Number of the effect; :meth:`Desk.settle` and :meth:`Desk.release` name it."""
    source: str = ""
    """Connection that the record is from; empty: made by the kernel."""
    kind: Kind
    """Kind of the entity."""
    operation: Operation
    """What is to be done: create, update, void or delete."""
    key: str
    """The idempotency key (26 characters), the same for every attempt."""
    attempt_key: str
    """26 characters that change only after an attempt that certainly did not happen."""
    marker: str
    """The text by which the document is found again, such as ``sl:txn-1001``."""
    entity: Entity
    """What is written, every reference resolved as far as the books know it."""
    before: Entity | None = None
    """The same record as it was written last, where it is changed now."""
    target: Target | None = None
    """What is changed; None for something new."""
    batch: str = ""
    """26 characters that those share which leave at once, the same again when the outcome is
    looked for; empty where one leaves alone.
    """
    place: int = 0
    """The number among those that leave at once, from 1; the same again, too."""
    payload: bytes = b""
    """The exact bytes that a peer sends, or the content of an attachment."""
    media_type: str = ""
    """What an attachment's content is, such as ``image/jpeg``."""


@frozen(kw_only=True)
class Posted:
    """The books took it."""

    type: str
    """The books' own word for the document; empty for a list entry."""
    id: str
    """Identifier in the books."""
    guard: str = ""
    """The value that the next update must show."""
    amount: Money | None = None
    """Signed change of the register account, as the books report it; None: they do not tell."""
    account: str = ""
    """Full name of that account, as the books report it."""
    entry: BookEntry | None = None
    """The list entry, where it is one."""
    recovered: bool = False
    """Whether it was found after its answer had been lost."""
    warnings: tuple[Finding, ...] = ()
    """What a person should know although it was taken."""


@frozen(kw_only=True)
class Refused:
    """The books certainly did not take it."""

    finding: Finding
    """Why, in plain words, and the way out."""
    again: float | None = None
    """Seconds after which it is tried again by itself; None: a person decides."""
    code: str = ""
    """The books' own code, verbatim."""
    existing: Target | None = None
    """What the books have already in its place, for a person to link."""


@frozen
class Unknown:
    """It is not known whether the books took it; never repeated blindly."""

    reason: str
    """Why nobody knows, for the log and the owner."""
    decide: bool = False
    """Whether nothing more can be found out by itself, so that a person has to look."""


@frozen
class Absent:
    """The books were searched and certainly do not hold it; it may be sent under a new attempt."""

    reason: str
    """How it was searched for."""


Outcome = Posted | Refused | Unknown | Absent
"""What became of a write."""
