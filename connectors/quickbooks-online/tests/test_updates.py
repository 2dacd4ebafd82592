"""Every kind can be changed and taken back, and only where nobody else has changed it."""

import datetime as dt
from decimal import Decimal

import attrs
import pytest

from subledger.manifest import Operation
from subledger.model import SALES, Item, Party, Reference, Way, kinds
from subledger.money import Money
from subledger.ports import Posted, Unknown
from subledger_quickbooks_online.simulator.company.faults import stale

OFFICE = Reference(kind=kinds.ACCOUNT, id="15", name="Office Expenses")
CHECKING = Reference(kind=kinds.ACCOUNT, id="35", name="Checking")
MEALS = Reference(kind=kinds.ACCOUNT, id="13", name="Meals")

CASES = [
    "invoice",
    "credit_memo",
    "sales_receipt",
    "refund_receipt",
    "purchase",
    "bill",
    "vendor_credit",
    "payment",
    "bill_payment",
    "refund",
    "charge",
    "deposit",
    "transfer",
    "journal",
]


REMOVING = ("update", "void", "delete")


def entity_of(make, case, amount):
    """An entity of a case over an amount."""
    cost = (make.line(amount, account=OFFICE),)
    if case in ("bill", "vendor_credit", "purchase"):
        return make.document(case, lines=cost, number="7")
    if case in SALES:
        return make.document(case, lines=(make.line(amount),), number="7", message="Thanks")
    if case in ("payment", "bill_payment", "refund"):
        return make.settlement(case, amount=amount)
    values = {
        "charge": {"party": make.vendor},
        "deposit": {"account": CHECKING, "way": Way.IN},
        "transfer": {"kind": kinds.TRANSFER, "account": CHECKING},
        "journal": {"kind": kinds.JOURNAL_ENTRY},
    }[case]
    if case == "transfer":
        cost = (make.line(amount, account=Reference(kind=kinds.ACCOUNT, id="36", name="Savings")),)
    return make.movement(amount=amount, lines=cost, **values)


async def one(sink, delivery):
    [outcome] = await sink.deliver([delivery])
    return outcome


@pytest.mark.parametrize("case", CASES)
async def test_each_kind_is_changed_and_taken_back(world, make, delivery, target, case):
    """An update writes the new amount into the same document; a void leaves nothing."""
    sink = world.sink()
    posted = await one(sink, delivery(entity_of(make, case, "100.00")))
    assert isinstance(posted, Posted), posted
    changed = entity_of(make, case, "60.00")
    update = delivery(
        changed, operation=Operation.UPDATE, target=target(posted), attempt_key="U" * 26
    )
    outcome = await one(sink, update)
    assert isinstance(outcome, Posted), outcome
    assert (outcome.type, outcome.id) == (posted.type, posted.id)
    assert outcome.amount == changed.effect
    void = delivery(changed, operation=Operation.VOID, target=target(outcome), attempt_key="V" * 26)
    assert isinstance(await one(sink, void), Posted)
    assert not any(world.company.trial_balance().values())


@pytest.mark.parametrize("case", CASES)
async def test_the_same_update_twice_is_no_conflict(world, make, delivery, target, case):
    """An update that was carried out, and is looked for without its key, is recognised."""
    sink = world.sink()
    posted = await one(sink, delivery(entity_of(make, case, "100.00")))
    update = delivery(
        entity_of(make, case, "60.00"),
        operation=Operation.UPDATE,
        target=target(posted),
        attempt_key="U" * 26,
    )
    first = await one(sink, update)
    world.company.forget_requests()
    found = await world.sink().find(update)
    assert isinstance(found, Posted), found
    assert (found.id, found.amount) == (first.id, first.amount)


@pytest.mark.parametrize("case", CASES)
async def test_an_update_that_was_slow_to_arrive_is_no_conflict(
    world, make, delivery, target, case
):
    """An update of ours that arrives between our look and our repeat is not a person's edit."""
    sink = world.sink()
    posted = await one(sink, delivery(entity_of(make, case, "100.00")))
    update = delivery(
        entity_of(make, case, "60.00"),
        operation=Operation.UPDATE,
        target=target(posted),
        attempt_key="U" * 26,
    )
    first = await one(sink, update)
    world.company.forget_requests()
    again = await one(world.sink(), update)
    assert isinstance(again, Posted), again
    assert (again.id, again.amount) == (first.id, first.amount)


@pytest.mark.parametrize("case", CASES)
async def test_an_edit_by_a_person_stops_a_void(world, make, delivery, target, case):
    """Whoever wrote a note on a document is asked before it goes."""
    sink = world.sink()
    entity = entity_of(make, case, "100.00")
    posted = await one(sink, delivery(entity))
    note = world.company.read(posted.type, posted.id)["PrivateNote"]
    world.person.edit(posted.type, posted.id, {"PrivateNote": f"{note} seen by Ann"})
    void = delivery(entity, operation=Operation.VOID, target=target(posted), attempt_key="V" * 26)
    outcome = await one(sink, void)
    assert outcome.finding.category == "changed_in_books"
    assert any(world.company.trial_balance().values())


