"""Undo: a person takes out of the books again what a flow put there, a record or a whole run."""

import enum
from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from attrs import evolve, frozen

from subledger.errors import SubledgerError
from subledger.findings import Finding
from subledger.flow import planned
from subledger.flow.planned import Window, is_within
from subledger.flow.resting import resting
from subledger.ledger import books, effects, findings, history, leases, links
from subledger.ledger.effects import LINKED, WITHDRAWN, State
from subledger.manifest import Manifest, Operation
from subledger.model.kinds import LISTS, PARTIES, Kind
from subledger.money import Money
from subledger.store.schema import EFFECT, FINDING, POSTING

_A_MOMENT: Final = 1
"""Milliseconds of a lease that is given back in the same transaction."""
_NAMED: Final = 3
_REMOVALS: Final = (Operation.DELETE, Operation.VOID)
_WRITES: Final = (Operation.CREATE, Operation.UPDATE)
_UNDONE: Final = "undone"
_ENTRY_STAYS: Final = "entries of lists stay; make it inactive in the books"
_ENTRY_GOES: Final = "it goes to the books all the same: other documents may need it"
_STAY: Final = frozenset({*LISTS, *PARTIES})


class Action(enum.StrEnum):
    """What an undo does about one record."""

    DELETE = "delete"
    """Its document is deleted."""
    VOID = "void"
    """Its document is set to zero, and kept."""
    RESTORE = "restore"
    """Its document is written again as it was before the run."""
    WITHDRAW = "withdraw"
    """What was planned has not left, and does not go."""
    LEAVE = "leave"
    """Nothing; the step says why."""


_REMOVING: Final = (Action.DELETE, Action.VOID)


@frozen(kw_only=True)
class Undo:
    """What a person wants undone in a flow from ``source`` to ``sink``.

    Either ``records``, pairs of kind and identifier, or all that came out of the run with the
    number ``run``. ``manifest`` is the sink's; with ``void`` documents are kept at zero where it
    can do that, else deleted.
    """

    flow: str
    source: str
    sink: str
    manifest: Manifest
    records: Sequence[tuple[str, str]] = ()
    run: int | None = None
    void: bool = False

    @property
    def subject(self) -> str:
        """What is undone, in words; of many records the first ones."""
        if self.run is not None:
            return f"run {self.run}"
        named = ", ".join(f"{kind} {record}" for kind, record in self.records[:_NAMED])
        more = len(self.records) - _NAMED
        return f"{named} and {more} more" if more > 0 else named


@frozen(kw_only=True)
class UndoStep:
    """What is to be done about one record, and ``why`` where nothing is.

    ``date`` and ``amount`` are those of the document; ``type`` and ``target`` name it in the books.
    ``resting`` are the records, as ``kind/id``, that point at a document which is removed, and that
    stay: the books unlink them, or refuse.
    """

    kind: str
    record: str
    action: Action
    why: str = ""
    date: str = ""
    amount: Money | None = None
    type: str = ""
    target: str = ""
    resting: tuple[str, ...] = ()


class NotUndone(SubledgerError):  # noqa: N818 - the name says what did not happen
    """Nothing can be undone as asked; nothing was changed."""


def look(c: sa.Connection, wanted: Undo) -> list[UndoStep]:
    """What :func:`undo` would do now. Raises :class:`NotUndone`."""
    return _steps(c, wanted, _judge(c, wanted))


def undo(
    c: sa.Connection, wanted: Undo, *, owner: str, now: int, who: str, reason: str = ""
) -> list[UndoStep]:
    """Plans to take documents out of the books; they go with the next delivery.

    A record that was undone stays out, whatever its source does with it later, until a person
    retries the finding that tells of it. Raises :class:`NotUndone`.
    """
    lease = f"flow:{wanted.flow}"
    epoch = leases.take(c, lease, owner, now, _A_MOMENT)
    if epoch is None:
        raise NotUndone(f"a run of {wanted.flow} is under way", hint="Try again when it has ended.")
    found = _judge(c, wanted)
    number: int | None = None
    for judged in found:
        if judged.step.action is Action.LEAVE:
            continue
        if number is None:
            finding = undone(wanted.subject, f"{who}: {reason}" if reason else who)
            number = findings.report(c, finding, now, flow=wanted.flow)
        state = _plan(c, wanted, judged, now)
        values = {"state": state, "version": WITHDRAWN, "finding": number, "changed": now}
        c.execute(sa.update(POSTING).where(*_is(judged.posting)).values(**values))
        history.add(
            *(c, now, who, "undid"),
            flow=wanted.flow,
            connection=wanted.sink,
            kind=judged.posting.kind,
            record=judged.posting.id,
            detail=f"{judged.step.action}: {wanted.subject}. {reason}".strip(),
        )
    leases.give_back(c, lease, epoch)
    return _steps(c, wanted, found)


