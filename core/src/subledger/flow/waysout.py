"""Ways out of a finding: try again, leave out, approve, pause and resume."""

import sqlalchemy as sa

from subledger.flow import accepting, duplicates
from subledger.ledger import books, effects, findings, history, links
from subledger.ledger.effects import WITHDRAWN, State
from subledger.manifest import Manifest, Operation
from subledger.model.kinds import Kind
from subledger.ports import Query
from subledger.store.schema import CONNECTION, EFFECT, FINDING, FLOW, POSTING, RECORD

_UNKNOWN = "unknown_outcome"
_TAKEN_BACK = "gone_in_source"
_UNDONE = "undone"
_DUPLICATE = "duplicate_document"
_AS_READ = sa.update(POSTING).values(
    version=sa.select(RECORD.c.version)
    .where(
        RECORD.c.kind == POSTING.c.kind,
        RECORD.c.id == POSTING.c.id,
        RECORD.c.connection.in_(
            sa.select(EFFECT.c.source).where(
                EFFECT.c.flow == POSTING.c.flow,
                EFFECT.c.kind == POSTING.c.kind,
                EFFECT.c.record == POSTING.c.id,
            )
        ),
    )
    .scalar_subquery()
)
"""What was undone is judged again as its source has it now."""
_REMOVALS = (Operation.VOID, Operation.DELETE)


def retry(
    c: sa.Connection,
    finding: int,
    now: int,
    who: str,
    sink: str = "",
    *,
    manifest: Manifest | None = None,
) -> int:
    """Judges the records of a finding again with the next run; returns how many.

    The lists of ``sink`` are read again first, since the cause was perhaps mended there. Records
    that the source took back are not judged: their documents become void, or are deleted where the
    sink's ``manifest`` says that they cannot be void, as far as an effect stands for them.
    """
    row = c.execute(sa.select(FINDING).where(FINDING.c.id == finding)).one()
    if row.category == accepting.DELETED:
        _forget_links(c, finding, sink)
    if row.category == accepting.EDITED:
        _take_new_guards(c, finding)
    if row.category == _UNKNOWN:
        _send_again(c, finding)
    if row.category == _DUPLICATE:
        for effect in _effects(c, finding):
            duplicates.post_anyway(c, effect.id)
    if row.category == _UNDONE:
        c.execute(_AS_READ.where(POSTING.c.finding == finding))
    state = "staged"
    if row.category == _TAKEN_BACK:
        if not _remove(c, finding, now, manifest):
            return 0
        state = "planned"
    changed = c.execute(
        sa.update(POSTING)
        .where(POSTING.c.finding == finding, POSTING.c.kind != "unreadable")
        .values(state=state, finding=None, changed=now)
    )
    if sink:
        books.ask(c, sink, Query.LISTS, now)
    _close(c, finding)
    history.add(c, now, who, "retried", flow=row.flow, detail=f"{row.category}: {row.subject}")
    return int(changed.rowcount)


def skip(c: sa.Connection, finding: int, now: int, who: str, reason: str) -> int:
    """Leaves the records of a finding out for good; posted ones only lose the finding.

    Of a document that the books show otherwise, or not at all, their word stands. An undo that was
    refused, or has not left yet, is given up: its document stays.
    """
    row = c.execute(sa.select(FINDING).where(FINDING.c.id == finding)).one()
    accepting.accept(c, finding)
    mine = POSTING.c.finding == finding
    posted = POSTING.c.state == "posted"
    waiting = c.execute(sa.select(POSTING).where(mine, sa.not_(posted))).all()
    for posting in waiting:
        flow_effects = sa.and_(
            EFFECT.c.flow == posting.flow,
            EFFECT.c.kind == posting.kind,
            EFFECT.c.record == posting.id,
            EFFECT.c.state.in_([State.PLANNED, State.HELD, State.REJECTED, State.UNKNOWN]),
        )
        c.execute(sa.update(EFFECT).where(flow_effects).values(state=State.SUPERSEDED))
    kept = c.execute(sa.update(POSTING).where(mine, posted).values(finding=None))
    _keep(c, finding)
    c.execute(sa.update(POSTING).where(mine).values(state="skipped", changed=now))
    _close(c, finding)
    detail = f"{row.category}: {row.subject}. {reason}".strip()
    history.add(c, now, who, "skipped", flow=row.flow, detail=detail)
    return len(waiting) + int(kept.rowcount)


