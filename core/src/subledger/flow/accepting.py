"""A person lets the books' word stand: what was edited or deleted there is so for good."""

from typing import Any

import sqlalchemy as sa

from subledger.ledger import links
from subledger.ledger.effects import WITHDRAWN
from subledger.store.schema import DOCUMENT, EFFECT, FINDING, LINK, POSTING

DELETED = "missing_in_books"
"""Category of findings about documents that the books do not have any more."""
EDITED = "changed_in_books"
"""Category of findings about documents that the books show otherwise."""

_OF_RECORD = sa.and_(
    LINK.c.kind == POSTING.c.kind,
    LINK.c.id == POSTING.c.id,
    LINK.c.date != sa.literal_column("''"),
    sa.exists().where(EFFECT.c.flow == POSTING.c.flow, EFFECT.c.connection == LINK.c.connection),
)


def accept(c: sa.Connection, finding: int) -> None:
    """Takes over what the books show of a finding's documents; entries of lists stay as they are.

    The difference to the source counts as skipped from then on. What was deleted stays out,
    whatever its source does; of what was edited, the next change in the source is written over it.
    """
    category = c.execute(sa.select(FINDING.c.category).where(FINDING.c.id == finding)).scalar()
    if category not in (DELETED, EDITED):
        return
    documents = sa.select(LINK, POSTING.c.flow).select_from(LINK.join(POSTING, _OF_RECORD))
    for row in c.execute(documents.where(POSTING.c.finding == finding)).all():
        if category == DELETED:
            links.remove(c, row.connection, row.source, row.kind, row.id)
            _skip(c, row, version=WITHDRAWN)
        elif _take_over(c, row):
            _skip(c, row)


def _take_over(c: sa.Connection, link: sa.Row[Any]) -> bool:
    """The link says what the books showed last; False where they have not shown it."""
    seen = c.execute(
        sa.select(DOCUMENT)
        .where(
            DOCUMENT.c.connection == link.connection,
            sa.func.lower(DOCUMENT.c.account) == link.account.lower(),
            DOCUMENT.c.type == link.type,
            DOCUMENT.c.id == link.target,
        )
        .order_by(DOCUMENT.c.question.desc())
        .limit(1)
    ).first()
    if seen is None:
        return False
    c.execute(
        sa.update(LINK)
        .where(
            LINK.c.connection == link.connection,
            LINK.c.source == link.source,
            LINK.c.kind == link.kind,
            LINK.c.id == link.id,
        )
        .values(amount=seen.amount, date=seen.date, guard=seen.guard or link.guard)
    )
    return True


def _skip(c: sa.Connection, row: sa.Row[Any], **more: str) -> None:
    mine = (POSTING.c.flow == row.flow, POSTING.c.kind == row.kind, POSTING.c.id == row.id)
    c.execute(sa.update(POSTING).where(*mine).values(state="skipped", **more))
