"""Memos from a template."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subledger.model.marker import parse_marker
from subledger.recipes.memo import FIELDS, LIMIT, parse_template, render_memo

MARK = "sl:txn-5"
USUAL = parse_template("{marker} | {cardholder} | {notes} | {receipts}")


def test_all_fields():
    """Every field stands in the template's order."""
    values = {"marker": MARK, "cardholder": "Dana Ruiz", "notes": "toner", "receipts": "https://r"}
    assert render_memo(USUAL, values) == "sl:txn-5 | Dana Ruiz | toner | https://r"


def test_empty_fields():
    """An empty field takes its separator along."""
    assert render_memo(USUAL, {"marker": MARK}) == MARK
    assert render_memo(USUAL, {"marker": MARK, "notes": " \n "}) == MARK
    assert render_memo(USUAL, {"marker": MARK, "receipts": "https://r"}) == "sl:txn-5 | https://r"


def test_tail():
    """Text after the last field appears only with that field."""
    template = parse_template("{marker} ({cardholder})")
    assert render_memo(template, {"marker": MARK, "cardholder": "Dana"}) == "sl:txn-5 (Dana)"
    assert render_memo(template, {"marker": MARK}) == MARK


def test_one_line():
    """Line breaks and control characters become spaces; braces are plain text."""
    values = {"marker": MARK, "notes": "two\r\nlines\x00 {cardholder}"}
    assert render_memo(USUAL, values) == "sl:txn-5 | two lines {cardholder}"


def test_cut_at_a_word():
    """A memo that is too long is cut at a word, at its end."""
    memo = render_memo(USUAL, {"marker": MARK, "notes": "word " * 2000})
    assert len(memo) <= LIMIT
    assert memo.endswith("word...")


@given(
    values=st.dictionaries(
        st.sampled_from([name for name in FIELDS if name != "marker"]),
        st.text() | st.integers(0, 9000).map("x".__mul__),
    )
)
def test_marker_survives(values):
    """Whatever people write, the marker is first, whole and readable."""
    memo = render_memo(USUAL, values | {"marker": MARK})
    assert parse_marker(memo) == MARK
    assert len(memo) <= LIMIT
    assert memo.isprintable()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "start with {marker}"),
        ("{notes} {marker}", "start with {marker}"),
        (" {marker}", "start with {marker}"),
        ("{marker}{notes}", "space after {marker}"),
        ("{marker}; {notes}", "space after {marker}"),
        ("{marker}.", "space after {marker}"),
        ("{marker} {memo}", "cannot use {memo}"),
        ("{marker} {}", "cannot use {}"),
        ("{marker} {notes!r}", "cannot use {notes}"),
        ("{marker} {notes:>10}", "cannot use {notes}"),
        ("{marker} {notes", "not readable"),
    ],
)
def test_refused(text, sentence):
    """A template that would lose the marker or names an unknown field is refused."""
    with pytest.raises(ValueError, match="memo template") as caught:
        parse_template(text)
    assert sentence in str(caught.value)
