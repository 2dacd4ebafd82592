"""The prepare loop: staged records become planned effects (seam 2), or findings."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from attrs import field, frozen

from subledger.findings import Finding
from subledger.flow import duplicates, readiness, undo
from subledger.flow.decide import Decision, Ready, Rules, decide
from subledger.flow.duplicates import Look
from subledger.flow.settlement import wake
from subledger.flow.trouble import mishap
from subledger.ledger import effects, findings, history, leases, links, records, retirement
from subledger.ledger.books import BookIndex
from subledger.ledger.effects import Intent, State
from subledger.manifest import Operation
from subledger.model import amount_of, date_of
from subledger.model.kinds import KNOWN, Kind
from subledger.model.marker import parse_marker
from subledger.model.stored import dump, fingerprint, load
from subledger.ports import BookEntry, Hold, Skip
from subledger.store.schema import FLOW, POSTING, RECORD

BATCH = 250
"""Records decided and written in one transaction."""
_BREATH = 25
_JUDGED_AGAIN = ("held", "blocked")


@frozen(kw_only=True)
class FlowTask:
    """What the loop needs to know of a flow. ``digest`` changes with its configuration.

    With ``complete`` nothing is planned while a record lacks its counterpart in the books.
    ``look`` is where it looks for what was entered by hand, before it posts anything.
    ``updates`` are the kinds that the sink can change, ``removal`` is what the flow does to a
    posted document whose record is gone, by kind.
    """

    name: str
    source: str
    sink: str
    rules: Rules
    digest: str
    review: bool = False
    complete: bool = False
    look: Look | None = None
    updates: frozenset[Kind] = KNOWN
    removal: Mapping[Kind, Operation] = field(factory=dict)


@frozen(kw_only=True)
class StagedRow:
    """A record that waits for a decision."""

    kind: Kind
    id: str
    version: str
    entity: str


def prepared_with(digest: str, books: BookIndex) -> str:
    """What decisions rest on: the flow's configuration, the closing date, and the lists."""
    closing = books.closing_date
    return rests_on(digest, closing.isoformat() if closing else "", books.version)


def rests_on(digest: str, closing: str, version: int) -> str:
    """As :func:`prepared_with`, of the closing date's text and the number of the lists."""
    return f"{digest}/{closing}/{version}"


def begin(c: sa.Connection, task: FlowTask, books: BookIndex, now: int) -> bool:
    """Gets records ready to be judged; False while the books have to be read first."""
    if task.look is not None and not duplicates.has_looked(c, task.look, books, now):
        return False
    restage(c, task, books)
    return True


def restage(c: sa.Connection, task: FlowTask, books: BookIndex) -> int:
    """Judges records again where what their decision rests on has changed since.

    Held ones always; planned ones that have not left only where the configuration or the closing
    date changed, since a new list entry changes nothing for them. A flow that is new, or has new
    kinds, takes over the records that are stored already.
    """
    now = prepared_with(task.digest, books)
    known = c.execute(sa.select(FLOW.c.prepared_with).where(FLOW.c.name == task.name)).scalar()
    if known == now:
        return 0
    c.execute(sa.update(FLOW).where(FLOW.c.name == task.name).values(prepared_with=now))
    if not known or not known.startswith(f"{task.digest}/"):
        records.adopt(c, task.source, task.name, task.rules.plan.kinds)
    if not known:
        return 0
    same = known.rpartition("/")[0] == now.rpartition("/")[0]
    states = _JUDGED_AGAIN if same else (*_JUDGED_AGAIN, "planned")
    again = c.execute(
        sa.update(POSTING)
        .where(POSTING.c.flow == task.name, POSTING.c.state.in_(states))
        .values(state="staged")
    )
    return again.rowcount


