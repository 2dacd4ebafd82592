"""Completes card movements for the books: accounts, vendor, number and memo. Pure."""

from collections.abc import Callable
from typing import Final

from attrs import evolve, fields_dict, frozen

from subledger.config.fields import description
from subledger.findings import Finding
from subledger.model import Attachment, Entity, Kind, Line, Movement, Reference, Status
from subledger.model.kinds import ACCOUNT, CARD_TRANSACTION, CLASS, DEPOSIT, FEE, TRANSFER, VENDOR
from subledger.model.marker import marker
from subledger.ports import Books, Hold, Keep, Skip, Verdict
from subledger.recipes.card_settings import CardExpensesSettings
from subledger.recipes.memo import parse_template, render_memo
from subledger.recipes.vendors import clean_name, vendor


@frozen
class _Kind:
    """How one kind of movement is called, switched on, and which setting is its other side."""

    plural: str
    counter: str


KINDS: Final = {
    CARD_TRANSACTION: _Kind("purchases", "default_expense_account"),
    FEE: _Kind("fees", "fee_account"),
    TRANSFER: _Kind("transfers", "funding_account"),
    DEPOSIT: _Kind("rebates", "rebate_account"),
}
"""The kinds that the recipe posts; the plural is also the name of the setting that switches it."""


def drafting(settings: CardExpensesSettings) -> Callable[[Entity, Books], Verdict]:
    """The draft function for some settings: the last word after the steps, the same each time."""
    template = parse_template(settings.memo)

    def draft(entity: Entity, books: Books) -> Verdict:
        if isinstance(entity, Attachment):
            return Keep(entity=entity)
        if not isinstance(entity, Movement) or entity.kind not in KINDS:
            return _skip(
                f"records of kind {entity.kind}",
                f"this flow posts card movements, not records of kind {entity.kind}",
            )
        stopped = _switched_off(settings, entity.kind) or _not_final(entity.status)
        if stopped:
            return stopped
        lines = _lines(settings, entity)
        if isinstance(lines, Finding):
            return Hold(finding=lines)
        party = _party(settings, entity, books)
        if isinstance(party, Finding):
            return Hold(finding=party)
        receipts = entity.receipts if settings.receipts == "link" else ()
        values = {
            "marker": marker(entity.kind, entity.id),
            "cardholder": entity.cardholder,
            "notes": " ".join(entity.notes),
            "receipts": " ".join(receipt.url or receipt.name for receipt in receipts),
            "merchant": entity.merchant_normalised or entity.merchant,
            "description": entity.description,
            "transaction_date": (entity.transaction_date or entity.date).isoformat(),
        }
        return Keep(
            entity=evolve(
                entity,
                account=_account(settings.account),
                lines=lines,
                party=party,
                number=(entity.number or entity.id) if settings.number == "source" else "",
                memo=render_memo(template, values),
            )
        )

    return draft


def _account(name: str) -> Reference:
    return Reference(kind=ACCOUNT, name=name.strip())


def _skip(subject: str, message: str) -> Skip:
    return Skip(finding=Finding(category="excluded", subject=subject, message=message))


def _switched_off(settings: CardExpensesSettings, kind: Kind) -> Skip | None:
    switch = KINDS[kind].plural
    if getattr(settings, switch):
        return None
    return _skip(f"setting {switch}", f"the setting {switch} is off, so {switch} are left out")


def _not_final(status: Status) -> Hold | Skip | None:
    if status is Status.PENDING:
        return Hold(
            finding=Finding(
                category="waiting_settlement",
                subject="pending records",
                message="the record is pending in the source and its amount can still change",
            )
        )
    if status is Status.DECLINED:
        return _skip("declined records", "the payment was declined, so no money moved")
    return None


def _lines(settings: CardExpensesSettings, movement: Movement) -> tuple[Line, ...] | Finding:
    """The lines with an account (or item) and a class each, or the setting that is missing."""
    counter: str | None = getattr(settings, KINDS[movement.kind].counter)
    if movement.kind == TRANSFER:
        if counter is None:
            return _missing(movement.kind)
        other = _account(counter)
        return tuple(
            evolve(line, account=other, item=None, customer=None, class_=None, tax=None)
            for line in movement.lines
        )
    default = None if counter is None else _account(counter)
    class_ = settings.default_class
    default_class = None if class_ is None else Reference(kind=CLASS, name=class_.strip())
    lines = tuple(
        evolve(
            line,
            account=line.account or (None if line.item else default),
            class_=line.class_ or default_class,
        )
        for line in movement.lines
    )
    if any(line.account is None and line.item is None for line in lines):
        return _missing(movement.kind)
    return lines


def _missing(kind: Kind) -> Finding:
    plural, setting = KINDS[kind].plural, KINDS[kind].counter
    about = description(fields_dict(CardExpensesSettings)[setting])
    other = "Map them with a tag or a rule, or set" if kind == CARD_TRANSACTION else "Set"
    return Finding(
        category="mapping_missing",
        subject=f"{plural} without an account",
        message=f"nothing says which account {plural} go to",
        hint=f"{other} {setting} in the settings of the flow. {about}",
    )


def _party(
    settings: CardExpensesSettings, movement: Movement, books: Books
) -> Reference | Finding | None:
    """Who was paid, or why that name cannot be used; transfers have no party."""
    if movement.kind == TRANSFER:
        return None
    given = movement.party
    if given is not None and not given.name:
        return given
    name = clean_name(given.name) if given else _payee(settings, movement, books)
    if not name:
        return None
    suffix = settings.name_conflict == "suffix"
    return vendor(name, books, create=settings.create_vendors, suffix=suffix)


def _payee(settings: CardExpensesSettings, movement: Movement, books: Books) -> str:
    """The name that the settings choose; empty for nobody."""
    default = clean_name(settings.default_vendor or "")
    if movement.kind != CARD_TRANSACTION or settings.payee == "fixed":
        return default
    if settings.payee == "none":
        return ""
    names = [clean_name(movement.merchant), clean_name(movement.merchant_normalised)]
    if settings.payee == "normalised":
        names.reverse()
    name = names[0] or names[1] or default
    if default and not settings.create_vendors and not books.find(VENDOR, name):
        return default
    return name
