"""Records that the source takes back: their documents go, and nothing brings them to life again."""

import datetime as dt

import pytest
import sqlalchemy as sa
from attrs import evolve

from subledger.findings import Finding
from subledger.flow import waysout
from subledger.flow.linking import Link, NotLinked, link
from subledger.ledger import books, records
from subledger.ledger.records import GONE, Staged, Subscriber
from subledger.manifest import Operation
from subledger.model import Reference
from subledger.model.kinds import CARD_TRANSACTION, CUSTOMER
from subledger.model.stored import dump
from subledger.money import Money
from subledger.ports import BookDocument, Posted, Refused, Target
from subledger.store.schema import EFFECT, FLOW, POSTING, RECORD

VOIDED = Posted(type="CreditCardCharge", id="T1")
CLOSED = Finding(category="closed_period", subject="closed", message="m")
REMOVAL = {CARD_TRANSACTION: Operation.VOID}


def gone(raw):
    """A record that moves nothing any more."""
    return Staged(
        raw=raw, kind=GONE, id=raw, version=GONE, entity="", amount=0, currency="", date=""
    )


@pytest.fixture
def voiding(bench):
    """A flow that voids what the source takes back; record 1 is posted."""
    bench.subscribers = [evolve(bench.subscribers[0], removal=REMOVAL)]
    bench.task = evolve(bench.task, removal=REMOVAL)
    bench.run(bench.movement("1"))
    bench.post()
    return bench


def take_back(bench, *raws):
    """What the source says of deleted records."""
    bench.later()
    return records.stage(bench.c, "cards", bench.subscribers, map(gone, raws), bench.now)


def removals(bench):
    """State of every removal."""
    return [row.state for row in bench.effects(operation=Operation.VOID)]


def test_void_outlives_a_new_configuration(voiding):
    """A removal that is planned stays planned where the configuration or closing date changes."""
    take_back(voiding, "1")
    assert removals(voiding) == ["planned"]
    voiding.prepare(digest="d2")
    books.set_closing_date(voiding.c, "books", dt.date(2026, 1, 31))
    voiding.prepare(digest="d2")
    assert (voiding.state(), removals(voiding)) == ("planned", ["planned"])
    assert voiding.claim().operation == Operation.VOID


def test_retry_of_a_refused_void(voiding):
    """Retry of a removal that the books refused asks for the removal again."""
    take_back(voiding, "1")
    delivery = voiding.claim()
    voiding.desk.settle(delivery.effect, Refused(finding=CLOSED))
    assert voiding.state() == "rejected"
    waysout.retry(voiding.c, voiding.finding().id, voiding.now, "ada")
    voiding.prepare()
    again = voiding.claim()
    assert (again.operation, again.target.id) == (Operation.VOID, "T1")
    assert again.attempt_key != delivery.attempt_key


def test_retry_of_a_void_that_met_an_edit(voiding):
    """Ours stands: the document that somebody edited is voided, not written over."""
    take_back(voiding, "1")
    edited = Finding(category="changed_in_books", subject="T1", message="m")
    voiding.desk.settle(voiding.claim().effect, Refused(finding=edited))
    waysout.retry(voiding.c, voiding.finding().id, voiding.now, "ada")
    voiding.prepare()
    assert voiding.claim().operation == Operation.VOID


def test_record_comes_back(voiding):
    """A record that is there again after its document was voided is posted again, and so on."""
    for _ in range(2):
        take_back(voiding, "1")
        voiding.prepare()
        delivery = voiding.claim()
        assert delivery.operation == Operation.VOID
        voiding.desk.settle(delivery.effect, VOIDED)
        assert (voiding.state(), voiding.links()) == ("undone", [])
        voiding.run(voiding.movement("1"))
        voiding.post()
        assert voiding.state() == "posted"
    keys = [row.key for row in voiding.effects()]
    assert len(keys) == len(set(keys))


def test_record_comes_back_while_its_void_is_on_the_way(voiding):
    """What came back while the books voided it is posted again."""
    take_back(voiding, "1")
    delivery = voiding.claim()
    voiding.run(voiding.movement("1"))
    voiding.desk.settle(delivery.effect, VOIDED)
    assert voiding.state() == "staged"
    voiding.prepare()
    assert [d.operation for d in voiding.post()] == [Operation.CREATE]


