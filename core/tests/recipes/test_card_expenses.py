"""The recipe card-expenses."""

import attrs
import pluggy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subledger import hooks
from subledger.config.fields import description
from subledger.ledger.books import BookIndex
from subledger.manifest import Role
from subledger.model import Attachment, Line, Party, Receipt, Reference, Status, Way
from subledger.model.kinds import (
    ACCOUNT,
    ATTACHMENT,
    CARD_TRANSACTION,
    CLASS,
    DEPOSIT,
    FEE,
    ITEM,
    PAYOUT,
    TRANSFER,
    VENDOR,
)
from subledger.model.marker import marker
from subledger.money import Money, total
from subledger.ports import Hold, Keep, Skip
from subledger.recipes import plugin
from subledger.recipes.card_expenses import CARD_EXPENSES, plan
from subledger.recipes.card_settings import CardExpensesSettings

FULL = {
    "account": "PEX Card Account",
    "funding_account": "Operating Checking",
    "fee_account": "Bank Service Charges",
    "rebate_account": "Card Rebates",
    "default_expense_account": "Uncategorized Expense",
    "default_class": "Administration",
    "default_vendor": "PEX",
}


def draft(entity, books, **settings):
    return plan(CardExpensesSettings(**(FULL | settings))).draft(entity, books)


def account(name):
    return Reference(kind=ACCOUNT, name=name)


def without(*names):
    return dict.fromkeys(names, None)


def test_purchase(movement, books):
    """A purchase gets the register account, a vendor, a number, a memo and default accounts."""
    receipts = (Receipt(name="receipt", url="https://receipts.example/1"),)
    kept = draft(movement(receipts=receipts), books)
    assert isinstance(kept, Keep)
    document = kept.entity
    assert document.account == account("PEX Card Account")
    assert document.party == Reference(kind=VENDOR, name="Office Depot", create=True)
    assert document.number == "700000123"
    assert document.memo == "sl:txn-700000123 | Dana Ruiz | toner | https://receipts.example/1"
    assert document.lines == (
        Line(
            amount=Money(8640),
            account=account("Uncategorized Expense"),
            class_=Reference(kind=CLASS, name="Administration"),
        ),
    )


def test_mapped_lines_stay(movement, books):
    """What a tag or a rule has chosen stays; only empty places are filled."""
    lines = (
        Line(
            amount=Money(5000),
            account=account("Travel:Meals"),
            class_=Reference(kind=CLASS, name="Clinic"),
        ),
        Line(amount=Money(3640), item=Reference(kind=ITEM, name="Consulting")),
    )
    document = draft(movement(lines=lines), books).entity
    assert document.lines[0] == lines[0]
    assert document.lines[1].account is None
    assert document.lines[1].item == Reference(kind=ITEM, name="Consulting")


@pytest.mark.parametrize(
    ("kind", "other", "party"),
    [
        (FEE, "Bank Service Charges", Reference(kind=VENDOR, name="PEX", create=True)),
        (DEPOSIT, "Card Rebates", Reference(kind=VENDOR, name="PEX", create=True)),
        (TRANSFER, "Operating Checking", None),
    ],
)
def test_other_side(movement, books, kind, other, party):
    """Fees, rebates and transfers go to the account set for them."""
    document = draft(movement(kind=kind), books).entity
    assert [line.account for line in document.lines] == [account(other)]
    assert document.party == party


def test_transfer_is_never_an_expense(movement, books):
    """A transfer has no class, customer or item, whatever it was mapped to."""
    line = Line(
        amount=Money(8640),
        account=account("Fuel"),
        class_=Reference(kind=CLASS, name="Clinic"),
        item=Reference(kind=ITEM, name="Consulting"),
    )
    document = draft(movement(kind=TRANSFER, lines=(line,)), books).entity
    assert document.lines == (Line(amount=Money(8640), account=account("Operating Checking")),)


@pytest.mark.parametrize(
    ("kind", "setting"),
    [
        (CARD_TRANSACTION, "default_expense_account"),
        (FEE, "fee_account"),
        (DEPOSIT, "rebate_account"),
        (TRANSFER, "funding_account"),
    ],
)
def test_missing_setting(movement, books, kind, setting):
    """A record whose other side is not set waits, and the hint names the setting."""
    held = draft(movement(kind=kind), books, **without(setting))
    assert isinstance(held, Hold)
    assert held.finding.category == "mapping_missing"
    assert f"set {setting}" in held.finding.hint.lower()
    assert isinstance(draft(movement(kind=kind), books), Keep)


