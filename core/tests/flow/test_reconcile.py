"""Reconciliation and proof: what differs from the books is found, named and counted to the cent."""

import datetime as dt

import pytest
import sqlalchemy as sa

from subledger.findings import Finding
from subledger.flow import reconcile, waysout
from subledger.flow.proof import _BUCKET, BUCKETS, prove
from subledger.ledger import books, findings, history, notes, records
from subledger.ledger.records import UNREADABLE
from subledger.model.kinds import CARD_TRANSACTION
from subledger.money import Money
from subledger.ports import BookDocument, Query, Refused, Unknown
from subledger.store.schema import EFFECT, LINK, POSTING

DAY = dt.date(2026, 3, 1)


def document(number, cents=-500, **changes):
    """What the books show of a posted document."""
    values = {
        "type": "CreditCardCharge",
        "id": f"T{number}",
        "date": DAY,
        "account": "Cards",
        "amount": Money(cents),
        "key": f"sl:txn-{number}",
    }
    return BookDocument(**values | changes)


def compare(bench, *documents):
    """Reads documents back and compares."""
    bench.later()
    books.ask(bench.c, "books", Query.DOCUMENTS, bench.now, since=DAY, until=DAY, account="Cards")
    question = bench.desk.question(Query.DOCUMENTS)
    bench.desk.offer(documents=documents, question=question)
    bench.desk.answered(question, None)
    assert reconcile.answered(bench.c) == [question.id]
    result = reconcile.compare(bench.c, question.id, bench.now)
    assert reconcile.answered(bench.c) == []
    return result


@pytest.fixture
def two(bench):
    """A bench with two posted documents."""
    bench.run(bench.movement("1"), bench.movement("2"))
    bench.post(2)
    return bench


def test_agreement(two):
    """Where the books hold exactly what was posted there is no finding."""
    result = compare(two, document(1), document(2))
    assert result.agrees
    assert (result.posted, result.matched, result.foreign) == (2, 2, 0)
    assert result.posted_total == result.books_total == Money(-1000)
    assert findings.listing(two.c) == []


CASES = {
    "missing": ([document(1)], "missing", "missing_in_books"),
    "deleted": ([document(1), document(2, deleted=True)], "deleted", "missing_in_books"),
    "other amount": ([document(1), document(2, -501)], "changed", "changed_in_books"),
    "other date": (
        [document(1), document(2, date=dt.date(2026, 3, 2))],
        "changed",
        "changed_in_books",
    ),
    "doubled": ([document(1), document(2), document(2, id="T9")], "doubled", "doubled_in_books"),
}


@pytest.mark.parametrize("case", CASES)
def test_differences(two, case):
    """Each sort of difference is named, makes one finding, and the verdict is no agreement."""
    documents, sort, category = CASES[case]
    result = compare(two, *documents)
    assert not result.agrees
    named = {
        name: len(getattr(result, name)) for name in ("missing", "doubled", "changed", "deleted")
    }
    assert named == {**dict.fromkeys(named, 0), sort: 1}
    assert [row.category for row in findings.listing(two.c)] == [category]


def test_changed_is_told_with_both_versions(two):
    """The finding about an edited document names what was posted and what the books show."""
    compare(two, document(1), document(2, -501))
    (row,) = findings.listing(two.c)
    assert "-5.00" in row.message
    assert "-5.01" in row.message


def test_foreign_documents(two):
    """Documents that are not ours are counted, and are no difference."""
    mine = document(7, -70, id="X", key="")
    result = compare(two, document(1), document(2), mine)
    assert result.agrees
    assert (result.foreign, result.foreign_total) == (1, Money(-70))
    assert result.books_total == Money(-1070)


def test_posted_for_another_account(two):
    """What we posted on another account, and that touches this one, is ours, not somebody's."""
    at_bank = sa.update(LINK).where(LINK.c.target == "T2").values(account="Bank")
    two.c.execute(at_bank)
    result = compare(two, document(1), document(2, 500), document(7, -70, id="X", key=""))
    assert result.agrees
    assert (result.posted, result.foreign, result.elsewhere) == (1, 1, 1)
    assert result.elsewhere_total == Money(500)
    known = reconcile.last(two.c, "books", "Cards")
    assert known == result
    assert result.books_total == Money(-500 + 500 - 70)


def test_a_comparison_knows_when_it_was_made(two):
    """Whoever sees an old comparison sees its moment; one that was stored without has none."""
    compare(two, document(1), document(2))
    assert reconcile.last(two.c, "books", "Cards").made == two.now
    name = "comparison of Cards"
    old = {k: v for k, v in notes.recall(two.c, "books", name).items() if k != "made"}
    notes.remember(two.c, "books", name, old)
    assert reconcile.last(two.c, "books", "Cards").made is None


