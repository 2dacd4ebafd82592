"""Links records with what the books have already: a person decided that it is the same."""

from typing import Any

import sqlalchemy as sa
from attrs import frozen

from subledger.errors import SubledgerError
from subledger.flow.settlement import wake
from subledger.ledger import books, history, links
from subledger.ledger.effects import LINKED, State
from subledger.model.kinds import ATTACHMENT, LISTS, PARTIES, PURCHASE_ORDER, Kind
from subledger.store.schema import DOCUMENT, EFFECT, FINDING, POSTING

_ENTRIES = (*LISTS, *PARTIES)
_MOVE_NOTHING = (*_ENTRIES, ATTACHMENT, PURCHASE_ORDER)


@frozen(kw_only=True)
class Link:
    """What a person wants linked, in a flow from ``source`` to ``sink``.

    ``record`` is one record of the finding, empty for all. ``target`` is the identifier in the
    books, empty for what the books named when they refused the record; ``type`` is the books' own
    word for a document.
    """

    source: str
    sink: str
    record: str = ""
    target: str = ""
    type: str = ""


class NotLinked(SubledgerError):  # noqa: N818 - the name says what did not happen
    """The record cannot be linked; nothing was changed."""


def link(c: sa.Connection, finding: int, wanted: Link, now: int, who: str) -> int:
    """Takes documents or entries of the books for records of a finding; returns how many.

    Raises :class:`NotLinked`.
    """
    row = c.execute(sa.select(FINDING).where(FINDING.c.id == finding)).one()
    mine = POSTING.c.finding == finding
    if wanted.record:
        mine = sa.and_(mine, POSTING.c.id == wanted.record)
    postings = c.execute(sa.select(POSTING).where(mine)).all()
    if not postings:
        raise NotLinked(f"finding {finding} has no record {wanted.record}".rstrip())
    if wanted.target and len(postings) > 1:
        raise NotLinked(
            f"finding {finding} has {len(postings)} records",
            hint="Say which one with --record; `subledger findings show` lists them.",
        )
    for posting in postings:
        word, target = _link(c, posting, wanted, now)
        wake(c, posting.kind, posting.id, target)
        history.add(
            *(c, now, who, "linked"),
            flow=posting.flow,
            connection=wanted.sink,
            kind=posting.kind,
            record=posting.id,
            detail=f"{row.category}: {word} {target}",
        )
    left = c.execute(sa.select(POSTING.c.id).where(POSTING.c.finding == finding).limit(1)).first()
    if left is None:
        c.execute(sa.update(FINDING).where(FINDING.c.id == finding).values(state="closed"))
    return len(postings)


def _link(c: sa.Connection, posting: sa.Row[Any], wanted: Link, now: int) -> tuple[str, str]:
    effect = _newest(c, posting, wanted.sink)
    word, target = _target(posting, effect, wanted)
    other = links.holder(c, wanted.sink, wanted.source, word, target)
    if other is not None:
        raise NotLinked(f"{word} {target} stands for {posting.kind} {other} already")
    account = (effect.account if effect else "") or posting.account
    seen = _seen(c, wanted.sink, Kind(posting.kind), (word, target), account)
    if getattr(seen, "deleted", False):
        raise NotLinked(f"{word} {target} was deleted in the books")
    if seen is None and effect is None and not account and posting.kind not in _MOVE_NOTHING:
        raise NotLinked(
            f"the books have not shown {word} {target}, and {posting.kind} {posting.id} has no "
            "account yet: nobody could check it later",
            hint="Correct the cause and sync, then link it; or skip it, with a --reason.",
        )
    c.execute(
        links.PUT,
        {
            "connection": wanted.sink,
            "source": wanted.source,
            "kind": posting.kind,
            "id": posting.id,
            "type": word,
            "target": target,
            "guard": seen.guard if seen else (effect.guard if effect else ""),
            "fingerprint": effect.fingerprint if effect else "",
            "amount": getattr(seen, "amount", posting.amount),
            "currency": getattr(seen, "currency", posting.currency),
            "date": getattr(seen, "date", posting.date),
            "account": getattr(seen, "account", "") or account,
            "effect": effect.id if effect else 0,
            "linked_at": now,
        },
    )
    if effect is not None:
        c.execute(
            sa.update(EFFECT)
            .where(EFFECT.c.id == effect.id)
            .values(state=State.SETTLED, type=word, target=target, code=LINKED, settled_at=now)
        )
    c.execute(
        sa.update(POSTING)
        .where(
            POSTING.c.flow == posting.flow,
            POSTING.c.kind == posting.kind,
            POSTING.c.id == posting.id,
        )
        .values(state="posted", finding=None, changed=now)
    )
    return word, target


def _newest(c: sa.Connection, posting: sa.Row[Any], sink: str) -> sa.Row[Any] | None:
    """The record's last intended write, unless it is on its way."""
    return c.execute(
        sa.select(EFFECT)
        .where(
            EFFECT.c.connection == sink,
            EFFECT.c.flow == posting.flow,
            EFFECT.c.kind == posting.kind,
            EFFECT.c.record == posting.id,
            EFFECT.c.state != State.SENT,
        )
        .order_by(EFFECT.c.id.desc())
        .limit(1)
    ).first()


def _target(posting: sa.Row[Any], effect: sa.Row[Any] | None, wanted: Link) -> tuple[str, str]:
    word, target = wanted.type, wanted.target
    target = target or (effect.target if effect else "")
    if posting.kind in _ENTRIES:
        word = posting.kind
    word = word or (effect.type if effect else "")
    if not target:
        raise NotLinked(
            f"the books did not say what they have for {posting.kind} {posting.id}",
            hint="Name it: --to with its identifier in the books.",
        )
    if not word:
        raise NotLinked(
            f"it is not known what {target} is in the books",
            hint="Say it with --type, in the books' own word, such as Invoice or Check.",
        )
    return word, target


def _seen(c: sa.Connection, sink: str, kind: Kind, named: tuple[str, str], account: str) -> Any:
    """What was read of it, on the account of the record where it is seen there."""
    word, target = named
    if kind in _ENTRIES:
        return books.entry(c, sink, kind, target)
    key = (DOCUMENT.c.connection == sink, DOCUMENT.c.type == word, DOCUMENT.c.id == target)
    best = (sa.desc(DOCUMENT.c.account == account), DOCUMENT.c.question.desc())
    return c.execute(sa.select(DOCUMENT).where(*key).order_by(*best).limit(1)).first()
