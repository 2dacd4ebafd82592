"""Registers the recipes that come with the kernel."""

from collections.abc import Iterable
from typing import Any

from subledger.hooks import hookimpl
from subledger.ports import RecipeType
from subledger.recipes.card_expenses import CARD_EXPENSES


@hookimpl
def register_recipes() -> Iterable[RecipeType[Any]]:
    """The recipe card-expenses."""
    return [CARD_EXPENSES]
