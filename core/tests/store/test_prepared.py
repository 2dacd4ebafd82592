"""Constant statements take the short way to SQLite and give what SQLAlchemy gives."""

from weakref import WeakSet

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import MultipleResultsFound, NoResultFound

from subledger.ledger.upsert import upsert
from subledger.store import prepared
from subledger.store.engine import make_engine
from subledger.store.prepared import PreparedConnection, Rows
from subledger.store.schema import CONNECTION, ENTRY, METADATA

PUT = upsert(ENTRY, "name", "active")
GET = sa.select(ENTRY).where(ENTRY.c.id == sa.bindparam("id")).limit(1)
ALL = sa.select(ENTRY.c.id, ENTRY.c.active).order_by(ENTRY.c.id)
TAKE = sa.update(ENTRY).values(name="taken").where(ENTRY.c.active).returning(ENTRY.c.id)
SEEN = upsert(CONNECTION, "last_seen")


def _entry(identifier, *, active=True):
    return {
        "connection": "books",
        "kind": "account",
        "id": identifier,
        "name": "Travel",
        "active": active,
        "subtype": "Expense",
        "guard": "1",
    }


@pytest.fixture
def c(monkeypatch):
    monkeypatch.setattr(prepared, "_seen", WeakSet())
    monkeypatch.setattr(prepared, "_known", {})
    engine = make_engine(":memory:")
    METADATA.create_all(engine)
    with PreparedConnection(engine) as connection:
        yield connection


def _twice(c, statement, parameters=None):
    """SQLAlchemy's result, then that of the prepared statement."""
    first = c.execute(statement, parameters)
    second = c.execute(statement, parameters)
    assert not isinstance(first, Rows)
    assert isinstance(second, Rows)
    return first, second


def test_rows_are_the_same_both_ways(c):
    """A prepared select returns the rows, names and types that SQLAlchemy returns."""
    c.execute(PUT, _entry("a"))
    c.execute(PUT, _entry("b", active=False))
    slow, quick = _twice(c, ALL)
    expected = slow.all()
    assert quick.all() == expected == [("a", True), ("b", False)]
    assert [type(row.active) for row in quick] == [bool, bool]
    slow, quick = _twice(c, GET, {"id": "b"})
    assert tuple(quick.first()) == tuple(slow.first())
    assert c.execute(GET, {"id": "c"}).first() is None


def test_writes_count_their_rows(c):
    """A prepared insert, one row or many, writes what SQLAlchemy writes."""
    _twice(c, PUT, _entry("a"))
    many = c.execute(PUT, [_entry("b"), _entry("c")])
    assert isinstance(many, Rows)
    slow, quick = _twice(c, sa.update(ENTRY).values(name="x").where(ENTRY.c.id != "a"))
    assert quick.rowcount == slow.rowcount == 2


def test_returning_gives_rows(c):
    """A prepared update with RETURNING gives its rows."""
    c.execute(PUT, [_entry("a"), _entry("b")])
    slow, quick = _twice(c, TAKE)
    assert sorted(row.id for row in quick) == sorted(row.id for row in slow) == ["a", "b"]


def test_other_parameters_are_another_form(c):
    """An insert with fewer columns leaves the others to the table's defaults."""
    _twice(c, SEEN, {"name": "a", "last_seen": 1})
    assert isinstance(c.execute(SEEN, {"name": "a", "last_seen": 2, "paused": "x"}), Rows)
    assert isinstance(c.execute(SEEN, {"name": "b", "last_seen": 2, "paused": "x"}), Rows)
    assert c.execute(sa.select(CONNECTION.c.paused).order_by(CONNECTION.c.name)).scalar() == ""
    of_b = sa.select(CONNECTION.c.paused).where(CONNECTION.c.name == "b")
    assert c.execute(of_b).one() == ("x",)


def test_a_missing_parameter_is_an_error(c):
    """A prepared statement never takes NULL for a parameter that was forgotten."""
    _twice(c, GET, {"id": "a"})
    with pytest.raises(KeyError):
        c.execute(GET, {"other": "a"})


def test_lists_take_the_long_way(c):
    """A statement with a list of values is left to SQLAlchemy."""
    statement = sa.select(ENTRY.c.id).where(ENTRY.c.id.in_(["a", "b"]))
    c.execute(PUT, _entry("a"))
    assert not isinstance(c.execute(statement), Rows)
    again = c.execute(statement)
    assert not isinstance(again, Rows)
    assert again.scalar() == "a"


def test_one_row_is_one_row(c):
    """No row, or a second one, is an error where exactly one is asked for."""
    _twice(c, ALL)
    with pytest.raises(NoResultFound):
        c.execute(ALL).one()
    c.execute(PUT, [_entry("a"), _entry("b")])
    with pytest.raises(MultipleResultsFound):
        c.execute(ALL).one()


def test_what_one_connection_learnt_another_knows(c):
    """A statement that ran twice is prepared for every database, and each has rows of its own."""
    _twice(c, PUT, _entry("a"))
    _twice(c, ALL)
    engine = make_engine(":memory:")
    METADATA.create_all(engine)
    with PreparedConnection(engine) as other:
        found = other.execute(ALL)
        assert isinstance(found, Rows)
        assert found.all() == []
        assert isinstance(other.execute(PUT, _entry("b", active=False)), Rows)
        assert other.execute(ALL).all() == [("b", False)]
    assert c.execute(ALL).all() == [("a", True)]
