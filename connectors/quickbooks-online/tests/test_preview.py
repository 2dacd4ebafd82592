"""The preview shows the document and its postings, and sends nothing."""

from decimal import Decimal

import attrs
import pytest

from subledger.errors import RecordRejected
from subledger.model import PAID_AT_ONCE, Party, Reference, Tax, Way, kinds
from subledger.money import Money
from subledger.ports import BookEntry
from subledger_quickbooks_online.preview import preview

TYPES = {"35": "Bank", "42": "Credit Card", "13": "Expense", "4": "Other Current Asset"}
OFFICE = Reference(kind=kinds.ACCOUNT, id="15", name="Office Expenses")


class Books:
    """Knows the types of three accounts."""

    closing_date = None

    def get(self, kind, id):  # noqa: A002
        """An account."""
        return BookEntry(kind=kind, id=id, name=id, subtype=TYPES.get(id, ""))


def shown(delivery, entity):
    return preview(delivery(entity), Books())


async def test_the_preview_of_a_purchase_is_what_is_posted(world, make, delivery):
    """Type and amounts of the preview are those of the books afterwards."""
    entity = make.movement(party=make.vendor, memo="Lunch")
    before = shown(delivery, entity)
    assert (before.type, before.party, before.memo) == (
        "Purchase",
        "Office Depot",
        "sl:txn-1 Lunch",
    )
    [posted] = await world.sink().deliver([delivery(entity)])
    assert posted.type == before.type
    balances = {name: value for name, value in world.company.trial_balance().items() if value}
    assert {each.account: each.amount.amount for each in before.postings} == balances
    assert balances["Visa"] == Decimal("-12.34")


@pytest.mark.parametrize(
    "kind",
    [
        kinds.INVOICE,
        kinds.CREDIT_MEMO,
        kinds.BILL,
        kinds.VENDOR_CREDIT,
        *PAID_AT_ONCE,
        kinds.PAYMENT,
        kinds.BILL_PAYMENT,
        kinds.REFUND,
    ],
)
def test_postings_add_up_to_zero(make, delivery, kind):
    """Debits are equal to credits, tax included."""
    if kind in (kinds.PAYMENT, kinds.BILL_PAYMENT, kinds.REFUND):
        entity = make.settlement(kind)
    else:
        entity = make.document(kind, tax=Tax(amount=Money.of("8.00")))
    found = shown(delivery, entity)
    assert sum(each.amount.minor for each in found.postings) == 0
    assert found.postings


@pytest.mark.parametrize("kind", PAID_AT_ONCE)
async def test_what_is_paid_at_once_is_shown_as_it_is_posted(world, make, delivery, kind):
    """Type, number and amount of the preview are those of the books afterwards."""
    cost = {} if kind != kinds.PURCHASE else {"account": OFFICE}
    document = make.document(kind, lines=(make.line("12.34", **cost),), number="N-1")
    before = shown(delivery, document)
    [posted] = await world.sink().deliver([delivery(document)])
    assert (before.type, before.number) == (posted.type, "N-1")
    balances = {name: value for name, value in world.company.trial_balance().items() if value}
    assert {each.account: each.amount.amount for each in before.postings} == balances
    assert before.postings[0].amount == posted.amount == document.effect


def test_a_sale_over_nothing_keeps_its_signs(make, delivery):
    """Where lines cancel each other out, each still stands on its own side."""
    lines = (make.line("5.00"), make.line("-5.00", account=OFFICE))
    for kind, sign in ((kinds.SALES_RECEIPT, -1), (kinds.REFUND_RECEIPT, 1)):
        found = shown(delivery, make.document(kind, lines=lines))
        assert [each.amount.minor for each in found.postings] == [0, sign * 500, -sign * 500]


@pytest.mark.parametrize("kind", PAID_AT_ONCE)
def test_money_of_a_wrong_account_is_refused_in_the_preview_too(make, delivery, kind):
    """An expense account holds no money, which is seen before anything is sent."""
    meals = Reference(kind=kinds.ACCOUNT, id="13", name="Meals")
    with pytest.raises(RecordRejected, match="Meals is of type Expense"):
        shown(delivery, make.document(kind, account=meals))


def test_a_deposit_and_an_order(make, delivery):
    """Money into a bank account is a deposit; an order posts nothing."""
    bank = Reference(kind=kinds.ACCOUNT, id="35", name="Checking")
    assert shown(delivery, make.movement(account=bank, way=Way.IN)).type == "Deposit"
    assert shown(delivery, make.document(kinds.PURCHASE_ORDER)).postings == ()


def test_what_cannot_be_posted_is_refused_in_the_preview_too(make, delivery):
    """A wrong account is seen before anything is sent."""
    wrong = attrs.evolve(
        make.movement(), account=Reference(kind=kinds.ACCOUNT, id="13", name="Meals")
    )
    with pytest.raises(RecordRejected):
        shown(delivery, wrong)


def test_losses_are_told_beforehand(delivery):
    """A name that will be changed is a warning of the preview."""
    found = shown(delivery, Party(id="1", name="Tea \U0001f375"))
    assert [warning.category for warning in found.warnings] == ["text_changed"]
