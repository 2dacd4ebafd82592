"""Whatever happens on the way, each document is in the books once."""

import datetime as dt

import attrs
import pytest

from subledger.errors import TemporaryError
from subledger.manifest import Operation
from subledger.model import SALES, Document, Line, Party, Reference, Way, kinds
from subledger.money import Money
from subledger.ports import Posted, Refused, Unknown
from subledger_quickbooks_online import errors
from subledger_quickbooks_online.simulator.company import Behaviour, CompanyFault

BATCH = "B" * 26
OFFICE = Reference(kind=kinds.ACCOUNT, id="15", name="Office Expenses")


def in_books(world, entity):
    return world.company.query(f"select * from {entity}").get(entity, [])


def batched(deliveries):
    return [
        attrs.evolve(each, batch=BATCH, place=place)
        for place, each in enumerate(deliveries, start=1)
    ]


async def settled(world, deliveries):
    """The outcomes after everything unknown was looked for by a new process."""
    outcomes = []
    for sent, outcome in zip(deliveries, await world.sink().deliver(deliveries), strict=True):
        while isinstance(outcome, Unknown):
            outcome = await world.sink().find(sent)  # noqa: PLW2901
        outcomes.append(outcome)
    return outcomes


def several(make, delivery):
    """A customer, documents that are owed and paid at once, and movements of money."""
    checking = Reference(kind=kinds.ACCOUNT, id="35", name="Checking")
    return [
        delivery(Party(kind=kinds.CUSTOMER, id="7", name="New")),
        delivery(make.document(id="1")),
        delivery(make.document(id="2", number="N-2")),
        delivery(make.document(kinds.SALES_RECEIPT, number="N-2")),
        delivery(make.document(kinds.REFUND_RECEIPT)),
        delivery(make.document(kinds.PURCHASE, lines=(make.line("12.34", account=OFFICE),))),
        delivery(make.movement(id="3")),
        delivery(make.movement(id="4", account=checking, way=Way.IN)),
        delivery(
            make.movement(
                id="5", kind=kinds.TRANSFER, lines=(make.line("12.34", account=checking),)
            )
        ),
    ]


ONCE = {
    "Customer": 2,
    "Invoice": 2,
    "SalesReceipt": 1,
    "RefundReceipt": 1,
    "Purchase": 2,
    "Deposit": 1,
    "Transfer": 1,
}
FAULTS = ["lost-answer", "dropped", "error-before", "error-after", "fault-inside-200"]


@pytest.mark.parametrize("fault", FAULTS)
async def test_every_kind_is_written_once_whatever_is_lost(world, make, delivery, fault):
    """The first write of each goes wrong; afterwards each is there exactly once."""
    deliveries = several(make, delivery)
    await world.sink().check()
    world.simulation.faults.set(",".join(f"{fault}~POST {name.lower()}@1" for name in ONCE))
    outcomes = await settled(world, deliveries)
    assert all(isinstance(outcome, Posted) for outcome in outcomes), outcomes
    assert {name: len(in_books(world, name)) for name in ONCE} == ONCE


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_batch_is_written_once_whatever_is_lost(world, make, delivery, fault):
    """A lost batch is settled item by item under the keys that it had."""
    deliveries = batched(several(make, delivery))
    await world.sink().check()
    world.simulation.faults.set(f"{fault}~POST batch@1")
    outcomes = await settled(world, deliveries)
    assert all(isinstance(outcome, Posted) for outcome in outcomes), outcomes
    assert {name: len(in_books(world, name)) for name in ONCE} == ONCE


async def test_without_request_ids_a_repeated_write_is_doubled(world, make, delivery):
    """The negative control: repeated without its key, the document is there twice."""
    sent = delivery(make.document())
    await world.sink().deliver([sent])
    sink = world.sink()
    bare = attrs.evolve(sent, attempt_key="")
    await sink.deliver([bare])
    assert len(in_books(world, "Invoice")) == 2
    await sink.deliver([sent])
    assert len(in_books(world, "Invoice")) == 2


async def test_the_marker_finds_it_where_the_keys_are_forgotten(world, make, delivery):
    """After Intuit forgot the key, looking comes before repeating."""
    world.simulation.faults.set("lost-answer@1")
    sent = delivery(make.document())
    [outcome] = await world.sink().deliver([sent])
    assert isinstance(outcome, Unknown)
    world.company.forget_requests()
    found = await world.sink().find(sent)
    assert isinstance(found, Posted)
    assert len(in_books(world, "Invoice")) == 1


