"""What a document will look like in QuickBooks Online, without sending it. Pure."""

from collections.abc import Callable

from subledger.findings import Finding
from subledger.model import (
    PAID_AT_ONCE,
    SALES,
    Document,
    Line,
    Movement,
    Reference,
    Settlement,
    Way,
)
from subledger.model.kinds import ACCOUNT, BILL_PAYMENT, PURCHASE_ORDER
from subledger.money import Money
from subledger.ports import Books, Delivery, Posting, Preview
from subledger_quickbooks_online import money_accounts, text
from subledger_quickbooks_online.entities import DOCUMENTS
from subledger_quickbooks_online.render import losses
from subledger_quickbooks_online.render_money import Style, document_type, journal_sides

_RECEIVABLE = "Accounts Receivable (A/R)"
_PAYABLE = "Accounts Payable (A/P)"
_UNDEPOSITED = "Undeposited Funds"
_TAX = "Sales tax"


def preview(delivery: Delivery, books: Books) -> Preview:
    """The document, its debits and credits. Raises :class:`RecordRejected`."""
    entity = delivery.entity
    warnings = losses(entity)
    if isinstance(entity, Movement):
        warnings += _taxed(entity)
        return Preview(
            type=document_type(entity, _type_in(books), Style()),
            number=text.number_of(entity.number),
            memo=text.note_of(delivery.marker, entity.memo),
            party=entity.party.name if entity.party else "",
            postings=_movement(entity),
            warnings=warnings,
        )
    if isinstance(entity, Document):
        money_accounts.check(entity, _type_in(books))
    if isinstance(entity, Document | Settlement):
        return Preview(
            type=DOCUMENTS.get(entity.kind, "Purchase"),
            number=text.number_of(entity.number),
            memo=text.note_of(delivery.marker, entity.memo),
            party=entity.party.name,
            postings=_document(entity) if isinstance(entity, Document) else _settlement(entity),
            warnings=warnings,
        )
    name = str(getattr(entity, "name", ""))
    kind = entity.kind.replace("_", " ").capitalize()
    return Preview(type=kind, number="", memo="", party=name, postings=(), warnings=warnings)


def _taxed(entity: Movement) -> tuple[Finding, ...]:
    """The postings of a line with a tax code are gross: its rate is known to QuickBooks only."""
    if not any(line.tax is not None for line in entity.lines):
        return ()
    return (
        Finding(
            category="validation",
            subject="tax within the amount",
            message="QuickBooks takes the tax of a line's tax code out of the amount shown; in the "
            "United States, where purchases have no tax codes, it will be refused",
            hint="Nothing to do outside the United States; within them, take tax codes out of the "
            "mapping.",
        ),
    )


def _type_in(books: Books) -> Callable[[Reference], str]:
    def type_of(reference: Reference) -> str:
        entry = books.get(ACCOUNT, reference.id)
        return entry.subtype if entry else ""

    return type_of


def _name(reference: Reference | None, usual: str = "") -> str:
    return reference.name if reference else usual


def _of_line(line: Line, amount: Money) -> Posting:
    return Posting(
        account=_name(line.account or line.item),
        amount=amount,
        class_=_name(line.class_),
        customer=_name(line.customer),
        memo=line.memo,
    )


def _movement(entity: Movement) -> tuple[Posting, ...]:
    sign = 1 if entity.way is Way.IN else -1
    register = Posting(account=_name(entity.account), amount=_signed(entity.amount, sign))
    lines = (
        _of_line(line, amount if side == "Debit" else -amount)
        for side, _, amount, line in journal_sides(entity)
        if line is not None
    )
    return (register, *lines)


def _signed(amount: Money, sign: int) -> Money:
    return amount if sign > 0 else -amount


def _document(entity: Document) -> tuple[Posting, ...]:
    if entity.kind == PURCHASE_ORDER:
        return ()
    owed = _RECEIVABLE if entity.kind in SALES else _PAYABLE
    account = _name(entity.account, _UNDEPOSITED if entity.kind in PAID_AT_ONCE else owed)
    sign = 1 if entity.debits else -1
    parts = [Posting(account=account, amount=entity.effect)]
    parts += [_of_line(line, _signed(line.amount, -sign)) for line in entity.lines if line.amount]
    if entity.tax is not None and entity.tax.amount:
        parts.append(Posting(account=_TAX, amount=_signed(entity.tax.amount, -sign)))
    return tuple(parts)


def _settlement(entity: Settlement) -> tuple[Posting, ...]:
    usual = _PAYABLE if entity.kind == BILL_PAYMENT else _RECEIVABLE
    money = _name(entity.money, _UNDEPOSITED)
    return (
        Posting(account=money, amount=-entity.effect),
        Posting(account=_name(entity.account, usual), amount=entity.effect),
    )
