"""The audit trail: append-only, who or what did which, and when."""

from collections.abc import Collection

import sqlalchemy as sa

from subledger.store.schema import HISTORY

_ADD = sa.insert(HISTORY)
_NEWEST = sa.select(sa.func.coalesce(sa.func.max(HISTORY.c.id), 0))


def add(
    c: sa.Connection,
    now: int,
    who: str,
    action: str,
    *,
    flow: str = "",
    connection: str = "",
    kind: str = "",
    record: str = "",
    effect: int | None = None,
    detail: str = "",
) -> None:
    """Appends one line. ``who`` is a person, a flow or ``kernel``; ``action`` a past verb."""
    c.execute(
        _ADD,
        {
            "at": now,
            "who": who,
            "action": action,
            "flow": flow,
            "connection": connection,
            "kind": kind,
            "record": record,
            "effect": effect,
            "detail": detail,
        },
    )


def newest(c: sa.Connection) -> int:
    """The number of the last line; 0 where there is none."""
    number: int = c.execute(_NEWEST).scalar_one()
    return number


def connections_since(c: sa.Connection, number: int, actions: Collection[str]) -> list[str]:
    """The connections to which one of these actions happened after a line."""
    column = HISTORY.c.connection
    after = (HISTORY.c.id > number, HISTORY.c.action.in_(actions), column != "")
    return list(c.execute(sa.select(column).where(*after).distinct()).scalars())
