"""What QuickBooks can store of a text, and what is told about the rest."""
# ruff: noqa: RUF001 - the characters that look alike are what is tested

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subledger_quickbooks_desktop.wire.text import (
    Loss,
    is_storable,
    storable,
    stored_length,
    truncate,
)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("plain", "plain"),
        ("“curly” ‘quotes’ – — … € ™ • Ž", "“curly” ‘quotes’ – — … € ™ • Ž"),
        ("Jose\u0301", "José"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\tb", "a b"),
        ("  outer  ", "outer"),
        ("\u2028x", "x"),
    ],
)
def test_what_the_code_page_has_is_kept_without_a_loss(text: str, kept: str) -> None:
    """Composition, newlines, tabs and outer white space are no losses."""
    stored = storable(text)
    assert stored.text == kept
    assert stored.losses == ()


@pytest.mark.parametrize(
    ("text", "kept", "losses"),
    [
        ("Łódź", "Lódz", (Loss("transliterated", 0, "Ł", "L"),
                          Loss("transliterated", 3, "ź", "z"))),
        ("−5 ≤ 7", "-5 <= 7", (Loss("transliterated", 0, "−", "-"),
                              Loss("transliterated", 3, "≤", "<="))),
        ("ﬁnal ①", "final 1", (Loss("transliterated", 0, "ﬁ", "fi"),
                              Loss("transliterated", 5, "①", "1"))),
        ("日本 GmbH", "?? GmbH", (Loss("replaced", 0, "日本", "??"),)),
        ("ok 👍🏽!", "ok ?!", (Loss("replaced", 3, "👍", "?"), Loss("removed", 4, "🏽", ""))),
        ("a\x00b\x1fc\x81d", "abcd", (Loss("removed", 1, "\x00", ""),
                                      Loss("removed", 3, "\x1f", ""),
                                      Loss("removed", 5, "\x81", ""))),
        ("zero\u200bwidth", "zerowidth", (Loss("removed", 4, "\u200b", ""),)),
        ("Москва", "??????", (Loss("replaced", 0, "Москва", "??????"),)),
    ],
)  # fmt: skip
def test_every_loss_is_told_with_its_place(text: str, kept: str, losses: tuple[Loss, ...]) -> None:
    """Nothing becomes a question mark in silence."""
    stored = storable(text)
    assert stored.text == kept
    assert stored.losses == losses


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("short", 5, "short"),
        ("Acme Supplies International", 20, "Acme Supplies Intern"),
        ("Acme Supplies International", 16, "Acme Supplies"),
        ("Acme Supplies International", 14, "Acme Supplies"),
        ("Acme Supplies International", 13, "Acme Supplies"),
        ("A Verylongwordindeed", 10, "A Verylong"),
        ("one\ntwo", 8, "one\ntwo"),
        ("one\ntwo", 7, "one\ntw"),
        ("one\ntwo", 4, "one"),
    ],
)
def test_a_text_is_cut_at_a_word_or_a_character(text: str, limit: int, kept: str) -> None:
    """At a word where that keeps most of it; a newline counts twice and is never split."""
    stored = storable(text, limit)
    assert stored.text == kept
    assert stored_length(stored.text) <= limit
    if kept != text:
        assert stored.losses[-1] == Loss("truncated", len(kept), text[len(kept) :])


def test_length_counts_every_newline_twice() -> None:
    """CR, LF and CRLF are all stored as two characters."""
    assert stored_length("a\nb") == stored_length("a\r\nb") == stored_length("a\rb") == 4
    assert stored_length("a\r\n\nb\r") == 2 + 6


@given(text=st.text(), limit=st.none() | st.integers(1, 40))
def test_the_result_can_be_stored_and_stays_the_same(text: str, limit: int | None) -> None:
    """Storing twice changes nothing more, so values that come back can be compared."""
    stored = storable(text, limit)
    assert is_storable(stored.text)
    stored.text.encode("cp1252")
    assert limit is None or stored_length(stored.text) <= limit
    again = storable(stored.text, limit)
    assert (again.text, again.losses) == (stored.text, ())


@given(text=st.text(st.sampled_from("ab \n"), max_size=60), limit=st.integers(1, 50))
def test_a_cut_text_is_a_beginning(text: str, limit: int) -> None:
    """Cutting takes from the end and nothing else."""
    cut = truncate(text, limit)
    assert text.startswith(cut)
    assert stored_length(cut) <= limit


@given(text=st.text(st.characters(codec="cp1252", exclude_categories=["Cc"])))
def test_text_of_the_code_page_has_no_losses(text: str) -> None:
    """The guard does not cry wolf."""
    assert storable(text).losses == ()
