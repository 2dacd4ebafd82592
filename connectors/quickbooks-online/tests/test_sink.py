"""Every kind of document goes into the simulated books, once, and is found again."""

import datetime as dt
from decimal import Decimal

import attrs
import pytest

from subledger.manifest import Operation
from subledger.model import Item, Party, Reference, Tax, Way, kinds
from subledger.money import Money
from subledger.ports import Posted, Refused, Target, Unknown

ACCOUNT = kinds.ACCOUNT


def account(number, name):
    return Reference(kind=ACCOUNT, id=number, name=name)


async def one(sink, delivery):
    [outcome] = await sink.deliver([delivery])
    return outcome


async def test_a_customer_is_created_and_comes_back_as_an_entry(world, delivery):
    """A customer gets an entry with the name that QuickBooks stored."""
    party = Party(kind=kinds.CUSTOMER, id="7", name="Acme: East", email="a@b.example, nonsense")
    outcome = await one(world.sink(), delivery(party))
    assert isinstance(outcome, Posted)
    assert outcome.entry.name == "Acme- East"
    stored = world.company.read("Customer", outcome.id)
    assert stored["PrimaryEmailAddr"]["Address"] == "a@b.example"


async def test_an_item_is_created_with_its_income_account(world, delivery):
    """A product needs an income account and keeps its exact price."""
    item = Item(
        id="9", name="Router", price=Decimal("99.125"), income_account=account("79", "Sales")
    )
    outcome = await one(world.sink(), delivery(item))
    assert outcome.type == "Item"
    assert world.company.read("Item", outcome.id)["UnitPrice"] == Decimal("99.125")
    lost = await one(world.sink(), delivery(attrs.evolve(item, id="10", income_account=None)))
    assert lost.finding.category == "mapping_missing"


async def test_an_invoice_is_posted_with_marker_number_and_amount(world, make, delivery):
    """An invoice raises the receivables by its amount, and its note starts with the marker."""
    document = make.document(number="INV-1", memo="March", due=dt.date(2026, 4, 1))
    outcome = await one(world.sink(), delivery(document))
    assert isinstance(outcome, Posted), outcome
    stored = world.company.read("Invoice", outcome.id)
    assert stored["PrivateNote"] == "sl:invoice-1 March"
    assert (outcome.amount, outcome.account) == (Money.of("100.00"), "Accounts Receivable (A/R)")
    assert stored["DocNumber"] == "INV-1"
    assert stored["DueDate"] == "2026-04-01"


async def test_sales_tax_of_the_source_stands(world, make, delivery):
    """The source's tax overrides what QuickBooks computes, to the cent."""
    tax = Tax(amount=Money.of("7.93"), code=Reference(kind=kinds.TAX_CODE, id="2", name="CA"))
    lines = (make.line("90.00", taxable=True), make.line("10.00"))
    outcome = await one(world.sink(), delivery(make.document(lines=lines, tax=tax)))
    stored = world.company.read("Invoice", outcome.id)
    assert stored["TotalAmt"] == Decimal("107.93")
    assert stored["TxnTaxDetail"]["TotalTax"] == Decimal("7.93")
    assert outcome.amount == Money.of("107.93")


async def test_a_credit_memo_lowers_the_receivables(world, make, delivery):
    """A credit memo is positive in itself and negative on the account."""
    outcome = await one(world.sink(), delivery(make.document(kinds.CREDIT_MEMO)))
    assert (outcome.type, outcome.amount) == ("CreditMemo", Money.of("-100.00"))


async def test_a_payment_settles_invoices(world, make, delivery):
    """One payment over two invoices lowers the balance of both."""
    sink = world.sink()
    first = await one(sink, delivery(make.document(id="1")))
    second = await one(sink, delivery(make.document(id="2")))
    payment = make.settlement(
        amount="150.00",
        applied=[("invoice", first.id, "100.00"), ("invoice", second.id, "30.00")],
    )
    outcome = await one(sink, delivery(payment))
    assert (outcome.type, outcome.amount) == ("Payment", Money.of("-150.00"))
    assert not outcome.warnings
    assert world.company.read("Invoice", first.id)["Balance"] == 0
    assert world.company.read("Invoice", second.id)["Balance"] == 70
    assert world.company.read("Payment", outcome.id)["UnappliedAmt"] == 20