_IS_STAGED = sa.and_(
    POSTING.c.flow == sa.bindparam("flow"),
    POSTING.c.state == sa.literal_column("'staged'"),
    POSTING.c.state.not_in([sa.literal_column("'posted'"), sa.literal_column("'skipped'")]),
)
"""In the very words of the partial index, so that what is done long ago is not looked at."""
ANY_STAGED: "sa.Select[tuple[str]]" = sa.select(POSTING.c.id).where(_IS_STAGED).limit(1)
"""Finds something where records of ``flow`` wait for a decision."""
_WAITING = (
    sa.select(POSTING.c.kind, POSTING.c.id)
    .where(_IS_STAGED)
    .limit(sa.bindparam("most"))
    .subquery("waiting")
)
_STAGED = (
    sa.select(POSTING.c.kind, POSTING.c.id, POSTING.c.version, RECORD.c.entity)
    .select_from(_WAITING)
    .join(
        POSTING,
        sa.and_(
            POSTING.c.flow == sa.bindparam("flow"),
            POSTING.c.kind == _WAITING.c.kind,
            POSTING.c.id == _WAITING.c.id,
        ),
    )
    .join(
        RECORD,
        sa.and_(
            RECORD.c.connection == sa.bindparam("source"),
            RECORD.c.kind == POSTING.c.kind,
            RECORD.c.id == POSTING.c.id,
        ),
    )
)


def staged(c: sa.Connection, task: FlowTask, most: int = BATCH) -> Sequence[StagedRow]:
    """The next records that wait for a decision."""
    rows = c.execute(_STAGED, {"source": task.source, "flow": task.name, "most": most})
    return [
        StagedRow(kind=Kind(row.kind), id=row.id, version=row.version, entity=row.entity)
        for row in rows
    ]


async def decide_all(
    rows: Sequence[StagedRow],
    books: BookIndex,
    rules: Rules,
    *,
    withheld: Hold | None = None,
) -> list[tuple[StagedRow, Decision]]:
    """Decides a batch, giving way to other work in between.

    While the books lack a name of the flow's settings, all of it waits; where ``withheld`` is
    given, what could be posted waits for that.
    """
    unready = readiness.missing_names(rules.plan, books)
    decided = []
    for index, row in enumerate(rows):
        if index % _BREATH == _BREATH - 1:
            await asyncio.sleep(0)
        decision = unready or _decide_one(row, books, rules)
        if withheld is not None and isinstance(decision, Ready):
            decision = withheld
        decided.append((row, decision))
    return decided


def _decide_one(row: StagedRow, books: BookIndex, rules: Rules) -> Decision:
    try:
        return decide(load(row.entity), books, rules)
    except Exception as error:  # noqa: BLE001 - a step's bug parks one record, not the flow
        subject = f"{type(error.__cause__ or error).__name__} while mapping"
        return Hold(finding=mishap(subject, "a step of the flow failed on this record", error))


_MARK = sa.update(POSTING).where(
    POSTING.c.flow == sa.bindparam("of_flow"),
    POSTING.c.kind == sa.bindparam("of_kind"),
    POSTING.c.id == sa.bindparam("of_id"),
    POSTING.c.version == sa.bindparam("of_version"),
    POSTING.c.state == sa.literal_column("'staged'"),
)
_THIS = sa.select(POSTING).where(
    POSTING.c.flow == sa.bindparam("flow"),
    POSTING.c.kind == sa.bindparam("kind"),
    POSTING.c.id == sa.bindparam("record"),
)


def record_decisions(
    c: sa.Connection,
    task: FlowTask,
    decided: Sequence[tuple[StagedRow, Decision]],
    *,
    epoch: int,
    lease: int,
    now: int,
) -> int:
    """Writes the decisions of a batch; returns how many effects were planned."""
    leases.renew(c, f"flow:{task.name}", epoch, now, lease)
    planned = 0
    for row, decision in decided:
        if row.version == effects.TAKEN_BACK:
            planned += _take_back(c, task, row, now)
        elif row.version == effects.WITHDRAWN:
            planned += _undo_again(c, task, row, now)
        elif isinstance(decision, Ready):
            planned += _plan_ready(c, task, row, decision, now)
        else:
            _wait(c, task, row, decision, now)
    return planned