async def test_the_key_protects_where_a_query_lags(worlds, delivery):
    """A search that does not see the newest documents makes no second one."""
    world = worlds(behaviour=Behaviour(query_lag_seconds=3600))
    customer = world.company.create("Customer", {"DisplayName": "A"})
    world.simulation.clock.advance(dt.timedelta(hours=2))
    world.vault.kept = world.connect()

    document = Document(
        kind=kinds.INVOICE,
        id="1",
        party=Reference(kind=kinds.CUSTOMER, id=customer["Id"]),
        date=dt.date(2026, 3, 1),
        amount=Money.of("5.00"),
        lines=(Line(amount=Money.of("5.00"), item=Reference(kind=kinds.ITEM, id="1")),),
    )
    world.simulation.faults.set("lost-answer~POST invoice@1")
    sent = delivery(document)
    sink = world.sink()
    [outcome] = await sink.deliver([sent])
    assert isinstance(outcome, Unknown)
    found = await sink.find(sent)
    assert isinstance(found, Posted)
    world.simulation.clock.advance(dt.timedelta(hours=2))
    assert len(in_books(world, "Invoice")) == 1


async def test_what_was_deleted_before_its_answer_was_read_is_not_made_again(world, make, delivery):
    """A replayed answer with a dead identifier is told, not believed."""
    world.simulation.faults.set("lost-answer@1")
    sent = delivery(make.document())
    await world.sink().deliver([sent])
    [stored] = in_books(world, "Invoice")
    world.person.delete("Invoice", stored["Id"])
    outcome = await world.sink().find(sent)
    assert isinstance(outcome, Refused)
    assert outcome.finding.category == "missing_in_books"
    assert not in_books(world, "Invoice")


async def test_a_lost_document_is_not_taken_for_the_void_one_before_it(
    world, make, delivery, target
):
    """What was voided and is posted again carries the same marker; only the new one stands."""
    sink = world.sink()
    [first] = await sink.deliver([delivery(make.document())])
    void = delivery(
        make.document(), operation=Operation.VOID, target=target(first), attempt_key="V" * 26
    )
    await sink.deliver([void])
    world.simulation.faults.set("dropped~POST invoice@1")
    again = delivery(make.document(), attempt_key="N" * 26)
    [outcome] = await sink.deliver([again])
    assert isinstance(outcome, Unknown)
    found = await sink.find(again)
    assert isinstance(found, Posted)
    assert found.id != first.id
    assert sorted(one["TotalAmt"] for one in in_books(world, "Invoice")) == [0, 100]


async def test_a_lost_deletion_is_not_taken_for_a_persons_void(world, make, delivery, target):
    """A void document is not gone: that a person made it void is told, not counted as ours."""
    sink = world.sink()
    [posted] = await sink.deliver([delivery(make.document())])
    world.person.void("Invoice", posted.id)
    world.simulation.faults.set("dropped~POST invoice*@1")
    delete = delivery(
        make.document(), operation=Operation.DELETE, target=target(posted), attempt_key="D" * 26
    )
    [outcome] = await sink.deliver([delete])
    assert isinstance(outcome, Unknown)
    outcome = await world.sink().find(delete)
    assert isinstance(outcome, Refused)
    assert outcome.finding.category == "changed_in_books"
    assert [one["TotalAmt"] for one in in_books(world, "Invoice")] == [0]


@pytest.mark.parametrize("fault", ["dropped", "lost-answer"])
async def test_a_lost_customer_is_not_taken_for_a_vendor_of_its_name(world, make, delivery, fault):
    """Names are shared, entries are not: the finding says whose the name is."""
    world.company.create("Vendor", {"DisplayName": "Northwind"})
    world.simulation.faults.set(f"{fault}~POST customer@1")
    sent = delivery(Party(kind=kinds.CUSTOMER, id="7", name="Northwind"))
    [outcome] = await world.sink().deliver([sent])
    assert isinstance(outcome, Unknown)
    outcome = await world.sink().find(sent)
    assert isinstance(outcome, Refused)
    assert outcome.finding.category == "name_conflict"
    assert "vendor" in outcome.finding.hint


@pytest.mark.parametrize(("code", "again"), [("10000", None), ("600", None), ("150", errors.AGAIN)])
async def test_an_item_without_a_clear_answer_is_judged_by_itself(
    world, make, delivery, code, again
):
    """In a batch too a system failure is no refusal, and what comes later is tried later."""
    create = world.company.create

    def failing(entity, body, *more):
        if "invoice-2" in str(body.get("PrivateNote")):
            raise CompanyFault(code, "said", "said so")
        return create(entity, body, *more)

    world.company.create = failing
    sent = batched([delivery(make.document(id=number)) for number in "123"])
    first, second, third = await world.sink().deliver(sent)
    assert isinstance(first, Posted)
    assert isinstance(third, Posted)
    assert isinstance(second, Refused if again else Unknown)
    assert getattr(second, "again", None) == again


LOSSES = ("lost-answer", "dropped")