async def test_a_credit_memo_settles_an_invoice_without_money(world, make, delivery):
    """Credits alone settle an invoice through a payment of zero."""
    sink = world.sink()
    invoice = await one(sink, delivery(make.document()))
    credit = await one(sink, delivery(make.document(kinds.CREDIT_MEMO)))
    payment = make.settlement(
        amount="0.00",
        applied=[("invoice", invoice.id, "100.00"), ("credit_memo", credit.id, "100.00")],
    )
    outcome = await one(sink, delivery(payment))
    assert outcome.amount == Money.of("0.00")
    assert world.company.read("Invoice", invoice.id)["Balance"] == 0


async def test_a_refund_leaves_receivables_and_revenue_right(world, make, delivery):
    """Credit memo and refund together move money out of the bank and revenue down, once."""
    sink = world.sink()
    before = world.company.trial_balance()
    credit = await one(sink, delivery(make.document(kinds.CREDIT_MEMO)))
    refund = make.settlement(kinds.REFUND, applied=[("credit_memo", credit.id, "100.00")])
    outcome = await one(sink, delivery(refund))
    assert (outcome.type, outcome.amount) == ("Purchase", Money.of("100.00"))
    after = world.company.trial_balance()
    moved = {name: after[name] - before.get(name, 0) for name in after}
    assert {name: value for name, value in moved.items() if value} == {
        "Checking": Decimal("-100.00"),
        "Services": Decimal("100.00"),
    }
    assert outcome.warnings == ()
    assert world.company.read("CreditMemo", credit.id)["RemainingCredit"] == 0


async def test_bill_vendor_credit_and_bill_payment(world, make, delivery):
    """A bill is paid partly by a credit, partly from the bank."""
    sink = world.sink()
    lines = (make.line("200.00", account=account("15", "Office Expenses")),)
    bill = await one(sink, delivery(make.document(kinds.BILL, lines=lines)))
    credit_lines = (make.line("50.00", account=account("15", "Office Expenses")),)
    credit = await one(sink, delivery(make.document(kinds.VENDOR_CREDIT, lines=credit_lines)))
    assert (bill.amount, credit.amount) == (Money.of("-200.00"), Money.of("50.00"))
    payment = make.settlement(
        kinds.BILL_PAYMENT,
        amount="150.00",
        applied=[("bill", bill.id, "200.00"), ("vendor_credit", credit.id, "50.00")],
    )
    outcome = await one(sink, delivery(payment))
    assert (outcome.type, outcome.amount) == ("BillPayment", Money.of("150.00"))
    assert world.company.read("Bill", bill.id)["Balance"] == 0


async def test_a_bill_closes_its_purchase_order(world, make, delivery):
    """A bill of an order is linked to the order's lines."""
    sink = world.sink()
    item = world.company.create(
        "Item",
        {
            "Name": "Cable",
            "Type": "NonInventory",
            "IncomeAccountRef": {"value": "79"},
            "ExpenseAccountRef": {"value": "80"},
        },
    )
    lines = (make.line("100.00", item=Reference(kind=kinds.ITEM, id=item["Id"], name="Cable")),)
    order = await one(sink, delivery(make.document(kinds.PURCHASE_ORDER, id="5", lines=lines)))
    assert isinstance(order, Posted), order
    assert (order.type, order.amount) == ("PurchaseOrder", None)
    of = Reference(kind=kinds.PURCHASE_ORDER, id=order.id)
    outcome = await one(sink, delivery(make.document(kinds.BILL, order=of, lines=lines)))
    assert isinstance(outcome, Posted), outcome
    [line] = world.company.read("Bill", outcome.id)["Line"]
    assert line["LinkedTxn"][0]["TxnId"] == order.id


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ("Purchase", "-12.34")),
        ({"way": Way.IN}, ("Purchase", "12.34")),
        ({"account": account("35", "Checking")}, ("Purchase", "-12.34")),
        ({"account": account("35", "Checking"), "way": Way.IN}, ("Deposit", "12.34")),
        ({"kind": kinds.FEE}, ("Purchase", "-12.34")),
        ({"kind": kinds.JOURNAL_ENTRY}, ("JournalEntry", "-12.34")),
    ],
)
async def test_movements_follow_the_type_of_their_account(world, make, delivery, values, expected):
    """Card or bank, out or in: each becomes the document of its account's type."""
    outcome = await one(world.sink(), delivery(make.movement(**values)))
    assert isinstance(outcome, Posted), outcome
    kind, amount = expected
    assert (outcome.type, outcome.amount) == (kind, Money.of(amount))
    balance = world.company.trial_balance()
    name = values.get("account", account("42", "Visa")).name
    assert balance[name] == Decimal(amount)


