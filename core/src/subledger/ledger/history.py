"""The audit trail: append-only, who or what did which, and when."""

import sqlalchemy as sa

from subledger.store.schema import HISTORY

_ADD = sa.insert(HISTORY)


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
