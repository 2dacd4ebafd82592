"""P2: tax codes in the recipe card-expenses."""

import pytest
from attrs import evolve

from subledger.model import Reference
from subledger.model.kinds import CARD_TRANSACTION, DEPOSIT, FEE, TAX_CODE, TRANSFER
from subledger.recipes.card_expenses import plan
from subledger.recipes.card_settings import CardExpensesSettings

HST = Reference(kind=TAX_CODE, name="HST ON")
SETTINGS = {
    "account": "PEX Card Account",
    "funding_account": "Operating Checking",
    "fee_account": "Bank Service Charges",
    "rebate_account": "Card Rebates",
    "default_expense_account": "Uncategorized Expense",
}


def planned(**settings):
    return plan(CardExpensesSettings(**SETTINGS, **settings))


def test_the_default_code_is_the_mappings_and_must_be_in_the_books():
    """It is for purchases that nothing maps, and looked for before the first post."""
    flow = planned(default_tax_code=" HST ON")
    assert dict(flow.steps)["mapping"]["tax_default"] == " HST ON"
    assert HST in flow.references


@pytest.mark.parametrize("settings", [{}, {"default_tax_code": "HST ON", "purchases": False}])
def test_no_code_is_looked_for_where_none_is_used(settings):
    """Without the setting, or without purchases, the books need no tax code."""
    assert all(reference.kind != TAX_CODE for reference in planned(**settings).references)


@pytest.mark.parametrize("kind", [CARD_TRANSACTION, FEE, DEPOSIT, TRANSFER])
def test_what_a_step_chose_stays_except_on_transfers(movement, books, kind):
    """The draft keeps a line's code; a transfer between accounts of the company has none."""
    entity = movement(kind=kind)
    entity = evolve(entity, lines=tuple(evolve(line, tax=HST) for line in entity.lines))
    drafted = planned().draft(entity, books).entity
    wanted = None if kind == TRANSFER else HST
    assert {line.tax for line in drafted.lines} == {wanted}