@pytest.mark.parametrize(
    ("kind", "switch"),
    [
        (CARD_TRANSACTION, "purchases"),
        (FEE, "fees"),
        (TRANSFER, "transfers"),
        (DEPOSIT, "rebates"),
    ],
)
def test_switched_off(movement, books, kind, switch):
    """A switched-off kind is left out, and the finding names the switch."""
    skipped = draft(movement(kind=kind, status=Status.PENDING), books, **{switch: False})
    assert isinstance(skipped, Skip)
    assert skipped.finding.category == "excluded"
    assert switch in skipped.finding.message


def test_not_final(movement, books):
    """A pending record waits for settlement; a declined one moved no money and is left out."""
    held = draft(movement(status=Status.PENDING), books)
    assert isinstance(held, Hold)
    assert held.finding.category == "waiting_settlement"
    assert isinstance(draft(movement(status=Status.DECLINED), books), Skip)


def test_other_entities(movement, books):
    """What is not a card movement is left out."""
    for entity in (Party(id="1", name="Acme"), movement(kind=PAYOUT)):
        skipped = draft(entity, books)
        assert isinstance(skipped, Skip)
        assert entity.kind in skipped.finding.subject


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"payee": "normalised"}, "Office Depot"),
        ({"payee": "merchant"}, "OFFICE DEPOT #221"),
        ({"payee": "fixed"}, "PEX"),
        ({"payee": "merchant", "create_vendors": False}, "PEX"),
        ({"payee": "normalised", "create_vendors": False}, "Office Depot"),
        (
            {"payee": "merchant", "create_vendors": False, "default_vendor": None},
            "OFFICE DEPOT #221",
        ),
    ],
)
def test_payee(movement, books, settings, name):
    """The vendor is the one that the settings choose."""
    party = draft(movement(), books, **settings).entity.party
    assert party.name == name
    assert party.create == settings.get("create_vendors", True)


def test_no_payee(movement, books):
    """Without a payee, or without any name, there is no party."""
    assert draft(movement(), books, payee="none").entity.party is None
    nameless = movement(merchant=" ", merchant_normalised="")
    assert draft(nameless, books).entity.party.name == "PEX"
    assert draft(nameless, books, default_vendor=None).entity.party is None


def test_payee_of_a_rule(movement, books):
    """A vendor that a rule has chosen wins over the merchant, and is created if it is new."""
    chosen = Reference(kind=VENDOR, name="Acme")
    party = draft(movement(party=chosen), books).entity.party
    assert party == attrs.evolve(chosen, create=True)
    by_id = Reference(kind=VENDOR, id="80000035-1785958998")
    assert draft(movement(party=by_id), books).entity.party == by_id


def test_name_conflict(movement, books):
    """A merchant with a customer's name waits or gets a suffix, as set."""
    bakery = movement(merchant_normalised="RIVERSIDE BAKERY")
    held = draft(bakery, books)
    assert isinstance(held, Hold)
    assert held.finding.category == "name_conflict"
    party = draft(bakery, books, name_conflict="suffix").entity.party
    assert party.name == "RIVERSIDE BAKERY (Vendor)"


def test_number_and_receipts_off(movement, books):
    """Number and receipts can be left out; the source's own number is preferred to the id."""
    receipts = (Receipt(name="receipt", url="https://receipts.example/1"),)
    settings = {"number": "none", "receipts": "none"}
    document = draft(movement(receipts=receipts), books, **settings).entity
    assert document.number == ""
    assert document.memo == "sl:txn-700000123 | Dana Ruiz | toner"
    assert draft(movement(number="A-7"), books).entity.number == "A-7"


def test_steps_and_references():
    """The plan brings approvals and mapping with the defaults, and the list of what must exist."""
    made = plan(CardExpensesSettings(**FULL))
    assert made.kinds == {CARD_TRANSACTION, FEE, TRANSFER, DEPOSIT}
    assert made.account == "PEX Card Account"
    assert made.steps == (
        ("approvals", {}),
        (
            "mapping",
            {"account_default": "Uncategorized Expense", "class_default": "Administration"},
        ),
    )
    assert [reference.name for reference in made.references] == [
        "PEX Card Account",
        "Uncategorized Expense",
        "Bank Service Charges",
        "Operating Checking",
        "Card Rebates",
        "Administration",
    ]


