"""Links: which document in the books stands for which source record."""

from typing import Any

import sqlalchemy as sa

from subledger.ledger.upsert import upsert
from subledger.store.schema import LINK

PUT = upsert(
    LINK,
    *("type", "target", "guard", "fingerprint", "amount", "currency", "date", "account"),
    *("effect", "linked_at"),
)


def find(
    c: sa.Connection, connection: str, source: str, kind: str, record: str
) -> sa.Row[Any] | None:
    """The link of one record."""
    return c.execute(
        sa.select(LINK).where(
            LINK.c.connection == connection,
            LINK.c.source == source,
            LINK.c.kind == kind,
            LINK.c.id == record,
        )
    ).first()


def remove(c: sa.Connection, connection: str, source: str, kind: str, record: str) -> None:
    """Forgets a link: the document is gone."""
    c.execute(
        sa.delete(LINK).where(
            LINK.c.connection == connection,
            LINK.c.source == source,
            LINK.c.kind == kind,
            LINK.c.id == record,
        )
    )
