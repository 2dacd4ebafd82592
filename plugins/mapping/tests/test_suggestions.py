"""Suggestions for names that did not match."""

import pytest

from subledger_mapping.suggest import normalised, suggestions


@pytest.mark.parametrize(
    ("name", "proposed"),
    [
        ("Fuel", ["Fuel", "Staff:Fuel"]),
        (" fuel ", ["Fuel", "Staff:Fuel"]),
        ("201 · Equipment", ["Equipment"]),
        ("Office-Supplies", ["Office Supplies"]),
        ("Meals", ["Marketing:Meals", "Travel:Meals"]),
        ("Expenses:Travel:Hotel", ["Travel:Hotel"]),
        ("travel: HOTEL!", ["Travel:Hotel"]),
        ("Postage", []),
        ("Offic Supplies", []),
        ("", []),
        (":", []),
        ("!!", []),
    ],
)
def test_proposed(books, name, proposed):
    """Only entries with the same words are proposed, active ones, best first."""
    accounts = [entry for entry in books.entries if entry.kind == "account"]
    assert [entry.name for entry in suggestions(name, accounts)] == proposed


def test_best_first(books):
    """The same path comes before the same last part."""
    accounts = [entry for entry in books.entries if entry.kind == "account"]
    assert [entry.name for entry in suggestions("marketing:meals", accounts)] == [
        "Marketing:Meals",
        "Travel:Meals",
    ]


def test_normalised():
    """Case, punctuation, account numbers and the ampersand do not count."""
    assert normalised("6120 · Dues & Subscriptions") == ("dues and subscriptions",)
    assert normalised("Dues and Subscriptions") == ("dues and subscriptions",)
    assert normalised("A:b") == ("a", "b")
