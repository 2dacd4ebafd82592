"""Sales receipts and purchases: what they become, what is refused, what a person sees before."""

from pathlib import Path

import pytest
from attrs import evolve

from subledger.errors import RecordRejected
from subledger.manifest import Operation
from subledger.model import Reference, Way
from subledger.model import kinds as k
from subledger.model.marker import marker
from subledger.model.stored import load
from subledger.money import Money
from subledger.ports import BookEntry, Delivery, Target
from subledger.testing import builders as b
from subledger_quickbooks_desktop.preview import preview
from subledger_quickbooks_desktop.render import Style, losses, render, type_of_delivery
from subledger_quickbooks_desktop.wire.checks import check_request

GOLDEN = Path(__file__).with_name("golden")
TYPES = {
    "checking": "Bank",
    "card": "CreditCard",
    "undeposited": "OtherCurrentAsset",
    "ar": "AccountsReceivable",
    "fuel": "Expense",
    "county": "ItemSalesTax",
}
TAXED = Style(taxable=b.named(k.TAX_CODE, "Tax"), exempt=b.named(k.TAX_CODE, "Non"))
RECEIPT, LONG, BY_CHECK, BY_CARD = (
    load((GOLDEN / f"{name}.json").read_text())
    for name in (
        *("sales_receipt", "sales_receipt_long_numbers"),
        *("purchase_check", "purchase_card"),
    )
)


def type_of(reference):
    """The type of a list entry, by its identifier."""
    return TYPES.get(reference.id, "")


def account(name):
    """An account by its identifier."""
    return Reference(kind=k.ACCOUNT, id=name, name=name)


def delivered(entity, before=None, kind=""):
    """A delivery of a document: a new one, or a change of what was posted before."""
    return Delivery(
        effect=1,
        source="psa",
        kind=entity.kind,
        operation=Operation.UPDATE if before else Operation.CREATE,
        key="0" * 26,
        attempt_key="1" * 22,
        marker=marker(entity.kind, entity.id),
        entity=entity,
        before=before,
        target=Target(type=kind, id="1C-1", guard="1234:abcd") if before else None,
    )


def rendered(entity, before=None, kind=""):
    """The request of a document."""
    request = render(delivered(entity, before, kind), type_of, TAXED)
    assert check_request(request) == []
    return request


def refused(entity, before=None, kind=""):
    """The category of a document that cannot be written."""
    with pytest.raises(RecordRejected) as caught:
        render(delivered(entity, before, kind), type_of, TAXED)
    return caught.value.category


class Entries:
    """Books that know the types of accounts and codes."""

    def get(self, kind, identifier):
        """An entry by its identifier."""
        found = TYPES.get(identifier)
        if found is None:
            return None
        return BookEntry(kind=kind, id=identifier, name=identifier, active=True, subtype=found)


@pytest.mark.parametrize(
    ("entity", "name", "category"),
    [
        (BY_CHECK, None, "mapping_missing"),
        (BY_CHECK, "undeposited", "account_type"),
        (BY_CHECK, "nobody knows", "account_type"),
        (RECEIPT, "card", "account_type"),
        (RECEIPT, "ar", "account_type"),
    ],
)
def test_money_moves_on_accounts_that_can_hold_it(entity, name, category):
    """A bank or a card pays a purchase; a bank or a current asset takes the money of a receipt."""
    wrong = evolve(entity, account=account(name) if name else None)
    assert refused(wrong) == category
    with pytest.raises(RecordRejected):
        preview(delivered(wrong), Entries(), TAXED)


def test_a_sales_receipt_without_an_account_is_quickbooks_choice():
    """QuickBooks puts the money to Undeposited Funds where the request names no account."""
    request = rendered(evolve(RECEIPT, account=None))
    assert request.find("*/DepositToAccountRef") is None
    assert (
        preview(delivered(evolve(RECEIPT, account=None)), Entries(), TAXED).postings[0]
        == (preview(delivered(RECEIPT), Entries(), TAXED).postings[0])
    )


def test_a_refund_receipt_is_refused():
    """QuickBooks Desktop has none, and nothing else is made of it."""
    assert refused(b.refund_receipt(account="Bank")) == "internal"


