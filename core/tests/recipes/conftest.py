"""Books in memory and a builder of movements."""

import datetime as dt

import pytest

from subledger.model import Line, Movement, Way
from subledger.model.kinds import CUSTOMER, VENDOR
from subledger.money import Money
from subledger.ports import BookEntry


class MemoryBooks:
    """The lists of a small company."""

    closing_date = None

    def __init__(self, entries):
        self.entries = entries

    def find(self, kind, name):
        """Entries with this full name."""
        wanted = name.strip().casefold()
        return [e for e in self.entries if e.kind == kind and e.name.casefold() == wanted]

    def find_number(self, kind, number):
        """Nothing has a number here."""
        return ()

    def find_email(self, kind, email):
        """Nothing has an e-mail address here."""
        return ()

    def find_leaf(self, kind, name):
        """Entries with this last part of the name."""
        wanted = name.strip().casefold()
        return [
            e
            for e in self.entries
            if e.kind == kind and e.name.rpartition(":")[2].casefold() == wanted
        ]

    def get(self, kind, id):  # noqa: A002 - the protocol's name
        """The entry with this id."""
        return next((e for e in self.entries if e.kind == kind and e.id == id), None)


@pytest.fixture(scope="session")
def books():
    names = {
        VENDOR: ["PEX", "Office Depot", "Shell"],
        CUSTOMER: ["Lakeside Clinic", "Lakeside Clinic:Roof Repair", "Riverside Bakery"],
    }
    return MemoryBooks(
        [
            BookEntry(kind=kind, id=f"{kind}-{index}", name=name)
            for kind, listed in names.items()
            for index, name in enumerate(listed)
        ]
    )


@pytest.fixture(scope="session")
def movement():
    def build(**changes):
        amount = changes.pop("amount", Money(8640))
        values = {
            "id": "700000123",
            "way": Way.OUT,
            "amount": amount,
            "date": dt.date(2026, 3, 4),
            "transaction_date": dt.date(2026, 3, 2),
            "merchant": "OFFICE DEPOT #221",
            "merchant_normalised": "Office Depot",
            "cardholder": "Dana Ruiz",
            "notes": ("toner",),
            "lines": (Line(amount=amount),),
        }
        return Movement(**(values | changes))

    return build
