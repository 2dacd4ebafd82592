"""Completes the documents of a service business for the books. Pure."""

from collections.abc import Callable, Mapping
from typing import Final

from attrs import evolve

from subledger.findings import Finding
from subledger.model import (
    PAID_AT_ONCE,
    SALES,
    Document,
    Entity,
    Item,
    ItemType,
    Kind,
    Line,
    Party,
    Reference,
    Settlement,
    Tax,
)
from subledger.model.kinds import (
    ACCOUNT,
    BILL,
    CLASS,
    DEPARTMENT,
    ITEM,
    PAYMENT,
    PAYMENT_METHOD,
    PURCHASE,
    PURCHASE_ORDER,
    REFUND,
    REFUND_RECEIPT,
    SALES_RECEIPT,
    TAX_CODE,
)
from subledger.model.marker import marker
from subledger.ports import Books, Hold, Keep, Skip, Verdict
from subledger.recipes.memo import LIMIT
from subledger.recipes.psa_settings import PsaInvoicesSettings
from subledger.recipes.text import cut, one_line
from subledger.recipes.vendors import clean_name

LONGEST: Final = 100
"""The longest name of a party or item that is handed on; each sink fits it to its books."""
Lines = tuple[Line, ...]


def drafting(settings: PsaInvoicesSettings) -> Callable[[Entity, Books], Verdict]:
    """The draft function for some settings: the last word after the steps, the same each time."""

    def draft(entity: Entity, _books: Books) -> Verdict:
        if isinstance(entity, Party):
            return _party(settings, entity)
        if isinstance(entity, Item):
            return _item(settings, entity)
        if isinstance(entity, Document):
            return _document(settings, entity)
        if isinstance(entity, Settlement):
            return _settlement(settings, entity)
        return _skip(f"records of kind {entity.kind}", "this flow posts no such records")

    return draft


def _party(settings: PsaInvoicesSettings, party: Party) -> Verdict:
    name = clean_name(party.name, LONGEST)
    if not name:
        return _hold("validation", f"{party.kind} {party.id}", f"the {party.kind} has no name")
    if party.parent is not None and not settings.sub_customers:
        party = evolve(party, parent=None)
    return Keep(entity=evolve(party, name=name))


def _item(settings: PsaInvoicesSettings, item: Item) -> Verdict:
    if settings.products == "default_item":
        return _skip("setting products", 'products = "default_item" posts no items')
    type_ = item.type
    if type_ is ItemType.INVENTORY and settings.stock == "non_inventory":
        type_ = ItemType.NON_INVENTORY
    needed = {"income_account": settings.income_account}
    if type_ is not ItemType.SERVICE:
        needed["cost_account"] = settings.cost_account
    if type_ is ItemType.INVENTORY:
        needed["asset_account"] = settings.asset_account
    for setting, value in needed.items():
        if value is None and setting != "cost_account":
            return _unset(setting, "items that are created")
    return Keep(
        entity=evolve(
            item,
            name=clean_name(item.name, LONGEST),
            type=type_,
            income_account=_account(settings.income_account),
            expense_account=_account(needed.get("cost_account")),
            asset_account=_account(needed.get("asset_account")),
        )
    )


def _document(settings: PsaInvoicesSettings, document: Document) -> Verdict:
    off = _left_out(settings, document)
    if off is not None:
        return off
    sales = document.kind in SALES
    setting, account = _account_of(settings, document)
    if account is None and document.kind != PURCHASE_ORDER:
        return _unset(setting, f"{document.kind.replace('_', ' ')}s")
    lines = _sales_lines(settings, document) if sales else _bill_lines(settings, document)
    if isinstance(lines, Hold):
        return lines
    taxed = _taxed(settings, document, lines)
    if isinstance(taxed, Hold):
        return taxed
    lines, tax = taxed
    keeps_order = settings.purchases == "orders_and_bills"
    return Keep(
        entity=evolve(
            document,
            party=_named(document.party),
            lines=lines,
            tax=tax,
            account=_account(account),
            payment_method=_method(settings, document),
            class_=_class(settings, document),
            department=_reference(DEPARTMENT, settings.departments.get(document.location)),
            number=document.number if settings.number == "source" else "",
            order=document.order if keeps_order else None,
            memo=marker(document.kind, document.id),
        )
    )


def _account_of(settings: PsaInvoicesSettings, document: Document) -> tuple[str, str | None]:
    """The setting that names a document's account, and what it says."""
    if document.kind == SALES_RECEIPT:
        return "deposit_account", _deposit(settings, document)
    if document.kind == PURCHASE_ORDER:
        return "payables_account", None
    owed = "receivables_account" if document.kind in SALES else "payables_account"
    setting = _PAID_FROM.get(document.kind, owed)
    account: str | None = getattr(settings, setting)
    return setting, account


_PAID_FROM: Final = {REFUND_RECEIPT: "refund_account", PURCHASE: "purchase_account"}
"""The settings that name where the money of a kind comes from."""


