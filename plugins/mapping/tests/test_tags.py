"""What a tag's value means in the books."""

import pytest

from subledger.model import Reference
from subledger.model.kinds import ACCOUNT, CLASS, CUSTOMER, ITEM
from subledger.ports import Hold, Keep

GL = "GL Account"


def account_of(verdict):
    assert isinstance(verdict, Keep), verdict
    return verdict.entity.lines[0].account


@pytest.fixture
def judge(step, movement, line, books):
    """The verdict on a purchase whose tag GL Account has a value and a label."""

    def run(value, label=None, **settings):
        tags = {GL: (value, value if label is None else label)}
        return step(**settings).apply(movement(line(tags)), books)

    return run


@pytest.mark.parametrize(
    ("value", "label", "account"),
    [
        ("Office Supplies", "Office Supplies", "Office Supplies"),
        ("office SUPPLIES", "office SUPPLIES", "Office Supplies"),
        ("Travel:Hotel", "Hotel", "Travel:Hotel"),
        ("10", "Fuel", "Fuel"),
        ("10", "Travel:Meals", "Travel:Meals"),
        ("Hotel", "Hotel", "Travel:Hotel"),
        ("10", "Hotel", "Travel:Hotel"),
        ("Fuel", "Travel", "Fuel"),
        ("Advertising", "Advertising", "Marketing:Advertising"),
        ("Travel ", "Travel", "Travel"),
    ],
)
def test_matched(judge, value, label, account):
    """A value is found by path, then by its label, then by the unique last part, exactly."""
    assert account_of(judge(value, label)) == Reference(kind=ACCOUNT, name=account)


@pytest.mark.parametrize(
    ("value", "category", "message"),
    [
        ("Groceries", "mapping_missing", 'no account "Groceries"'),
        ("Offic Supplies", "mapping_missing", 'no account "Offic Supplies"'),
        ("Meals", "mapping_ambiguous", "Marketing:Meals, Travel:Meals"),
        ("Postage", "mapping_stale", '"Postage" is inactive'),
        ("Old:Postage", "mapping_stale", '"Old:Postage" is inactive'),
    ],
)
def test_held(judge, value, category, message):
    """A value that means nothing, several entries or an inactive one holds the record."""
    held = judge(value)
    assert isinstance(held, Hold)
    assert held.finding.category == category
    assert held.finding.subject == f"tag GL Account = {value}"
    assert message in held.finding.message


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("201 · Equipment", 'Write "Equipment" in the source'),
        ("201 - Equipment", 'Write "Equipment" in the source'),
        ("201 · Unheard Of", 'Write "Unheard Of" in the source'),
        ("Fuel ", 'Write "Fuel" in the source'),
        (" Fuel", 'Write "Fuel" in the source'),
        ("Travel: Hotel", 'Write "Travel:Hotel" in the source'),
        ("Expenses:Travel:Hotel", "Travel:Hotel."),
        ("Groceries", "add the account to the books"),
        ("401 - K", "add the account to the books"),
    ],
)
def test_hint(judge, value, hint):
    """A slip that explains why a value was not found is named, with what to write instead."""
    held = judge(value)
    assert isinstance(held, Hold)
    assert held.finding.category == "mapping_missing"
    assert hint in held.finding.hint
    assert 'tags."GL Account"' in held.finding.hint


@pytest.mark.parametrize("key", ["201 · Equipment", "201 · EQUIPMENT", "Shown"])
def test_explicit(judge, key):
    """An explicit mapping of the value or of its label comes before every other way."""
    settings = {"tags": {"gl account": {key: "Office Supplies"}}}
    verdict = judge("201 · Equipment", "Shown", **settings)
    assert account_of(verdict).name == "Office Supplies"
    verdict = judge("Travel", tags={GL: {"Travel": "Hotel"}})
    assert account_of(verdict).name == "Travel:Hotel"
    verdict = judge("Travel", tags={"Other": {"Travel": "Hotel"}})
    assert account_of(verdict).name == "Travel"


@pytest.mark.parametrize("name", ["Postage", "Gone"])
def test_explicit_stale(judge, name):
    """An explicit mapping to an entry that is inactive or gone holds the record."""
    held = judge("10", "Fuel", tags={GL: {"10": name}})
    assert isinstance(held, Hold)
    assert held.finding.category == "mapping_stale"
    assert held.finding.subject == "tag GL Account = 10"
    assert f'"{name}"' in held.finding.message


def test_every_place(step, movement, line, books):
    """Account, class, customer and item each come from their own tag."""
    tags = {
        GL: "Fuel",
        "class": "North",
        "CUSTOMER ": "Lakeside Clinic:Roof Repair",
        "Item": "Consulting",
    }
    mapped = step().apply(movement(line(tags)), books).entity.lines[0]
    assert mapped.account == Reference(kind=ACCOUNT, name="Fuel")
    assert mapped.class_ == Reference(kind=CLASS, name="Field Services:North")
    assert mapped.customer == Reference(kind=CUSTOMER, name="Lakeside Clinic:Roof Repair")
    assert mapped.item == Reference(kind=ITEM, name="Consulting")
    off = step(class_tag="", customer_tag="", item_tag="", account_tags=())
    assert off.apply(movement(line(tags)), books).entity.lines[0] == line(tags)


def test_account_tags_in_order(step, movement, line, books):
    """The first account tag that a line has counts, even if a later one would be found."""
    settings = {"account_tags": ("Job Cost", GL)}
    both = movement(line({GL: "Fuel", "Job Cost": "Travel"}))
    assert account_of(step(**settings).apply(both, books)).name == "Travel"
    blank = movement(line({GL: "Fuel", "Job Cost": " "}))
    assert account_of(step(**settings).apply(blank, books)).name == "Fuel"
    wrong = movement(line({GL: "Fuel", "Job Cost": "Gone"}))
    assert isinstance(step(**settings).apply(wrong, books), Hold)


def test_same_tag_twice(step, movement, line, books):
    """Where a line has a tag twice, the first one counts."""
    twice = line({GL: "Fuel", "gl account": "Travel"})
    assert account_of(step().apply(movement(twice), books)).name == "Fuel"


def test_splits(step, movement, line, books):
    """Each line of a split is mapped by its own tags; one bad line holds the record."""
    good = movement(line({GL: "Fuel"}, 5000), line({GL: "Travel"}, 3640))
    names = [one.account.name for one in step().apply(good, books).entity.lines]
    assert names == ["Fuel", "Travel"]
    bad = movement(line({GL: "Fuel"}, 5000), line({GL: "Gone"}, 3640))
    held = step().apply(bad, books)
    assert isinstance(held, Hold)
    assert held.finding.subject == "tag GL Account = Gone"


def test_one_cause_one_finding(step, movement, line, books):
    """A thousand records with one bad value make one finding."""
    findings = {
        step().apply(movement(line({GL: "Gone"}, cents), id=str(cents)), books).finding
        for cents in range(1, 50)
    }
    assert len(findings) == 1
