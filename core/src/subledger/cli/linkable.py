"""Links that a person names, as far as they can be checked later."""

import sqlalchemy as sa

from subledger.flow.linking import Link, NotLinked, link
from subledger.ledger import links
from subledger.model.kinds import ATTACHMENT, LISTS, PARTIES, PURCHASE_ORDER
from subledger.store.schema import POSTING

_MOVE_NOTHING = (*LISTS, *PARTIES, ATTACHMENT, PURCHASE_ORDER)


def link_what_can_be_checked(
    c: sa.Connection, finding: int, wanted: Link, now: int, who: str
) -> int:
    """As :func:`subledger.flow.linking.link`, but not with a document that nobody has seen.

    A record that was never planned has no account yet. Linked with a document that the books have
    not shown either, it would count as posted, and no reconciliation would ever look for it.
    Raises :class:`NotLinked`; nothing was changed then.
    """
    mine = sa.and_(POSTING.c.finding == finding, POSTING.c.kind.not_in(_MOVE_NOTHING))
    if wanted.record:
        mine = sa.and_(mine, POSTING.c.id == wanted.record)
    records = c.execute(sa.select(POSTING.c.kind, POSTING.c.id).where(mine)).all()
    count = link(c, finding, wanted, now, who)
    for record in records:
        made = links.find(c, wanted.sink, wanted.source, record.kind, record.id)
        if made is not None and not made.effect and not made.account:
            raise NotLinked(
                f"the books have not shown {made.type} {made.target}, and {record.kind} "
                f"{record.id} has no account yet: nobody could check it later",
                hint="Correct the cause and sync, then link it; or skip it, with a --reason.",
            )
    return count
