"""P2: tax codes of purchases, outside the United States and in them."""

import json
import os
from pathlib import Path

import pytest
from attrs import evolve

from subledger.errors import RecordRejected
from subledger.model import Way
from subledger.model.kinds import JOURNAL_ENTRY
from subledger.model.stored import load
from subledger.ports import BookEntry
from subledger_quickbooks_online.company import Account, Company
from subledger_quickbooks_online.interpret import holds
from subledger_quickbooks_online.preview import preview
from subledger_quickbooks_online.render import render
from subledger_quickbooks_online.wire.jsontext import to_json

GOLDEN = Path(__file__).parent / "golden_taxed"
REWRITE = "SUBLEDGER_WRITE_GOLDEN"
NAMES = sorted(path.stem for path in GOLDEN.glob("*.json") if ".expected" not in path.name)
TYPES = {"35": "Bank", "36": "Bank", "42": "Credit Card", "13": "Expense"}
CANADA = Company(
    country="CA",
    currency="CAD",
    accounts={key: Account(id=key, name=key, type=type_) for key, type_ in TYPES.items()},
    untaxed="3",
)
US = evolve(CANADA, country="US", currency="CAD", untaxed="")


def entity_of(name):
    """A stored movement."""
    return load((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def with_code(entity, code):
    """The same movement; its lines have the code of this id, or none."""
    lines = (
        evolve(line, tax=evolve(line.tax, id=code) if code and line.tax else None)
        for line in entity.lines
    )
    return evolve(entity, lines=tuple(lines))


class Entries:
    """Books that know the types of accounts."""

    @staticmethod
    def get(kind, identifier):
        """The entry with this identifier."""
        return BookEntry(kind=kind, id=identifier, name=identifier, subtype=TYPES[identifier])


@pytest.mark.parametrize("name", NAMES)
def test_abroad_every_line_has_a_code_and_the_amount_includes_the_tax(delivery, name):
    """The body is the one on file: what was paid stays what is paid."""
    write = render(delivery(entity_of(name)), CANADA)
    body = {"entity": write.entity, "body": json.loads(to_json(write.body), parse_float=str)}
    path = GOLDEN / f"{name}.expected.json"
    if os.environ.get(REWRITE):
        path.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")
    assert body == json.loads(path.read_text(encoding="utf-8"))


def test_abroad_a_line_without_a_code_waits_for_one(delivery):
    """QuickBooks wants a code on all lines or on none: the finding names both settings."""
    mixed = entity_of("charge_with_an_untaxed_line")
    with pytest.raises(RecordRejected) as caught:
        render(delivery(mixed), evolve(CANADA, untaxed=""))
    assert (caught.value.category, caught.value.field) == ("mapping_missing", "lines without tax")
    assert "tax_default" in caught.value.hint
    assert "untaxed_code" in caught.value.hint
    write = render(delivery(with_code(mixed, "")), evolve(CANADA, untaxed=""))
    assert write.body["GlobalTaxCalculation"] == "NotApplicable"


@pytest.mark.parametrize(
    ("company", "subject"),
    [(US, "tax codes of purchases"), (evolve(CANADA, sales_tax=False), "sales tax is off")],
)
def test_a_code_that_would_be_left_out_is_refused(delivery, company, subject):
    """In the United States, or with sales tax off, nothing is dropped silently."""
    expense = entity_of("expense")
    with pytest.raises(RecordRejected) as caught:
        render(delivery(expense), company)
    assert (caught.value.category, caught.value.field) == ("feature_off", subject)
    body = render(delivery(with_code(expense, "")), company).body
    assert "GlobalTaxCalculation" not in body
    assert "TaxCodeRef" not in to_json(body)


def test_the_code_for_no_tax_is_welcome_in_the_us(delivery):
    """NON says what QuickBooks does there anyway."""
    body = render(delivery(with_code(entity_of("charge_with_an_untaxed_line"), "NON")), US).body
    detail = body["Line"][0]["AccountBasedExpenseLineDetail"]
    assert detail["TaxCodeRef"] == {"value": "NON"}


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"way": Way.IN}, "deposit"), ({"kind": JOURNAL_ENTRY}, "journal entry")],
)
def test_documents_that_are_written_without_codes_are_refused(delivery, changes, word):
    """A deposit and a journal entry: refused, in the preview too; without a code they go."""
    entity = evolve(entity_of("expense"), **changes)
    entity = evolve(entity, lines=entity.lines[:1], amount=entity.lines[0].amount)
    for attempt in (
        lambda: render(delivery(entity), CANADA),
        lambda: preview(delivery(entity), Entries),
    ):
        with pytest.raises(RecordRejected) as caught:
            attempt()
        assert caught.value.category == "feature_off"
        assert caught.value.field == f"tax codes of a {word}"
    assert render(delivery(with_code(entity, "")), CANADA).body["Line"]


def test_the_preview_tells_that_the_tax_is_within_the_amount(delivery):
    """The rate of a code is known to QuickBooks only."""
    expense = entity_of("expense")
    shown = preview(delivery(expense), Entries)
    assert [warning.subject for warning in shown.warnings] == ["tax within the amount"]
    assert preview(delivery(with_code(expense, "")), Entries).warnings == ()


def test_a_line_that_quickbooks_shows_net_is_still_ours(delivery):
    """A lost update is recognised by the amount that includes the tax; another one is not."""
    body = render(delivery(entity_of("card_credit")), CANADA).body
    (line,) = body["Line"]
    net = {**body, "Line": [{**line, "Amount": 10}]}
    assert holds(net, body)
    detail = {**line["AccountBasedExpenseLineDetail"], "TaxInclusiveAmt": 12}
    assert not holds({**body, "Line": [{**line, "AccountBasedExpenseLineDetail": detail}]}, body)