async def test_a_transfer_between_two_banks(world, make, delivery):
    """A transfer in takes the money from the other account."""
    movement = make.movement(
        kind=kinds.TRANSFER,
        way=Way.IN,
        account=account("42", "Visa"),
        lines=(make.line("12.34", account=account("35", "Checking")),),
    )
    outcome = await one(world.sink(), delivery(movement))
    assert (outcome.type, outcome.amount) == ("Transfer", Money.of("12.34"))
    assert world.company.trial_balance()["Checking"] == Decimal("-12.34")


async def test_a_split_with_a_negative_part_is_a_journal_entry(world, make, delivery):
    """Purchases take no negative lines, so that such a split becomes a journal entry."""
    lines = (
        make.line("20.00", account=account("13", "Meals")),
        make.line("-7.66", account=account("15", "Office Expenses")),
    )
    outcome = await one(world.sink(), delivery(make.movement(lines=lines)))
    assert (outcome.type, outcome.amount) == ("JournalEntry", Money.of("-12.34"))


async def test_an_update_of_an_invoice_replaces_its_lines(world, make, delivery, target):
    """An update shows the version that it was made from and gets a new one."""
    sink = world.sink()
    posted = await one(sink, delivery(make.document()))
    changed = make.document(lines=(make.line("60.00"), make.line("5.00")))
    update = delivery(
        changed, operation=Operation.UPDATE, target=target(posted), attempt_key="U" * 26
    )
    outcome = await one(sink, update)
    assert isinstance(outcome, Posted), outcome
    assert (outcome.id, outcome.amount) == (posted.id, Money.of("65.00"))
    assert outcome.guard != posted.guard


@pytest.mark.parametrize("kind", [kinds.INVOICE, kinds.BILL, kinds.CREDIT_MEMO])
async def test_a_persons_edit_is_not_overwritten(world, make, delivery, target, kind):
    """After an edit in QuickBooks our update is refused with the reason."""
    sink = world.sink()
    of_account = {"account": account("15", "Office Expenses")} if kind == kinds.BILL else {}
    lines = (make.line("100.00", **of_account),)
    posted = await one(sink, delivery(make.document(kind, lines=lines)))
    note = world.company.read(posted.type, posted.id)["PrivateNote"]
    world.person.edit(posted.type, posted.id, {"PrivateNote": f"{note} checked by Ann"})
    update = delivery(
        make.document(kind, lines=lines, memo="new"),
        operation=Operation.UPDATE,
        target=target(posted),
        attempt_key="U" * 26,
    )
    outcome = await one(sink, update)
    assert isinstance(outcome, Refused)
    assert outcome.finding.category == "changed_in_books"
    assert "Ann" in world.company.read(posted.type, posted.id)["PrivateNote"]


async def test_a_payment_of_ours_does_not_stand_in_the_way(world, make, delivery, target):
    """A payment moves an invoice's version; the update goes on with the new one."""
    sink = world.sink()
    posted = await one(sink, delivery(make.document()))
    await one(
        sink, delivery(make.settlement(amount="10.00", applied=[("invoice", posted.id, "10.00")]))
    )
    assert world.company.read("Invoice", posted.id)["SyncToken"] != posted.guard.partition(":")[0]
    update = delivery(
        make.document(lines=(make.line("60.00"),)),
        operation=Operation.UPDATE,
        target=target(posted),
        attempt_key="U" * 26,
    )
    outcome = await one(sink, update)
    assert isinstance(outcome, Posted), outcome
    assert outcome.amount == Money.of("60.00")


@pytest.mark.parametrize("operation", [Operation.VOID, Operation.DELETE])
async def test_void_and_delete_take_the_amount_away(world, make, delivery, target, operation):
    """After a void or delete nothing is left on the account; once more is no error."""
    sink = world.sink()
    for entity in (make.document(), make.movement()):
        posted = await one(sink, delivery(entity))
        removal = delivery(
            entity,
            operation=operation,
            target=target(posted),
            attempt_key="V" * 25 + posted.type[0],
        )
        outcome = await one(sink, removal)
        assert outcome == Posted(type=posted.type, id=posted.id)
        assert isinstance(await sink.find(removal), Posted)
    assert not any(world.company.trial_balance().values())