def test_a_purchase_with_tax_or_without_lines_is_refused():
    """In the United States purchases have no sales tax; a check needs lines."""
    tax = b.tax("1.00")
    assert refused(b.paid_purchase(account=account("checking"), tax=tax)) == "feature_off"
    nothing = evolve(BY_CHECK, lines=(), amount=Money(0))
    assert refused(nothing) == "validation"


def test_another_account_makes_another_document():
    """A check does not turn into a card charge: a person is told, and nothing is written."""
    assert refused(evolve(BY_CHECK, account=account("card")), BY_CHECK, "Check") == (
        "changed_in_books"
    )


@pytest.mark.parametrize("left", ["item", "account"])
def test_a_change_empties_the_list_of_lines_that_has_none_any_more(left):
    """QuickBooks keeps item or account lines that a change does not name, so it is told."""
    lines = tuple(line for line in BY_CHECK.lines if getattr(line, left) is not None)
    (line,) = lines
    less = evolve(BY_CHECK, lines=lines, amount=line.amount)
    request = rendered(less, BY_CHECK, "Check")
    emptied = "ClearExpenseLines" if left == "item" else "ClearItemLines"
    assert [one.tag for one in request.find("CheckMod") if one.tag.startswith("Clear")] == [emptied]


def test_nothing_is_emptied_that_was_never_written():
    """Neither a first posting nor a change of amounts says that lines are to go."""
    for request in (rendered(BY_CHECK), rendered(BY_CHECK, BY_CHECK, "Check")):
        assert [one for one in request.iter() if one.tag.startswith("Clear")] == []


def test_card_transactions_lose_their_lines_alike():
    """A movement whose items became accounts does not keep both."""
    on_item = b.line("5.00", item=b.named(k.ITEM, "Cable"))
    made = {"way": Way.OUT, "account": account("checking")}
    before = b.movement(k.CARD_TRANSACTION, "1", lines=[on_item], **made)
    lines = [b.line("5.00", account=account("fuel"))]
    entity = b.movement(k.CARD_TRANSACTION, "1", lines=lines, **made)
    assert rendered(entity, before, "Check").findtext("*/ClearItemLines") == "true"


def test_numbers_that_do_not_fit_are_told():
    """They stand in the memo, and a finding names them."""
    (finding,) = losses(delivered(LONG))
    assert "RECEIPT-2026-0004 is longer than 11" in finding.detail
    assert "ch_3MmlLrLkdIwHu7ix0snN0B15 is longer than 25" in finding.detail
    assert losses(delivered(RECEIPT)) == ()
    assert losses(delivered(BY_CHECK)) == ()


def test_a_check_without_a_cheque_number_has_the_purchases_own():
    """The number of the cheque goes first; where there is none, the purchase's number is told."""
    request = rendered(evolve(BY_CHECK, payment_number=""))
    assert request.findtext("CheckAdd/RefNumber") == "CP-77"
    assert request.findtext("CheckAdd/Memo") == "sl:purchase-77"


@pytest.mark.parametrize(
    ("entity", "kind", "first", "others"),
    [
        (RECEIPT, "SalesReceipt", 13218, [-3000, -10000, -218]),
        (BY_CHECK, "Check", -7550, [6000, 1550]),
        (BY_CARD, "CreditCardCharge", -1999, [1999]),
    ],
    ids=["receipt", "check", "card"],
)
def test_the_preview_shows_where_the_money_moves(entity, kind, first, others):
    """The account of the money comes first, and the postings balance."""
    seen = preview(delivered(entity), Entries(), TAXED)
    assert (seen.type, seen.party) == (kind, entity.party.name)
    money, *rest = seen.postings
    assert (money.account, money.amount.minor) == (entity.account.name, first)
    assert [posting.amount.minor for posting in rest] == others
    assert type_of_delivery(delivered(entity), type_of, TAXED) == kind


def test_a_document_over_nothing_is_shown_on_its_own_side():
    """Lines that cancel each other are debits and credits as in any other document of the kind."""
    lines = [b.line("5.00"), b.line("-5.00")]
    for make, signs in ((b.sales_receipt, [-500, 500]), (b.credit_memo, [500, -500])):
        entity = make(lines=lines, account=account("checking"))
        postings = preview(delivered(entity), Entries(), TAXED).postings[1:]
        assert [posting.amount.minor for posting in postings] == signs
