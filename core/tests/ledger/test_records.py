"""Seam 1: what is new or changed is stored and marked for each flow, and nothing else."""

from attrs import evolve

from subledger.findings import Finding
from subledger.ledger import records
from subledger.ledger.records import UNREADABLE, Subscriber
from subledger.model.kinds import CARD_TRANSACTION, FEE
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
    """Also a record that comes back exactly as it was loses its unreadable twin."""
    bench.stage(bench.movement("1"))
    stage(bench, bad("1"))
    assert len(bench.rows(RECORD)) == 2
    bench.stage(bench.movement("1"))
    assert [row.kind for row in bench.rows(RECORD)] == [CARD_TRANSACTION]
    assert [row.kind for row in bench.rows(POSTING)] == [CARD_TRANSACTION]


def test_large_page(bench):
    """A page may hold more records than a statement can hold values."""
    page = [bench.staged(bench.movement(str(number))) for number in range(1200)]
    assert stage(bench, *page) == 1200
    changed = evolve(page[0], version="new")
    assert stage(bench, changed, *page[1:]) == 1
