"""Findings in the store: one row a cause, however many records share it."""

from subledger.findings import CATEGORIES, Finding
from subledger.flow import waysout
from subledger.ledger import findings
from subledger.store.schema import FINDING


def tag(**changes):
    return Finding(
        **{"category": "mapping_missing", "subject": "tag A", "message": "no account"} | changes
    )


def test_one_cause_is_one_finding(bench):
    """A thousand records with one cause make one finding, which counts them and their amounts."""
    for number in range(5):
        bench.hold(str(number))
    bench.run(*(bench.movement(str(number), 100) for number in range(5)))
    (row,) = findings.listing(bench.c)
    assert (row.records, row.amount, row.currency, row.states) == (5, -500, "USD", "held")
    assert row.hint == CATEGORIES["mapping_missing"].hint
    assert len(findings.records_of(bench.c, row.id)) == 5
    assert len(findings.records_of(bench.c, row.id, limit=2)) == 2


def test_largest_first(bench):
    """The finding that stops most records comes first."""
    bench.hold("1", subject="rare")
    for number in "234":
        bench.hold(number, subject="frequent")
    bench.run(*(bench.movement(number) for number in "1234"))
    assert [row.subject for row in findings.listing(bench.c)] == ["frequent", "rare"]


def test_seen_again(c):
    """The same cause again refreshes the finding: newest words, first moment kept, open again."""
    one = findings.report(c, tag(), 1000, flow="f")
    c.execute(FINDING.update().values(state="closed"))
    assert findings.report(c, tag(message="newer", hint="Do."), 2000, flow="f") == one
    row = c.execute(FINDING.select()).one()
    assert (row.message, row.hint, row.first_seen, row.last_seen, row.state) == (
        *("newer", "Do.", 1000, 2000),
        "open",
    )


def test_apart(c):
    """Another subject, category, flow or connection is another finding."""
    made = {
        findings.report(c, tag(), 1, flow="f"),
        findings.report(c, tag(subject="tag B"), 1, flow="f"),
        findings.report(c, tag(category="mapping_stale"), 1, flow="f"),
        findings.report(c, tag(), 1, flow="g"),
        findings.report(c, tag(), 1, connection="books"),
    }
    assert len(made) == 5


def test_nobody_waits_any_more(bench):
    """A finding whose records all went on is not listed."""
    bench.hold("1")
    bench.run(bench.movement("1"))
    assert len(findings.listing(bench.c)) == 1
    bench.verdicts.clear()
    bench.run(bench.movement("1", 600))
    assert bench.state() == "planned"
    assert findings.listing(bench.c) == []


def test_left_out_by_a_person(bench):
    """A finding whose records a person left out is not listed; one of the flow's own rules is."""
    bench.hold("1")
    bench.skip("2")
    bench.run(bench.movement("1"), bench.movement("2"))
    held, excluded = findings.listing(bench.c)
    waysout.skip(bench.c, held.id, bench.now, "ann", "by hand")
    assert findings.listing(bench.c) == [excluded]
    assert bench.state("1") == "skipped"


def test_of_a_connection(c):
    """A finding about a connection itself is listed until its cause is gone."""
    findings.report(c, tag(category="wrong_company"), 1, connection="books")
    findings.report(c, tag(category="wrong_company"), 1, connection="other")
    findings.report(c, tag(category="auth_expired"), 1, connection="books")
    assert len(findings.listing(c)) == 3
    findings.clear(c, "books", "wrong_company")
    left = {(row.connection, row.category) for row in findings.listing(c)}
    assert left == {("other", "wrong_company"), ("books", "auth_expired")}


def test_flows_asked_for(bench):
    """Only findings of the flows asked for are listed, and those of connections."""
    bench.hold("1")
    bench.run(bench.movement("1"))
    findings.report(bench.c, tag(category="auth_expired"), 1, connection="books")
    assert len(findings.listing(bench.c, ["cards"])) == 2
    assert [row.flow for row in findings.listing(bench.c, ["other"])] == [""]
