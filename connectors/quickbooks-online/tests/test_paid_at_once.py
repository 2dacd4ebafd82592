"""Sales receipts, refund receipts and purchases: documents whose money moves with them."""

import datetime as dt
from decimal import Decimal

import pytest

from subledger.manifest import Operation
from subledger.model import PAID_AT_ONCE, Attachment, Reference, Tax, kinds
from subledger.money import Money
from subledger.ports import Posted, Query, Question, Refused, Target, Unknown

SALE, REFUND, BOUGHT = PAID_AT_ONCE
OFFICE = Reference(kind=kinds.ACCOUNT, id="15", name="Office Expenses")
VISA = Reference(kind=kinds.ACCOUNT, id="42", name="Visa")
CHECKING = Reference(kind=kinds.ACCOUNT, id="35", name="Checking")
UNDEPOSITED = Reference(kind=kinds.ACCOUNT, id="4", name="Undeposited Funds")
CASH = Reference(kind=kinds.PAYMENT_METHOD, id="1", name="Cash")
TYPES = {SALE: "SalesReceipt", REFUND: "RefundReceipt", BOUGHT: "Purchase"}


def paid(make, kind, amount="100.00", **values):
    """A document over an amount that is paid at once."""
    account = {"account": OFFICE} if kind == BOUGHT else {}
    return make.document(kind, lines=(make.line(amount, **account),), **values)


async def one(sink, delivery):
    [outcome] = await sink.deliver([delivery])
    return outcome


def moved(world):
    """The accounts that have a balance."""
    return {name: value for name, value in world.company.trial_balance().items() if value}


def stored(world, entity):
    return world.company.query(f"select * from {entity}").get(entity, [])


async def in_books(world, account):
    question = Question(
        id=1,
        query=Query.DOCUMENTS,
        since=dt.date(2026, 3, 1),
        until=dt.date(2026, 3, 2),
        account=account,
    )
    return [found async for _, page in world.sink().read(question) for found in page]


async def test_a_sales_receipt_is_income_and_money_and_nothing_owed(world, make, delivery):
    """The money lies in the account that was named, with method and number of the payment."""
    tax = Tax(amount=Money.of("8.25"), code=Reference(kind=kinds.TAX_CODE, id="2", name="CA"))
    lines = (make.line("100.00", taxable=True),)
    sale = make.document(
        SALE, lines=lines, tax=tax, number="SR-1", payment_method=CASH, payment_number="77"
    )
    outcome = await one(world.sink(), delivery(sale))
    assert isinstance(outcome, Posted), outcome
    assert (outcome.type, outcome.account) == ("SalesReceipt", "Undeposited Funds")
    assert outcome.amount == sale.effect == Money.of("108.25")
    record = world.company.read("SalesReceipt", outcome.id)
    assert record["DocNumber"] == "SR-1"
    assert (record["PaymentMethodRef"]["value"], record["PaymentRefNum"]) == ("1", "77")
    assert record["Balance"] == 0
    balances = moved(world)
    assert balances["Undeposited Funds"] == Decimal("108.25")
    assert balances["Services"] == Decimal("-100.00")
    assert "Accounts Receivable (A/R)" not in balances


async def test_a_sales_receipt_without_an_account_says_where_its_money_is(world, make, delivery):
    """QuickBooks puts the money into Undeposited Funds, and the outcome names that account."""
    outcome = await one(world.sink(), delivery(paid(make, SALE, account=None)))
    assert (outcome.account, outcome.amount) == ("Undeposited Funds", Money.of("100.00"))


async def test_a_refund_receipt_takes_money_and_income_back(world, make, delivery):
    """The bank account and the income go down once; nobody is owed anything."""
    outcome = await one(world.sink(), delivery(paid(make, REFUND, payment_number="re_1")))
    assert (outcome.type, outcome.account) == ("RefundReceipt", "Checking")
    assert outcome.amount == Money.of("-100.00")
    assert moved(world) == {"Checking": Decimal("-100.00"), "Services": Decimal("100.00")}


@pytest.mark.parametrize("seller", ["customer", "vendor"])
async def test_a_purchase_is_paid_to_whoever_sold(world, make, delivery, seller):
    """Goods of a customer or a vendor are an expense, and the money is gone at once."""
    outcome = await one(
        world.sink(), delivery(paid(make, BOUGHT, party=getattr(make, seller), payment_method=CASH))
    )
    assert (outcome.type, outcome.amount) == ("Purchase", Money.of("-100.00"))
    record = world.company.read("Purchase", outcome.id)
    assert record["EntityRef"]["type"] == seller.capitalize()
    assert (record["PaymentType"], record["PaymentMethodRef"]["value"]) == ("Cash", "1")
    assert moved(world) == {"Checking": Decimal("-100.00"), "Office Expenses": Decimal("100.00")}


