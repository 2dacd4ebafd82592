"""Insert-or-update statements, in the form that SQLite and PostgreSQL share."""

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite


def upsert(table: sa.Table, *columns: str) -> sqlite.Insert:
    """An insert that updates ``columns`` where the primary key is there already."""
    statement = sqlite.insert(table)
    return statement.on_conflict_do_update(
        index_elements=[column.name for column in table.primary_key.columns],
        set_={name: statement.excluded[name] for name in columns},
    )
