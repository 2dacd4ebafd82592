"""Migrations: every way to the newest schema ends at the same tables, and none leads back."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from subledger.errors import SubledgerError
from subledger.store import migrate, open_store
from subledger.store.engine import make_engine, memory_store
from subledger.store.migrate import HEAD, current, upgrade
from subledger.store.schema import DOCUMENT, EFFECT, LINK, METADATA, NOTE, RECORD

FIXTURES = Path(__file__).parent / "fixtures"
VERSIONS = Path(migrate.__file__).parent / "migrations" / "versions"


@pytest.fixture
def engine(tmp_path):
    """An engine for an empty file."""
    made = make_engine(str(tmp_path / "s.db"))
    yield made
    made.dispose()


def differences(engine):
    """What alembic would change to make the database equal to the tables of the code."""
    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection), METADATA)


def shape(engine):
    """Tables and indexes as the database knows them, spaces aside."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'alembic%'"
        )
        return {row.name: row.sql.replace('"', "").split() for row in rows}


def test_fresh_database_equals_the_code(engine):
    """A database made by migrations is what the code expects, to the last index."""
    upgrade(engine)
    assert differences(engine) == []
    assert current(engine) == HEAD


def test_shortcut_of_simulations_equals_migrations(engine):
    """Tables made in memory are those that migrations make, with the same conditions of indexes."""
    upgrade(engine)
    store = memory_store()
    direct = shape(store.writer._connection.engine)
    store.close()
    migrated = shape(engine)
    assert migrated.keys() == direct.keys()
    indexes = {name for name in direct if direct[name][1] in ("INDEX", "UNIQUE")}
    assert len(indexes) >= 6
    assert {name: migrated[name] for name in indexes} == {name: direct[name] for name in indexes}
    for name in direct.keys() - indexes:
        assert ("ROWID" in migrated[name]) == ("ROWID" in direct[name])


def test_postgresql_has_the_same_conditions(engine):
    """On PostgreSQL the indexes cover the same rows as on SQLite."""
    told = []
    postgresql = sa.create_mock_engine("postgresql://", lambda sql, *_: told.append(sql))
    METADATA.create_all(postgresql, checkfirst=False)
    upgrade(engine)
    migrated = {
        name: " ".join(sql).partition(" WHERE ")[2]
        for name, sql in shape(engine).items()
        if sql[1] in ("INDEX", "UNIQUE")
    }
    made = {
        sql.element.name: str(sql.compile(dialect=postgresql.dialect)).partition(" WHERE ")[2]
        for sql in told
        if isinstance(sql, sa.schema.CreateIndex)
    }
    assert made == migrated
    assert sum(map(bool, made.values())) >= 6


def test_only_postgresql_loads_its_dialect(tmp_path):
    """A process whose database is up to date in SQLite never imports the dialect of PostgreSQL."""
    path = tmp_path / "s.db"
    open_store(path).close()
    code = (
        "import sys; from subledger.store import open_store; import subledger.kernel;"
        f"open_store({str(path)!r}).close();"
        "print(any(name.startswith('sqlalchemy.dialects.postgresql') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    "damage",
    [
        "DROP INDEX effect_record",
        "DROP TABLE history",
        "ALTER TABLE run ADD COLUMN extra TEXT",
        "ALTER TABLE run DROP COLUMN message",
    ],
)
def test_difference_is_seen(engine, damage):
    """Control: a database that differs in one index, table or column is found out."""
    upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql(damage)
    assert differences(engine)


def test_head_is_the_last_file():
    """The newest revision that the code names is the last file of the folder."""
    numbers = sorted(path.name[1:5] for path in VERSIONS.glob("v[0-9]*.py"))
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]
    assert numbers[-1] == HEAD


def test_upgrade_of_an_old_database(tmp_path):
    """A database of the first revision, with data in it, is upgraded and keeps every row."""
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as connection:
        connection.executescript((FIXTURES / "revision_0001.sql").read_text())
    connection.close()
    old = make_engine(str(path))
    assert current(old) == "0001"
    before = counts(old)
    upgrade(old)
    assert differences(old) == []
    after = counts(old)
    assert {name: after[name] for name in before} == before
    assert not any(after[name] for name in after.keys() - before.keys())
    assert before["effect"] == 3
    assert before["record"] == 3
    with old.connect() as c:
        assert c.execute(sa.select(LINK.c.target)).scalar_one() == "1A2-1700000000"
        states = c.execute(sa.select(EFFECT.c.state).order_by(EFFECT.c.id)).scalars().all()
        assert states == ["settled", "planned", "held"]
        (seen,) = c.execute(sa.select(DOCUMENT)).all()
        assert (seen.account, seen.amount, seen.memo) == ("Cards", -500, "sl:txn-1 Shell")
        assert (seen.deleted, seen.question) == (False, 7)
        assert c.execute(sa.select(RECORD.c.amount).where(RECORD.c.id == "1")).scalar_one() == -500
    old.dispose()


def counts(engine):
    """Rows of every table that is there."""
    with engine.connect() as connection:
        there = sa.inspect(connection).get_table_names()
        return {
            name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for name, table in METADATA.tables.items()
            if name in there
        }


def test_upgrade_twice_does_nothing(engine):
    """An upgrade of a database that is up to date changes nothing."""
    upgrade(engine)
    before = shape(engine)
    upgrade(engine)
    assert shape(engine) == before


def test_no_way_back(engine):
    """A downgrade is refused: it could only lose data."""
    upgrade(engine)
    with engine.connect() as connection:
        connection.execute(sa.insert(NOTE).values(connection="c", name="n", value="v"))
        config = Config()
        config.set_main_option("script_location", str(VERSIONS.parent))
        config.attributes["driver"] = connection.connection.driver_connection
        with pytest.raises(AttributeError, match="downgrade"):
            command.downgrade(config, "base")
    assert current(engine) == HEAD
    assert counts(engine)["note"] == 1


def test_database_of_a_newer_version(engine, tmp_path):
    """A database that a newer release wrote is refused with a clear text, and stays as it is."""
    upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SubledgerError, match="newer"):
        open_store(tmp_path / "s.db")
    assert current(engine) == "9999"


def test_failed_upgrade_leaves_nothing(engine):
    """An upgrade that fails half-way leaves the database as it was."""
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE run (in_the_way TEXT)")
    with pytest.raises(sa.exc.OperationalError, match="already exists"):
        upgrade(engine)
    with engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == ["run"]