async def test_a_customer_is_updated_and_made_inactive(world, delivery, target):
    """A customer's changed address is written; removing it makes it inactive."""
    sink = world.sink()
    party = Party(kind=kinds.CUSTOMER, id="7", name="Acme", phone="1")
    posted = await one(sink, delivery(party))
    update = delivery(
        attrs.evolve(party, phone="2"),
        operation=Operation.UPDATE,
        target=target(posted),
        attempt_key="U" * 26,
    )
    changed = await one(sink, update)
    assert world.company.read("Customer", posted.id)["PrimaryPhone"]["FreeFormNumber"] == "2"
    removal = delivery(
        party, operation=Operation.DELETE, target=target(changed), attempt_key="D" * 26
    )
    outcome = await one(sink, removal)
    assert outcome.entry.active is False
    assert outcome.entry.name == "Acme"
    assert world.company.read("Customer", posted.id)["Active"] is False


async def test_a_name_of_another_list_is_a_conflict(world, make, delivery):
    """A customer cannot take a vendor's name; the hint says whose it is."""
    outcome = await one(
        world.sink(), delivery(Party(kind=kinds.CUSTOMER, id="7", name="Office Depot"))
    )
    assert outcome.finding.category == "name_conflict"
    assert "vendor" in outcome.finding.hint


async def test_a_customer_who_is_there_already_is_taken_over(world, make, delivery):
    """A customer of the same name is the customer."""
    outcome = await one(
        world.sink(), delivery(Party(kind=kinds.CUSTOMER, id="7", name="silva dental"))
    )
    assert (outcome.id, outcome.recovered) == (make.customer.id, True)


async def test_a_used_number_names_the_other_document(world, make, delivery):
    """A number of somebody else's invoice is refused, and the hint names the invoice."""
    sink = world.sink()
    first = await one(sink, delivery(make.document(id="1", number="INV-1")))
    outcome = await one(sink, delivery(make.document(id="2", number="INV-1")))
    assert outcome.finding.category == "duplicate_document"
    assert "INV-1" in outcome.finding.hint
    assert outcome.existing == Target(type="Invoice", id=first.id, guard=first.guard)


async def test_a_used_number_of_our_own_document_is_the_document(world, make, delivery):
    """Where the number belongs to what we wrote before, it is linked."""
    sink = world.sink()
    first = await one(sink, delivery(make.document(number="INV-1")))
    again = delivery(make.document(number="INV-1"), attempt_key="B" * 26)
    outcome = await one(sink, again)
    assert (outcome.id, outcome.recovered) == (first.id, True)


async def test_closed_books_refuse_with_the_category(world, make, delivery):
    """The date in a closed period is a finding of its own, and the closing date can be read."""
    sink = world.sink()
    world.person.close_books(dt.date(2026, 3, 1))
    outcome = await one(sink, delivery(make.document()))
    assert outcome.finding.category == "closed_period"
    assert await sink.closing_date() == dt.date(2026, 3, 1)


async def test_a_lost_answer_is_unknown_and_found_again(world, make, delivery):
    """A lost answer is never taken for a refusal; the document is found by its marker."""
    sink = world.sink()
    world.simulation.faults.set("lost-answer@1")
    sent = delivery(make.document())
    assert isinstance(await one(sink, sent), Unknown)
    found = await world.sink().find(sent)
    assert (found.type, found.recovered) == ("Invoice", True)
    assert found.amount == Money.of("100.00")
    assert len(world.company.query("select * from Invoice")["Invoice"]) == 1


async def test_a_dropped_request_is_sent_again_under_the_same_key(world, make, delivery):
    """What never arrived is written by looking for it."""
    sink = world.sink()
    world.simulation.faults.set("dropped~POST invoice@1")
    sent = delivery(make.document())
    assert isinstance(await one(sink, sent), Unknown)
    found = await sink.find(sent)
    assert isinstance(found, Posted)
    assert len(world.company.query("select * from Invoice")["Invoice"]) == 1
    keys = [
        entry.query.get("requestid")
        for entry in world.simulation.log
        if entry.path.endswith("/invoice")
    ]
    assert keys == [sent.attempt_key] * 2
