"""Lists and documents are read back: whole at first, then what changed."""

import datetime as dt
from decimal import Decimal

import pytest

from subledger.errors import ConnectorError
from subledger.model import Reference, Way, kinds
from subledger.money import Money
from subledger.ports import Query, Question
from subledger_quickbooks_online.reading import since_of

NOW = dt.datetime(2026, 3, 2, 17, tzinfo=dt.UTC)


_BODY = ("PaymentType", "AccountRef", "TxnDate", "Line")


async def read_lists(world, position=""):
    question = Question(id=1, query=Query.LISTS, position=position)
    return [entry async for entries, _ in world.sink().read(question) for entry in entries]


async def read_documents(world, account):
    question = Question(
        id=2,
        query=Query.DOCUMENTS,
        since=dt.date(2026, 3, 1),
        until=dt.date(2026, 3, 2),
        account=account,
    )
    return [found async for _, page in world.sink().read(question) for found in page]


async def test_all_lists_are_read_with_types_and_numbers(world, make):
    """Accounts have types, items their numbers, tax codes their groups."""
    world.company.create(
        "Item",
        {"Name": "Bolt", "Sku": "B-1", "Type": "Service", "IncomeAccountRef": {"value": "79"}},
    )
    entries = await read_lists(world)
    found = {(entry.kind, entry.name): entry for entry in entries}
    assert found[kinds.ACCOUNT, "Checking"].subtype == "Bank"
    assert found[kinds.ITEM, "Bolt"].number == "B-1"
    assert found[kinds.TAX_CODE, "TAX"].subtype == "code"
    assert "group" in {entry.subtype for entry in entries if entry.kind == kinds.TAX_CODE}
    assert (kinds.CUSTOMER, "Silva Dental") in found
    assert {entry.kind for entry in entries} >= {kinds.TERMS, kinds.PAYMENT_METHOD, kinds.VENDOR}


async def test_inactive_entries_keep_their_name(world, make):
    """A deactivated vendor is read as inactive, without the mark that QuickBooks appends."""
    world.person.inactivate("Vendor", make.vendor.id)
    [vendor] = [e for e in await read_lists(world) if e.kind == kinds.VENDOR]
    assert (vendor.name, vendor.active) == ("Office Depot", False)


async def test_later_only_what_changed_is_read(world, make):
    """With a position only what changed is read, and tax codes, which tell nothing."""
    world.simulation.clock.advance(dt.timedelta(hours=1))
    position = world.simulation.now.isoformat()
    world.simulation.clock.advance(dt.timedelta(minutes=1))
    world.person.edit("Customer", make.customer.id, {"CompanyName": "Silva"})
    world.person.inactivate("Vendor", make.vendor.id)
    entries = await read_lists(world, position)
    assert {(e.kind, e.active) for e in entries if e.kind != kinds.TAX_CODE} == {
        (kinds.CUSTOMER, True),
        (kinds.VENDOR, False),
    }
    assert ("GET", "cdc") in world.asked()


async def test_a_full_answer_of_changes_is_followed_up(world):
    """Of more than a thousand changes none is missed."""
    position = world.simulation.now.isoformat()
    for number in range(1005):
        world.company.create("Customer", {"DisplayName": f"C{number}"})
    entries = await read_lists(world, position)
    assert len({e.id for e in entries if e.kind == kinds.CUSTOMER}) == 1005


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        ("", None),
        ("nonsense", None),
        ("2026-03-02T16:00:00", None),
        ("2026-03-02T16:00:00+00:00", NOW - dt.timedelta(minutes=75)),
        ("2026-01-02T16:00:00+00:00", None),
    ],
)
def test_a_position_is_a_moment_within_thirty_days(position, expected):
    """Older positions, and none, mean reading everything."""
    assert since_of(position, NOW) == expected


@pytest.mark.parametrize("hours", range(28 * 24, 31 * 24, 8))
async def test_changes_are_never_asked_for_beyond_thirty_days(world, hours):
    """However old a position is, the question that follows is one that QuickBooks takes."""
    position = (world.simulation.now - dt.timedelta(hours=hours)).isoformat()
    entries = await read_lists(world, position)
    assert entries
    assert all(entry.status == 200 for entry in world.simulation.log)
    since = since_of(position, world.simulation.now)
    assert since is None or world.simulation.now - since < dt.timedelta(days=29, hours=12)