def _take_back(c: sa.Connection, task: FlowTask, row: StagedRow, now: int) -> int:
    """The source took the record back: its document goes, or a person is told."""
    if effects.in_flight(c, task.name, row.kind, row.id):
        _mark(c, task, row, "sent", now)
        return 0
    mine = {"flow": task.name, "kind": row.kind, "record": row.id}
    posting = c.execute(_THIS, mine).one()
    asked = task.removal.get(row.kind)
    if retirement.remove_again(c, task.source, posting, asked, now):
        _mark(c, task, row, "planned", now)
        return 1
    if links.find(c, task.sink, task.source, row.kind, row.id) is None:
        _mark(c, task, row, "undone", now)
        return 0
    finding = retirement.gone_in_source(row.kind, row.id)
    number = findings.report(c, finding, now, flow=task.name)
    _mark(c, task, row, "posted", now, finding=number)
    return 0


def _undo_again(c: sa.Connection, task: FlowTask, row: StagedRow, now: int) -> int:
    """A person undid the record, and wants it tried again."""
    mine = {"flow": task.name, "kind": row.kind, "record": row.id}
    posting = c.execute(_THIS, mine).one()
    state = undo.go_on(c, task.sink, task.source, posting, now)
    told = undo.told(c, posting.finding, mine, now)
    _mark(c, task, row, state, now, finding=told)
    return int(state == "planned")


def _wait(c: sa.Connection, task: FlowTask, row: StagedRow, verdict: Hold | Skip, now: int) -> None:
    if effects.in_flight(c, task.name, row.kind, row.id):
        _mark(c, task, row, "sent", now)
        return
    effects.supersede(c, task.sink, task.name, row.kind, row.id)
    state = "held" if isinstance(verdict, Hold) else "skipped"
    if links.find(c, task.sink, task.source, row.kind, row.id) is not None:
        state = "posted"
    number = findings.report(c, verdict.finding, now, flow=task.name)
    _mark(c, task, row, state, now, finding=number)


def _mark(
    c: sa.Connection,
    task: FlowTask,
    row: StagedRow,
    state: str,
    now: int,
    *,
    finding: int | None = None,
    **more: str,
) -> None:
    mine = {"of_flow": task.name, "of_kind": row.kind, "of_id": row.id, "of_version": row.version}
    c.execute(_MARK, {**mine, "state": state, "finding": finding, "changed": now, **more})


def _plan_ready(c: sa.Connection, task: FlowTask, row: StagedRow, ready: Ready, now: int) -> int:
    link = links.find(c, task.sink, task.source, row.kind, row.id)
    if link is not None and link.fingerprint == ready.fingerprint:
        effects.supersede(c, task.sink, task.name, row.kind, row.id)
        _mark(c, task, row, "posted", now, account=ready.account)
        return 0
    if effects.in_flight(c, task.name, row.kind, row.id):
        _mark(c, task, row, "sent", now, account=ready.account)
        return 0
    if link is None and _is_ours(c, task, row, ready):
        _wait(c, task, row, _echo(task, row), now)
        return 0
    if link is None and ready.same is not None:
        _adopt(c, task, row, ready, ready.same, now=now)
        return 0
    if link is not None and row.kind not in task.updates:
        _mark(c, task, row, "posted", now, finding=_no_update(c, task, row, now))
        return 0
    return _plan_write(c, task, row, ready, link, now=now)


