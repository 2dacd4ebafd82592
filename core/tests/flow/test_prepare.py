"""Prepare: staged records become planned effects, and nothing is planned twice."""

import asyncio
import datetime as dt

import pytest
import sqlalchemy as sa
from attrs import evolve

from subledger.errors import Fenced
from subledger.findings import Finding
from subledger.flow import prepare
from subledger.ledger import books, effects
from subledger.ledger.books import BookIndex
from subledger.model.kinds import ACCOUNT, CARD_TRANSACTION, FEE, VENDOR
from subledger.ports import Absent, BookEntry, Posted, Refused, Unknown
from subledger.store.schema import FLOW, LINK, POSTING


def test_planned(bench):
    """A record that is ready becomes one effect with its amount, date and account."""
    assert bench.run(bench.movement("1")) == 1
    (effect,) = bench.effects()
    assert (effect.state, effect.operation, effect.amount, effect.date, effect.account) == (
        *("planned", "create", -500),
        *("2026-03-01", "Cards"),
    )
    assert bench.posting().account == "Cards"
    assert bench.prepare() == 0
    assert len(bench.effects()) == 1


@pytest.mark.parametrize("word", ["hold", "skip"])
def test_not_planned(bench, word):
    """A record that is held or skipped makes no effect, and says why."""
    getattr(bench, word)("1")
    assert bench.run(bench.movement("1")) == 0
    assert bench.effects() == []
    assert bench.state() == {"hold": "held", "skip": "skipped"}[word]
    assert bench.finding() is not None


def test_a_bug_parks_one_record(bench):
    """A step that fails parks its record with a finding; the others go on."""
    bench.verdicts["1"] = None
    assert bench.run(bench.movement("1"), bench.movement("2")) == 1
    assert (bench.state("1"), bench.state("2")) == ("held", "planned")
    assert bench.finding("1").category == "internal"


def test_held_is_judged_again_when_the_configuration_changes(bench):
    """With another configuration held records are decided again, with the same one they are not."""
    bench.hold("1")
    bench.run(bench.movement("1"))
    bench.verdicts.clear()
    assert bench.prepare() == 0
    assert bench.prepare(digest="d2") == 1
    assert bench.state() == "planned"


def test_held_is_judged_again_when_the_books_change(bench):
    """A new entry in the books sets free what waited for it."""
    bench.run(bench.movement("1", merchant="Shell"), bench.movement("2"))
    bench.hold("3")
    bench.run(bench.movement("3"))
    bench.verdicts.clear()
    books.offer_entries(bench.c, "books", [BookEntry(kind=ACCOUNT, id="a9", name="New")])
    assert bench.prepare() == 1
    assert bench.state("3") == "planned"


def test_first_look_judges_nothing_twice(bench):
    """The first round of a flow finds nothing to judge again."""
    bench.hold("1")
    bench.run(bench.movement("1"))
    assert prepare.restage(bench.c, bench.task, books.load(bench.c, "books")) == 0


def test_skipped_stays_skipped(bench):
    """What was left out on purpose is not judged again by a change elsewhere."""
    bench.skip("1")
    bench.run(bench.movement("1"))
    bench.verdicts.clear()
    assert bench.prepare(digest="d2") == 0
    assert bench.state() == "skipped"


def test_changed_before_it_left(bench):
    """A record that changes before its document has left takes over the same effect."""
    bench.run(bench.movement("1", 500))
    bench.run(bench.movement("1", 600))
    (effect,) = bench.effects()
    assert (effect.state, effect.amount, effect.generation) == ("planned", -600, 0)


def test_held_before_it_left(bench):
    """A record that has to wait again withdraws what was planned for it, and may come back."""
    bench.run(bench.movement("1", 500))
    bench.hold("1")
    bench.run(bench.movement("1", 600))
    assert [effect.state for effect in bench.effects()] == ["superseded"]
    assert bench.claim() is None
    bench.verdicts.clear()
    bench.run(bench.movement("1", 700))
    assert [effect.state for effect in bench.effects()] == ["planned"]


def test_changed_while_in_flight(bench):
    """A record that changes while its document is on the way waits for the outcome."""
    bench.run(bench.movement("1", 500))
    delivery = bench.claim()
    assert bench.run(bench.movement("1", 600)) == 0
    assert bench.state() == "sent"
    assert len(bench.effects()) == 1
    bench.desk.settle(delivery.effect, posted_500(delivery))
    assert bench.state() == "staged"
    assert bench.prepare() == 1
    assert [(e.operation, e.state, e.amount) for e in bench.effects()] == [
        ("create", "settled", -500),
        ("update", "planned", -600),
    ]


@pytest.mark.parametrize("word", ["hold", "skip"])
def test_held_while_in_flight(bench, word):
    """A record that is to wait while its document is on the way does not keep the loop turning."""
    bench.run(bench.movement("1", 500))
    delivery = bench.claim()
    getattr(bench, word)("1")
    bench.run(bench.movement("1", 600))
    assert prepare.staged(bench.c, bench.task) == []
    bench.desk.settle(delivery.effect, posted_500(delivery))
    assert bench.state() == "staged"
    bench.prepare()
    assert bench.state() == "posted"
    assert bench.finding() is not None