async def test_an_edit_of_what_we_do_not_write_is_kept(world, make, delivery, target):
    """A shipping address that a person added stays, and does not stop our update."""
    sink = world.sink()
    posted = await one(sink, delivery(make.document()))
    world.person.edit("Invoice", posted.id, {"ShipAddr": {"Line1": "Back door"}})
    update = delivery(
        make.document(lines=(make.line("60.00"),)),
        operation=Operation.UPDATE,
        target=target(posted),
        attempt_key="U" * 26,
    )
    outcome = await one(sink, update)
    assert outcome.amount == Money.of("60.00")
    assert world.company.read("Invoice", posted.id)["ShipAddr"]["Line1"] == "Back door"


async def test_taking_a_joined_refund_back_frees_the_credit(world, make, delivery, target):
    """After the refund is gone the credit memo can be used again."""
    sink = world.sink()
    credit = await one(sink, delivery(make.document(kinds.CREDIT_MEMO)))
    refund = make.settlement(kinds.REFUND, applied=[("credit_memo", credit.id, "100.00")])
    posted = await one(sink, delivery(refund))
    void = delivery(refund, operation=Operation.VOID, target=target(posted), attempt_key="V" * 26)
    assert isinstance(await one(sink, void), Posted)
    assert world.company.read("CreditMemo", credit.id)["RemainingCredit"] == 100
    assert "Purchase" not in world.company.query("select * from Purchase")
    left = world.company.query("select * from Payment").get("Payment", [])
    assert all(not payment["TotalAmt"] for payment in left)


@pytest.mark.parametrize("fault", ["lost-answer", "error-after", "dropped", "error-before"])
async def test_a_refund_is_joined_once_whatever_is_lost(world, make, delivery, fault):
    """Where it is not known whether a refund was joined to its credit, that is looked up."""
    credit = await one(world.sink(), delivery(make.document(kinds.CREDIT_MEMO)))
    refund = delivery(make.settlement(kinds.REFUND, applied=[("credit_memo", credit.id, "100.00")]))
    world.simulation.faults.set(f"{fault}~POST payment*@1")
    assert isinstance(await one(world.sink(), refund), Unknown)
    world.company.forget_requests()
    found = await world.sink().find(refund)
    assert isinstance(found, Posted), found
    assert found.warnings == ()
    assert len(world.company.query("select * from Payment")["Payment"]) == 1
    assert len(world.company.query("select * from Purchase")["Purchase"]) == 1
    assert world.company.read("CreditMemo", credit.id)["RemainingCredit"] == 0


async def test_items_and_vendors_are_changed_in_place(world, make, delivery, target):
    """List entries without a sparse update keep what a person added."""
    sink = world.sink()
    item = Item(
        id="9",
        name="Router",
        price=Decimal("99.00"),
        income_account=Reference(kind=kinds.ACCOUNT, id="79", name="Sales"),
    )
    posted = await one(sink, delivery(item))
    world.person.edit("Item", posted.id, {"PurchaseDesc": "by the box"})
    update = delivery(
        attrs.evolve(item, price=Decimal("120.50")),
        operation=Operation.UPDATE,
        target=target(posted),
        attempt_key="U" * 26,
    )
    outcome = await one(sink, update)
    assert isinstance(outcome, Posted), outcome
    stored = world.company.read("Item", posted.id)
    assert (stored["UnitPrice"], stored["PurchaseDesc"]) == (Decimal("120.50"), "by the box")
    vendor = Party(id="3", name="Paper Inc")
    posted = await one(sink, delivery(vendor))
    removal = delivery(
        vendor, operation=Operation.DELETE, target=target(posted), attempt_key="D" * 26
    )
    outcome = await one(sink, removal)
    assert (outcome.type, outcome.entry.active) == ("Vendor", False)


async def test_a_payment_is_moved_to_another_invoice(world, make, delivery, target):
    """After the move the first invoice is open again and the second is paid."""
    sink = world.sink()
    first = await one(sink, delivery(make.document(id="1")))
    second = await one(sink, delivery(make.document(id="2")))
    posted = await one(sink, delivery(make.settlement(applied=[("invoice", first.id, "100.00")])))
    moved = make.settlement(applied=[("invoice", second.id, "100.00")])
    update = delivery(
        moved, operation=Operation.UPDATE, target=target(posted), attempt_key="U" * 26
    )
    outcome = await one(sink, update)
    assert isinstance(outcome, Posted), outcome
    assert outcome.warnings == ()
    assert world.company.read("Invoice", first.id)["Balance"] == 100
    assert world.company.read("Invoice", second.id)["Balance"] == 0
    alone = delivery(
        make.settlement(), operation=Operation.UPDATE, target=target(outcome), attempt_key="W" * 26
    )
    assert isinstance(await one(sink, alone), Posted)
    assert world.company.read("Invoice", second.id)["Balance"] == 100


