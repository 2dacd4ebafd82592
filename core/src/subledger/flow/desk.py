"""The desk: claim, settle, release and offer, as one durable step at a sink's door."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import attrs
import sqlalchemy as sa

from subledger.errors import RecordRejected
from subledger.findings import Finding
from subledger.flow import needs, queue, settlement
from subledger.ledger import books, effects, findings, history, links, notes
from subledger.ledger.effects import State
from subledger.ledger.keys import attempt_key
from subledger.ledger.upsert import upsert
from subledger.manifest import Operation
from subledger.model import Entity, Reference
from subledger.model.kinds import PARTIES, Kind
from subledger.model.marker import marker
from subledger.model.references import map_references
from subledger.model.stored import load
from subledger.ports import (
    BookDocument,
    BookEntry,
    Delivery,
    Outcome,
    Query,
    Question,
    RawRecord,
    Refused,
)
from subledger.store.moments import from_ms
from subledger.store.schema import CONNECTION, EFFECT, ENTRY

_SEND = (
    sa.update(EFFECT)
    .where(EFFECT.c.id == sa.bindparam("effect"))
    .values(
        state=State.SENT.value,
        payload=sa.bindparam("bytes"),
        sent_at=sa.bindparam("at"),
        attempts=EFFECT.c.attempts + 1,
        batch=sa.bindparam("group"),
        place=sa.bindparam("number"),
    )
)
_PAUSE = upsert(CONNECTION, "paused")
_PAUSED = sa.select(CONNECTION.c.paused).where(CONNECTION.c.name == sa.bindparam("connection"))
_NAMED = sa.select(ENTRY.c.id).where(
    ENTRY.c.connection == sa.bindparam("connection"),
    ENTRY.c.kind == sa.bindparam("kind"),
    sa.or_(
        sa.func.lower(ENTRY.c.name) == sa.bindparam("low"),
        ENTRY.c.name == sa.bindparam("exact"),  # lower() knows only the letters of ASCII
    ),
)


_UNASKED: Final = object()

Take = Callable[[sa.Connection, str, Sequence[RawRecord]], None]
"""Stages records of a connection for the flows that read from it."""


def nobody(_c: sa.Connection, _connection: str, _records: Sequence[RawRecord]) -> None:
    """A connection that is not a source has no records."""
    raise TypeError("the connection is not a source: nobody takes records of it")


def always(_c: sa.Connection, _connection: str) -> bool:
    """Something may be staged for a connection: whoever cannot tell has to look."""
    return True


@attrs.define
class SqlDesk:
    """The :class:`subledger.ports.Desk` of one connection inside one transaction.

    What a step asks twice is looked up once: nobody else writes in between.
    """

    c: sa.Connection
    connection: str
    now_ms: int
    _staged: Callable[[sa.Connection, str], bool] = always
    _take: Take = nobody
    _in_flight: Any = attrs.field(default=_UNASKED, init=False)
    _sent: Any = attrs.field(default=None, init=False)
    _is_paused: Any = attrs.field(default=_UNASKED, init=False)
    _questions: dict[Query | None, Question | None] = attrs.field(factory=dict, init=False)
    _notes: dict[str, Mapping[str, Any]] = attrs.field(factory=dict, init=False)

    @property
    def now(self) -> dt.datetime:
        """The moment of this step."""
        return from_ms(self.now_ms)

    @property
    def paused(self) -> bool:
        """Whether writing was stopped."""
        if self._is_paused is _UNASKED:
            paused = self.c.execute(_PAUSED, {"connection": self.connection}).scalar()
            self._is_paused = bool(paused)
        return bool(self._is_paused)

    def recall(self, name: str) -> Mapping[str, Any]:
        """The connector's own durable notes under a name; empty at first."""
        if name not in self._notes:
            self._notes[name] = notes.recall(self.c, self.connection, name)
        return MappingProxyType(self._notes[name])

    def remember(self, name: str, values: Mapping[str, Any]) -> None:
        """Replaces the notes under a name."""
        self._notes.pop(name, None)
        notes.remember(self.c, self.connection, name, values)

    def waiting(self) -> bool:
        """Whether there is anything to send, to settle or to ask."""
        bound = {"connection": self.connection, "now": self.now_ms}
        if self.c.execute(queue.WAITING, bound).first() is not None and not self.paused:
            return True
        return self.question() is not None

    def staged(self) -> bool:
        """Whether records wait to be planned for this sink."""
        return self._staged(self.c, self.connection)

    def outstanding(self) -> Delivery | None:
        """The effect that was sent and has no settled outcome."""
        if self._in_flight is _UNASKED:
            self._sent = row = self.c.execute(
                queue.IN_FLIGHT, {"connection": self.connection}
            ).first()
            self._in_flight = None if row is None else self._delivery(row)
        found: Delivery | None = self._in_flight
        return found

    def claim(self, render: Callable[[Delivery], bytes]) -> Delivery | None:
        """The next effect to send, marked as sent with the exact bytes ``render`` made of it."""
        if self.paused or self.outstanding() is not None:
            return None
        bound = {"connection": self.connection, "now": self.now_ms}
        while (row := self.c.execute(queue.NEXT, bound).first()) is not None:
            delivery = self._delivery(row)
            missing = needs.missing(delivery)
            if missing is not None:
                settlement.block(self.c, row, missing, self.now_ms)
                continue
            try:
                payload = render(delivery)
            except RecordRejected as error:
                self.settle(row.id, Refused(finding=_finding(error, row.record), code=error.code))
                continue
            self._send(row.id, payload)
            self._in_flight = attrs.evolve(delivery, payload=payload)
            return self.outstanding()
        return None

    def claim_many(
        self, most: int, batch: str, under_way: Sequence[Delivery] = ()
    ) -> list[Delivery]:
        """The next effects for a sink that the kernel calls, marked as sent; at most ``most``.

        They depend neither on each other nor on what is ``under_way`` already. Where they would
        be fewer only because of that, there are none: more can go together once it is settled.
        ``batch`` is the identifier they share where they are several.
        """
        if self.paused:
            return []
        claimed, waits = self._claimable(most, needs.UnderWay(under_way))
        if waits and under_way:
            return []
        sent = [
            attrs.evolve(delivery, batch=batch, place=place)
            for place, delivery in enumerate(claimed, start=1)
        ]
        for delivery in sent:
            self._send(delivery.effect, b"", batch, delivery.place)
        return sent

    def _claimable(self, most: int, under_way: needs.UnderWay) -> tuple[list[Delivery], bool]:
        """The first effects that can go together; whether another one has to wait for some."""
        claimed: list[Delivery] = []
        bound = {"connection": self.connection, "now": self.now_ms, "most": most}
        while len(claimed) < most:
            rows = self.c.execute(queue.FIRST, bound).all()[len(claimed) :]
            if not rows:
                break
            for row in rows:
                delivery = self._delivery(row)
                if under_way.holds_up(delivery):
                    return claimed, True
                missing = needs.missing(delivery)
                if missing is not None:
                    settlement.block(self.c, row, missing, self.now_ms)
                    continue
                under_way.add(delivery)
                claimed.append(delivery)
        return claimed, False

    def lost(self) -> list[Delivery]:
        """Every effect that was sent and has no settled outcome, a person's decisions aside."""
        rows = self.c.execute(queue.LOST, {"connection": self.connection}).all()
        return [self._delivery(row) for row in rows]

    def _send(self, effect: int, payload: bytes, batch: str = "", place: int = 0) -> None:
        sent = {"effect": effect, "bytes": payload, "at": self.now_ms}
        self.c.execute(_SEND, {**sent, "group": batch, "number": place})

    def settle(self, effect: int, outcome: Outcome) -> None:
        """Records what became of a sent effect; a second settling is ignored."""
        self._in_flight = _UNASKED
        row, self._sent = self._sent, None
        if row is None or row.id != effect:
            row = effects.get(self.c, effect)
        if row is not None and row.state in (State.SENT, State.UNKNOWN, State.PLANNED):
            settlement.settle(self.c, row, outcome, self.now_ms)

    def release(self, effect: int) -> None:
        """Gives back a claimed effect that never left."""
        self._in_flight, self._sent = _UNASKED, None
        self.c.execute(
            sa.update(EFFECT)
            .where(EFFECT.c.id == effect, EFFECT.c.state == State.SENT)
            .values(state=State.PLANNED)
        )

    def question(self, query: Query | None = None) -> Question | None:
        """The next read that waits for this sink, of one sort or of any."""
        if query is not None and query not in self._questions:
            oldest = self.question()
            if oldest is None or oldest.query is query:
                return oldest
        if query not in self._questions:
            self._questions[query] = books.next_question(self.c, self.connection, query)
        return self._questions[query]

    def entry(self, kind: Kind, id: str) -> BookEntry | None:  # noqa: A002 - the field's own name
        """A known list entry of the books."""
        return books.entry(self.c, self.connection, kind, id)

    def named(self, kind: Kind, name: str) -> BookEntry | None:
        """A known list entry by its full name."""
        identifier = self._identifier(kind, name)
        return None if identifier is None else self.entry(kind, identifier)

    def _identifier(self, kind: Kind, name: str) -> str | None:
        bound = {"connection": self.connection, "kind": kind, "low": name.lower(), "exact": name}
        found: str | None = self.c.execute(_NAMED, bound).scalar()
        return found

    def backlog(self, most: int) -> int:
        """How many effects wait to be sent, counted up to ``most``."""
        bound = {"connection": self.connection, "most": most}
        count: int = self.c.execute(queue.BACKLOG, bound).scalar_one()
        return count

    def answered(
        self, question: Question, position: str | None, *, cursor: str | None = None
    ) -> None:
        """Moves a question on: ``position`` for the next page, None when it is complete."""
        self._questions.clear()
        now = self.now_ms
        books.answered(self.c, self.connection, question, position, now, cursor=cursor)

    def offer(
        self,
        entries: Sequence[BookEntry] = (),
        documents: Sequence[BookDocument] = (),
        *,
        records: Sequence[RawRecord] = (),
        question: Question | None = None,
    ) -> None:
        """Hands over what was read: list entries, documents and records."""
        books.offer_entries(self.c, self.connection, entries)
        number = question.id if question else 0
        books.offer_documents(self.c, self.connection, number, documents)
        if records:
            self._take(self.c, self.connection, records)

    def closing_date(self, date: dt.date | None) -> None:
        """Records the last day of the closed period."""
        books.set_closing_date(self.c, self.connection, date)

    def pause(self, finding: Finding) -> None:
        """Stops all writes of this connection until a person resumes it."""
        self._is_paused = True
        self.report(finding)
        self.c.execute(_PAUSE, {"name": self.connection, "paused": finding.category})
        history.add(
            *(self.c, self.now_ms, "kernel", "paused"),
            connection=self.connection,
            detail=finding.message,
        )

    def report(self, finding: Finding) -> None:
        """Shows a finding about the connection itself."""
        findings.report(self.c, finding, self.now_ms, connection=self.connection)

    def clear(self, category: str) -> None:
        """Closes the connection's findings of a category."""
        findings.clear(self.c, self.connection, category)

    def _delivery(self, row: sa.Row[Any]) -> Delivery:
        kind, link = Kind(row.kind), self._link(row)
        return Delivery(
            effect=row.id,
            source=row.source,
            kind=kind,
            operation=Operation(row.operation),
            key=row.key,
            attempt_key=attempt_key(row.key, row.generation),
            marker=marker(kind, row.record),
            entity=self._resolved(load(row.entity), row.source),
            before=self._before(row, link),
            target=None if link is None else links.target(link, kind),
            batch=row.batch,
            place=row.place,
            payload=row.payload or b"",
        )

    def _resolved(self, entity: Entity, source: str) -> Entity:
        """Fills in identifiers of what was created after the effect was planned."""

        def identify(_path: str, reference: Reference) -> Reference:
            if reference.id:
                return reference
            if reference.record:
                link = links.find(self.c, self.connection, source, reference.kind, reference.record)
                if link is not None:
                    gone = books.is_gone(self.c, self.connection, reference.kind, link.target)
                    return reference if gone else attrs.evolve(reference, id=link.target)
                kind, record = reference.kind, reference.record
                ours = links.origin(self.c, source, self.connection, kind, record)
                if ours is not None:
                    return attrs.evolve(reference, id=ours)
            if not reference.name:
                return reference
            found = self._identifier(reference.kind, reference.name)
            if found is None or self._is_taken(reference, source, found):
                return reference
            return attrs.evolve(reference, id=found)

        return map_references(entity, identify)

    def _is_taken(self, reference: Reference, source: str, identifier: str) -> bool:
        """Whether the party of this name stands for another one of the same source."""
        if not reference.record or reference.kind not in PARTIES:
            return False
        other = links.holder(self.c, self.connection, source, reference.kind, identifier)
        return other not in (None, reference.record)

    def _link(self, row: sa.Row[Any]) -> sa.Row[Any] | None:
        if row.operation == Operation.CREATE:
            return None
        return links.find(self.c, self.connection, row.source, row.kind, row.record)

    def _before(self, row: sa.Row[Any], link: sa.Row[Any] | None) -> Entity | None:
        """The record as it was written last, where it is changed now."""
        if link is None or row.operation != Operation.UPDATE:
            return None
        made = effects.get(self.c, link.effect) if link.effect else None
        return None if made is None else self._resolved(load(made.entity), row.source)


def _finding(error: RecordRejected, record: str) -> Finding:
    return Finding(
        category=error.category,
        subject=error.field or record,
        message=error.message,
        hint=error.hint,
        detail=error.detail,
    )
