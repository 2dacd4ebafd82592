"""The lists of a small company, and builders of movements and steps."""

import datetime as dt

import pytest

from subledger.model import Line, Movement, Tag, Way
from subledger.model.kinds import ACCOUNT, CLASS, CUSTOMER, ITEM, TAX_CODE
from subledger.money import Money
from subledger.ports import BookEntry
from subledger_mapping.config import MappingConfig
from subledger_mapping.step import MappingStep

NAMES = {
    ACCOUNT: [
        "Office Supplies",
        "Travel",
        "Travel:Hotel",
        "Travel:Meals",
        "Marketing",
        "Marketing:Meals",
        "Fuel",
        "Staff:Fuel",
        "Uncategorized Expense",
        "Equipment",
        "Old:Advertising",
        "Marketing:Advertising",
    ],
    CLASS: ["Administration", "Clinic", "Field Services", "Field Services:North"],
    CUSTOMER: ["Lakeside Clinic", "Lakeside Clinic:Roof Repair", "Harbor School District"],
    ITEM: ["Consulting"],
    TAX_CODE: ["GST", "HST ON", "Exempt"],
}
INACTIVE = {ACCOUNT: ["Postage", "Old:Postage", "Old:Advertising"], TAX_CODE: ["VAT 2019"]}


def folded(name):
    return ":".join(part.strip() for part in name.split(":")).casefold()


class MemoryBooks:
    """Books in memory that count how often they are asked."""

    closing_date = None

    def __init__(self, entries):
        self.entries = entries
        self.by_name, self.by_leaf = {}, {}
        for entry in entries:
            name = folded(entry.name)
            self.by_name.setdefault((entry.kind, name), []).append(entry)
            self.by_leaf.setdefault((entry.kind, name.rpartition(":")[2]), []).append(entry)

    def find(self, kind, name):
        """Entries with this full name."""
        return self.by_name.get((kind, folded(name)), ())

    def find_number(self, kind, number):
        """Nothing has a number here."""
        return ()

    def find_email(self, kind, email):
        """Nothing has an e-mail address here."""
        return ()

    def find_leaf(self, kind, name):
        """Entries with this last part of the name."""
        return self.by_leaf.get((kind, folded(name)), ())

    def get(self, kind, id):  # noqa: A002 - the protocol's name
        """The entry with this id."""
        return next((e for e in self.entries if (e.kind, e.id) == (kind, id)), None)


@pytest.fixture(scope="session")
def books():
    entries = []
    for kind, names in NAMES.items():
        inactive = INACTIVE.get(kind, [])
        listed = dict.fromkeys([*names, *inactive])
        entries += [
            BookEntry(kind=kind, id=name, name=name, active=name not in inactive) for name in listed
        ]
    return MemoryBooks(entries)


@pytest.fixture(scope="session")
def line():
    """A line with tags: ``{"GL Account": "Fuel"}``, or ``("10", "Fuel")`` for value and label."""

    def build(tags=None, cents=8640, **changes):
        made = []
        for name, given in (tags or {}).items():
            value, label = given if isinstance(given, tuple) else (given, given)
            made.append(Tag(name=name, value=value, label=label))
        return Line(amount=Money(cents), tags=tuple(made), **changes)

    return build


@pytest.fixture(scope="session")
def movement(line):
    def build(*lines, **changes):
        lines = lines or (line(),)
        values = {
            "id": "700000123",
            "way": Way.OUT,
            "amount": Money(sum(one.amount.minor for one in lines)),
            "date": dt.date(2026, 3, 4),
            "merchant": "OFFICE DEPOT #221",
            "merchant_normalised": "Office Depot",
            "cardholder": "Dana Ruiz",
            "lines": lines,
        }
        return Movement(**(values | changes))

    return build


@pytest.fixture(scope="session")
def step():
    def build(**settings):
        return MappingStep(MappingConfig(**settings))

    return build