async def test_a_date_is_moved(world, make, delivery, target):
    """A document whose date was corrected in the source gets the date in the books."""
    sink = world.sink()
    posted = await one(sink, delivery(make.document()))
    moved = attrs.evolve(make.document(), date=dt.date(2026, 2, 11), due=dt.date(2026, 3, 11))
    update = delivery(
        moved, operation=Operation.UPDATE, target=target(posted), attempt_key="U" * 26
    )
    assert isinstance(await one(sink, update), Posted)
    assert world.company.read("Invoice", posted.id)["TxnDate"] == "2026-02-11"


async def test_an_overpayment_stays_as_credit(world, make, delivery):
    """What is left of a payment is the customer's credit."""
    sink = world.sink()
    invoice = await one(sink, delivery(make.document()))
    payment = make.settlement(amount="130.00", applied=[("invoice", invoice.id, "100.00")])
    outcome = await one(sink, delivery(payment))
    assert world.company.read("Payment", outcome.id)["UnappliedAmt"] == 30
    assert outcome.amount == Money.of("-130.00")


async def test_a_paid_invoice_takes_no_second_payment_in_silence(world, make, delivery):
    """A payment that cannot be applied in full is refused or warned about."""
    sink = world.sink()
    invoice = await one(sink, delivery(make.document()))
    for number in ("1", "2"):
        payment = make.settlement(id=number, applied=[("invoice", invoice.id, "100.00")])
        outcome = await one(sink, delivery(payment))
    assert not isinstance(outcome, Posted) or outcome.warnings
    assert world.company.read("Invoice", invoice.id)["Balance"] == 0


async def test_a_bill_that_is_paid_already_is_told(world, make, delivery):
    """QuickBooks stores such a payment empty and void; the warning says that nothing was linked."""
    sink = world.sink()
    lines = (make.line("100.00", account=OFFICE),)
    bill = await one(sink, delivery(make.document(kinds.BILL, lines=lines)))
    for number in ("1", "2"):
        payment = make.settlement(
            kinds.BILL_PAYMENT, id=number, applied=[("bill", bill.id, "100.00")]
        )
        outcome = await one(sink, delivery(payment))
    assert isinstance(outcome, Posted)
    assert [warning.category for warning in outcome.warnings] == ["amount_mismatch"]


async def test_two_purchases_may_have_one_number(world, make, delivery):
    """The reference of a card payment may repeat; of an invoice the number may not."""
    sink = world.sink()
    first = await one(sink, delivery(make.movement(id="1", number="AUTH-1")))
    sent = delivery(make.movement(id="2", number="AUTH-1"))
    second = await one(sink, sent)
    assert isinstance(second, Posted), second
    assert second.id != first.id
    found = await world.sink().find(sent)
    assert found.id == second.id
    assert len(world.company.query("select * from Purchase")["Purchase"]) == 2


@pytest.mark.parametrize("operation", [Operation.UPDATE, Operation.VOID])
async def test_a_version_that_keeps_moving_is_read_again_once(
    world, make, delivery, target, operation
):
    """5010 is answered by one look and one more try; then it is for a person."""
    sink = world.sink()
    posted = await one(sink, delivery(make.document()))

    def moving(*_):
        raise stale("Invoice", "Ann")

    world.company.update = world.company.void = moving
    world.simulation.log.clear()
    changed = delivery(
        make.document(memo="new"),
        operation=operation,
        target=target(posted),
        attempt_key="U" * 26,
    )
    outcome = await one(sink, changed)
    assert (outcome.finding.category, outcome.code) == ("changed_in_books", "5010")
    writes = [entry for entry in world.simulation.log if entry.path.endswith("/invoice")]
    assert [entry.query["requestid"] for entry in writes] == ["U" * 26, "U" * 26 + "r"]


@pytest.mark.parametrize(
    "case",
    [(k, way) for k in (kinds.INVOICE, kinds.BILL) for way in Operation if way.value in REMOVING],
    ids="-".join,
)
async def test_what_a_person_deleted_is_told_or_done(world, make, delivery, target, case):
    """A document that is gone cannot be changed, which is told; to take it back is done."""
    kind, operation = case
    sink = world.sink()
    entity = entity_of(make, kind, "100.00")
    posted = await one(sink, delivery(entity))
    world.person.delete(posted.type, posted.id)
    outcome = await one(
        sink,
        delivery(entity, operation=operation, target=target(posted), attempt_key="U" * 26),
    )
    if operation is Operation.UPDATE:
        assert (outcome.finding.category, outcome.code) == ("missing_in_books", "610")
    else:
        assert isinstance(outcome, Posted)
    assert world.company.query(f"select * from {posted.type}") == {}