def test_taken_back_while_it_was_on_its_way(bench):
    """A record that is gone while its document is on its way is not lost; it is told only once."""
    bench.subscribers = [evolve(bench.subscribers[0], removal=REMOVAL)]
    bench.task = evolve(bench.task, removal=REMOVAL)
    bench.run(bench.movement("1"), bench.movement("2"))
    first = bench.claim()
    take_back(bench, "1", "2")
    bench.desk.settle(first.effect, Posted(type="CreditCardCharge", id="T1"))
    bench.prepare()
    void = bench.claim()
    assert (void.operation, void.target.id) == (Operation.VOID, "T1")
    bench.desk.settle(void.effect, VOIDED)
    assert (bench.state(), bench.claim()) == ("undone", None)


def test_taken_back_while_it_was_refused(bench):
    """A record that is gone while its document is refused is not sent again."""
    bench.run(bench.movement("1"))
    delivery = bench.claim()
    take_back(bench, "1")
    bench.desk.settle(delivery.effect, Refused(finding=CLOSED))
    bench.prepare()
    assert (bench.state(), bench.claim()) == ("undone", None)


def test_a_new_flow_does_not_post_what_is_gone(voiding):
    """A flow that is new takes over what is stored, but for what the source took back."""
    take_back(voiding, "1")
    voiding.c.execute(sa.insert(FLOW).values(name="second"))
    second = evolve(voiding.task, name="second", sink="other")
    assert voiding.prepare(name="second", sink="other") == 0
    assert [row.state for row in voiding.effects(connection="other")] == []
    assert second.sink == "other"


def test_without_a_way_to_remove_it_a_person_decides(voiding):
    """Where the flow only flags, every further look at the record says so again."""
    voiding.subscribers = [Subscriber(flow="cards", kinds=voiding.subscribers[0].kinds)]
    take_back(voiding, "1")
    number = voiding.finding().id
    voiding.c.execute(sa.update(POSTING).values(state="staged", finding=None))
    voiding.prepare(removal={})
    assert voiding.finding().id == number
    assert voiding.rows(RECORD)[0].amount == 0
    assert voiding.rows(EFFECT, "state") == [("settled",)]


def test_removal_needs_nothing_but_its_document(voiding):
    """A removal does not wait for what the document refers to: that is perhaps gone already."""
    take_back(voiding, "1")
    (effect,) = voiding.effects(operation=Operation.VOID)
    waiting = voiding.movement("1", party=Reference(kind=CUSTOMER, record="9", name="Gone"))
    voiding.c.execute(
        sa.update(EFFECT).where(EFFECT.c.id == effect.id).values(entity=dump(waiting))
    )
    assert voiding.claim().operation == Operation.VOID
    voiding.desk.release(effect.id)
    assert [d.effect for d in voiding.desk.claim_many(5, "b")] == [effect.id]


def linked(bench, **wanted):
    """Record 2 is linked with a document of a person, who finds it gone in the source later."""
    take = Link(source="cards", sink="books", **wanted)
    link(bench.c, bench.finding("2").id, take, bench.now, "ada")
    take_back(bench, "2")
    assert removals(bench) == []
    return bench.finding("2").id


def test_document_of_a_person_is_not_removed(voiding):
    """A document that a person linked is not ours: it is removed only when a person says so."""
    voiding.run(voiding.movement("2"))
    taken = Target(type="Check", id="T7", guard="")
    finding = Finding(category="duplicate_document", subject="7", message="m")
    voiding.desk.settle(voiding.claim().effect, Refused(finding=finding, existing=taken))
    number = linked(voiding)
    assert waysout.retry(voiding.c, number, voiding.now, "ada") == 1
    assert voiding.claim().target.id == "T7"


def test_retry_says_when_it_can_remove_nothing(voiding):
    """Where no write of ours stands for the document the finding stays, for a person to skip."""
    voiding.hold("2")
    voiding.run(voiding.movement("2"))
    with pytest.raises(NotLinked, match="have not shown Check T7"):
        linked(voiding, target="T7", type="Check")
    shown = {"type": "Check", "id": "T7", "date": dt.date(2026, 3, 1), "account": "Cards"}
    books.offer_documents(voiding.c, "books", 1, [BookDocument(**shown, amount=Money(-500))])
    number = linked(voiding, target="T7", type="Check")
    assert waysout.retry(voiding.c, number, voiding.now, "ada") == 0
    assert (voiding.state("2"), voiding.finding("2").state) == ("posted", "open")
    waysout.skip(voiding.c, number, voiding.now, "ada", "voided by hand")
    assert voiding.finding("2") is None
