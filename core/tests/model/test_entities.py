"""Entities: what is not a document is refused where it is made."""

import datetime as dt

import pytest

from subledger.model import (
    Approval,
    Entity,
    Line,
    Movement,
    Party,
    Reference,
    Status,
    Tag,
    Way,
    amount_of,
    date_of,
)
from subledger.model.kinds import (
    ACCOUNT,
    CARD_TRANSACTION,
    CLASS,
    CUSTOMER,
    DEPOSIT,
    INVOICE,
    ITEM,
    KNOWN,
    PAYMENT,
    VENDOR,
    Kind,
    priority,
)
from subledger.model.references import map_references, posted_form, references
from subledger.money import Money


def movement(**changes):
    values = {
        "id": "1",
        "way": Way.OUT,
        "amount": Money(500),
        "date": dt.date(2026, 3, 1),
        "lines": (Line(amount=Money(300)), Line(amount=Money(200))),
    }
    return Movement(**values | changes)


@pytest.mark.parametrize("minor", [0, -1])
def test_positive(minor):
    """A movement's amount is positive; its way says where the money went."""
    with pytest.raises(ValueError, match="positive"):
        movement(amount=Money(minor), lines=(Line(amount=Money(minor)),))


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (Line(amount=Money(499)),),
        (Line(amount=Money(500)), Line(amount=Money(1))),
        (Line(amount=Money(500, "EUR")),),
    ],
)
def test_lines_add_up(lines):
    """Lines add up to the amount, in its currency, and there is at least one."""
    with pytest.raises(ValueError, match=r"add up|no lines|mixed"):
        movement(lines=lines)


def test_lines_of_two_currencies():
    """Lines of two currencies are no document."""
    with pytest.raises(ValueError, match="cannot be mixed"):
        movement(lines=(Line(amount=Money(300)), Line(amount=Money(200, "EUR"))))


def test_a_negative_line_is_allowed():
    """A discount may be a negative line, as long as all add up."""
    assert movement(lines=(Line(amount=Money(600)), Line(amount=Money(-100)))).amount.minor == 500


def test_effect_on_the_balance():
    """Money out lowers the account's balance, money in raises it."""
    assert movement(way=Way.OUT).effect == Money(-500)
    assert movement(way=Way.IN).effect == Money(500)
    assert amount_of(movement()) == Money(-500)
    assert date_of(movement()) == dt.date(2026, 3, 1)


def test_parties():
    """A party is a vendor or a customer, has no amount and no date."""
    vendor = Party(id="v", name="Shell")
    assert vendor.kind == VENDOR
    assert amount_of(vendor) is None
    assert date_of(vendor) is None
    with pytest.raises(ValueError, match="vendor or a customer"):
        Party(kind=INVOICE, id="v", name="Shell")


def test_entities_are_entities():
    """Movements and parties have a kind and an id, as every entity."""
    assert isinstance(movement(), Entity)
    assert isinstance(Party(id="v", name="n"), Entity)
    assert not isinstance(Money(1), Entity)


def reference(kind, name):
    return Reference(kind=kind, name=name)


FULL = movement(
    account=reference(ACCOUNT, "Cards"),
    party=reference(VENDOR, "Shell"),
    lines=(
        Line(
            amount=Money(500),
            account=reference(ACCOUNT, "Fuel"),
            item=reference(ITEM, "Litre"),
            customer=reference(CUSTOMER, "Acme"),
            class_=reference(CLASS, "West"),
            memo="a line",
            tags=(Tag(name="t", value="v"),),
        ),
    ),
    transaction_date=dt.date(2026, 2, 27),
    status=Status.PENDING,
    approval=Approval.APPROVED,
    description="raw text",
    merchant="SHELL 123",
    merchant_normalised="Shell",
    cardholder="Ann",
    notes=("n",),
    detail={"k": "v"},
    memo="memo",
    number="77",
)


def test_references_with_their_places():
    """Every reference of a document is found, with the path of its field."""
    assert {path: found.name for path, found in references(FULL)} == {
        "account": "Cards",
        "party": "Shell",
        "lines[0].account": "Fuel",
        "lines[0].item": "Litre",
        "lines[0].customer": "Acme",
        "lines[0].class": "West",
    }
    assert list(references(Party(id="v", name="n"))) == []


def test_references_are_rewritten():
    """A rewrite reaches every reference and leaves the rest as it is."""
    shouted = map_references(FULL, lambda _path, r: reference(r.kind, r.name.upper()))
    assert [r.name for _, r in references(shouted)] == [r.name.upper() for _, r in references(FULL)]
    assert map_references(shouted, lambda path, _r: dict(references(FULL))[path]) == FULL
    assert map_references(FULL, lambda _path, r: r) == FULL


def test_posted_form():
    """What only the source knows does not make another document."""
    form = posted_form(FULL)
    assert form == posted_form(
        movement(
            account=FULL.account,
            party=FULL.party,
            lines=(Line(**{n: getattr(FULL.lines[0], n) for n in LINE_FIELDS}),),
            memo="memo",
            number="77",
        )
    )
    assert posted_form(form) == form
    assert posted_form(Party(id="v", name="n")) == Party(id="v", name="n")


LINE_FIELDS = ("amount", "account", "item", "customer", "class_", "memo")


@pytest.mark.parametrize(
    "change",
    [
        {"memo": "other"},
        {"number": "78"},
        {"date": dt.date(2026, 3, 2)},
        {"way": Way.IN},
        {"party": None},
        {"account": reference(ACCOUNT, "Other")},
        {"lines": (Line(amount=Money(500)),)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_posted_form_keeps_what_is_posted(change):
    """Whatever the books would show differently makes another document (control)."""
    values = {name: getattr(FULL, name) for name in ("account", "party", "lines", "memo", "number")}
    assert posted_form(movement(**values | change)) != posted_form(FULL)


def test_posted_form_of_something_else():
    """Only entities that can be posted have a posted form."""
    with pytest.raises(TypeError, match="not an entity"):
        posted_form(Money(1))


def test_posting_order():
    """Lists come before parties, parties before invoices, those before payments and deposits."""
    order = [ACCOUNT, VENDOR, INVOICE, PAYMENT, DEPOSIT]
    assert sorted(order, key=priority) == order
    assert len({priority(kind) for kind in order}) == len(order)
    assert priority(CARD_TRANSACTION) < priority(DEPOSIT)
    assert priority(Kind("acme.thing")) > max(map(priority, KNOWN - {"attachment"}))
