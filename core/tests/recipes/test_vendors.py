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
        ("Exactly Forty One Characters of a Merchant Ltd", "Exactly Forty One Characters of a"),
        (
            "Exactly Forty One Characters of a Shopkee Ltd",
            "Exactly Forty One Characters of a Shopkee",
        ),
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


@pytest.mark.parametrize("create", [True, False])
def test_reference_is_stable(books, create):
    """The reference is the same before and after the vendor is created in the books."""
    before = vendor("Acme", books, create=create, suffix=False)
    entry = type(books.entries[0])(kind=VENDOR, id="9", name="ACME")
    after = vendor("Acme", type(books)([*books.entries, entry]), create=create, suffix=False)
    assert before == after == Reference(kind=VENDOR, name="Acme", create=create)


def test_vendor_before_customer(books):
    """A vendor that the books have is used, even if a customer has the same name."""
    entry = type(books.entries[0])(kind=VENDOR, id="9", name="Riverside Bakery")
    both = type(books)([*books.entries, entry])
    found = vendor("riverside bakery", both, create=True, suffix=False)
    assert found == Reference(kind=VENDOR, name="riverside bakery", create=True)


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