def _keep(c: sa.Connection, finding: int) -> None:
    """Documents that were to be undone, and that are there still, stand as before."""
    for effect in _effects(c, finding):
        if links.find(c, effect.connection, effect.source, effect.kind, effect.record) is None:
            continue
        mine = (
            POSTING.c.flow == effect.flow,
            POSTING.c.kind == effect.kind,
            POSTING.c.id == effect.record,
            POSTING.c.version == WITHDRAWN,
        )
        c.execute(_AS_READ.where(*mine).values(state="posted", finding=None))


def _close(c: sa.Connection, finding: int) -> None:
    c.execute(sa.update(FINDING).where(FINDING.c.id == finding).values(state="closed"))


def _effects(c: sa.Connection, finding: int) -> list[sa.Row[tuple[object, ...]]]:
    return list(
        c.execute(
            sa.select(EFFECT)
            .join(
                POSTING,
                sa.and_(
                    POSTING.c.flow == EFFECT.c.flow,
                    POSTING.c.kind == EFFECT.c.kind,
                    POSTING.c.id == EFFECT.c.record,
                ),
            )
            .where(POSTING.c.finding == finding)
        )
    )


def _forget_links(c: sa.Connection, finding: int, sink: str) -> None:
    """The documents or entries are gone: they may be created again."""
    links.release(c, sink, finding)
    for effect in _effects(c, finding):
        links.remove(c, effect.connection, effect.source, effect.kind, effect.record)
        if effect.state == State.SETTLED:
            effects.reopen(c, effect.id)


def _send_again(c: sa.Connection, finding: int) -> None:
    """The person looked: the books do not have it, neither the document nor its vendor."""
    for effect in _effects(c, finding):
        lost = sa.and_(
            EFFECT.c.id.in_([effect.id, effect.waits_for]), EFFECT.c.state == State.UNKNOWN
        )
        c.execute(sa.update(EFFECT).where(lost).values(state=State.REJECTED, code=""))


def _remove(c: sa.Connection, finding: int, now: int, manifest: Manifest | None) -> bool:
    """The source took the record back: its document is to be void or deleted; whether it can be."""
    planned = False
    for effect in _effects(c, finding):
        link = links.find(c, effect.connection, effect.source, effect.kind, effect.record)
        if link is None or link.effect != effect.id:
            continue
        way = _way(Kind(effect.kind), manifest)
        if way is not None:
            effects.plan_removal(c, effect, way, now)
            planned = True
    return planned


def _way(kind: Kind, manifest: Manifest | None) -> Operation | None:
    """How a document is taken out of the books; None where it cannot be."""
    if manifest is None:
        return Operation.VOID
    return next((way for way in _REMOVALS if manifest.can(kind, way)), None)


def _take_new_guards(c: sa.Connection, finding: int) -> None:
    """The person decided that ours stands: write over what the books show now."""
    for effect in _effects(c, finding):
        links.refresh_guard(c, effect.connection, effect.source, effect.kind, effect.record)


def approve(c: sa.Connection, flow: str, now: int, who: str) -> int:
    """Lets the planned documents of a flow go; returns how many."""
    count = effects.approve(c, flow)
    waiting = sa.select(FINDING.c.id).where(
        FINDING.c.flow == flow, FINDING.c.category == "waiting_review"
    )
    c.execute(sa.update(POSTING).where(POSTING.c.finding.in_(waiting)).values(finding=None))
    history.add(c, now, who, "approved", flow=flow, detail=f"{count} effects")
    return count


def pause_flow(c: sa.Connection, flow: str, now: int, who: str, *, paused: bool) -> None:
    """Stops a flow from running by schedule, or lets it run again."""
    if c.execute(sa.select(FLOW.c.name).where(FLOW.c.name == flow)).first() is None:
        c.execute(sa.insert(FLOW).values(name=flow))
    c.execute(sa.update(FLOW).where(FLOW.c.name == flow).values(paused=paused))
    history.add(c, now, who, "paused" if paused else "resumed", flow=flow)


def resume_connection(c: sa.Connection, connection: str, now: int, who: str) -> None:
    """Lets a connection write again after a pause."""
    findings.clear(c, connection, "restored_backup", "wrong_company")
    c.execute(sa.update(CONNECTION).where(CONNECTION.c.name == connection).values(paused=""))
    history.add(c, now, who, "resumed", connection=connection)
