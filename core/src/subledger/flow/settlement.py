"""Reconcile and record: what an outcome means for the effect, the link and the record."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from subledger.findings import Finding
from subledger.flow import undo
from subledger.ledger import books, findings, history, links
from subledger.ledger.effects import WITHDRAWN, State
from subledger.manifest import Operation
from subledger.model import Reference
from subledger.model.kinds import LISTS, PARTIES
from subledger.money import Money
from subledger.ports import Absent, Outcome, Posted, Query, Refused, Target, Unknown
from subledger.store.schema import EFFECT, POSTING

DECIDE = "decide"
"""Code of an unknown effect that only a person can settle; it does not hold up the others."""

_ENTRIES = (*LISTS, *PARTIES)
"""Kinds of list entries."""

MOST_ATTEMPTS = 20
"""How often a write that the books put off, or that never arrives, is tried by itself."""

LONG = 3_600_000
"""Milliseconds after which a write whose fate is still unknown is shown to a person."""

_SETTLE = (
    sa.update(EFFECT)
    .where(EFFECT.c.id == sa.bindparam("effect"))
    .values(
        state=State.SETTLED.value,
        type=sa.bindparam("document"),
        target=sa.bindparam("identifier"),
        guard=sa.bindparam("seal"),
        settled_at=sa.bindparam("at"),
        payload=None,
    )
)
_UNBLOCK = (
    sa.update(EFFECT)
    .where(EFFECT.c.waits_for == sa.bindparam("effect"), EFFECT.c.state == State.HELD.value)
    .values(
        waits_for=None,
        state=sa.case((EFFECT.c.review, State.HELD.value), else_=State.PLANNED.value),
    )
)
_BLOCK = (
    sa.update(POSTING)
    .where(
        POSTING.c.flow == sa.bindparam("of_flow"),
        POSTING.c.kind == sa.bindparam("of_kind"),
        POSTING.c.id == sa.bindparam("of_record"),
    )
    .values(
        state="blocked",
        needs=sa.bindparam("because_of"),
        finding=sa.bindparam("told"),
        changed=sa.bindparam("at"),
    )
)
_WAKE = (
    sa.update(POSTING)
    .where(
        POSTING.c.needs.in_([sa.bindparam("source"), sa.bindparam("books")]),
        POSTING.c.state == sa.literal_column("'blocked'"),
    )
    .values(state="staged", needs="", finding=None)
)
_POSTING = sa.select(POSTING.c.version, POSTING.c.state, POSTING.c.finding).where(
    POSTING.c.flow == sa.bindparam("flow"),
    POSTING.c.kind == sa.bindparam("kind"),
    POSTING.c.id == sa.bindparam("record"),
)
_MARK = (
    sa.update(POSTING)
    .where(
        POSTING.c.flow == sa.bindparam("of_flow"),
        POSTING.c.kind == sa.bindparam("of_kind"),
        POSTING.c.id == sa.bindparam("of_record"),
    )
    .values(state=sa.bindparam("to"), finding=sa.bindparam("because"), changed=sa.bindparam("at"))
)


_DONE = ("posted", "rejected", "undone")
"""States of a record whose newest version was judged, unless another came in meanwhile."""


def settle(c: sa.Connection, effect: sa.Row[Any], outcome: Outcome, now: int) -> None:
    """Writes down what became of an effect that was sent."""
    if isinstance(outcome, Posted):
        _posted(c, effect, outcome, now)
    elif isinstance(outcome, Refused):
        _refused(c, effect, outcome, now)
    elif isinstance(outcome, Absent) and effect.attempts >= MOST_ATTEMPTS:
        _refused(c, effect, _never_arrived(effect, outcome), now)
    elif isinstance(outcome, Absent):
        _again(c, effect, not_before=None)
        _log(c, effect, now, "found absent", outcome.reason)
    else:
        _unknown(c, effect, outcome, now)


def block(c: sa.Connection, effect: sa.Row[Any], missing: Reference, now: int) -> None:
    """Takes an effect back that cannot go before something else is in the books.

    Its record is judged again as soon as :func:`wake` tells that it is there.
    """
    c.execute(
        sa.update(EFFECT).where(EFFECT.c.id == effect.id).values(state=State.SUPERSEDED.value)
    )
    label = missing.kind.replace("_", " ")
    finding = Finding(
        category="dependency",
        subject=f"{effect.kind} waits for {missing.kind}",
        message=f"the {label} that this {effect.kind.replace('_', ' ')} belongs to is not in the "
        "books yet",
    )
    if links.find(c, effect.connection, effect.source, missing.kind, missing.record) is not None:
        _vanished(c, effect, missing, now)
    c.execute(
        _BLOCK,
        {
            "of_flow": effect.flow,
            "of_kind": effect.kind,
            "of_record": effect.record,
            "because_of": f"{missing.kind}/{missing.record}",
            "told": findings.report(c, finding, now, flow=effect.flow),
            "at": now,
        },
    )


def _vanished(c: sa.Connection, effect: sa.Row[Any], missing: Reference, now: int) -> None:
    """Tells of an entry that was there, and that the books deleted or merged since."""
    label = f"{missing.kind.replace('_', ' ')} {missing.name or missing.record}"
    finding = Finding(
        category="missing_in_books",
        subject=label,
        message=f"the {label} was deleted in the books, or merged into another one",
        hint="Retry makes it again. Merged on purpose? Then merge the two in the source as well.",
    )
    number = findings.report(c, finding, now, flow=effect.flow)
    c.execute(
        sa.update(POSTING)
        .where(
            POSTING.c.flow == effect.flow,
            POSTING.c.kind == missing.kind,
            POSTING.c.id == missing.record,
        )
        .values(finding=number, changed=now)
    )


def wake(c: sa.Connection, kind: str, record: str, target: str) -> None:
    """Has the records judged again that waited for this one.

    Those that came out of the books know it by its identifier there, ``target``.
    """
    c.execute(_WAKE, {"source": f"{kind}/{record}", "books": f"{kind}/{target}"})


def _posted(c: sa.Connection, effect: sa.Row[Any], posted: Posted, now: int) -> None:
    other = _taken(c, effect, posted)
    if other is not None:
        _refused(c, effect, _stands_for(effect, posted, other), now)
        return
    c.execute(
        _SETTLE,
        {
            "effect": effect.id,
            "document": posted.type,
            "identifier": posted.id,
            "seal": posted.guard,
            "at": now,
        },
    )
    if posted.entry is not None:
        books.offer_entries(c, effect.connection, [posted.entry])
    if not effect.source:
        c.execute(_UNBLOCK, {"effect": effect.id})
    if effect.source:
        _record(c, effect, posted, now)
    _log(
        c, effect, now, "recovered" if posted.recovered else "posted", f"{posted.type} {posted.id}"
    )


def _taken(c: sa.Connection, effect: sa.Row[Any], posted: Posted) -> str | None:
    """Another record that the document or entry stands for already.

    An entry of the books may stand for one record of each source, a document for one at all.
    """
    if not effect.source or effect.operation != Operation.CREATE:
        return None
    for source, record in links.standing(c, effect.connection, _word(effect, posted), posted.id):
        if source == effect.source and record != effect.record:
            return f"{record} of the same source"
        if source != effect.source and effect.kind not in _ENTRIES:
            return f"{record} of {source}"
    return None


def _stands_for(effect: sa.Row[Any], posted: Posted, other: str) -> Refused:
    word, entry = effect.kind.replace("_", " "), effect.kind in _ENTRIES
    return Refused(
        finding=Finding(
            category="name_conflict" if entry else "duplicate_document",
            subject=f"{effect.kind} {effect.record}",
            message=f"what the books have for {word} {effect.record} ({posted.type} {posted.id}) "
            f"stands for {word} {other} already",
            hint="Rename or number one of the two in the source, then retry." if entry else "",
        ),
        existing=Target(type=posted.type, id=posted.id, guard=posted.guard),
    )


def _word(effect: sa.Row[Any], posted: Posted) -> str:
    """The type that a link is kept under: of list entries the kind, else the books' own word."""
    return str(effect.kind) if effect.kind in _ENTRIES else posted.type


