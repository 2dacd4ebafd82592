"""The desk: what is sent is marked before, one at a time, and each outcome finds its place."""

import pytest
import sqlalchemy as sa

from subledger.errors import RecordRejected
from subledger.findings import Finding
from subledger.flow import waysout
from subledger.flow.desk import SqlDesk
from subledger.ledger import books, findings
from subledger.ledger.keys import attempt_key
from subledger.model import Line
from subledger.model.kinds import FEE, VENDOR
from subledger.money import Money
from subledger.ports import BookEntry, Posted, Query, Refused, Unknown
from subledger.store.schema import CONNECTION, ENTRY

FINDING = Finding(category="restored_backup", subject="the file", message="m")


def test_marked_as_sent_with_its_bytes(bench):
    """A claimed effect is marked as sent, with the exact bytes, before anything leaves."""
    bench.run(bench.movement("1"))
    rendered = []
    delivery = bench.desk.claim(lambda d: rendered.append(d) or b"<exact/>")
    (effect,) = bench.effects()
    assert (effect.state, effect.payload, effect.attempts) == ("sent", b"<exact/>", 1)
    assert effect.sent_at == bench.now
    assert delivery.payload == b"<exact/>"
    assert rendered[0].attempt_key == delivery.attempt_key == attempt_key(effect.key, 0)
    assert delivery.marker == "sl:txn-1"


