"""Intake: a page becomes staged records, a bad record stays alone, a late worker writes nothing."""

import datetime as dt

import pytest
import sqlalchemy as sa
from attrs import evolve, frozen

from subledger.errors import Fenced, RecordRejected
from subledger.flow.intake import normalise_page, store_page
from subledger.ledger import leases, records
from subledger.ledger.records import GONE, UNREADABLE
from subledger.manifest import Direction, Frequency, Manifest, Operation, Role
from subledger.model.kinds import CARD_TRANSACTION
from subledger.money import Money
from subledger.ports import RawRecord, SourceType
from subledger.store.schema import FLOW, RECORD

HOUR = dt.timedelta(hours=1)


@frozen(kw_only=True)
class Config:
    """Nothing."""


@pytest.fixture
def source(bench):
    """A source whose records name what becomes of them."""

    def normalise(raw):
        match raw.data.get("do"):
            case "reject":
                raise RecordRejected("no date", category="validation", field="date")
            case "crash":
                raise KeyError("amount")
            case "nothing":
                return ()
            case "surrogate":
                return [bench.movement(raw.id, memo="\ud800")]
            case "twins":
                return [bench.movement(f"{raw.id}a"), bench.movement(f"{raw.id}b")]
        return [bench.movement(raw.id)]

    return SourceType(
        manifest=Manifest(
            name="cards",
            title="Cards",
            direction=Direction.SOURCE,
            roles={Role.CARD_PLATFORM},
            kinds={CARD_TRANSACTION: {Operation.READ}},
            frequency=Frequency(default=HOUR, minimum=HOUR),
        ),
        config=Config,
        open=lambda _config, _context: None,
        normalise=normalise,
        balance=lambda raw: Money(-int(raw.data["cents"])) if "cents" in raw.data else None,
    )


def raw(identifier="1", **data):
    return RawRecord(id=identifier, data=data)


def test_bad_records_stay_alone(source):
    """A record that cannot be read is parked with its cause; the rest of the page goes on."""
    page = [raw("1"), raw("2", do="reject", cents=7), raw("3", do="crash"), raw("4", do="nothing")]
    page.append(raw("5", do="surrogate"))
    found = {record.id: record for record in normalise_page(source, page)}
    assert sorted(found) == ["1", "2", "3", "4", "5"]
    assert found["1"].kind == CARD_TRANSACTION
    assert (found["4"].kind, found["4"].amount) == (GONE, 0)
    assert (found["2"].kind, found["2"].amount) == (UNREADABLE, -7)
    assert found["2"].finding.subject == "date"
    assert found["3"].finding.category == "unreadable"
    assert "KeyError" in found["3"].finding.detail
    assert found["5"].finding.category == "unreadable"


def test_identifier_with_a_nul(bench, source):
    """A record with an identifier that the store cannot compare is parked like any other."""
    page = normalise_page(source, [raw("1"), raw("2\0")])
    assert [record.kind for record in page] == [CARD_TRANSACTION, UNREADABLE]
    for changed in (2, 0):
        assert records.stage(bench.c, "cards", bench.subscribers, page, bench.now) == changed


def test_same_record_twice_on_a_page(source):
    """A record that stands on a page twice is staged once."""
    assert len(normalise_page(source, [raw("1"), raw("1")])) == 1
    assert len(normalise_page(source, [raw("1", do="twins")])) == 2


def test_balance_that_fails(source):
    """A record whose amount cannot be told either is counted without one."""
    broken = evolve(source, balance=lambda _raw: 1 // 0)
    (record,) = normalise_page(broken, [raw(do="crash")])
    assert record.amount is None
    (record,) = normalise_page(evolve(source, balance=None), [raw(do="crash")])
    assert record.amount is None


def test_page_and_cursor_together(bench, source):
    """Records and cursor are stored by the lease's holder, and by nobody else."""
    epoch = leases.take(bench.c, "flow:cards", "me", bench.now, 1000)
    page = normalise_page(source, [raw("1")])
    more = {"cursor": "c1", "epoch": epoch, "now": bench.now, "lease": 1000}
    where = (bench.c, "cards", "cards", bench.subscribers)
    assert store_page(*where, page, **more) == 1
    assert bench.c.execute(sa.select(FLOW.c.cursor)).scalar() == "c1"
    assert store_page(*where, [], **more | {"cursor": None}) == 0
    assert bench.c.execute(sa.select(FLOW.c.cursor)).scalar() == "c1"
    late = normalise_page(source, [raw("2")])
    with pytest.raises(Fenced):
        store_page(*where, late, **more | {"cursor": "c2", "epoch": epoch - 1})
    assert len(bench.rows(RECORD)) == 1