def test_references_of_what_is_on():
    """Accounts of switched-off kinds need not exist; a vendor that is not created must."""
    settings = FULL | {"fees": False, "purchases": False, "create_vendors": False}
    made = plan(CardExpensesSettings(**settings))
    assert made.steps == ()
    assert [reference.name for reference in made.references] == [
        "PEX Card Account",
        "Operating Checking",
        "Card Rebates",
        "Administration",
        "PEX",
    ]


def test_minimal_settings():
    """The register account alone is enough to start."""
    made = plan(CardExpensesSettings(account="Card"))
    assert made.steps == (("approvals", {}), ("mapping", {}))
    assert made.references == (account("Card"),)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"account": " "}, "not empty"),
        ({"fee_account": ""}, "not empty"),
        ({"payee": "cardholder"}, "payee"),
        ({"payee": "fixed", "default_vendor": None}, "needs default_vendor"),
        ({"funding_account": "pex card account "}, "both sides"),
        ({"memo": "{notes}"}, "start with {marker}"),
        ({"memo": "{marker} {tip}"}, "cannot use {tip}"),
    ],
)
def test_refused_settings(settings, sentence):
    """Settings that cannot work are refused with a sentence."""
    with pytest.raises(ValueError, match=r".") as caught:
        CardExpensesSettings(**(FULL | settings))
    assert sentence in str(caught.value)


def test_every_setting_is_described():
    """Every setting has a sentence for the owner."""
    for attribute in attrs.fields(CardExpensesSettings):
        assert description(attribute).endswith("."), attribute.name


def test_registered():
    """The recipe is registered through the hook, between two roles."""
    manager = pluggy.PluginManager(hooks.GROUP)
    manager.add_hookspecs(hooks)
    manager.register(plugin)
    manager.check_pending()
    assert CARD_EXPENSES in list(manager.hook.register_recipes()[0])
    assert (CARD_EXPENSES.source, CARD_EXPENSES.sink) == (Role.CARD_PLATFORM, Role.GENERAL_LEDGER)


AMOUNTS = st.lists(st.integers(1, 10**9).map(Money), min_size=1, max_size=5)


@given(
    kind=st.sampled_from([CARD_TRANSACTION, FEE, TRANSFER, DEPOSIT]),
    amounts=AMOUNTS,
    way=st.sampled_from(Way),
    status=st.sampled_from(Status),
    text=st.text(max_size=60),
    missing=st.sets(st.sampled_from(sorted(FULL.keys() - {"account"}))),
    payee=st.sampled_from(["normalised", "merchant", "none"]),
    conflict=st.sampled_from(["hold", "suffix"]),
)
def test_any_movement(
    movement, books, *, kind, amounts, way, status, text, missing, payee, conflict
):
    """Any movement gets one verdict, the same each time, and no cent or marker is ever lost."""
    entity = movement(
        kind=kind,
        way=way,
        status=status,
        amount=total(amounts),
        lines=tuple(Line(amount=amount) for amount in amounts),
        merchant=text,
        merchant_normalised=text[1:],
        cardholder=text,
        notes=(text, text),
    )
    settings = without(*missing) | {"payee": payee, "name_conflict": conflict}
    verdict = draft(entity, books, **settings)
    assert verdict == draft(entity, books, **settings)
    if not isinstance(verdict, Keep):
        return
    document = verdict.entity
    assert [line.amount for line in document.lines] == amounts
    assert document.effect == entity.effect
    assert all(line.account for line in document.lines)
    assert document.memo.startswith(marker(kind, entity.id))
    assert draft(document, books, **settings) == verdict


def test_receipts_as_files():
    """Receipts flow as files of their own where the owner wants them attached."""
    file = Attachment(
        kind=ATTACHMENT,
        id="6612a",
        document=Reference(kind=CARD_TRANSACTION, record="1"),
        name="receipt.jpg",
        url="1/6612a",
    )
    attached = CARD_EXPENSES.plan(CardExpensesSettings(account="Cards", receipts="attach"))
    assert ATTACHMENT in attached.kinds
    assert attached.draft(file, BookIndex()) == Keep(entity=file)
    assert ATTACHMENT not in CARD_EXPENSES.plan(CardExpensesSettings(account="Cards")).kinds
