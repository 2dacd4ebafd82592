"""Exactly once: nothing is lost and nothing is doubled, wherever a process stops."""

import datetime as dt
import os
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

import pytest

from subledger.manifest import Operation
from subledger.model import PAID_AT_ONCE, Entity, Kind, kinds
from subledger.ports import SinkType, SourceType
from subledger.testing.contracts.base import Contract, applies, breach
from subledger.testing.contracts.role import answered_by, played
from subledger.testing.invented import INVENTED_LEDGER
from subledger.testing.outside import Clock, Outside
from subledger.testing.proof import Changing, Stage, spread
from subledger.testing.routes import (
    Route,
    bare_kinds,
    from_invented_records,
    into_invented_books,
)
from subledger.testing.specimens import Chart, Specimens, changed
from subledger.testing.workplace import SINK, SOURCE, START
from subledger.testing.worlds import World, explore

REPLAY: Final = "pytest --world"
_MORE: Final = "SUBLEDGER_WORLDS"
_PROMISE: Final = "everything is in the books once, whatever happens on the way"

_SORTS: Final = (
    (kinds.CARD_TRANSACTION, kinds.FEE, kinds.DEPOSIT, kinds.JOURNAL_ENTRY),
    (kinds.TRANSFER,),
    (kinds.PAYMENT, kinds.REFUND, kinds.INVOICE, kinds.CREDIT_MEMO, kinds.CUSTOMER),
    (kinds.BILL, kinds.VENDOR_CREDIT, kinds.PURCHASE_ORDER, kinds.VENDOR),
    PAID_AT_ONCE,
)
"""One kind of each sort is enough; payments bring their invoice and customer along."""

Note = Callable[[str, object], None]
"""pytest's record_property."""
Histories = Callable[[Stage, str, int], Sequence[Sequence[World]]]


def provable(type_: Any) -> bool:
    """Whether something can flow between the type and an invented system."""
    if isinstance(type_, SourceType):
        both = bare_kinds(type_.manifest, INVENTED_LEDGER.manifest)
        return bool(both)
    return bool(type_.manifest.able(Operation.CREATE))


