"""Rules, defaults and requirements, and which of them wins."""

from decimal import Decimal

import pytest

from subledger.model import Party, Reference
from subledger.model.kinds import ACCOUNT, CARD_TRANSACTION, CLASS, FEE, TRANSFER, VENDOR
from subledger.money import Money
from subledger.ports import Hold, Keep
from subledger_mapping.config import MappingConfig, Rule, When

GL = "GL Account"
FUEL = {"account": "Fuel"}


def rule(then=None, **when):
    return Rule(when=When(**when), then=then or FUEL)


def account_of(verdict):
    assert isinstance(verdict, Keep), verdict
    account = verdict.entity.lines[0].account
    return account and account.name


@pytest.mark.parametrize(
    ("when", "matches"),
    [
        ({"merchant": "office depot"}, True),
        ({"merchant": " OFFICE DEPOT #221 "}, True),
        ({"merchant": "office*"}, True),
        ({"merchant": "*depot #22?"}, True),
        ({"merchant": "office"}, False),
        ({"merchant": "office.depot"}, False),
        ({"merchant": "office depot??"}, False),
        ({"cardholder": "dana ruiz"}, True),
        ({"cardholder": "dana*"}, True),
        ({"cardholder": "dana"}, False),
        ({"kind": "card_transaction"}, True),
        ({"kind": "fee"}, False),
        ({"min_amount": Decimal("86.40")}, True),
        ({"min_amount": Decimal("86.41")}, False),
        ({"max_amount": Decimal("86.40")}, True),
        ({"max_amount": Decimal("86.39")}, False),
        ({"min_amount": Decimal(80), "max_amount": Decimal(90)}, True),
        ({"tag": "billable"}, True),
        ({"tag": "project note"}, False),
        ({"tag": "Billable", "tag_value": "yes"}, True),
        ({"tag": "Billable", "tag_value": "1"}, True),
        ({"tag": "Billable", "tag_value": "No"}, False),
        ({"merchant": "office*", "cardholder": "sam*"}, False),
        ({"merchant": "office*", "tag": "Billable"}, True),
    ],
)
def test_conditions(step, movement, line, books, *, when, matches):
    """A rule applies where all its conditions hold, and nowhere else."""
    purchase = movement(line({"Billable": ("1", "Yes")}))
    verdict = step(rules=(rule(**when),)).apply(purchase, books)
    assert account_of(verdict) == ("Fuel" if matches else None)


def test_tag_then_rule_then_default(step, movement, line, books):
    """An explicit tag wins over a rule, a rule over a default."""
    settings = {"rules": (rule(merchant="office*"),), "account_default": "Uncategorized Expense"}
    tagged = movement(line({GL: "Travel"}))
    assert account_of(step(**settings).apply(tagged, books)) == "Travel"
    assert account_of(step(**settings).apply(movement(), books)) == "Fuel"
    other = movement(merchant="Acme", merchant_normalised="")
    assert account_of(step(**settings).apply(other, books)) == "Uncategorized Expense"


def test_bad_tag_never_falls_through(step, movement, line, books):
    """A tag that means nothing holds the record, even where a rule and a default would do."""
    settings = {"rules": (rule(merchant="*"),), "account_default": "Uncategorized Expense"}
    assert isinstance(step(**settings).apply(movement(line({GL: "Gone"})), books), Hold)


def test_first_rule_alone(step, movement, books):
    """The first rule that matches counts alone."""
    rules = (
        rule({"class": "Clinic"}, merchant="office*"),
        rule({"account": "Travel", "class": "Administration"}, merchant="*"),
    )
    mapped = step(rules=rules).apply(movement(), books).entity.lines[0]
    assert mapped.class_ == Reference(kind=CLASS, name="Clinic")
    assert mapped.account is None


def test_vendor_of_a_rule(step, movement, books):
    """A rule can choose the vendor; without one the party stays as it was."""
    rules = (rule({"vendor": " Shell "}, merchant="office*"),)
    verdict = step(rules=rules).apply(movement(), books)
    assert verdict.entity.party == Reference(kind=VENDOR, name="Shell")
    other = movement(merchant="Acme", merchant_normalised="")
    assert step(rules=rules).apply(other, books).entity.party is None


def test_vendor_of_a_split(step, movement, line, books):
    """Where the lines of a split ask for different vendors, the first line's rule decides."""
    rules = (
        rule({"vendor": "Shell"}, tag="a"),
        rule({"vendor": "PEX"}, tag="b"),
    )
    split = movement(line({"x": "1"}), line({"a": "1"}), line({"b": "1"}))
    assert step(rules=rules).apply(split, books).entity.party.name == "Shell"


