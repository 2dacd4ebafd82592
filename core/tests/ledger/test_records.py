"""Seam 1: what is new or changed is stored and marked for each flow, and nothing else."""

from attrs import evolve

from subledger.findings import Finding
from subledger.flow import waysout
from subledger.ledger import records
from subledger.ledger.records import GONE, UNREADABLE, Subscriber
from subledger.model.kinds import CARD_TRANSACTION, FEE
from subledger.ports import Posted
from subledger.store.schema import POSTING, RECORD


def bad(raw, cents=None):
    """A record that the connector could not read."""
    return records.Staged(
        raw=raw,
        kind=UNREADABLE,
        id=raw,
        version=f"bad {raw}",
        entity="",
        amount=cents,
        currency="USD" if cents else "",
        date="",
        finding=Finding(category="unreadable", subject=f"record {raw}", message="m"),
    )


def stage(bench, *page):
    bench.later()
    return records.stage(bench.c, "cards", bench.subscribers, page, bench.now)


def test_new_records(bench):
    """A new record is stored with its signed amount and date, and waits for a decision."""
    assert bench.stage(bench.movement("1"), bench.movement("2", 700)) == 2
    row = bench.rows(RECORD)[1]
    assert (row.id, row.amount, row.currency, row.date) == ("2", -700, "USD", "2026-03-01")
    assert [bench.state(i) for i in "12"] == ["staged", "staged"]


def test_unchanged_records_write_nothing(bench):
    """Reading the same records again changes not a single row."""
    bench.run(bench.movement("1"))
    driver = bench.c.connection.driver_connection
    before = driver.total_changes
    assert bench.stage(bench.movement("1")) == 0
    assert driver.total_changes == before
    assert bench.state() == "planned"


def test_changed_record(bench):
    """A changed record waits for a new decision, and remembers when it was first seen."""
    bench.run(bench.movement("1"))
    first = bench.rows(RECORD)[0].first_seen
    bench.later(60)
    assert bench.stage(bench.movement("1", 600)) == 1
    (row,) = bench.rows(RECORD)
    assert (row.amount, row.first_seen) == (-600, first)
    assert row.changed > first
    assert bench.state() == "staged"


def test_subscribers(bench):
    """Each flow gets the kinds that it asked for; the others are stored all the same."""
    bench.subscribers = [
        Subscriber(flow="cards", kinds=frozenset({CARD_TRANSACTION})),
        Subscriber(flow="fees", kinds=frozenset({FEE})),
    ]
    bench.stage(bench.movement("1"), bench.movement("2", kind=FEE))
    found = {(row.flow, row.id) for row in bench.rows(POSTING)}
    assert found == {("cards", "1"), ("fees", "2")}
    bench.subscribers = []
    assert bench.stage(bench.movement("3")) == 1
    assert len(bench.rows(RECORD)) == 3


def test_unreadable_reaches_every_flow(bench):
    """An unreadable record is shown by each flow of the connection, with its finding."""
    bench.subscribers.append(Subscriber(flow="other", kinds=frozenset({FEE})))
    assert stage(bench, bad("9", -300)) == 1
    rows = bench.rows(POSTING)
    assert {(row.flow, row.state, row.amount) for row in rows} == {
        ("cards", "rejected", -300),
        ("other", "rejected", -300),
    }
    assert all(row.finding for row in rows)


def test_readable_again(bench):
    """Once a record can be read its unreadable twin is gone from every flow."""
    bench.subscribers.append(Subscriber(flow="other", kinds=frozenset({FEE})))
    stage(bench, bad("1"), bad("2"))
    bench.stage(bench.movement("1"))
    assert [(row.kind, row.id) for row in bench.rows(RECORD)] == [
        (CARD_TRANSACTION, "1"),
        (UNREADABLE, "2"),
    ]
    assert [row.id for row in bench.rows(POSTING) if row.kind == UNREADABLE] == ["2", "2"]


def test_readable_again_as_before(bench):
    """An unreadable version stands in place of the readable one, until that comes back."""
    bench.stage(bench.movement("1"))
    stage(bench, bad("1"))
    assert [row.kind for row in bench.rows(RECORD)] == [UNREADABLE]
    bench.stage(bench.movement("1"))
    assert [row.kind for row in bench.rows(RECORD)] == [CARD_TRANSACTION]
    assert [row.kind for row in bench.rows(POSTING)] == [CARD_TRANSACTION]


def test_large_page(bench):
    """A page may hold more records than a statement can hold values."""
    page = [bench.staged(bench.movement(str(number))) for number in range(1200)]
    assert stage(bench, *page) == 1200
    changed = evolve(page[0], version="new")
    assert stage(bench, changed, *page[1:]) == 1


def gone(raw):
    """A record that moves nothing any more."""
    return evolve(bad(raw), kind=GONE, version=GONE, amount=0, currency="", finding=None)


def test_taken_back_before_it_was_posted(bench):
    """What the source takes back before it is posted leaves no trace and is never sent."""
    bench.run(bench.movement("1"), bench.movement("2"))
    assert stage(bench, gone("1"), gone("unheard of")) == 1
    assert [row.id for row in bench.rows(RECORD)] == ["2"]
    assert [row.id for row in bench.rows(POSTING)] == ["2"]
    assert [row.state for row in bench.effects(record="1")] == ["superseded"]


def test_taken_back_after_it_was_posted(bench):
    """What the source takes back later is told once; the source's total no longer has it."""
    bench.run(bench.movement("1"))
    bench.post()
    assert stage(bench, gone("1")) == 1
    assert bench.finding().category == "gone_in_source"
    assert (bench.state(), bench.rows(RECORD)[0].amount) == ("posted", 0)
    assert stage(bench, gone("1")) == 0
    assert bench.stage(bench.movement("1")) == 1
    bench.prepare()
    assert bench.finding() is None
    assert bench.rows(RECORD)[0].amount == -500


def test_void_of_what_was_taken_back(bench):
    """Retry voids the document, and then the record counts for nothing on both sides."""
    bench.run(bench.movement("1"))
    bench.post()
    stage(bench, gone("1"))
    assert waysout.retry(bench.c, bench.finding().id, bench.now, "ada") == 1
    (delivery,) = bench.post()
    assert (delivery.operation, delivery.target.id) == ("void", "T1")
    assert (bench.state(), bench.links()) == ("undone", [])


def test_taken_back_on_its_way(bench):
    """While a document is on its way nothing is forgotten; it is told once it has arrived."""
    bench.run(bench.movement("1"))
    delivery = bench.claim()
    assert stage(bench, gone("1")) == 1
    bench.desk.settle(delivery.effect, Posted(type="Check", id="T1"))
    assert stage(bench, gone("1")) == 0
    bench.prepare()
    assert bench.finding().category == "gone_in_source"


def test_unreadable_after_it_was_posted(bench):
    """A posted record that cannot be read any more is counted once, and the cause is told."""
    bench.run(bench.movement("1"), bench.movement("2"))
    bench.post()
    assert stage(bench, bad("1", -500), bad("2", -500)) == 2
    assert bench.finding().category == "unreadable"
    found = {(row.kind, row.id): row.amount for row in bench.rows(RECORD)}
    assert found == {(CARD_TRANSACTION, "1"): -500, (UNREADABLE, "2"): -500}
    assert [row.state for row in bench.effects(record="2")] == ["superseded"]