async def test_a_purchase_follows_its_account_and_the_connection(world, make, delivery):
    """A card pays by card; a bank account by check where the connection says so."""
    by_card = await one(world.sink(), delivery(paid(make, BOUGHT, account=VISA)))
    assert world.company.read("Purchase", by_card.id)["PaymentType"] == "CreditCard"
    sink = world.sink(bank_payments="check")
    known = await one(
        sink, delivery(paid(make, BOUGHT, id="2", number="P-2", payment_number="1042"))
    )
    record = world.company.read("Purchase", known.id)
    assert (record["PaymentType"], record["DocNumber"]) == ("Check", "1042")
    assert record["PrintStatus"] == "NotSet"
    unknown = await one(sink, delivery(paid(make, BOUGHT, id="3", number="P-3")))
    assert world.company.read("Purchase", unknown.id)["DocNumber"] == "P-3"


@pytest.mark.parametrize("kind", [REFUND, BOUGHT])
async def test_money_that_comes_from_nowhere_is_refused(world, make, delivery, kind):
    """Only a sale may leave its account to QuickBooks; of the others it is missing, and told."""
    outcome = await one(world.sink(), delivery(paid(make, kind, account=None)))
    assert isinstance(outcome, Refused)
    assert outcome.finding.category == "mapping_missing"
    assert "names no account" in outcome.finding.message
    assert not stored(world, TYPES[kind])


@pytest.mark.parametrize(
    ("kind", "account"), [(SALE, VISA), (SALE, OFFICE), (REFUND, OFFICE), (BOUGHT, OFFICE)]
)
async def test_an_account_that_holds_no_money_is_refused_by_name(
    world, make, delivery, kind, account
):
    """The type of the account is judged before anything is sent."""
    outcome = await one(world.sink(), delivery(paid(make, kind, account=account)))
    assert outcome.finding.category == "account_type"
    assert account.name in outcome.finding.message
    assert not stored(world, TYPES[kind])


@pytest.mark.parametrize("kind", PAID_AT_ONCE)
async def test_a_void_leaves_a_sales_receipt_and_takes_the_others_away(
    world, make, delivery, target, kind
):
    """A voided sales receipt stays with its number and no amount; the others are deleted."""
    sink = world.sink()
    posted = await one(sink, delivery(paid(make, kind, number="N-1")))
    void = delivery(
        paid(make, kind), operation=Operation.VOID, target=target(posted), attempt_key="V" * 26
    )
    assert isinstance(await one(sink, void), Posted)
    assert moved(world) == {}
    left = [(each["DocNumber"], each["TotalAmt"]) for each in stored(world, TYPES[kind])]
    assert left == ([("N-1", 0)] if kind == SALE else [])
    assert isinstance(await world.sink().find(void), Posted)


async def test_a_deleted_sales_receipt_is_gone(world, make, delivery, target):
    """Where the flow deletes what is gone, nothing stays of it."""
    sink = world.sink()
    posted = await one(sink, delivery(paid(make, SALE)))
    removal = delivery(
        paid(make, SALE), operation=Operation.DELETE, target=target(posted), attempt_key="D" * 26
    )
    assert isinstance(await one(sink, removal), Posted)
    assert not stored(world, "SalesReceipt")


LATER = (Operation.UPDATE, Operation.VOID, Operation.DELETE)


@pytest.mark.parametrize("case", [(kind, how) for kind in (SALE, REFUND) for how in LATER])
async def test_money_that_was_deposited_is_left_alone(world, make, delivery, target, case):
    """A deposit is no edit of a receipt: the refusal says where to take the money out."""
    kind, operation = case
    sink = world.sink()
    cash = {"account": UNDEPOSITED}
    posted = {
        SALE: await one(sink, delivery(paid(make, SALE, "130.00", **cash))),
        REFUND: await one(sink, delivery(paid(make, REFUND, "30.00", **cash))),
    }
    lines = [
        {
            "Amount": each.amount.amount,
            "LinkedTxn": [{"TxnId": each.id, "TxnType": each.type, "TxnLineId": "0"}],
        }
        for each in posted.values()
    ]
    world.company.create("Deposit", {"DepositToAccountRef": {"value": "35"}, "Line": lines})
    again = delivery(
        paid(make, kind, "60.00", **cash),
        operation=operation,
        target=target(posted[kind]),
        attempt_key="U" * 26,
    )
    outcome = await one(sink, again)
    assert isinstance(outcome, Refused)
    assert (outcome.finding.category, outcome.code) == ("reconciled", "6540")
    assert "deposit" in outcome.finding.hint
    assert moved(world)["Checking"] == 100


