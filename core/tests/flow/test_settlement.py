"""Settlement: each outcome of each operation leaves effect, link and record in agreement."""

import pytest
import sqlalchemy as sa

from subledger.findings import Finding
from subledger.flow import waysout
from subledger.flow.settlement import MOST_ATTEMPTS
from subledger.ledger import findings
from subledger.manifest import Operation
from subledger.money import Money
from subledger.ports import Absent, Posted, Refused, Unknown
from subledger.store.schema import EFFECT, HISTORY, QUESTION

VALIDATION = Finding(category="validation", subject="memo", message="too long")
DONE = {
    Operation.CREATE: "posted",
    Operation.UPDATE: "posted",
    Operation.VOID: "undone",
    Operation.DELETE: "undone",
}
OUTCOMES = {
    "posted": Posted(type="CreditCardCharge", id="T9", guard="g9", amount=Money(-500)),
    "recovered": Posted(type="CreditCardCharge", id="T9", amount=Money(-500), recovered=True),
    "refused": Refused(finding=VALIDATION, code="3070"),
    "put off": Refused(finding=VALIDATION, again=60.0),
    "absent": Absent("looked for it"),
    "unknown": Unknown("the answer was lost"),
    "undecidable": Unknown("nothing can be found out", decide=True),
}


def prepared(bench, operation):
    """One effect of an operation, claimed."""
    bench.run(bench.movement("1", 500))
    if operation is Operation.CREATE:
        return bench.claim()
    bench.post(guard="g1")
    bench.run(bench.movement("1", 500, memo="changed"))
    bench.c.execute(
        sa.update(EFFECT).where(EFFECT.c.state == "planned").values(operation=operation.value)
    )
    return bench.claim()


def wanted(operation, outcome):
    """States of effect and record, generations passed, links, after an outcome."""
    linked = operation is not Operation.CREATE
    done = DONE[operation]
    return {
        "posted": ("settled", done, 0, done == "posted"),
        "recovered": ("settled", done, 0, done == "posted"),
        "refused": ("rejected", "rejected", 0, linked),
        "put off": ("planned", "planned", 1, linked),
        "absent": ("planned", "planned", 1, linked),
        "unknown": ("unknown", "unknown", 0, linked),
        "undecidable": ("unknown", "unknown", 0, linked),
    }[outcome]


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("operation", [op for op in Operation if op is not Operation.READ])
def test_each_outcome_of_each_operation(bench, operation, outcome):
    """Effect, record and link say the same after every outcome, and the audit trail says it too."""
    delivery = prepared(bench, operation)
    assert delivery.operation is operation
    assert (delivery.target is None) == (operation is Operation.CREATE)
    before = len(bench.rows(HISTORY))
    bench.desk.settle(delivery.effect, OUTCOMES[outcome])
    effect = bench.effects(id=delivery.effect)[0]
    state, record, generations, linked = wanted(operation, outcome)
    assert (effect.state, bench.state()) == (state, record)
    assert effect.generation == generations
    assert bool(bench.links()) == linked
    assert len(bench.rows(HISTORY)) == before + 1


def test_link_after_posting(bench):
    """The link holds what the books answered: document, guard, amount, account."""
    delivery = prepared(bench, Operation.CREATE)
    answer = Posted(type="Check", id="T1", guard="g", amount=Money(-500), account="Bank")
    bench.desk.settle(delivery.effect, answer)
    (link,) = bench.links()
    assert (link.type, link.target, link.guard, link.amount, link.account) == (
        *("Check", "T1"),
        *("g", -500),
        "Bank",
    )
    assert link.fingerprint == bench.effects()[0].fingerprint
    assert bench.effects()[0].payload is None


def test_link_where_the_books_tell_little(bench):
    """Where the books name no amount or account, what was meant is kept."""
    delivery = prepared(bench, Operation.CREATE)
    bench.desk.settle(delivery.effect, Posted(type="Check", id="T1"))
    (link,) = bench.links()
    assert (link.amount, link.currency, link.account) == (-500, "USD", "Cards")