@pytest.mark.parametrize(
    "case", [(kind, loss) for kind in (*SALES, kinds.PURCHASE) for loss in LOSSES]
)
async def test_a_lost_update_is_settled(world, make, delivery, target, case):
    """A lost update is recognised where it was carried out, else it is sent again."""
    kind, fault = case
    sink = world.sink()
    sold = {} if kind in SALES else {"account": OFFICE}
    [posted] = await sink.deliver(
        [delivery(make.document(kind, lines=(make.line("100.00", **sold),)))]
    )
    update = delivery(
        make.document(kind, lines=(make.line("60.00", **sold),)),
        operation=Operation.UPDATE,
        target=target(posted),
        attempt_key="U" * 26,
    )
    world.simulation.faults.set(f"{fault}~POST {posted.type.lower()}@1")
    [outcome] = await sink.deliver([update])
    assert isinstance(outcome, Unknown)
    found = await world.sink().find(update)
    assert isinstance(found, Posted), found
    assert abs(found.amount) == Money.of("60.00")
    assert world.company.read(posted.type, posted.id)["TotalAmt"] == 60


@pytest.mark.parametrize(
    "case",
    [
        (kind, how, loss)
        for kind in (kinds.INVOICE, kinds.SALES_RECEIPT, kinds.REFUND_RECEIPT)
        for how in (Operation.VOID, Operation.DELETE)
        for loss in LOSSES
    ],
)
async def test_a_lost_removal_is_settled(world, make, delivery, target, case):
    """A lost removal is done once, and again is no error."""
    kind, operation, fault = case
    sink = world.sink()
    [posted] = await sink.deliver([delivery(make.document(kind))])
    removal = delivery(
        make.document(kind), operation=operation, target=target(posted), attempt_key="V" * 26
    )
    world.simulation.faults.set(f"{fault}~POST {posted.type.lower()}*@1")
    [outcome] = await sink.deliver([removal])
    assert isinstance(outcome, Unknown)
    found = await world.sink().find(removal)
    assert (found.type, found.id) == (posted.type, posted.id)
    assert not any(world.company.trial_balance().values())


async def test_one_bad_document_does_not_stop_its_batch(world, make, delivery):
    """Items of a batch have outcomes of their own, in order."""
    missing = Reference(kind=kinds.ITEM, id="999", name="Gone")
    deliveries = batched(
        [
            delivery(make.document(id="1")),
            delivery(make.document(id="2", lines=(make.line("1.00", item=missing),))),
            delivery(make.movement(id="3")),
        ]
    )
    first, second, third = await world.sink().deliver(deliveries)
    assert (first.type, third.type) == ("Invoice", "Purchase")
    assert second.finding.category == "mapping_missing"
    assert [path for _, path in world.asked()].count("batch") == 1


async def test_thirty_documents_are_one_batch(world, make, delivery):
    """Thirty writes make one request, besides what is read about the company."""
    deliveries = batched([delivery(make.movement(id=str(n))) for n in range(30)])
    outcomes = await world.sink().deliver(deliveries)
    assert all(isinstance(outcome, Posted) for outcome in outcomes)
    assert len(in_books(world, "Purchase")) == 30
    writes = [path for method, path in world.asked() if method == "POST" and path != "query"]
    assert writes == ["batch"]


async def test_a_throttled_batch_is_put_off_whole(world, make, delivery):
    """Nothing of a throttled batch was written, so that it can come again."""
    deliveries = batched([delivery(make.movement(id=str(n))) for n in range(3)])
    sink = world.sink()
    await sink.check()
    world.simulation.faults.set("throttle~POST batch@1")
    with pytest.raises(TemporaryError):
        await sink.deliver(deliveries)
    assert not in_books(world, "Purchase")


async def test_trouble_after_the_first_of_several_is_an_outcome(world, make, delivery):
    """Once something was written, the rest is put off one by one instead of by an error."""
    deliveries = [delivery(make.movement(id=str(n))) for n in range(3)]
    sink = world.sink()
    await sink.check()
    world.simulation.faults.set("throttle~POST purchase@2")
    first, second, third = await sink.deliver(deliveries)
    assert isinstance(first, Posted)
    assert isinstance(second, Refused)
    assert second.again >= 60
    assert third.again > 0
    assert len(in_books(world, "Purchase")) == 1


async def test_what_was_sent_is_not_called_refused_for_a_later_reason(world, make, delivery):
    """A setting that has become wrong since proves nothing about a write that was sent."""
    world.simulation.faults.set("lost-answer~POST invoice@1")
    sent = delivery(make.document())
    [outcome] = await world.sink().deliver([sent])
    assert isinstance(outcome, Unknown)
    outcome = await world.sink(location="Nowhere").find(sent)
    assert isinstance(outcome, Unknown)
    assert outcome.decide