def undone(subject: str, who: str) -> Finding:
    """What is shown of records that a person undid."""
    return Finding(
        category=_UNDONE,
        subject=subject,
        message=f"a person undid {subject} ({who})",
    )


def told(c: sa.Connection, finding: int | None, mine: Mapping[str, str], now: int) -> int:
    """The finding that tells of an undone record and brings it back: the present one, or a new one.

    Trouble on the way has findings of its own, which have nothing to say any more. ``mine`` is
    flow, kind and record.
    """
    category = sa.select(FINDING.c.category).where(FINDING.c.id == finding)
    if finding is not None and c.execute(category).scalar() == _UNDONE:
        return finding
    again = undone(f"{mine['kind']} {mine['record']}", "after trouble on the way")
    return findings.report(c, again, now, flow=mine["flow"])


def go_on(c: sa.Connection, sink: str, source: str, posting: sa.Row[Any], now: int) -> str:
    """Plans an undo again that was refused or withdrawn; the state of its record."""
    mine = {"flow": posting.flow, "kind": posting.kind, "record": posting.id}
    if links.find(c, sink, source, posting.kind, posting.id) is None:
        return "undone"
    effect = c.execute(_WANTED, mine).first()
    if effect is None or effect.state == State.SETTLED:
        return "posted"
    if effect.state in (State.REJECTED, State.SUPERSEDED):
        effects.plan_again(c, effect, now)
    return "planned"


# ------------------------------------------------------------------ judging


@frozen(kw_only=True)
class _Judged:
    """A step with what it rests on; ``made`` is the effect that is taken back or written again."""

    step: UndoStep
    posting: sa.Row[Any]
    link: sa.Row[Any] | None = None
    made: sa.Row[Any] | None = None


_POSTINGS = sa.select(POSTING).where(POSTING.c.flow == sa.bindparam("flow"))
_OF_RECORD = (
    EFFECT.c.flow == sa.bindparam("flow"),
    EFFECT.c.kind == sa.bindparam("kind"),
    EFFECT.c.record == sa.bindparam("record"),
)
_NEWEST = (EFFECT.c.planned_at.desc(), EFFECT.c.id.desc())
_WRITTEN = (
    sa.select(EFFECT)
    .where(*_OF_RECORD, EFFECT.c.state == State.SETTLED, EFFECT.c.operation.in_(_WRITES))
    .order_by(*_NEWEST)
)
_WANTED = sa.select(EFFECT).where(*_OF_RECORD, EFFECT.c.version == WITHDRAWN).order_by(*_NEWEST)
_PLANNED = (
    sa.select(EFFECT.c.id)
    .where(*_OF_RECORD, EFFECT.c.state.in_([State.PLANNED, State.HELD]))
    .limit(1)
)


def _judge(c: sa.Connection, wanted: Undo) -> list[_Judged]:
    window = _window(c, wanted)
    closed, _version = books.state(c, wanted.sink)
    found = [_judged(c, wanted, posting, window, closed) for posting in _chosen(c, wanted, window)]
    removed = {(one.step.kind, one.step.record) for one in found if one.step.action in _REMOVING}
    above = resting(c, wanted.flow, wanted.sink, removed) if removed else {}
    found = [
        evolve(one, step=evolve(one.step, resting=tuple("/".join(each) for each in stays)))
        if (stays := above.get((one.step.kind, one.step.record)))
        else one
        for one in found
    ]
    return sorted(found, key=lambda one: (one.step.date, one.step.kind, one.step.record))


def _steps(c: sa.Connection, wanted: Undo, found: Sequence[_Judged]) -> list[UndoStep]:
    """What is done about each record, after the parties that the run created, which stay."""
    window = _window(c, wanted)
    parties = planned.parties(c, wanted.flow, wanted.sink, window) if window is not None else []
    entries = [
        UndoStep(
            kind=party.kind,
            record=party.name,
            action=Action.LEAVE,
            why=_ENTRY_STAYS if party.target else _ENTRY_GOES,
            type=party.type,
            target=party.target,
        )
        for party in parties
    ]
    return [*entries, *(judged.step for judged in found)]


def _window(c: sa.Connection, wanted: Undo) -> Window | None:
    if wanted.run is None:
        return None
    found = planned.window(c, wanted.flow, wanted.run)
    if found is None:
        raise NotUndone(
            f"{wanted.flow} has no run {wanted.run}",
            hint=f"`subledger undo {wanted.flow}` lists its runs.",
        )
    return found