def test_other_amount_than_meant(bench):
    """Where the books recorded another amount, a finding says both."""
    delivery = prepared(bench, Operation.CREATE)
    bench.desk.settle(delivery.effect, Posted(type="Check", id="T1", amount=Money(-499)))
    finding = bench.finding()
    assert finding.category == "amount_mismatch"
    assert "-4.99" in finding.message
    assert "-5.00" in finding.message
    assert bench.state() == "posted"


def test_warnings(bench):
    """What the books remarked about a document is shown with it."""
    delivery = prepared(bench, Operation.CREATE)
    warning = Finding(category="text_changed", subject="memo", message="é became e")
    bench.desk.settle(delivery.effect, Posted(type="Check", id="T1", warnings=(warning,)))
    assert bench.finding().category == "text_changed"
    assert bench.state() == "posted"


def test_put_off(bench):
    """What is put off is claimed again after its time, under a new attempt."""
    first = prepared(bench, Operation.CREATE)
    bench.desk.settle(first.effect, Refused(finding=VALIDATION, again=60))
    bench.later(30)
    assert bench.claim() is None
    bench.later(31)
    again = bench.claim()
    assert again.attempt_key != first.attempt_key


def test_put_off_for_ever(bench):
    """What is put off again and again becomes a finding in the end."""
    bench.run(bench.movement("1"))
    for _ in range(MOST_ATTEMPTS):
        delivery = bench.claim()
        bench.desk.settle(delivery.effect, Refused(finding=VALIDATION, again=1))
        bench.later(2)
    assert bench.claim() is None
    assert bench.state() == "rejected"
    assert bench.effects()[0].attempts == MOST_ATTEMPTS


def test_undecidable_holds_up_nobody(bench):
    """An outcome that only a person can tell is shown, and the other documents go on."""
    bench.run(bench.movement("1"), bench.movement("2"))
    first = bench.claim()
    bench.desk.settle(first.effect, Unknown("no way to tell", decide=True))
    assert bench.finding("1").category == "unknown_outcome"
    assert bench.claim().entity.id == "2"


def test_retry_of_an_unknown_outcome(bench):
    """A person who looked and found nothing has it sent again, as a new attempt."""
    bench.run(bench.movement("1"))
    first = bench.claim()
    bench.desk.settle(first.effect, Unknown("no way to tell", decide=True))
    waysout.retry(bench.c, bench.finding().id, bench.now, "ann")
    bench.prepare()
    assert bench.claim().attempt_key != first.attempt_key


def test_unknown_vendor_is_shown(bench):
    """Also a vendor of which nobody can tell whether it was created becomes a finding."""
    bench.run(bench.movement("1", merchant="New"))
    bench.desk.settle(bench.claim().effect, Unknown("no way to tell", decide=True))
    (row,) = findings.listing(bench.c)
    assert (row.category, row.records, row.states) == ("unknown_outcome", 1, "blocked")
    waysout.retry(bench.c, row.id, bench.now, "ann")
    bench.prepare()
    bench.post(2)
    assert bench.state() == "posted"


def test_late_evidence(bench):
    """An effect that was lost sight of is settled when the answer turns up after all."""
    delivery = prepared(bench, Operation.CREATE)
    bench.desk.settle(delivery.effect, Unknown("lost", decide=True))
    bench.desk.settle(delivery.effect, OUTCOMES["recovered"])
    assert bench.state() == "posted"
    assert bench.posting().finding is None


def test_edited_in_the_books(bench):
    """A document that somebody edited is asked for again, so that both can be seen."""
    delivery = prepared(bench, Operation.UPDATE)
    edited = Finding(category="changed_in_books", subject="Check T1", message="m")
    bench.desk.settle(delivery.effect, Refused(finding=edited, code="3200"))
    (question,) = bench.rows(QUESTION)
    assert (question.query, question.since, question.until, question.account) == (
        *("documents", "2026-03-01"),
        *("2026-03-01", "Cards"),
    )


def test_skip(bench):
    """A record that a person leaves out is not sent any more."""
    delivery = prepared(bench, Operation.CREATE)
    bench.desk.settle(delivery.effect, OUTCOMES["refused"])
    assert waysout.skip(bench.c, bench.finding().id, bench.now, "ann", "by hand") == 1
    assert bench.state() == "skipped"
    assert bench.effects()[0].state == "superseded"
    assert bench.claim() is None
    assert bench.rows(HISTORY)[-1].detail.endswith("by hand")
