"""Registers the recipes that come with the kernel."""

from collections.abc import Iterable
from typing import Any

from subledger.hooks import hookimpl
from subledger.ports import RecipeType
from subledger.recipes.card_expenses import CARD_EXPENSES
from subledger.recipes.psa_invoices import PSA_INVOICES


@hookimpl
def register_recipes() -> Iterable[RecipeType[Any]]:
    """The recipes card-expenses and psa-invoices."""
    return [CARD_EXPENSES, PSA_INVOICES]