def _chosen(c: sa.Connection, wanted: Undo, window: Window | None) -> list[sa.Row[Any]]:
    if window is not None:
        came = sa.exists().where(
            EFFECT.c.flow == POSTING.c.flow,
            EFFECT.c.kind == POSTING.c.kind,
            EFFECT.c.record == POSTING.c.id,
            EFFECT.c.state.not_in([State.SUPERSEDED, State.REJECTED]),
            *planned.within(window),
        )
        return list(c.execute(_POSTINGS.where(came), {"flow": wanted.flow}))
    found = []
    for kind, record in wanted.records:
        mine = _POSTINGS.where(POSTING.c.kind == kind, POSTING.c.id == record)
        posting = c.execute(mine, {"flow": wanted.flow}).first()
        if posting is None:
            raise NotUndone(
                f"{wanted.flow} knows no {kind} {record}",
                hint="Write KIND/ID, as `subledger findings show` and the memo's marker name it.",
            )
        found.append(posting)
    return found


def _judged(
    c: sa.Connection, wanted: Undo, posting: sa.Row[Any], window: Window | None, closed: str
) -> _Judged:
    mine = {"flow": posting.flow, "kind": posting.kind, "record": posting.id}
    link = links.find(c, wanted.sink, wanted.source, posting.kind, posting.id)
    pending = c.execute(_PLANNED, mine).first() is not None
    made: sa.Row[Any] | None = None
    action, why = Action.LEAVE, _untouchable(c, posting, link)
    if not why and link is not None:
        written = c.execute(_WRITTEN, mine).all()
        action, why, made = _taken_back(wanted, link, written, window)
    if not why and made is None:
        action, why = (Action.WITHDRAW, "") if pending else (Action.LEAVE, "nothing was posted")
    if made is not None and link is not None and min(link.date, made.date) <= closed:
        action, why = Action.LEAVE, f"the books are closed until {closed}"
    return _Judged(step=_step(posting, link, action, why), posting=posting, link=link, made=made)


def _untouchable(c: sa.Connection, posting: sa.Row[Any], link: sa.Row[Any] | None) -> str:
    """Why nothing can be done about a record, whatever is wanted; empty where something can."""
    if posting.version == WITHDRAWN and posting.state != "rejected":
        return "it was undone already"
    if effects.in_flight(c, posting.flow, posting.kind, posting.id):
        return "it is on its way to the books; try again after the next delivery"
    if link is not None and posting.kind in _STAY:
        return _ENTRY_STAYS
    return ""


def _taken_back(
    wanted: Undo, link: sa.Row[Any], written: Sequence[sa.Row[Any]], window: Window | None
) -> tuple[Action, str, sa.Row[Any] | None]:
    """What is done about a document in the books, and the effect that it is done with.

    ``written`` are the settled writes of the record, the newest first. Without an effect there is
    nothing to do in the books.
    """
    created = next((one for one in written if one.operation == Operation.CREATE), None)
    ours = created is not None and created.code != LINKED
    if window is None or (created is not None and is_within(created.planned_at, window)):
        if not ours:
            return Action.LEAVE, "it was in the books before, and was linked", None
        way = _way(wanted, Kind(link.kind))
        return (way, "", created) if way else (Action.LEAVE, "the books cannot remove it", None)
    changed = next((one for one in written if one.id == link.effect), None)
    if changed is None or changed.planned_at < window[0]:
        return Action.WITHDRAW, "", None
    if not is_within(changed.planned_at, window):
        return Action.LEAVE, "a later run changed it again; undo that one first", None
    former = next((one for one in written if one.planned_at < window[0]), None)
    if former is None or former.code == LINKED:
        return Action.LEAVE, "what it was before the run is not known", None
    return Action.RESTORE, "", former


def _way(wanted: Undo, kind: Kind) -> Action | None:
    """How a document of a kind leaves the books; None where it cannot."""
    ways = _REMOVALS[::-1] if wanted.void else _REMOVALS
    return next((Action(way.value) for way in ways if wanted.manifest.can(kind, way)), None)


def _step(posting: sa.Row[Any], link: sa.Row[Any] | None, action: Action, why: str) -> UndoStep:
    shown = link if link is not None else posting
    return UndoStep(
        kind=posting.kind,
        record=posting.id,
        action=action,
        why=why,
        date=shown.date,
        amount=None if shown.amount is None else Money(shown.amount, shown.currency),
        type=link.type if link is not None else "",
        target=link.target if link is not None else "",
    )


# ----------------------------------------------------------------- planning


def _plan(c: sa.Connection, wanted: Undo, judged: _Judged, now: int) -> str:
    """Plans one step; the state of its record."""
    posting, made = judged.posting, judged.made
    effects.supersede(c, wanted.sink, posting.flow, posting.kind, posting.id)
    if judged.link is None:
        return "undone"
    if made is None:
        return "posted"
    if judged.step.action is Action.RESTORE:
        effects.plan_restoring(c, made, judged.link, now)
    else:
        operation = Operation(judged.step.action.value)
        effects.plan_removal(c, made, operation, now, version=WITHDRAWN)
    return "planned"


def _is(posting: sa.Row[Any]) -> tuple["sa.ColumnElement[bool]", ...]:
    return (
        POSTING.c.flow == posting.flow,
        POSTING.c.kind == posting.kind,
        POSTING.c.id == posting.id,
    )
