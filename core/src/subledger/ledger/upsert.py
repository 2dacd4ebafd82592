"""Insert-or-update statements, in the form that SQLite and PostgreSQL share."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite


def upsert(
    table: sa.Table,
    *columns: str,
    keep: Collection[str] = (),
    where: "sa.ColumnElement[bool] | None" = None,
) -> sqlite.Insert:
    """An insert that updates ``columns`` where the primary key is there already.

    Of a row that ``where`` fits, the columns ``keep`` stay as they are.
    """
    statement = sqlite.insert(table)
    new: dict[str, Any] = {name: statement.excluded[name] for name in columns}
    if where is not None:
        new |= {name: sa.case((where, table.c[name]), else_=new[name]) for name in keep}
    return statement.on_conflict_do_update(
        index_elements=[column.name for column in table.primary_key.columns],
        set_=new,
    )
