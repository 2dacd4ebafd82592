"""What a document will look like in QuickBooks Desktop, without sending it. Pure."""

from subledger.model import Movement, Party, Reference
from subledger.model.kinds import ACCOUNT
from subledger.ports import Books, Delivery, Posting, Preview
from subledger_quickbooks_desktop.render import Style, document_type, journal_sides, losses


def preview(delivery: Delivery, books: Books, style: Style | None = None) -> Preview:
    """The document, its debits and credits. Raises :class:`RecordRejected`."""
    entity = delivery.entity
    if isinstance(entity, Party):
        return Preview(
            type=entity.kind.capitalize(),
            number="",
            memo="",
            party=entity.name,
            postings=(),
            warnings=losses(delivery),
        )
    if not isinstance(entity, Movement):
        raise TypeError(f"{entity.kind} cannot be posted")

    def account_type(reference: Reference) -> str:
        entry = books.get(ACCOUNT, reference.id)
        return entry.subtype if entry else ""

    return Preview(
        type=document_type(entity, account_type, style or Style()),
        number=entity.number,
        memo=entity.memo,
        party=entity.party.name if entity.party else "",
        postings=tuple(
            Posting(
                account=account.name if account else (line.item.name if line and line.item else ""),
                amount=amount if side == "Debit" else -amount,
                class_=line.class_.name if line and line.class_ else "",
                customer=line.customer.name if line and line.customer else "",
                memo=line.memo if line else "",
            )
            for side, account, amount, line in journal_sides(entity)
        ),
        warnings=losses(delivery),
    )