def _plan_write(
    c: sa.Connection,
    task: FlowTask,
    row: StagedRow,
    ready: Ready,
    link: sa.Row[Any] | None,
    *,
    now: int,
) -> int:
    """Plans the document, or has it wait where the books have its like; how many were planned."""
    like = None
    if link is None and task.look is not None:
        like = duplicates.alike(c, task.name, task.sink, ready.entity, ready.account)
    if link is not None:
        effects.supersede(c, task.sink, task.name, row.kind, row.id)
    amount, date = amount_of(ready.entity), date_of(ready.entity)
    intent = Intent(
        connection=task.sink,
        flow=task.name,
        source=task.source,
        kind=row.kind,
        record=row.id,
        operation=Operation.CREATE if link is None else Operation.UPDATE,
        entity=ready.text,
        version=row.version,
        fingerprint=ready.fingerprint,
        amount=amount.minor if amount is not None else None,
        currency=amount.currency if amount is not None else "",
        date=date.isoformat() if date else "",
        account=ready.account,
        waits_for=_parties(c, task, ready, now) if like is None else None,
        review=task.review,
        turn="" if link is None else f"{link.effect}/{ready.fingerprint}",
    )
    planned = effects.plan_anew(c, intent, now)
    state, finding = "planned", None
    if like is not None:
        duplicates.hold(c, planned.id, like)
        state, finding = "held", findings.report(c, duplicates.FOUND, now, flow=task.name)
    elif task.review and planned.state is State.HELD:
        finding = findings.report(c, _waiting_review(task), now, flow=task.name)
    _mark(c, task, row, state, now, finding=finding, account=ready.account)
    return int(like is None)


def _waiting_review(task: FlowTask) -> Finding:
    return Finding(
        category="waiting_review",
        subject=f"flow {task.name}",
        message="planned documents wait for a review",
    )


def _is_ours(c: sa.Connection, task: FlowTask, row: StagedRow, ready: Ready) -> bool:
    """Whether we wrote the record into the source: linked, or marked by an unsettled write."""
    if links.origin(c, task.source, task.sink, row.kind, row.id) is not None:
        return True
    mark = parse_marker(getattr(ready.entity, "memo", ""))
    return mark is not None and effects.is_unsettled(c, task.source, task.sink, row.kind, mark)


def _echo(task: FlowTask, row: StagedRow) -> Skip:
    """What we wrote into the source comes back: it ends here."""
    return Skip(
        Finding(
            category="excluded",
            subject=f"{row.kind} from {task.sink}",
            message=f"the {row.kind.replace('_', ' ')} came into {task.source} from {task.sink}",
            hint="Nothing to do: it is there already.",
        )
    )


def _adopt(
    c: sa.Connection, task: FlowTask, row: StagedRow, ready: Ready, entry: BookEntry, *, now: int
) -> None:
    """Links a list entry of the source with the one of the books that has its name."""
    other = links.holder(c, task.sink, task.source, row.kind, entry.id)
    if other is not None:
        finding = Finding(
            category="name_conflict",
            subject=f"{row.kind} {entry.name}",
            message=f"the {row.kind} {entry.name} of the books already stands for {other}, which "
            f"has the same name as {row.id} in the source",
        )
        _wait(c, task, row, Hold(finding), now)
        return
    links.adopt(
        c,
        *(task.sink, task.source, row.kind, row.id),
        entry=entry,
        fingerprint=ready.fingerprint,
        now=now,
    )
    wake(c, row.kind, row.id, entry.id)
    _mark(c, task, row, "posted", now)
    history.add(
        *(c, now, f"flow {task.name}", "adopted"),
        flow=task.name,
        connection=task.sink,
        kind=row.kind,
        record=row.id,
        detail=f"{entry.name} ({entry.id})",
    )


def _no_update(c: sa.Connection, task: FlowTask, row: StagedRow, now: int) -> int:
    finding = Finding(
        category="feature_off",
        subject=f"changed {row.kind}",
        message=f"a {row.kind.replace('_', ' ')} changed in the source after it was posted, and "
        f"{task.sink} cannot change it",
        hint="Change it there by hand, then skip this finding.",
    )
    return findings.report(c, finding, now, flow=task.name)


def _parties(c: sa.Connection, task: FlowTask, ready: Ready, now: int) -> int | None:
    """Plans the parties that the books lack; the number of the last one that is not settled."""
    waits_for = None
    for party in ready.create:
        text = dump(party)
        intent = Intent(
            connection=task.sink,
            flow=task.name,
            source="",
            kind=party.kind,
            record=party.name.casefold(),
            operation=Operation.CREATE,
            entity=text,
            version="",
            fingerprint=fingerprint(text),
            review=task.review,
        )
        known = effects.unsettled(c, intent)
        waits_for = effects.plan_anew(c, intent, now).id if known is None else known
    return waits_for