@pytest.mark.parametrize("kind", PAID_AT_ONCE)
async def test_closed_books_take_none_of_them(world, make, delivery, kind):
    """A date in a closed period is told as such."""
    world.person.close_books(dt.date(2026, 3, 1))
    outcome = await one(world.sink(), delivery(paid(make, kind)))
    assert outcome.finding.category == "closed_period"


@pytest.mark.parametrize("kind", [SALE, REFUND])
async def test_the_number_of_somebody_elses_receipt_is_told(world, make, delivery, kind):
    """The other receipt is named, so that the record can be linked to it."""
    sink = world.sink()
    first = await one(sink, delivery(paid(make, kind, number="R-1")))
    outcome = await one(sink, delivery(paid(make, kind, id="2", number="R-1")))
    assert outcome.finding.category == "duplicate_document"
    assert outcome.existing == Target(type=TYPES[kind], id=first.id, guard=first.guard)


async def test_a_persons_purchase_of_the_same_number_is_told(world, make, delivery):
    """What somebody entered by hand under the number is perhaps the same purchase."""
    line = {
        "Amount": Decimal(100),
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": OFFICE.id}},
    }
    by_hand = world.company.create(
        "Purchase",
        {
            "PaymentType": "Cash",
            "AccountRef": {"value": CHECKING.id},
            "DocNumber": "P-1",
            "Line": [line],
        },
    )
    outcome = await one(world.sink(), delivery(paid(make, BOUGHT, number="P-1")))
    assert isinstance(outcome, Refused)
    assert outcome.finding.category == "duplicate_document"
    assert (outcome.existing.type, outcome.existing.id) == ("Purchase", by_hand["Id"])


async def test_a_card_transaction_of_ours_does_not_take_a_purchases_number(world, make, delivery):
    """Numbers of card payments stand beside those of purchases, and both are posted."""
    sink = world.sink()
    card = await one(sink, delivery(make.movement(account=CHECKING, number="7")))
    bought = delivery(paid(make, BOUGHT, number="7"))
    outcome = await one(sink, bought)
    assert isinstance(outcome, Posted), outcome
    assert outcome.id != card.id
    assert (await world.sink().find(bought)).id == outcome.id
    assert len(stored(world, "Purchase")) == 2


@pytest.fixture
def alike(make, delivery):
    """A purchase, a card transaction and a refund: the same id, number, day, amount and account."""
    common = {"id": "1", "number": "7"}
    refund = make.settlement(kinds.REFUND, **common)
    movement = make.movement("100.00", account=CHECKING, party=make.customer, **common)
    bought = paid(make, BOUGHT, party=make.customer, **common)
    return [delivery(each) for each in (movement, refund, bought)]


async def test_a_purchase_is_never_taken_for_a_card_transaction_or_a_refund(
    world, alike, delivery, target
):
    """All three are a Purchase in QuickBooks; each is found, read back and taken back by itself."""
    sink = world.sink()
    posted = [await one(sink, each) for each in alike]
    assert [each.type for each in posted] == ["Purchase"] * 3
    for sent, outcome in zip(alike, posted, strict=True):
        world.company.forget_requests()
        assert (await world.sink().find(sent)).id == outcome.id
    read = {each.key: each for each in await in_books(world, "Checking")}
    assert {key: each.id for key, each in read.items()} == {
        sent.marker: outcome.id for sent, outcome in zip(alike, posted, strict=True)
    }
    assert {each.amount for each in read.values()} == {Money.of("-100.00")}
    bought = alike[-1]
    removal = delivery(
        bought.entity,
        operation=Operation.DELETE,
        target=target(posted[-1]),
        attempt_key="D" * 26,
    )
    assert isinstance(await one(sink, removal), Posted)
    assert [each["Id"] for each in stored(world, "Purchase")] == [posted[1].id, posted[0].id]


async def test_a_lost_purchase_is_found_beside_its_likes(world, alike):
    """After a lost answer the marker tells which of the three was lost."""
    *others, bought = alike
    for each in others:
        await one(world.sink(), each)
    world.simulation.faults.set("lost-answer~POST purchase@1")
    assert isinstance(await one(world.sink(), bought), Unknown)
    world.company.forget_requests()
    found = await world.sink().find(bought)
    assert (found.recovered, found.amount) == (True, Money.of("-100.00"))
    assert len(stored(world, "Purchase")) == 3


