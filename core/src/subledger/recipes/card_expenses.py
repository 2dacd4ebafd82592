"""The recipe card-expenses: everything that moves a card programme's balance, in the books."""

from collections.abc import Mapping
from typing import Any

from subledger.manifest import API, Role
from subledger.model import Reference
from subledger.model.kinds import ACCOUNT, ATTACHMENT, CLASS, TAX_CODE, VENDOR, Kind
from subledger.ports import FlowPlan, RecipeType
from subledger.recipes.card_draft import KINDS, drafting
from subledger.recipes.card_settings import CardExpensesSettings
from subledger.recipes.vendors import clean_name


def plan(settings: CardExpensesSettings) -> FlowPlan:
    """The flow that the settings describe.

    Switched-off kinds are read all the same and left out one by one, so that the totals of the
    source and of the books can be compared. The draft runs after the steps.
    """
    files = {ATTACHMENT} if settings.receipts == "attach" else set()
    return FlowPlan(
        kinds=frozenset(KINDS) | files,
        account=settings.account.strip(),
        steps=_steps(settings),
        draft=drafting(settings),
        references=_references(settings),
    )


def _steps(settings: CardExpensesSettings) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """Approval first, then mapping; neither where no purchases are posted."""
    if not settings.purchases:
        return ()
    mapping: dict[str, Any] = {}
    if settings.default_expense_account is not None:
        mapping["account_default"] = settings.default_expense_account
    if settings.default_class is not None:
        mapping["class_default"] = settings.default_class
    if settings.default_tax_code is not None:
        mapping["tax_default"] = settings.default_tax_code
    return (("approvals", {}), ("mapping", mapping))


def _references(settings: CardExpensesSettings) -> tuple[Reference, ...]:
    """What must be in the books before the first post, each once, in the order of the settings."""
    accounts = [settings.account]
    for kind in KINDS.values():
        counter = getattr(settings, kind.counter)
        if counter is not None and getattr(settings, kind.plural):
            accounts.append(counter)
    wanted: list[tuple[Kind, str]] = [(ACCOUNT, name.strip()) for name in accounts]
    if settings.default_class is not None:
        wanted.append((CLASS, settings.default_class.strip()))
    if settings.default_tax_code is not None and settings.purchases:
        wanted.append((TAX_CODE, settings.default_tax_code.strip()))
    if settings.default_vendor is not None and not settings.create_vendors:
        wanted.append((VENDOR, clean_name(settings.default_vendor)))
    return tuple(Reference(kind=kind, name=name) for kind, name in dict.fromkeys(wanted))


CARD_EXPENSES = RecipeType(
    name="card-expenses",
    title="Card expenses: purchases, fees, transfers and rebates of a card programme",
    api=API,
    source=Role.CARD_PLATFORM,
    sink=Role.GENERAL_LEDGER,
    settings=CardExpensesSettings,
    plan=plan,
)
