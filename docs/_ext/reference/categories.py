"""The page of findings, from the categories that the product knows. Pure."""

from collections.abc import Iterable

from reference.markdown import code, table
from subledger.findings import CATEGORIES, Category


def findings_table(categories: Iterable[Category] = CATEGORIES.values()) -> str:
    """Every category: its cause in plain words and the way out."""
    rows = [
        (code(category.name), _sentence(category.meaning), category.hint) for category in categories
    ]
    return table(("category", "cause", "way out"), rows)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