def posted_500(delivery):
    return Posted(type="CreditCardCharge", id="T1", guard="1", amount=delivery.entity.effect)


def test_update_of_a_posted_record(bench):
    """A posted record that changes is updated in its document, under the guard that it has."""
    bench.run(bench.movement("1", 500))
    bench.post(guard="g1")
    assert bench.run(bench.movement("1", 600)) == 1
    delivery = bench.claim()
    assert delivery.operation == "update"
    assert (delivery.target.type, delivery.target.id, delivery.target.guard) == (
        *("CreditCardCharge", "T1"),
        "g1",
    )
    assert delivery.entity.amount.minor == 600


def test_change_that_the_books_do_not_show(bench):
    """A change that makes the same document is not sent."""
    bench.run(bench.movement("1"))
    bench.post()
    assert bench.run(bench.movement("1", cardholder="Ann")) == 0
    assert bench.state() == "posted"
    assert len(bench.effects()) == 1


def test_back_to_what_was_posted(bench):
    """An update that was planned is withdrawn when the record is again as posted."""
    bench.run(bench.movement("1", 500))
    bench.post()
    bench.run(bench.movement("1", 600))
    assert bench.run(bench.movement("1", 500)) == 0
    assert [effect.state for effect in bench.effects()] == ["settled", "superseded"]
    assert bench.claim() is None


def test_there_and_back_again(bench):
    """A record that changes to and fro is updated each time, each under a key of its own."""
    bench.run(bench.movement("1", 500))
    bench.post()
    for cents in (600, 500, 600):
        assert bench.run(bench.movement("1", cents)) == 1
        (delivery,) = bench.post()
        assert delivery.entity.amount.minor == cents
    keys = [effect.key for effect in bench.effects()]
    assert len(keys) == len(set(keys)) == 4
    assert [link.amount for link in bench.links()] == [-600]


def test_newest_update_only(bench):
    """Of several changes before the next session only the newest is sent."""
    bench.run(bench.movement("1", 500))
    bench.post()
    for cents in (600, 700, 800):
        bench.run(bench.movement("1", cents))
    assert [effect.state for effect in bench.effects(operation="update")] == [
        *("superseded", "superseded"),
        "planned",
    ]
    assert bench.claim().entity.amount.minor == 800


def test_posted_record_that_is_held(bench):
    """A posted record stays posted when a later version has to wait; the finding says so."""
    bench.run(bench.movement("1", 500))
    bench.post()
    bench.hold("1")
    bench.run(bench.movement("1", 600))
    assert bench.state() == "posted"
    assert bench.finding().category == "mapping_missing"
    assert len(bench.links()) == 1


def test_held_again_before_an_update_left(bench):
    """An update that was planned does not go out once a newer version has to wait."""
    bench.run(bench.movement("1", 500))
    bench.post()
    bench.run(bench.movement("1", 600))
    bench.hold("1")
    bench.run(bench.movement("1", 700))
    assert bench.claim() is None


def test_new_vendor_first(bench):
    """A vendor that the books lack is created once, and its documents wait for it."""
    count = bench.run(*(bench.movement(n, merchant="New & Co") for n in "123"))
    assert count == 3
    assert [(e.kind, e.state) for e in bench.effects()] == [
        ("vendor", "planned"),
        *[("card_transaction", "held")] * 3,
    ]
    assert {e.waits_for for e in bench.effects(state="held")} == {bench.effects()[0].id}
    bench.run(bench.movement("4", merchant="NEW & co"))
    assert len(bench.effects(kind="vendor")) == 1


def test_vendor_that_is_gone_again(bench):
    """A vendor that was created and then removed from the books is created again."""
    bench.run(bench.movement("1", merchant="New"))
    bench.post(2)
    gone = BookEntry(kind=VENDOR, id="new-New", name="Renamed")
    books.offer_entries(bench.c, "books", [gone])
    bench.run(bench.movement("2", merchant="New"))
    (vendor,) = bench.effects(kind="vendor")
    assert (vendor.state, vendor.generation) == ("planned", 1)


def test_review(bench):
    """With a review planned documents wait, and one finding says so."""
    bench.run(bench.movement("1"), bench.movement("2"), review=True)
    assert [effect.state for effect in bench.effects()] == ["held", "held"]
    assert bench.finding("1").category == "waiting_review"
    assert bench.finding("1").id == bench.finding("2").id
    assert bench.claim() is None
    assert effects.approve(bench.c, "cards") == 2
    assert bench.claim().entity.id == "1"


@pytest.mark.parametrize(
    "outcome",
    [
        Refused(finding=Finding(category="validation", subject="s", message="m")),
        Absent("not there"),
    ],
)
def test_after_an_attempt_that_did_not_happen(bench, outcome):
    """After an attempt that certainly did not happen the next one has a new key."""
    bench.run(bench.movement("1"))
    first = bench.claim()
    bench.desk.settle(first.effect, outcome)
    bench.run(bench.movement("1", 600))
    second = bench.claim()
    assert second.key == first.key
    assert second.attempt_key != first.attempt_key


