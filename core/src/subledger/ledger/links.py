"""Links: which document in the books stands for which source record."""

from typing import Any

import sqlalchemy as sa

from subledger.ledger.upsert import upsert
from subledger.model.kinds import Kind
from subledger.ports import BookEntry, Target
from subledger.store.schema import DOCUMENT, LINK, POSTING

PUT = upsert(
    LINK,
    *("type", "target", "guard", "fingerprint", "amount", "currency", "date", "account"),
    *("effect", "linked_at"),
)

_FIND = sa.select(LINK).where(
    LINK.c.connection == sa.bindparam("connection"),
    LINK.c.source == sa.bindparam("source"),
    LINK.c.kind == sa.bindparam("kind"),
    LINK.c.id == sa.bindparam("record"),
)


def find(
    c: sa.Connection, connection: str, source: str, kind: str, record: str
) -> sa.Row[Any] | None:
    """The link of one record."""
    key = {"connection": connection, "source": source, "kind": kind, "record": record}
    return c.execute(_FIND, key).first()


def target(link: sa.Row[Any], kind: Kind) -> Target:
    """What a link points at: a document by the books' own word, a list entry by its kind."""
    return Target(type="" if link.type == kind else link.type, id=link.target, guard=link.guard)


_HOLDER = sa.select(LINK.c.id).where(
    LINK.c.connection == sa.bindparam("connection"),
    LINK.c.type == sa.bindparam("type"),
    LINK.c.target == sa.bindparam("target"),
    LINK.c.source == sa.bindparam("source"),
)


def holder(
    c: sa.Connection,
    connection: str,
    source: str,
    type: str,  # noqa: A002 - the field's own name
    target: str,
) -> str | None:
    """The record of a source that something in the books stands for already."""
    key = {"connection": connection, "source": source, "type": type, "target": target}
    found: str | None = c.execute(_HOLDER, key).scalar()
    return found


_STANDING = sa.select(LINK.c.source, LINK.c.id).where(
    LINK.c.connection == sa.bindparam("connection"),
    LINK.c.type == sa.bindparam("type"),
    LINK.c.target == sa.bindparam("target"),
)


def standing(
    c: sa.Connection,
    connection: str,
    type: str,  # noqa: A002 - the field's own name
    target: str,
) -> list[tuple[str, str]]:
    """Source and identifier of every record that something in the books stands for."""
    key = {"connection": connection, "type": type, "target": target}
    return [(row.source, row.id) for row in c.execute(_STANDING, key)]


_ORIGIN = sa.select(LINK.c.id).where(
    LINK.c.connection == sa.bindparam("connection"),
    LINK.c.source == sa.bindparam("source"),
    LINK.c.kind == sa.bindparam("kind"),
    LINK.c.target == sa.bindparam("target"),
)


def origin(c: sa.Connection, connection: str, source: str, kind: str, target: str) -> str | None:
    """The record of a source from which a document of the books was made.

    For flows that go back: what they refer to came out of the system that they post to.
    """
    key = {"connection": connection, "source": source, "kind": kind, "target": target}
    found: str | None = c.execute(_ORIGIN, key).scalar()
    return found


def adopt(
    c: sa.Connection,
    connection: str,
    source: str,
    kind: Kind,
    record: str,
    *,
    entry: BookEntry,
    fingerprint: str,
    now: int,
) -> None:
    """Links a record with an entry that was in the books already; its type is the kind."""
    c.execute(
        PUT,
        {
            "connection": connection,
            "source": source,
            "kind": kind,
            "id": record,
            "type": kind,
            "target": entry.id,
            "guard": entry.guard,
            "fingerprint": fingerprint,
            "amount": None,
            "currency": "",
            "date": "",
            "account": "",
            "effect": 0,
            "linked_at": now,
        },
    )


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


def release(c: sa.Connection, connection: str, finding: int) -> None:
    """Forgets the links of a finding's records that were there before us."""
    c.execute(
        sa.delete(LINK).where(
            LINK.c.connection == connection,
            LINK.c.effect == 0,
            sa.exists().where(
                POSTING.c.finding == finding,
                POSTING.c.kind == LINK.c.kind,
                POSTING.c.id == LINK.c.id,
            ),
        )
    )


def refresh_guard(c: sa.Connection, connection: str, source: str, kind: str, record: str) -> None:
    """Takes over the guard that the books showed last, and forgets what was written.

    The next update is then made from the document as it stands now.
    """
    link = find(c, connection, source, kind, record)
    if link is None:
        return
    guard = c.execute(
        sa.select(DOCUMENT.c.guard)
        .where(
            DOCUMENT.c.connection == connection,
            DOCUMENT.c.type == link.type,
            DOCUMENT.c.id == link.target,
        )
        .order_by(DOCUMENT.c.question.desc())
        .limit(1)
    ).scalar()
    c.execute(
        sa.update(LINK)
        .where(
            LINK.c.connection == connection,
            LINK.c.source == source,
            LINK.c.kind == kind,
            LINK.c.id == record,
        )
        .values(guard=guard or link.guard, fingerprint="")
    )