def _left_out(settings: PsaInvoicesSettings, document: Document) -> Skip | None:
    sales = document.kind in SALES
    switch = "cash_sales" if document.kind in PAID_AT_ONCE else "invoices"
    if sales and not getattr(settings, switch):
        return _skip(f"setting {switch}", f"the setting {switch} is off")
    if sales and not settings.zero_invoices and not document.amount.minor:
        return _skip("setting zero_invoices", "the setting zero_invoices is off")
    if document.kind in (BILL, PURCHASE) and settings.purchases == "none":
        return _skip("setting purchases", 'purchases = "none" posts no bills and no purchases')
    if document.kind == PURCHASE_ORDER and settings.purchases != "orders_and_bills":
        return _skip("setting purchases", f'purchases = "{settings.purchases}" posts no orders')
    return None


def _sales_lines(settings: PsaInvoicesSettings, document: Document) -> Lines | Hold:
    default = _reference(ITEM, settings.default_item)
    given = document.lines or (Line(amount=document.amount),)  # books refuse one without lines
    lines = tuple(
        evolve(line, item=default)
        if line.item is None or settings.products == "default_item"
        else evolve(line, item=_named(line.item))
        for line in given
    )
    if any(line.item is None for line in lines):
        return _unset("default_item", "lines without a product")
    return lines


def _bill_lines(settings: PsaInvoicesSettings, document: Document) -> Lines | Hold:
    ordered = settings.order_item if document.kind == PURCHASE_ORDER else None
    item = _reference(ITEM, ordered)
    account = None if item else _account(settings.bill_account)
    plain = settings.products == "default_item"
    lines = tuple(
        evolve(line, item=item, account=line.account or account)
        if line.item is None or plain
        else evolve(line, item=_named(line.item))
        for line in document.lines
    )
    if any(line.item is None and line.account is None for line in lines):
        return _unset("bill_account", "bill lines without a product")
    return lines


def _taxed(
    settings: PsaInvoicesSettings, document: Document, lines: Lines
) -> tuple[Lines, Tax | None] | Hold:
    """The lines and the tax as the settings want them in the books."""
    tax = document.tax
    if tax is None:
        return lines, None
    if settings.tax == "line":
        if not tax.amount.minor:
            return lines, None
        item = _reference(ITEM, settings.tax_item)
        return (*lines, Line(amount=tax.amount, item=item, memo="Sales tax")), None
    if settings.tax == "none" and tax.amount.minor:
        return _hold(
            "mapping_missing",
            "setting tax",
            'the invoice has sales tax, but the settings say tax = "none"',
            'Set tax = "code" or tax = "line" in the settings of the flow.',
        )
    name = settings.tax_codes.get(tax.rate) or settings.default_tax_code
    if name is None:
        if not tax.amount.minor:
            return lines, None
        return _hold(
            "mapping_missing",
            f"tax rate {tax.rate or 'without a name'}",
            f"nothing says which tax code of the books the tax rate {tax.rate} is",
            f'Add "{tax.rate}" = "NAME" under tax_codes in the settings of the flow, or set '
            "default_tax_code.",
        )
    return lines, evolve(tax, code=Reference(kind=TAX_CODE, name=name.strip()))


def _settlement(settings: PsaInvoicesSettings, settlement: Settlement) -> Verdict:
    if settlement.kind == PAYMENT and not settings.payments:
        return _skip("setting payments", "the setting payments is off")
    if settlement.kind == REFUND and not settings.refunds:
        return _skip("setting refunds", "the setting refunds is off")
    if settlement.derived and settings.derived == "hold":
        return _hold(
            "waiting_review",
            "derived allocations",
            "the source does not tell how the payment is split over its invoices",
            'Split it in the source, or set derived = "post".',
        )
    money: str | None = _deposit(settings, settlement)
    if settlement.kind == REFUND:
        if settings.refund_account is None:
            return _unset("refund_account", "refunds")
        money = settings.refund_account
    memo = marker(settlement.kind, settlement.id)
    if settlement.derived:
        memo += " split by balances"
    return Keep(
        entity=evolve(
            settlement,
            party=_named(settlement.party),
            account=_account(settings.receivables_account),
            money=_account(money) if settlement.amount.minor else None,
            payment_method=_method(settings, settlement),
            memo=cut(one_line(memo), LIMIT),
        )
    )


def _deposit(settings: PsaInvoicesSettings, paid: Settlement | Document) -> str:
    return settings.deposit_accounts.get(paid.method, settings.deposit_account)


def _method(settings: PsaInvoicesSettings, paid: Settlement | Document) -> Reference | None:
    return _reference(PAYMENT_METHOD, settings.payment_methods.get(paid.method))


def _class(settings: PsaInvoicesSettings, document: Document) -> Reference | None:
    known: Mapping[str, str] = settings.locations
    return _reference(CLASS, known.get(document.location) or settings.default_class)


def _named(reference: Reference) -> Reference:
    return evolve(reference, name=clean_name(reference.name, LONGEST))


def _account(name: str | None) -> Reference | None:
    return _reference(ACCOUNT, name)


def _reference(kind: Kind, name: str | None) -> Reference | None:
    return None if name is None else Reference(kind=kind, name=name.strip())


def _skip(subject: str, message: str) -> Skip:
    return Skip(finding=Finding(category="excluded", subject=subject, message=message))


def _hold(category: str, subject: str, message: str, hint: str = "") -> Hold:
    return Hold(finding=Finding(category=category, subject=subject, message=message, hint=hint))


def _unset(setting: str, what: str) -> Hold:
    return _hold(
        "mapping_missing",
        f"setting {setting}",
        f"nothing says what {what} take: {setting} is not set",
        f"Set {setting} in the settings of the flow.",
    )
