"""Findings: every category has a cause in plain words and a way out."""

import ast
import re
from pathlib import Path

import pytest

import subledger
from subledger.findings import CATEGORIES, Finding

ROOT = Path(subledger.__file__).parent
_CODE_WORDS = re.compile(r"Exception|Traceback|None\b|null\b|stderr", re.IGNORECASE)


@pytest.mark.parametrize("name", CATEGORIES)
def test_plain_words(name):
    """A category has a meaning and a hint, as sentences that an owner of books can read."""
    category = CATEGORIES[name]
    assert category.name == name
    assert re.fullmatch(r"[a-z][a-z_]*", name)
    assert not category.meaning.endswith(".")
    assert category.hint.endswith(".")
    for text in (category.meaning, category.hint):
        assert len(text) > 10
        assert not _CODE_WORDS.search(text)


def test_unknown_category():
    """A finding of an unknown category is refused where it is made."""
    with pytest.raises(ValueError, match="not a category"):
        Finding(category="whatever", subject="s", message="m")


def test_categories_are_fixed():
    """Nobody can change the table of categories."""
    with pytest.raises(TypeError):
        CATEGORIES["new"] = CATEGORIES["internal"]


def test_way_out():
    """A finding's own hint stands before that of its category."""
    plain = Finding(category="validation", subject="s", message="m")
    assert plain.way_out == CATEGORIES["validation"].hint
    own = Finding(category="validation", subject="s", message="m", hint="Do that.")
    assert own.way_out == "Do that."


def _categories_in(text):
    """The constant categories that a module names."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.keyword) and node.arg == "category":
            value = node.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def test_kernel_uses_known_categories():
    """Every category that the kernel's code names is in the table."""
    used = {name for path in ROOT.rglob("*.py") for name in _categories_in(path.read_text())}
    assert used >= {"closed_period", "mapping_missing"}
    assert used <= set(CATEGORIES)


def test_unknown_category_in_code_is_seen():
    """Control: the search does see a category that is not in the table."""
    assert set(_categories_in('Finding(category="nonsense", subject="")')) - set(CATEGORIES)