def _record(c: sa.Connection, effect: sa.Row[Any], posted: Posted, now: int) -> None:
    removed = effect.operation in (Operation.VOID, Operation.DELETE)
    if removed:
        links.remove(c, effect.connection, effect.source, effect.kind, effect.record)
    else:
        _link(c, effect, posted, now)
        wake(c, effect.kind, effect.record, posted.id)
    finding = _difference(effect, posted)
    number = None
    for warning in (*posted.warnings, *((finding,) if finding else ())):
        number = findings.report(c, warning, now, flow=effect.flow)
    _mark(c, effect, "undone" if removed else "posted", number, now)


def _link(c: sa.Connection, effect: sa.Row[Any], posted: Posted, now: int) -> None:
    amount = posted.amount
    c.execute(
        links.PUT,
        {
            "connection": effect.connection,
            "source": effect.source,
            "kind": effect.kind,
            "id": effect.record,
            "type": _word(effect, posted),
            "target": posted.id,
            "guard": posted.guard,
            "fingerprint": effect.fingerprint,
            "amount": amount.minor if amount is not None else effect.amount,
            "currency": amount.currency if amount is not None else effect.currency,
            "date": effect.date,
            "account": posted.account or effect.account,
            "effect": effect.id,
            "linked_at": now,
        },
    )