async def test_documents_of_an_account_have_our_sign(world, make, delivery):
    """Each document shows the signed change of the account, its marker and its guard."""
    sink = world.sink()
    checking = Reference(kind=kinds.ACCOUNT, id="35", name="Checking")
    savings = Reference(kind=kinds.ACCOUNT, id="36", name="Savings")
    posted = await sink.deliver(
        [
            delivery(make.movement(id="1", account=checking)),
            delivery(make.movement(id="2", account=checking, way=Way.IN)),
            delivery(make.movement(id="3")),
            delivery(
                make.movement(
                    id="4",
                    kind=kinds.TRANSFER,
                    account=savings,
                    lines=(make.line("12.34", account=checking),),
                )
            ),
        ]
    )
    found = await read_documents(world, "Checking")
    assert {(each.type, each.amount.text()) for each in found} == {
        ("Purchase", "-12.34"),
        ("Deposit", "12.34"),
        ("Transfer", "12.34"),
    }
    by_id = {(each.type, each.id): each for each in found}
    purchase = by_id[posted[0].type, posted[0].id]
    assert (purchase.key, purchase.guard) == ("sl:txn-1", posted[0].guard)
    assert sum(each.amount.minor for each in found) == 1234
    balance = world.company.trial_balance()["Checking"]
    assert Money.of(balance) == Money(1234)


async def test_receivables_add_up_to_the_trial_balance(world, make, delivery):
    """Invoices, credits, payments and refunds read back are the account's balance."""
    sink = world.sink()
    [invoice] = await sink.deliver([delivery(make.document())])
    [credit] = await sink.deliver([delivery(make.document(kinds.CREDIT_MEMO))])
    await sink.deliver(
        [
            delivery(make.settlement(amount="30.00", applied=[("invoice", invoice.id, "30.00")])),
            delivery(
                make.settlement(
                    kinds.REFUND, amount="20.00", applied=[("credit_memo", credit.id, "20.00")]
                )
            ),
        ]
    )
    name = "Accounts Receivable (A/R)"
    found = await read_documents(world, name)
    assert sum(each.amount.minor for each in found) == -1000
    assert all(each.key for each in found), "the payment that joins a refund is no document"
    assert Money.of(world.company.trial_balance()[name]) == Money(-1000)
    payables = await read_documents(world, "Accounts Payable (A/P)")
    assert payables == []


async def test_a_deposit_on_an_invoice_is_not_owed(world):
    """What came with an invoice is on the account of the money, the rest is receivable."""
    customer = world.company.create("Customer", {"DisplayName": "Silva"})
    detail = {"ItemRef": {"value": "1"}}
    line = {"Amount": Decimal(80), "DetailType": "SalesItemLineDetail"}
    invoice = {
        "CustomerRef": {"value": customer["Id"]},
        "Deposit": Decimal(30),
        "DepositToAccountRef": {"value": "35"},
        "Line": [{**line, "SalesItemLineDetail": detail}],
    }
    world.company.create("Invoice", invoice)
    balances = world.company.trial_balance()
    for name, amount in (("Accounts Receivable (A/R)", "50.00"), ("Checking", "30.00")):
        [found] = await read_documents(world, name)
        assert (found.amount, Money.of(balances[name])) == (Money.of(amount), Money.of(amount))


async def test_purchase_orders_are_seen_with_the_payables(world, make, delivery):
    """An order moves nothing, but that it is still there can be seen."""
    lines = (make.line("9.00", account=Reference(kind=kinds.ACCOUNT, id="15", name="Office")),)
    [order] = await world.sink().deliver(
        [delivery(make.document(kinds.PURCHASE_ORDER, lines=lines))]
    )
    [found] = await read_documents(world, "Accounts Payable (A/P)")
    assert (found.type, found.id, found.amount) == ("PurchaseOrder", order.id, Money(0))
    assert found.key == "sl:purchase_order-1"


async def test_deleted_and_voided_documents_are_seen(world, make, delivery):
    """A deleted document is told as deleted, a voided one has the amount zero."""
    sink = world.sink()
    first, second = await sink.deliver(
        [delivery(make.document(id="1")), delivery(make.document(id="2"))]
    )
    world.person.delete("Invoice", first.id)
    world.person.void("Invoice", second.id)
    found = {each.id: each for each in await read_documents(world, "Accounts Receivable (A/R)")}
    assert found[first.id].deleted
    assert (found[second.id].deleted, found[second.id].amount) == (False, Money(0))


async def test_a_deletion_is_seen_among_more_changes_than_one_answer_holds(world, make, delivery):
    """After a first sync of thousands a deleted document is still told as deleted."""
    [posted] = await world.sink().deliver([delivery(make.movement())])
    body = {k: v for k, v in world.company.read("Purchase", posted.id).items() if k in _BODY}
    with world.company.transaction():
        for _ in range(1005):
            world.company.create("Purchase", body)
    world.simulation.clock.advance(dt.timedelta(seconds=1))
    world.person.delete("Purchase", posted.id)
    found = {one.id: one for one in await read_documents(world, "Visa")}
    assert found[posted.id].deleted
    assert len(found) == 1006


async def test_an_unknown_account_is_an_error_with_a_hint(world):
    """A misspelt account is told, not read as empty."""
    with pytest.raises(ConnectorError, match="no account Chequing"):
        await read_documents(world, "Chequing")