def test_two_accounts_in_one_session(two):
    """A document on two accounts that are read back together is seen on each, with its amount."""
    two.c.execute(sa.update(LINK).where(LINK.c.target == "T2").values(account="Bank"))
    two.later()
    day = {"since": DAY, "until": DAY}
    asked = [
        books.ask(two.c, "books", Query.DOCUMENTS, two.now, **day, account=account)
        for account in ("Cards", "Bank")
    ]
    seen = {
        "Cards": [document(1), document(2, 500)],
        "Bank": [document(2, account="Bank")],
    }
    for documents in seen.values():
        question = two.desk.question(Query.DOCUMENTS)
        two.desk.offer(documents=documents, question=question)
        two.desk.answered(question, None)
    compared = [reconcile.compare(two.c, one, two.now) for one in asked]
    assert [(one.matched, one.missing, one.changed) for one in compared] == [(1, (), ())] * 2


def test_posted_after_the_question(two):
    """A document that was posted after the books were read is not missed."""
    books.ask(two.c, "books", Query.DOCUMENTS, two.now, since=DAY, until=DAY, account="Cards")
    question = two.desk.question(Query.DOCUMENTS)
    two.desk.offer(documents=[document(1), document(2)], question=question)
    two.desk.answered(question, None)
    two.run(two.movement("3"))
    two.post()
    assert reconcile.compare(two.c, question.id, two.now).agrees


def test_unknown_question(bench):
    """A question that nobody asked has no comparison."""
    assert reconcile.compare(bench.c, 99, bench.now) is None


def test_retry_of_a_missing_document(two):
    """A document that is gone is posted again when a person says so."""
    compare(two, document(1))
    (row,) = findings.listing(two.c)
    assert waysout.retry(two.c, row.id, two.now, "ann") == 1
    assert two.prepare() == 1
    (delivery,) = two.post()
    assert (delivery.operation, delivery.entity.id) == ("create", "2")
    assert two.effects()[1].generation == 1


def test_retry_of_an_edited_document(two):
    """An edited document is written over under its new guard when a person says so."""
    compare(two, document(1), document(2, -501, guard="g2"))
    (row,) = findings.listing(two.c)
    waysout.retry(two.c, row.id, two.now, "ann")
    two.prepare()
    delivery = two.claim()
    assert (delivery.operation, delivery.target.guard) == ("update", "g2")


@pytest.mark.parametrize("account", ["Cards", "CARDS"])
def test_keeping_an_edited_document(two, account):
    """A person may let the books' version stand: nobody asks again, and the difference is told."""
    edited = document(2, -501, guard="g2", account=account)
    compare(two, document(1), edited)
    (row,) = findings.listing(two.c)
    assert waysout.skip(two.c, row.id, two.now, "ann", "") == 1
    assert findings.listing(two.c) == []
    assert compare(two, document(1), edited).agrees
    assert findings.listing(two.c) == []
    found = proof(two)
    assert found.agrees
    assert (found.buckets["posted"].records, found.buckets["posted"].total) == (2, Money(-1001))
    assert found.buckets["skipped"].total == Money(1)
    two.run(two.movement("2", cents=700))
    delivery = two.claim()
    assert (delivery.operation, delivery.target.guard) == ("update", "g2")


def test_a_deletion_in_the_books_may_stand(two):
    """What a person deleted there stays deleted, whatever its source does; nobody asks again."""
    compare(two, document(1))
    (row,) = findings.listing(two.c)
    assert waysout.skip(two.c, row.id, two.now, "ann", "") == 1
    result = compare(two, document(1))
    assert (result.agrees, result.posted) == (True, 1)
    assert findings.listing(two.c) == []
    found = proof(two)
    assert found.agrees
    assert found.buckets["skipped"].total == Money(-500)
    two.run(two.movement("2", cents=700))
    assert two.claim() is None
    assert two.state("2") == "skipped"
    assert proof(two).agrees


def test_trouble_with_a_document_that_was_linked(two):
    """A document that a person linked has its finding with its record, as any other."""
    two.c.execute(sa.update(LINK).where(LINK.c.target == "T2").values(effect=0))
    history.add(
        two.c, 1, "ann", "linked", flow="cards", connection="books",
        kind=CARD_TRANSACTION, record="2",
    )  # fmt: skip
    compare(two, document(1), document(2, -501))
    (row,) = findings.listing(two.c)
    assert (row.flow, row.records) == ("cards", 1)


def test_period(two):
    """The period to compare reaches from the first to the last posted document."""
    two.run(two.movement("3", date=dt.date(2026, 3, 9)))
    two.post()
    assert reconcile.period(two.c, "books", "Cards") == (DAY, dt.date(2026, 3, 9))
    assert reconcile.period(two.c, "books", "Other") is None


# ------------------------------------------------------------------- the proof


def proof(bench, **period):
    """The proof of the flow."""
    return prove(bench.c, "cards", "cards", "books", **period)