@pytest.mark.parametrize(
    ("kind", "account"),
    [
        *((SALE, name) for name in ("Undeposited Funds", "Checking")),
        *((REFUND, name) for name in ("Undeposited Funds", "Checking", "Visa")),
        *((BOUGHT, name) for name in ("Checking", "Visa")),
    ],
)
async def test_each_is_read_back_on_the_account_of_its_money(world, make, delivery, kind, account):
    """Amount, sign, key, number, party and guard are those that were told when it was posted."""
    number = next(a["Id"] for a in stored(world, "Account") if a["Name"] == account)
    where = Reference(kind=kinds.ACCOUNT, id=number, name=account)
    sent = delivery(paid(make, kind, number="N-1", account=where))
    posted = await one(world.sink(), sent)
    assert isinstance(posted, Posted), posted
    [found] = await in_books(world, account)
    assert (found.type, found.id, found.guard) == (posted.type, posted.id, posted.guard)
    assert found.amount == posted.amount == sent.entity.effect
    assert (found.key, found.number) == (sent.marker, "N-1")
    assert found.party == ("Office Depot" if kind == BOUGHT else "Silva Dental")
    assert Money.of(moved(world)[account]) == found.amount


async def test_what_a_person_takes_away_is_seen(world, make, delivery):
    """A voided receipt has no amount, a deleted one is told as deleted."""
    sink = world.sink()
    sale = await one(sink, delivery(paid(make, SALE)))
    refund = await one(sink, delivery(paid(make, REFUND)))
    world.person.void("SalesReceipt", sale.id)
    world.person.delete("RefundReceipt", refund.id)
    [voided] = [each for each in await in_books(world, "Undeposited Funds") if each.id == sale.id]
    assert (voided.deleted, voided.amount) == (False, Money(0))
    [gone] = [each for each in await in_books(world, "Checking") if each.id == refund.id]
    assert gone.deleted


@pytest.mark.parametrize("kind", PAID_AT_ONCE)
async def test_a_file_hangs_on_its_own_document(world, make, delivery, kind):
    """A photograph of the receipt is attached to the document of its kind."""
    posted = await one(world.sink(), delivery(paid(make, kind)))
    file = Attachment(
        kind=kinds.ATTACHMENT,
        id="1-0",
        document=Reference(kind=kind, id=posted.id),
        name="receipt",
        url="https://x.example/1",
    )
    outcome = await one(world.sink(), delivery(file, payload=b"%PDF", media_type="application/pdf"))
    assert isinstance(outcome, Posted), outcome
    [attached] = stored(world, "Attachable")
    owner = attached["AttachableRef"][0]["EntityRef"]
    assert (owner["type"], owner["value"]) == (TYPES[kind], posted.id)


@pytest.mark.parametrize("kind", [SALE, REFUND])
async def test_a_receipt_moves_to_another_account(world, make, delivery, target, kind):
    """An update takes the money out of the first account and into the second."""
    sink = world.sink()
    posted = await one(sink, delivery(paid(make, kind, account=CHECKING)))
    savings = Reference(kind=kinds.ACCOUNT, id="36", name="Savings")
    changed = paid(make, kind, "60.00", account=savings)
    update = delivery(
        changed, operation=Operation.UPDATE, target=target(posted), attempt_key="U" * 26
    )
    outcome = await one(sink, update)
    assert (outcome.account, outcome.amount) == ("Savings", changed.effect)
    assert "Checking" not in moved(world)


async def test_a_discount_in_the_middle_is_no_edit(world, make, delivery, target):
    """QuickBooks shows discounts last; a slow update of ours is recognised all the same."""
    discounts = next(a["Id"] for a in stored(world, "Account") if a["Name"] == "Discounts given")
    less = make.line("-5.00", account=Reference(kind=kinds.ACCOUNT, id=discounts))
    sink = world.sink()
    posted = await one(sink, delivery(paid(make, SALE)))
    lines = (make.line("60.00"), less, make.line("1.00"))
    update = delivery(
        make.document(SALE, lines=lines),
        operation=Operation.UPDATE,
        target=target(posted),
        attempt_key="U" * 26,
    )
    assert (await one(sink, update)).amount == Money.of("56.00")
    world.company.forget_requests()
    again = await one(world.sink(), update)
    assert isinstance(again, Posted), again


@pytest.mark.parametrize("kind", [kinds.BILL, BOUGHT])
async def test_a_negative_line_of_what_is_bought_is_refused(world, make, delivery, kind):
    """QuickBooks takes no negative lines there, and the finding says that it is the line."""
    lines = (make.line("100.00", account=OFFICE), make.line("-7.00", account=OFFICE))
    outcome = await one(world.sink(), delivery(make.document(kind, lines=lines)))
    assert isinstance(outcome, Refused)
    assert (outcome.finding.category, outcome.code) == ("validation", "2290")
    assert "line" in outcome.finding.message
    assert moved(world) == {}
