"""Vendors' names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subledger.findings import Finding
from subledger.model import Reference
from subledger.model.kinds import VENDOR
from subledger.recipes.vendors import LONGEST, SUFFIX, clean_name, vendor


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Office\tDepot ", "Office Depot"),
        ("SQ:COFFEE", "SQ-COFFEE"),
        ("Acme\x00\r\nLtd", "Acme Ltd"),
        (
            "The Very Long Name of a Merchant of Northern Springfield",
            "The Very Long Name of a Merchant of",
        ),
        ("X" * 60, "X" * 41),
        ("", ""),
    ],
)
def test_clean(text, name):
    """A name becomes one that books can store."""
    assert clean_name(text) == name


@given(text=st.text())
def test_always_storable(text):
    """Every cleaned name is short, printable, without a colon, trimmed, and stays as it is."""
    name = clean_name(text)
    assert len(name) <= LONGEST
    assert ":" not in name
    assert name == name.strip()
    assert name.isprintable()
    assert clean_name(name) == name


def test_known_spelling(books):
    """Names that differ in case from a vendor of the books are that vendor."""
    for name in ("OFFICE DEPOT", "office depot"):
        found = vendor(name, books, create=True, suffix=False)
        assert found == Reference(kind=VENDOR, name="Office Depot")


def test_new(books):
    """A new merchant becomes a vendor only where that is allowed."""
    assert vendor("Acme", books, create=True, suffix=False) == Reference(
        kind=VENDOR, name="Acme", create=True
    )
    assert vendor("Acme", books, create=False, suffix=False) == Reference(kind=VENDOR, name="Acme")


def test_customer_of_the_same_name(books):
    """A merchant whose name belongs to a customer waits, or gets a suffix."""
    held = vendor("riverside bakery", books, create=True, suffix=False)
    assert isinstance(held, Finding)
    assert held.category == "name_conflict"
    assert held.subject == "name riverside bakery"
    assert "customer" in held.message
    found = vendor("Riverside Bakery", books, create=True, suffix=True)
    assert found == Reference(kind=VENDOR, name="Riverside Bakery (Vendor)", create=True)


def test_suffix_fits(books):
    """The suffix is never cut off."""
    name = "Riverside Bakery and Coffee House of Ohio"
    rival = type(books)([*books.entries])
    rival.entries.append(type(books.entries[0])(kind="customer", id="9", name=name))
    found = vendor(name, rival, create=True, suffix=True)
    assert found.name == "Riverside Bakery and Coffee" + SUFFIX
    assert len(found.name) <= LONGEST
