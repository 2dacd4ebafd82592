"""Survey: what a run looks at before it plans, and what it asks of the books."""

import datetime as dt

import pytest
import sqlalchemy as sa
from attrs import evolve

from subledger.config import FlowSettings
from subledger.errors import Fenced
from subledger.findings import Finding
from subledger.flow.survey import survey
from subledger.ledger import books, findings, leases
from subledger.ports import Query
from subledger.store.schema import CONNECTION, LEASE, QUESTION

HOUR = 3_600_000


@pytest.fixture
def flow(bench):
    """The settings of the bench's flow."""
    return FlowSettings(
        name="cards",
        source="cards",
        sink="books",
        kinds=bench.task.rules.plan.kinds,
        look_back=dt.timedelta(0),
        plan=bench.task.rules.plan,
        digest="d1",
    )


@pytest.fixture
def look(bench, flow):
    """Looks as the holder of the flow's lease."""

    def run(**changes):
        epoch = leases.take(bench.c, "flow:cards", "me", bench.now, HOUR)
        found = survey(bench.c, evolve(flow, **changes), epoch, bench.now)
        leases.give_back(bench.c, "flow:cards", epoch)
        return found

    return run


def read_lists(bench, ago=0):
    """The lists of the books were read some milliseconds ago."""
    bench.c.execute(sa.update(CONNECTION).values(lists_read=bench.now - ago))


def asked(bench):
    """The questions to the books."""
    return [(row.query, row.since, row.until) for row in bench.rows(QUESTION)]


def test_lists_that_are_old(bench, look):
    """Lists that were never read, or an hour ago, are asked for, once."""
    assert not look().ready
    assert not look().ready
    assert asked(bench) == [("lists", "", "")]
    bench.c.execute(sa.delete(QUESTION))
    read_lists(bench)
    assert look().ready
    assert asked(bench) == []
    bench.later(3601)
    assert look().ready
    assert asked(bench) == [("lists", "", "")]


def test_idle(bench, look):
    """A run plans unless no record waits and nothing changed that decisions rest on."""
    read_lists(bench)
    assert not look().idle
    bench.prepare()
    assert look().idle
    assert not look(require_complete_mapping=True).idle
    assert not look(digest="d2").idle
    bench.stage(bench.movement("1"))
    assert not look().idle
    bench.prepare()
    assert look().idle
    books.set_closing_date(bench.c, "books", dt.date(2025, 12, 31))
    assert not look().idle
    bench.prepare()
    assert look().idle


def test_documents_once_a_day(bench, look):
    """What was posted lately is read back once a day, of the last ninety days."""
    read_lists(bench)
    bench.run(bench.movement("1"), bench.movement("2", date=dt.date(2025, 1, 1)))
    look()
    assert asked(bench) == []
    bench.post(2)
    look()
    assert asked(bench) == [("documents", "2025-12-01", "2026-03-01")]
    bench.c.execute(sa.update(QUESTION).values(state="done"))
    bench.later(23 * 3600)
    read_lists(bench)
    look()
    assert len(asked(bench)) == 1
    bench.later(2 * 3600)
    look()
    assert len([one for one in asked(bench) if one[0] == Query.DOCUMENTS]) == 2


def test_source_that_answers(bench, look):
    """Findings about a source that can be read again are closed, other ones are not."""
    read_lists(bench)
    for category, connection in (("unavailable", "cards"), ("wrong_company", "books")):
        finding = Finding(category=category, subject="connection", message="m")
        findings.report(bench.c, finding, bench.now, connection=connection)
    look()
    assert [row.category for row in findings.listing(bench.c)] == ["wrong_company"]


def test_superseded_run(bench, flow):
    """A run whose lease has passed to another asks nothing."""
    epoch = leases.take(bench.c, "flow:cards", "me", bench.now, HOUR)
    bench.c.execute(sa.update(LEASE).values(epoch=epoch + 1))
    with pytest.raises(Fenced):
        survey(bench.c, flow, epoch, bench.now)
    assert asked(bench) == []