def test_a_failing_renderer_leaves_nothing(bench):
    """Where rendering fails in an unforeseen way nothing is marked as sent."""
    bench.run(bench.movement("1"))
    with pytest.raises(ZeroDivisionError):
        bench.desk.claim(lambda _delivery: 1 // 0)
    assert bench.effects()[0].state == "planned"


def test_one_at_a_time(bench):
    """While one effect is on the way nothing else is claimed."""
    bench.run(bench.movement("1"), bench.movement("2"))
    first = bench.claim()
    assert bench.claim() is None
    assert bench.desk.outstanding().effect == first.effect
    bench.desk.settle(first.effect, Unknown("lost"))
    assert bench.claim() is None
    assert bench.desk.outstanding().effect == first.effect


def test_other_connections_are_free(bench):
    """What is on the way to one set of books does not hold up another."""
    bench.run(bench.movement("1"))
    bench.claim()
    assert not other_desk(bench).waiting()
    assert other_desk(bench).outstanding() is None


def other_desk(bench):
    return SqlDesk(bench.c, "other", bench.now)


def test_order(bench):
    """Vendors come before documents, documents in the order in which they were planned."""
    bench.run(
        bench.movement("1"), bench.movement("2", merchant="New"), bench.movement("3", kind=FEE)
    )
    assert [d.entity.id for d in bench.post(4)] == ["New", "1", "2", "3"]


def test_release(bench):
    """A claimed effect that never left is claimed again, as the same attempt."""
    bench.run(bench.movement("1"))
    first = bench.claim()
    bench.desk.release(first.effect)
    assert bench.desk.outstanding() is None
    again = bench.claim()
    assert again.attempt_key == first.attempt_key
    bench.desk.settle(again.effect, Unknown("lost"))
    bench.desk.release(again.effect)
    assert bench.effects()[0].state == "unknown"


def test_paused_connection(bench):
    """A paused connection sends nothing and says why, until a person resumes it."""
    bench.run(bench.movement("1"))
    assert (bench.desk.waiting(), bench.desk.paused) == (True, False)
    bench.desk.pause(FINDING)
    assert bench.desk.paused
    assert bench.claim() is None
    assert not bench.desk.waiting()
    assert [row.category for row in findings.listing(bench.c)] == ["restored_backup"]
    waysout.resume_connection(bench.c, "books", bench.now, "ann")
    assert not bench.desk.paused
    assert findings.listing(bench.c) == []
    assert bench.claim() is not None


def test_paused_connection_answers_questions(bench):
    """Books that are paused are still asked: to compare them is the way out of a pause."""
    bench.run(bench.movement("1"))
    bench.desk.pause(FINDING)
    books.ask(bench.c, "books", Query.DOCUMENTS, bench.now, account="Cards")
    assert bench.desk.waiting()
    assert bench.claim() is None


def test_paused_before_it_was_seen(bench):
    """A connection can be paused before anything is known of it."""
    desk = other_desk(bench)
    desk.pause(FINDING)
    paused = bench.c.execute(sa.select(CONNECTION.c.paused).where(CONNECTION.c.name == "other"))
    assert paused.scalar() == "restored_backup"


def test_paused_flow(bench):
    """The documents of a paused flow stay, also those that are planned already."""
    bench.run(bench.movement("1"))
    waysout.pause_flow(bench.c, "cards", bench.now, "ann", paused=True)
    assert bench.claim() is None
    assert not bench.desk.waiting()
    waysout.pause_flow(bench.c, "cards", bench.now, "ann", paused=False)
    assert bench.claim() is not None


def test_what_waits(bench):
    """There is something to do when an effect or a question waits, and not before its time."""
    assert not bench.desk.waiting()
    number = books.ask(bench.c, "books", Query.LISTS, bench.now)
    assert bench.desk.waiting()
    question = bench.desk.question()
    assert question.id == number
    bench.desk.answered(question, None)
    assert not bench.desk.waiting()
    bench.run(bench.movement("1"))
    assert bench.desk.waiting()
    delivery = bench.claim()
    assert bench.desk.waiting()
    bench.desk.settle(delivery.effect, Refused(finding=FINDING, again=60))
    assert not bench.desk.waiting()
    bench.later(61)
    assert bench.desk.waiting()


def test_backlog(bench):
    """The backlog counts what is planned, up to a limit."""
    bench.run(*(bench.movement(str(n)) for n in range(5)))
    assert bench.desk.backlog(100) == 5
    assert bench.desk.backlog(3) == 3


def test_one_that_cannot_be_written(bench):
    """A record that the books cannot hold is parked with a finding, and the next one is tried."""
    bench.run(bench.movement("1"), bench.movement("2"))

    def render(delivery):
        if delivery.entity.id == "1":
            raise RecordRejected("the memo is too long", category="validation", field="memo")
        return b"x"

    assert bench.desk.claim(render).entity.id == "2"
    assert [effect.state for effect in bench.effects()] == ["rejected", "sent"]
    assert bench.state("1") == "rejected"
    finding = bench.finding("1")
    assert (finding.category, finding.subject) == ("validation", "memo")
    assert bench.effects()[0].attempts == 0


def test_nothing_can_be_written(bench):
    """Where no record can be written all are parked and nothing is claimed."""
    bench.run(*(bench.movement(str(n)) for n in range(5)))

    def render(_delivery):
        raise RecordRejected("no", category="validation")

    assert bench.desk.claim(render) is None
    assert {effect.state for effect in bench.effects()} == {"rejected"}
    assert len(findings.listing(bench.c)) == 5


def test_vendor_sets_its_documents_free(bench):
    """Documents that wait for a vendor go once it is there, with its identifier."""
    bench.run(bench.movement("1", merchant="New"), bench.movement("2", merchant="New"))
    bench.post()
    assert {effect.state for effect in bench.effects(kind="card_transaction")} == {"planned"}
    first, second = bench.post(2)
    assert first.entity.party.id == second.entity.party.id == "new-New"


@pytest.mark.parametrize("name", ["Écluse", "ÉCLUSE", "Straße", "écluse & Co"])
def test_vendor_with_an_accent(bench, name):
    """A vendor whose name is not plain ASCII is found again as well."""
    bench.run(bench.movement("1", merchant=name))
    bench.post()
    assert bench.claim().entity.party.id == f"new-{name}"


def test_refused_vendor_blocks_its_documents(bench):
    """Where a vendor is refused its documents wait for the same finding, and a retry frees all."""
    bench.run(bench.movement("1", merchant="New"), bench.movement("2", merchant="New"))
    vendor = bench.claim()
    problem = Finding(category="name_conflict", subject="New", message="taken")
    bench.desk.settle(vendor.effect, Refused(finding=problem, code="3100"))
    assert (bench.state("1"), bench.state("2")) == ("blocked", "blocked")
    (row,) = findings.listing(bench.c)
    assert (row.category, row.records) == ("name_conflict", 2)
    assert bench.claim() is None
    assert waysout.retry(bench.c, row.id, bench.now, "ann") == 2
    bench.prepare()
    bench.post(3)
    assert (bench.state("1"), bench.state("2")) == ("posted", "posted")


def test_second_settling_is_ignored(bench):
    """An outcome that arrives twice counts once."""
    bench.run(bench.movement("1"))
    delivery = bench.claim()
    for number in "12":
        bench.later()
        bench.desk.settle(delivery.effect, Posted(type="Check", id=number))
    (link,) = bench.links()
    assert link.target == "1"
    bench.desk.settle(delivery.effect, Refused(finding=FINDING))
    assert bench.state() == "posted"
    bench.desk.settle(99, Posted(type="Check", id="3"))


def test_memory(bench):
    """A connector remembers between its steps, and looks up entries of the books."""
    bench.desk.remember("session", {"ticket": "t"})
    assert bench.desk.recall("session") == {"ticket": "t"}
    assert bench.desk.entry(VENDOR, "v1").name == "Shell"
    assert bench.desk.entry(VENDOR, "v2") is None
    bench.desk.offer([BookEntry(kind=VENDOR, id="v2", name="Esso")])
    assert bench.desk.entry(VENDOR, "v2").name == "Esso"
    assert bench.desk.now.isoformat().startswith("2026-03-15T12:00")


def test_report_and_clear(bench):
    """A finding about the connection is shown until its cause is gone."""
    bench.desk.report(Finding(category="wrong_company", subject="file", message="m"))
    assert len(findings.listing(bench.c)) == 1
    bench.desk.clear("wrong_company")
    assert findings.listing(bench.c) == []


def test_closing_date(bench):
    """The closing date that the books tell reaches the decisions."""
    bench.desk.closing_date(bench.movement("1").date)
    bench.run(bench.movement("1"))
    assert bench.finding().category == "closed_period"


def test_line_references_are_filled_in(bench):
    """Identifiers of entries that came after planning are filled in at the last moment."""
    bench.run(bench.movement("1", merchant="New", lines=(Line(amount=Money(500)),)))
    bench.c.execute(sa.update(ENTRY).where(ENTRY.c.id == "v1").values(name="NEW"))
    delivery = bench.claim()
    assert delivery.kind == VENDOR
    bench.desk.settle(
        delivery.effect,
        Posted(type="Vendor", id="v9", entry=BookEntry(kind=VENDOR, id="v1", name="New")),
    )
    assert bench.claim().entity.party.id == "v1"
