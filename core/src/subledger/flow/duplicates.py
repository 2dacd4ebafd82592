"""Duplicates: what the books hold already, entered by hand or by another program, is told first."""

import datetime as dt
from typing import Any, Final

import sqlalchemy as sa
from attrs import frozen

from subledger.findings import Finding
from subledger.ledger import books
from subledger.ledger.books import BookIndex
from subledger.ledger.effects import ANYWAY, State
from subledger.model import Document, Entity, Settlement, amount_of, date_of
from subledger.model.kinds import ACCOUNT
from subledger.model.marker import marker, parse_marker
from subledger.ports import FlowPlan, Query
from subledger.store.schema import DOCUMENT, EFFECT, LINK, QUESTION

NEAR: Final = dt.timedelta(days=3)
"""A person may have entered it some days before or after."""

ALIKE: Final = "alike"
"""Code of an effect that is held because the books have its like, which its target names."""

_CATEGORY: Final = "duplicate_document"
FOUND: Final = Finding(
    category=_CATEGORY,
    subject="entered before",
    message="the books hold a document on the same account with the same amount, within three days",
    hint="`subledger findings show` names each. Link takes what is there, each for its record; "
    "retry posts them all the same; skip leaves them out.",
)


@frozen(kw_only=True)
class Look:
    """A first look into the books ``sink`` for what ``flow`` is about to post."""

    flow: str
    sink: str
    plan: FlowPlan
    since: dt.date
    until: dt.date


_LOOKED: Final = sa.select(QUESTION.c.state).where(
    QUESTION.c.connection == sa.bindparam("connection"),
    QUESTION.c.query == sa.literal_column("'documents'"),
    QUESTION.c.flow == sa.bindparam("flow"),
)
_POSTED: Final = sa.select(EFFECT.c.id).where(EFFECT.c.flow == sa.bindparam("flow")).limit(1)


def has_looked(c: sa.Connection, look: Look, index: BookIndex, now: int) -> bool:
    """Whether the books have told what they hold; asks them before a flow posts for the first time.

    Each account is asked for once. While the books lack one that the flow names, nothing is asked:
    then nothing is posted either.
    """
    asked = c.execute(_LOOKED, {"connection": look.sink, "flow": look.flow}).all()
    if asked:
        return all(row.state != "open" for row in asked)
    if c.execute(_POSTED, {"flow": look.flow}).first() is not None:
        return True
    found = [index.find(ACCOUNT, name) for name in look.plan.accounts if name]
    if not all(found):
        return True
    accounts = {entry.name for entries in found for entry in entries}  # as the books write them
    for account in sorted(accounts):
        books.ask(
            *(c, look.sink, Query.DOCUMENTS, now),
            since=look.since - NEAR,
            until=look.until + NEAR,
            account=account,
            flow=look.flow,
        )
    return not accounts


_SAME_LINK: Final = sa.exists().where(
    LINK.c.connection == DOCUMENT.c.connection,
    LINK.c.type == DOCUMENT.c.type,
    LINK.c.target == DOCUMENT.c.id,
)
_PROMISED: Final = sa.exists().where(
    EFFECT.c.connection == DOCUMENT.c.connection,
    EFFECT.c.state == sa.literal_column(f"'{State.HELD}'"),
    EFFECT.c.code == ALIKE,
    EFFECT.c.type == DOCUMENT.c.type,
    EFFECT.c.target == DOCUMENT.c.id,
    sa.not_(
        sa.and_(
            EFFECT.c.flow == sa.bindparam("flow"),
            EFFECT.c.kind == sa.bindparam("kind"),
            EFFECT.c.record == sa.bindparam("record"),
        )
    ),
)
"""One document stands for one record: a second one of the same amount is a second purchase."""
_ALIKE: Final = (
    sa.select(DOCUMENT)
    .where(
        DOCUMENT.c.connection == sa.bindparam("connection"),
        DOCUMENT.c.account == sa.bindparam("account"),
        DOCUMENT.c.date >= sa.bindparam("first"),
        DOCUMENT.c.date <= sa.bindparam("last"),
        DOCUMENT.c.amount == sa.bindparam("amount"),
        DOCUMENT.c.currency == sa.bindparam("currency"),
        sa.not_(DOCUMENT.c.deleted),
        sa.not_(_SAME_LINK),
        sa.not_(_PROMISED),
    )
    .order_by(DOCUMENT.c.date, DOCUMENT.c.id)
)
_DECIDED: Final = (
    sa.select(EFFECT.c.id)
    .where(
        EFFECT.c.flow == sa.bindparam("flow"),
        EFFECT.c.kind == sa.bindparam("kind"),
        EFFECT.c.record == sa.bindparam("record"),
        EFFECT.c.code == ANYWAY,
    )
    .limit(1)
)


def alike(
    c: sa.Connection, flow: str, connection: str, entity: Entity, account: str
) -> sa.Row[Any] | None:
    """A document of the books that is perhaps this record, as it was read last.

    It is on the same account, over the same amount, within some days, and stands for no other
    record; of an invoice or payment the party is the same. None where a person decided already.
    """
    amount, date = amount_of(entity), date_of(entity)
    if not amount or date is None or not account:
        return None
    mine = {"flow": flow, "kind": entity.kind, "record": entity.id}
    wanted = {
        "connection": connection,
        "account": account,
        "first": (date - NEAR).isoformat(),
        "last": (date + NEAR).isoformat(),
        "amount": amount.minor,
        "currency": amount.currency,
    }
    found = [row for row in c.execute(_ALIKE, {**mine, **wanted}) if _may_be(row, entity)]
    if not found or c.execute(_DECIDED, mine).first() is not None:
        return None
    number = getattr(entity, "number", "")

    def distance(row: sa.Row[Any]) -> tuple[bool, dt.timedelta]:
        return row.number != number, abs(dt.date.fromisoformat(row.date) - date)

    return min(found, key=distance)


def _may_be(row: sa.Row[Any], entity: Entity) -> bool:
    mark = parse_marker(row.memo) or parse_marker(row.key)
    if mark is not None:
        return mark == marker(entity.kind, entity.id)
    if not isinstance(entity, Document | Settlement):
        return True
    party = entity.party.name
    return not (row.party and party) or row.party.casefold() == party.casefold()


def hold(c: sa.Connection, effect: int, like: sa.Row[Any]) -> None:
    """Has an effect wait, and names the document that it is perhaps in the books already."""
    c.execute(
        sa.update(EFFECT)
        .where(EFFECT.c.id == effect)
        .values(
            state=State.HELD,
            review=False,
            code=ALIKE,
            type=like.type,
            target=like.id,
            guard=like.guard,
        )
    )


def post_anyway(c: sa.Connection, effect: int) -> None:
    """A person looked: it is another one."""
    c.execute(
        sa.update(EFFECT).where(EFFECT.c.id == effect, EFFECT.c.code == ALIKE).values(code=ANYWAY)
    )