@pytest.mark.parametrize("name", ["Postage", "Gone"])
def test_stale_rule(step, movement, books, name):
    """A rule or default that names an inactive or unknown entry holds the record and is named."""
    rules = (rule(merchant="Acme"), rule({"account": name}, merchant="office*"))
    held = step(rules=rules).apply(movement(), books)
    assert held.finding.category == "mapping_stale"
    assert held.finding.subject == f"rule 2 account = {name}"
    held = step(account_default=name).apply(movement(), books)
    assert held.finding.category == "mapping_stale"
    assert held.finding.subject == f"setting account_default = {name}"


def test_required(step, movement, line, books):
    """Something required is never filled from a default; the record waits for a tag or a rule."""
    settings = {"account_required": True, "account_default": "Uncategorized Expense"}
    held = step(**settings).apply(movement(), books)
    assert isinstance(held, Hold)
    assert held.finding.category == "mapping_missing"
    assert GL in held.finding.message
    assert account_of(step(**settings).apply(movement(line({GL: "Fuel"})), books)) == "Fuel"
    ruled = step(rules=(rule(merchant="*"),), **settings)
    assert account_of(ruled.apply(movement(), books)) == "Fuel"


def test_item_needs_no_account(step, movement, line, books):
    """A line with an item gets no default account, since the item brings its own."""
    settings = {"account_default": "Fuel", "account_required": True}
    mapped = step(**settings).apply(movement(line({"Item": "Consulting"})), books).entity.lines[0]
    assert mapped.item is not None
    assert mapped.account is None


def test_defaults_fill_only_gaps(step, movement, line, books):
    """A default never replaces what a line has already; a tag does."""
    given = Reference(kind=ACCOUNT, name="Travel")
    assert account_of(step(account_default="Fuel").apply(movement(line(account=given)), books)) == (
        "Travel"
    )
    tagged = movement(line({GL: "Fuel"}, account=given))
    assert account_of(step().apply(tagged, books)) == "Fuel"


def test_other_kinds(step, movement, line, books):
    """Defaults and requirements are for purchases; a fee is mapped only by its tags and rules."""
    settings = {"account_default": "Fuel", "class_required": True}
    assert isinstance(step(**settings).apply(movement(), books), Hold)
    assert account_of(step(**settings).apply(movement(kind=FEE), books)) is None
    tagged = movement(line({GL: "Travel"}), kind=FEE)
    assert account_of(step(**settings).apply(tagged, books)) == "Travel"
    both = step(kinds=(CARD_TRANSACTION, FEE), account_default="Fuel")
    assert account_of(both.apply(movement(kind=FEE), books)) == "Fuel"


def test_transfers_and_others_pass(step, movement, line, books):
    """Transfers are never mapped to an expense, and list entries pass unchanged."""
    everything = step(
        rules=(rule(min_amount=Decimal(0)),), account_default="Fuel", kinds=(TRANSFER,)
    )
    for entity in (movement(line({GL: "Gone"}), kind=TRANSFER), Party(id="1", name="Acme")):
        assert everything.apply(entity, books) == Keep(entity=entity)


def test_no_tags_no_settings(step, movement, books):
    """Without tags, rules and defaults a record passes as it is."""
    assert step().apply(movement(), books) == Keep(entity=movement())


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (When, "needs a condition"),
        (lambda: When(tag_value="Yes"), "tag_value needs tag"),
        (lambda: When(min_amount=Decimal(2), max_amount=Decimal(1)), "could never match"),
        (lambda: Rule(when=When(kind=FEE), then={}), "at least one"),
        (lambda: Rule(when=When(kind=FEE), then={"acount": "Fuel"}), "cannot set 'acount'"),
        (lambda: Rule(when=When(kind=FEE), then={"account": " "}), "empty name"),
        (lambda: MappingConfig(account_default=""), "not empty"),
        (lambda: MappingConfig(account_tags=("",)), "not empty"),
    ],
)
def test_refused(make, sentence):
    """Settings that cannot work are refused with a sentence."""
    with pytest.raises(ValueError, match=sentence):
        make()


def test_amount_of_the_record(step, movement, line, books):
    """A rule's amounts are those of the whole record, not of one line."""
    split = movement(line(cents=5000), line(cents=3640))
    assert split.amount == Money(8640)
    verdict = step(rules=(rule(min_amount=Decimal(86)),)).apply(split, books)
    assert [one.account.name for one in verdict.entity.lines] == ["Fuel", "Fuel"]