def _difference(effect: sa.Row[Any], posted: Posted) -> Finding | None:
    if posted.amount is None or effect.amount is None or posted.amount.minor == effect.amount:
        return None
    meant = Money(effect.amount, effect.currency)
    return Finding(
        category="amount_mismatch",
        subject=f"{posted.type} {posted.id}",
        message=f"the books recorded {posted.amount} where {meant} was meant",
    )


def _refused(c: sa.Connection, effect: sa.Row[Any], refused: Refused, now: int) -> None:
    if refused.again is not None and effect.attempts < MOST_ATTEMPTS:
        _again(c, effect, not_before=now + int(refused.again * 1000))
        _log(c, effect, now, "put off", refused.finding.message)
        return
    existing = refused.existing
    c.execute(
        sa.update(EFFECT)
        .where(EFFECT.c.id == effect.id)
        .values(
            state=State.REJECTED.value,
            code=refused.code,
            message=refused.finding.message,
            type=existing.type if existing else "",
            target=existing.id if existing else "",
            guard=existing.guard if existing else "",
            settled_at=now,
        )
    )
    number = findings.report(c, refused.finding, now, flow=effect.flow)
    if effect.source:
        _mark(c, effect, "rejected", number, now)
    else:
        _block_dependents(c, effect.id, number, now)
    if refused.finding.category == "changed_in_books" and effect.account:
        books.ask(
            *(c, effect.connection, Query.DOCUMENTS, now),
            since=_date(effect.date),
            until=_date(effect.date),
            account=effect.account,
        )
    _log(c, effect, now, "rejected", f"{refused.code} {refused.finding.message}".strip())


def _date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _block_dependents(c: sa.Connection, effect: int, finding: int, now: int) -> None:
    for dependent in c.execute(
        sa.select(EFFECT).where(EFFECT.c.waits_for == effect, EFFECT.c.state == State.HELD)
    ).all():
        _mark(c, dependent, "blocked", finding, now)


def _never_arrived(effect: sa.Row[Any], absent: Absent) -> Refused:
    return Refused(
        finding=Finding(
            category="unavailable",
            subject=f"{effect.kind} {effect.record}",
            message=f"its answer was lost {effect.attempts} times, and the books do not have it",
            hint="Look at it in the source: is it unusually large? Then retry.",
            detail=absent.reason,
        )
    )


def _again(c: sa.Connection, effect: sa.Row[Any], *, not_before: int | None) -> None:
    """Back to planned under a new attempt: the last one certainly did not happen."""
    c.execute(
        sa.update(EFFECT)
        .where(EFFECT.c.id == effect.id)
        .values(
            state=State.PLANNED.value,
            generation=effect.generation + 1,
            not_before=not_before,
            payload=None,
        )
    )


def _unknown(c: sa.Connection, effect: sa.Row[Any], unknown: Unknown, now: int) -> None:
    c.execute(
        sa.update(EFFECT)
        .where(EFFECT.c.id == effect.id)
        .values(
            state=State.UNKNOWN.value,
            message=unknown.reason,
            code=DECIDE if unknown.decide else "",
        )
    )
    number = None
    if unknown.decide or now - (effect.sent_at or now) >= LONG:
        finding = Finding(
            category="unknown_outcome",
            subject=f"{effect.kind} {effect.record}",
            message=unknown.reason,
        )
        number = findings.report(c, finding, now, flow=effect.flow)
    if effect.source:
        _mark(c, effect, "unknown", number, now)
    elif number is not None:
        _block_dependents(c, effect.id, number, now)
    if effect.state != State.UNKNOWN or unknown.decide:
        _log(c, effect, now, "lost sight of", unknown.reason)


def _mark(c: sa.Connection, effect: sa.Row[Any], state: str, finding: int | None, now: int) -> None:
    """Moves the record on; a version that came in meanwhile is judged anew."""
    key = {"flow": effect.flow, "kind": effect.kind, "record": effect.record}
    posting = c.execute(_POSTING, key).first()
    if posting is None:
        return
    newer = posting.version != effect.version and state in _DONE
    if posting.version == WITHDRAWN and finding is None:
        finding = undo.told(c, posting.finding, key, now)
    c.execute(
        _MARK,
        {
            "of_flow": effect.flow,
            "of_kind": effect.kind,
            "of_record": effect.record,
            "to": "staged" if newer else state,
            "because": None if newer else finding,
            "at": now,
        },
    )


def _log(c: sa.Connection, effect: sa.Row[Any], now: int, action: str, detail: str) -> None:
    history.add(
        *(c, now, f"flow {effect.flow}", action),
        flow=effect.flow,
        connection=effect.connection,
        kind=effect.kind,
        record=effect.record,
        effect=effect.id,
        detail=detail,
    )