def in_state(bench, state):
    """A bench whose record 1 is in a state."""
    if state in ("held", "skipped"):
        getattr(bench, {"held": "hold", "skipped": "skip"}[state])("1")
    bench.stage(bench.movement("1"))
    if state == "staged":
        return
    bench.prepare()
    if state in ("planned", "held", "skipped"):
        return
    delivery = bench.claim()
    bench.stage(bench.movement("1", memo="changed"))
    if state == "sent":
        bench.prepare()
    elif state == "unknown":
        bench.desk.settle(delivery.effect, Unknown("lost"))
    elif state == "rejected":
        bench.stage(bench.movement("1"))
        finding = Finding(category="validation", subject="s", message="m")
        bench.desk.settle(delivery.effect, Refused(finding=finding))


BUCKET_OF = {
    "staged": "waiting",
    "planned": "waiting",
    "held": "held",
    "skipped": "skipped",
    "sent": "unknown",
    "unknown": "unknown",
    "rejected": "rejected",
}


@pytest.mark.parametrize("state", BUCKET_OF)
def test_bucket_of_each_state(bench, state):
    """Each record is counted once, with its amount, in the bucket of its state."""
    in_state(bench, state)
    assert bench.state() == state
    found = proof(bench)
    filled = {name: b.records for name, b in found.buckets.items() if b.records}
    assert filled == {BUCKET_OF[state]: 1}
    assert found.buckets[BUCKET_OF[state]].total == Money(-500)
    assert found.agrees


def test_every_state_has_a_bucket():
    """There is no state of a record that the proof does not know."""
    assert BUCKET_OF.items() <= _BUCKET.items()
    assert set(_BUCKET) - set(BUCKET_OF) == {"posted", "undone", "blocked"}
    assert set(_BUCKET.values()) == set(BUCKETS)


def test_blocked_is_held(bench):
    """A record whose vendor was refused is counted among the held ones."""
    bench.run(bench.movement("1", merchant="New"))
    finding = Finding(category="validation", subject="s", message="m")
    bench.desk.settle(bench.claim().effect, Refused(finding=finding))
    assert proof(bench).buckets["held"].records == 1


def test_whole_proof(two):
    """Source total = posted + held + skipped + rejected + unknown + waiting, by account too."""
    two.hold("3")
    two.run(two.movement("3", 1), two.movement("4", 20))
    found = proof(two)
    assert (found.records, found.source) == (4, Money(-1021))
    assert found.buckets["posted"].total == Money(-1000)
    assert found.buckets["held"].total == Money(-1)
    assert found.buckets["waiting"].total == Money(-20)
    assert {n: (b.records, b.total) for n, b in found.by_account.items()} == {
        "Cards": (2, Money(-1000))
    }
    assert found.agrees
    assert not found.difference


def test_tampered_link_shows(two):
    """One cent more or less in what the books took shows as a difference."""
    two.c.execute(sa.update(LINK).where(LINK.c.id == "2").values(amount=-499))
    found = proof(two)
    assert found.difference == Money(-1)
    assert not found.agrees


def test_lost_link_shows(two):
    """A record that claims to be posted without a document is counted as unknown."""
    two.c.execute(sa.delete(LINK).where(LINK.c.id == "2"))
    found = proof(two)
    assert (found.buckets["posted"].records, found.buckets["unknown"].records) == (1, 1)


def test_unreadable_records_count(bench):
    """An unreadable record is counted, with its amount where it has one."""
    finding = Finding(category="unreadable", subject="record 9", message="m")
    page = [
        records.Staged(
            raw=n,
            kind=UNREADABLE,
            id=n,
            version="v",
            entity="",
            amount=cents,
            currency="USD",
            date="",
            finding=finding,
        )
        for n, cents in (("8", -300), ("9", None))
    ]
    records.stage(bench.c, "cards", bench.subscribers, page, bench.now)
    found = proof(bench, since="2026-01-01", until="2026-01-31")
    assert found.buckets["rejected"].records == 2
    assert found.buckets["rejected"].total == found.source == Money(-300)
    assert found.without_amount == 1
    assert found.agrees


def test_period_of_a_proof(two):
    """A proof of a period counts the records with a date in it, both ends included."""
    two.run(two.movement("3", date=dt.date(2026, 4, 1)))
    assert proof(two, since="2026-03-01", until="2026-03-01").records == 2
    assert proof(two, since="2026-03-02", until="2026-04-01").records == 1
    assert proof(two).records == 3


def test_posted_records_have_a_settled_effect(two):
    """Control: what the bench calls posted is posted in all three tables."""
    assert set(two.c.execute(sa.select(POSTING.c.state)).scalars()) == {"posted"}
    assert set(two.c.execute(sa.select(EFFECT.c.state)).scalars()) == {"settled"}
    assert {link.kind for link in two.links()} == {CARD_TRANSACTION}
