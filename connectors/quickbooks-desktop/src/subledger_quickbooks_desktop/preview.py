"""What a document will look like in QuickBooks Desktop, without sending it. Pure."""

from typing import Final

from attrs import evolve

from subledger.findings import Finding
from subledger.model import SALES, Document, Line, Movement, Party, Reference, Settlement
from subledger.model.kinds import BILL_PAYMENT, PURCHASE_ORDER, SALES_RECEIPT
from subledger.money import Money
from subledger.ports import Books, Delivery, Posting, Preview
from subledger_quickbooks_desktop.render import (
    Style,
    TypeOf,
    check_tax_codes,
    full_name,
    is_entry,
    journal_sides,
    losses,
    type_of_delivery,
)

_RECEIVABLE: Final = "Accounts Receivable"
_PAYABLE: Final = "Accounts Payable"
_UNDEPOSITED: Final = "Undeposited Funds"
_TAX: Final = "Sales Tax Payable"


def preview(delivery: Delivery, books: Books, style: Style | None = None) -> Preview:
    """The document, its debits and credits. Raises :class:`RecordRejected`."""
    entity = delivery.entity
    kind = type_of_delivery(delivery, _type_in(books), style or Style())
    seen = Preview(type=kind, number="", memo="", party="", postings=(), warnings=losses(delivery))
    if isinstance(entity, Movement):
        check_tax_codes(entity, kind, style.edition if style else "other")
        return evolve(
            seen,
            warnings=(*seen.warnings, *_taxed(entity)),
            number=entity.number,
            memo=entity.memo,
            party=_name(entity.party),
            postings=_movement(entity),
        )
    if isinstance(entity, Document | Settlement):
        return evolve(
            seen,
            number=entity.number,
            memo=entity.memo or delivery.marker,
            party=entity.party.name,
            postings=_document(entity) if isinstance(entity, Document) else _settlement(entity),
        )
    if isinstance(entity, Party):
        return evolve(seen, type=entity.kind.capitalize(), party=full_name(delivery))
    return evolve(seen, party=full_name(delivery) if is_entry(delivery) else "")


def _taxed(entity: Movement) -> tuple[Finding, ...]:
    """Which edition it is stands in the company file only, and the rate of a code too."""
    if not any(line.tax for line in entity.lines):
        return ()
    return (
        Finding(
            category="feature_off",
            subject="tax codes of purchases",
            message="the US edition of QuickBooks Desktop will refuse the tax code; other editions "
            "take the tax out of the amount shown",
            hint="Take the tax code out of the mapping, unless it is another edition.",
        ),
    )


def _type_in(books: Books) -> TypeOf:
    def type_of(reference: Reference) -> str:
        entry = books.get(reference.kind, reference.id)
        return entry.subtype if entry else ""

    return type_of


def _name(reference: Reference | None, usual: str = "") -> str:
    return reference.name if reference else usual


def _of_line(line: Line, account: str, amount: Money) -> Posting:
    return Posting(
        account=account,
        amount=amount,
        class_=_name(line.class_),
        customer=_name(line.customer),
        memo=line.memo,
    )


def _movement(entity: Movement) -> tuple[Posting, ...]:
    found = []
    for side, account, amount, line in journal_sides(entity):
        signed = amount if side == "Debit" else -amount
        if line is None:
            found.append(Posting(account=_name(account), amount=signed))
        else:
            found.append(_of_line(line, _name(account or line.item), signed))
    return tuple(found)


def _document(entity: Document) -> tuple[Posting, ...]:
    if entity.kind == PURCHASE_ORDER:
        return ()
    usual = _RECEIVABLE if entity.kind in SALES else _PAYABLE
    if entity.kind == SALES_RECEIPT:
        usual = _UNDEPOSITED
    debit = entity.debits
    parts = [Posting(account=_name(entity.account, usual), amount=entity.effect)]
    parts += [
        _of_line(line, _name(line.item or line.account), -line.amount if debit else line.amount)
        for line in entity.lines
        if line.amount
    ]
    if entity.tax is not None and entity.tax.amount:
        tax = entity.tax.amount
        parts.append(Posting(account=_TAX, amount=-tax if debit else tax))
    return tuple(parts)


def _settlement(entity: Settlement) -> tuple[Posting, ...]:
    usual = _PAYABLE if entity.kind == BILL_PAYMENT else _RECEIVABLE
    return (
        Posting(account=_name(entity.money, _UNDEPOSITED), amount=-entity.effect),
        Posting(account=_name(entity.account, usual), amount=entity.effect),
    )