def test_after_an_unknown_outcome(bench):
    """While an outcome is unknown nothing new is planned for the record."""
    bench.run(bench.movement("1"))
    delivery = bench.claim()
    bench.desk.settle(delivery.effect, Unknown("lost"))
    assert bench.run(bench.movement("1", 600)) == 0
    assert [effect.state for effect in bench.effects()] == ["unknown"]
    assert bench.claim() is None


def test_superseded_worker_writes_nothing(bench):
    """A worker whose lease another has taken is fenced before it plans anything."""
    bench.stage(bench.movement("1"))
    rows = prepare.staged(bench.c, bench.task)
    decided = [(row, bench.decide(bench.movement("1"))) for row in rows]
    with pytest.raises(Fenced):
        prepare.record_decisions(bench.c, bench.task, decided, epoch=7, lease=1000, now=bench.now)
    assert bench.effects() == []


def test_version_that_came_in_meanwhile(bench):
    """A decision about an older version does not count for the newer one."""
    bench.stage(bench.movement("1", 500))
    rows = prepare.staged(bench.c, bench.task)
    bench.stage(bench.movement("1", 600))
    bench.prepare_rows(rows)
    assert bench.state() == "staged"
    bench.prepare()
    (effect,) = bench.effects()
    assert (effect.amount, bench.state()) == (-600, "planned")


async def test_a_batch_gives_way(bench):
    """Deciding a large batch lets other work of the process run in between."""
    bench.stage(*(bench.movement(str(n)) for n in range(100)))
    rows = prepare.staged(bench.c, bench.task)
    turns = 0

    async def other():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    decided = await prepare.decide_all(rows, books.load(bench.c, "books"), bench.task.rules)
    task.cancel()
    assert len(decided) == 100
    assert turns >= 3


def test_redated_twice(bench):
    """A record that was moved to the first open day stays there, unless the period moves on."""
    books.set_closing_date(bench.c, "books", dt.date(2026, 3, 5))
    rules = evolve(bench.task.rules, closed_period="redate")
    bench.run(bench.movement("1"), rules=rules)
    bench.post()
    assert bench.links()[0].date == "2026-03-06"
    assert bench.run(bench.movement("1", cardholder="Ann"), rules=rules) == 0


def test_flow_that_is_added_later(bench):
    """A flow that is added later takes over what is stored already, once and in its own kinds."""
    bench.run(bench.movement("1"), bench.movement("2", kind=FEE))
    plan = evolve(bench.task.rules.plan, kinds=frozenset({FEE}))
    bench.c.execute(sa.insert(FLOW).values(name="second"))
    second = {"name": "second", "rules": evolve(bench.task.rules, plan=plan), "sink": "other"}
    task = evolve(bench.task, **second)
    for _ in range(2):
        prepare.restage(bench.c, task, BookIndex())
    assert [row.id for row in prepare.staged(bench.c, task)] == ["2"]


def test_kind_that_is_added_later(bench):
    """A kind that a flow takes later comes with the records that are stored already."""
    fees = bench.subscribers
    bench.subscribers = []
    bench.stage(bench.movement("1", kind=FEE))
    bench.subscribers = fees
    bench.run(bench.movement("2"))
    bench.post(2)
    bench.subscribers = []
    bench.stage(bench.movement("3", kind=FEE))
    assert bench.prepare() == 0
    assert bench.prepare(digest="d2") == 1


def test_closed_after_planning(bench):
    """A planned document that has not left is judged again when the books close its period."""
    bench.run(bench.movement("1"))
    assert bench.state() == "planned"
    books.set_closing_date(bench.c, "books", dt.date(2026, 3, 31))
    assert bench.prepare() == 0
    assert (bench.state(), bench.finding().category) == ("held", "closed_period")
    assert [row.state for row in bench.effects()] == ["superseded"]


def test_new_entry_after_planning(bench):
    """A new list entry alone does not put planned documents through another decision."""
    bench.run(bench.movement("1"))
    books.offer_entries(bench.c, "books", [BookEntry(kind=VENDOR, id="v2", name="Other")])
    assert bench.prepare() == 0
    assert bench.state() == "planned"


def test_what_we_wrote_into_the_source_ends_there(bench):
    """A record that another flow brought into the source from these books is not sent back."""
    link = {"connection": "cards", "source": "books", "kind": CARD_TRANSACTION, "id": "T1"}
    more = {"type": "payment", "target": "1", "fingerprint": "f", "effect": 0, "linked_at": 0}
    bench.c.execute(sa.insert(LINK).values(**link, **more))
    assert bench.run(bench.movement("1"), bench.movement("2")) == 1
    states = {row.id: row.state for row in bench.rows(POSTING)}
    assert states == {"1": "skipped", "2": "planned"}
