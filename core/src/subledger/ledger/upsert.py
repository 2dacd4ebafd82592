"""Insert-or-update statements, in the form that SQLite and PostgreSQL share."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite


def upsert(
    table: sa.Table, *columns: str, only_if: sa.ColumnElement[bool] | None = None
) -> sa.Insert:
    """An insert that updates ``columns`` where the primary key is there already."""
    statement = sqlite.insert(table)
    return statement.on_conflict_do_update(
        index_elements=[column.name for column in table.primary_key.columns],
        set_={name: statement.excluded[name] for name in columns},
        where=only_if,
    )


def excluded(table: sa.Table) -> Mapping[str, Any]:
    """The proposed row of an upsert, for its condition."""
    return sqlite.insert(table).excluded