class ExactlyOnceContract(Contract):
    """Whatever is read or written is in the books once; part of the contracts of both sides.

    The connector works with an invented system at the other end, on virtual time. ``worlds`` is
    how many histories are played, about (none for 0); the environment's ``SUBLEDGER_WORLDS``
    replaces it. Of a source the last ``recent`` days are read, or ``days``; a sink is given
    specimens of kinds that it creates, by its ``chart``. A source that polls us is answered by the
    ``peer`` of the sink that is registered beside it.
    """

    worlds: ClassVar[int] = 60
    chart: ClassVar[Chart] = Chart()
    start: ClassVar[dt.datetime] = START
    days: ClassVar[int] = 365
    recent: ClassVar[int | None] = None
    peer: ClassVar[SinkType[Any] | None] = None
    real_time: ClassVar[bool] = False

    def outside(self, clock: Clock) -> Outside:
        """The author's simulator in one known state."""
        raise NotImplementedError("give the contract its outside(clock)")

    def specimens(self, kind: Kind, number: int) -> Sequence[Entity]:
        """An entity of the kind as the last, and before it what it refers to."""
        return Specimens(self.chart).of(kind, number)

    def flowing(self) -> Sequence[Entity]:
        """What flows into a sink: a specimen of each sort of kind that it creates."""
        creates = self.type.manifest.able(Operation.CREATE)
        sorts = [next((kind for kind in sort if kind in creates), None) for sort in _SORTS]
        kinds_ = [kind for kind in sorts if kind is not None] or sorted(creates)[:3]
        return [
            entity
            for number, kind in enumerate(kinds_, 1)
            for entity in self.specimens(kind, number)
        ]

    @applies(provable)
    def test_any_answer_may_be_lost(self, record_property: Note) -> None:
        """A request that never arrives, or whose answer is lost, loses and doubles nothing."""
        self._play_worlds(Stage.troubles, 30, record_property)

    @applies(provable)
    def test_a_process_may_die_at_any_step(self, record_property: Note) -> None:
        """A process that dies at an await, or beside a transaction, loses and doubles nothing."""
        self._play_worlds(Stage.crashes, 30, record_property)

    @applies(provable)
    def test_a_process_may_die_in_trouble(self, record_property: Note) -> None:
        """A lost answer, and a process that dies before it knows, lose and double nothing."""
        self._play_worlds(Stage.crashes_in_trouble, 15, record_property)

    @applies(provable)
    def test_the_next_process_may_die_too(self, record_property: Note) -> None:
        """A process that dies while it recovers from another's death loses and doubles nothing."""
        self._play_worlds(Stage.crashes_again, 10, record_property)

    @applies(provable)
    def test_a_frozen_process_may_wake_up(self, record_property: Note) -> None:
        """A process that wakes up when another has taken over writes nothing twice."""
        self._play_worlds(Stage.frozen, 15, record_property)

    @applies(provable)
    def test_a_world_played_again(self, subledger_world: str) -> None:
        """A world of the command line: what the other tests printed can be looked at alone."""
        __tracebackhide__ = True
        stage, played = self._proof_stage(), World.parse(subledger_world)
        if played.scenario not in stage.scenarios:
            pytest.skip(f"{played.scenario} is a world of another contract")
        problems = stage.simulate(played).problems
        if problems:
            breach("; ".join(problems), promise=_PROMISE, hint="see how it came to this")

    def _play_worlds(self, histories: Histories, share: int, note: Note) -> None:
        """Plays a share, in percent, of the worlds; half of it in each scenario."""
        __tracebackhide__ = True
        if not self.worlds:
            pytest.skip("worlds = 0: none is played")
        stage = self._proof_stage()
        most = int(os.environ.get(_MORE, self.worlds)) * share // 100 // len(stage.scenarios)
        most = max(2, most)
        chosen: list[Sequence[World]] = []
        for scenario in stage.scenarios:
            self._must_be_calm(stage, scenario)
            chosen += spread(histories(stage, scenario, most), most)
        report = explore(stage.simulate, chosen)
        for name in ("worlds", "played", "lost", "doubled"):
            note(name, getattr(report, name))
        if report.bad:
            breach(
                report.text(REPLAY),
                promise=_PROMISE,
                hint="each line plays its world again. A sink answers Unknown where it cannot "
                "know, and find() says Absent only of what certainly is not there; a source gives "
                "a cursor that covers no more than the records of its page and those before it",
            )

    def _must_be_calm(self, stage: Stage, scenario: str) -> None:
        """Where nothing goes wrong everything has to go well, or nothing is shown."""
        __tracebackhide__ = True
        problems = played(stage, scenario)
        if problems:
            breach(
                f"without any trouble: {'; '.join(problems)}",
                promise="a flow with an invented system at the other end works",
                hint=f"play it with {REPLAY} '{World(scenario=scenario, seed=1)}'",
            )
        found = stage.truth(scenario)
        if not found.documents:
            told = "; ".join(message for _, message in found.findings) or "no finding tells why"
            breach(
                f"nothing came into the books; {told}",
                promise="some records become documents in the books",
                hint="let the outside hold a record of each kind; a sink's chart names entries "
                "that its books really have",
            )

    def _proof_stage(self) -> Stage:
        if self.real_time:
            pytest.skip("crashes are simulated, so the outside must have no real sockets")
        if type(self) not in _STAGES:
            tested = SOURCE if isinstance(self.type, SourceType) else SINK
            _STAGES[type(self)] = Stage(route=self.route(), tested=tested, start=self.start)
        return _STAGES[type(self)]

    def route(self) -> Route:
        """The flow that is proven: to or from an invented system."""
        outside = self.outside(lambda: self.start)
        if isinstance(self.type, SourceType):
            happens = _change if isinstance(outside, Changing) else None
            since = self.start.date() - dt.timedelta(days=self.recent or self.days)
            answered_by(self.type, self.peer)
            return into_invented_books(self.type, self.outside, since, happens, self.peer)
        entities = self.flowing()
        changes_to = [
            changed(one) for one in entities if self.type.manifest.can(one.kind, Operation.UPDATE)
        ]
        return from_invented_records(self.type, self.outside, entities, changes_to)


def _change(outside: Changing) -> None:
    outside.change()


_STAGES: Final[dict[type[Contract], Stage]] = {}
"""The stages that were set up, with what they remember of calm worlds."""

__all__ = ["ExactlyOnceContract"]
