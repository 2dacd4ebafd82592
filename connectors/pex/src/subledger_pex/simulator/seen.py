"""What the outside sees of a transaction at a simulated instant; pure."""

from datetime import datetime

from attrs import frozen

from .model import Attachment, Note, TagSet, Transaction


@frozen(kw_only=True)
class Seen:
    """A transaction as it looks at one instant."""

    transaction: Transaction
    id: int
    is_pending: bool
    cents: int
    tags: TagSet | None
    approval: str
    notes: tuple[Note, ...]
    attachments: tuple[Attachment, ...]


def seen_at(transaction: Transaction, now: datetime) -> Seen | None:
    """The transaction at ``now``, or None when it does not exist yet or is a dropped hold."""
    if transaction.time > now:
        return None
    is_settled = transaction.settlement is not None and transaction.settlement <= now
    is_pending = not is_settled and not transaction.is_decline
    if is_pending and transaction.released is not None and transaction.released <= now:
        return None
    tags, approval, notes = transaction.tags, transaction.approval, transaction.notes
    for change in transaction.changes:
        if change.at <= now:
            tags = change.tags or tags
            approval = change.approval or approval
            notes = notes if change.note is None else (*notes, change.note)
    held = transaction.held_cents if is_pending else None
    return Seen(
        transaction=transaction,
        id=transaction.pending_id if is_pending else transaction.id,
        is_pending=is_pending,
        cents=transaction.cents if held is None else held,
        tags=tags,
        approval=approval,
        notes=tuple(note for note in notes if note.at <= now),
        attachments=tuple(file for file in transaction.attachments if file.created <= now),
    )
