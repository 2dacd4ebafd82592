"""What the records of a source mean: pure, total, exact, and as the golden pairs say."""

import copy
import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, cast

from attrs import evolve
from hypothesis import HealthCheck, given, seed, settings

from subledger.errors import RecordRejected
from subledger.findings import CATEGORIES
from subledger.model import amount_of
from subledger.model.stored import dump, load
from subledger.money import Money
from subledger.ports import Page, RawRecord
from subledger.testing.contracts.base import applies, breach
from subledger.testing.contracts.connector import opened
from subledger.testing.contracts.extracting import ExtractingContract, Reading, inside
from subledger.testing.golden import Pair, orphans, pairs
from subledger.testing.hostile import payloads, shapes, sweep, without_numbers


class MeaningContract(ExtractingContract):
    """What ``normalise`` and ``balance`` promise; a part of the contract of every source.

    ``golden`` is a folder of golden pairs: a raw record (``id``, ``data``, ``context``, ``makes``)
    and what it becomes. ``examples`` is how many hostile payloads are tried.
    """

    golden: ClassVar[Path | None] = None
    examples: ClassVar[int] = 100

    @classmethod
    def parameters(cls) -> Mapping[str, Callable[[], Sequence[tuple[str, Any]]]]:
        """As ever, with the golden pairs."""
        folders = [cls.golden] if cls.golden else []
        found = [pair for folder in folders for pair in pairs(folder)]
        return {
            **super().parameters(),
            "pair": lambda: [(pair.name, pair) for pair in found],
            "folder": lambda: [(folder.name, folder) for folder in folders],
        }

    def known(self) -> Reading:
        """What was read, and the golden records as one page more.

        Of a source that polls us, which cannot be opened here, the golden records alone.
        """
        __tracebackhide__ = True
        read = self.read().pages if opened(self.type) else ()
        more = [_record(pair.read()) for pair in pairs(self.golden)] if self.golden else []
        if not read and not more:
            breach(
                "it has no golden record",
                promise="a source that polls us is shown by its golden records",
                hint="set golden to a folder with a raw record of each sort, and run with --accept",
            )
        return Reading([*read, Page(records=more)], self.type.normalise)

    def test_normalise_is_pure(self) -> None:
        """The same record means the same again, and is not changed by being read."""
        for record in self.known().records:
            before = copy.deepcopy(record)
            first, second = self._meaning(record), self._meaning(copy.deepcopy(before))
            if record != before or first != second:
                what = "changes the record" if record != before else "gives something else again"
                breach(
                    f"normalise {what}: {record.id}",
                    promise="a function of the record alone: no clock, no chance, no memory",
                    hint="copy before you change; put what the record needs into its context",
                )

    def _meaning(self, record: RawRecord) -> object:
        try:
            return list(self.type.normalise(record))
        except RecordRejected as error:
            return error.category, error.message

    def test_normalise_is_total(self) -> None:
        """Whatever stands in a record, it is read or rejected with a reason."""
        self._hostile(self._is_read_or_rejected)
        for record, spoilt in without_numbers(shapes(self.known().records, 40)):
            self._is_not_zero(record, spoilt)

    def _is_not_zero(self, record: RawRecord, spoilt: RawRecord) -> None:
        """Money that is absent is not 0.00."""
        __tracebackhide__ = True
        before, after = self._moved(record), self._moved(spoilt)
        if before and any(before) and after is not None and not any(after):
            breach(
                f"the record {record.id} moves {before[0]}; where a number is missing or null it "
                f"became 0.00: {_text(spoilt.data)}",
                promise="money that is absent is RecordRejected, never 0.00",
                hint="refuse what is no number; `row.get(field) or 0` posts documents over 0.00",
            )

    def _hostile(self, judge: Callable[[RawRecord], None]) -> None:
        """Judges real records in which something is missing or of another type."""
        __tracebackhide__ = True
        real = shapes(self.known().records, 40)
        for record in sweep(real):
            judge(record)

        @seed(1)
        @settings(
            max_examples=self.examples,
            deadline=None,
            database=None,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
        )
        @given(payloads(real))
        def judged(record: RawRecord) -> None:
            judge(record)

        judged()

    def _is_read_or_rejected(self, record: RawRecord) -> None:
        __tracebackhide__ = True
        try:
            for entity in self.type.normalise(record):
                dump(entity)
        except RecordRejected as error:
            if error.category in CATEGORIES and error.message.strip():
                return
            did = f"rejected it with the category {error.category!r}, message {error.message!r}"
        except Exception as error:  # noqa: BLE001 - whatever it is, it is not a rejection
            did = f"raised {type(error).__name__}: {error}"
        else:
            return
        breach(
            f"normalise {did}, for the record {record.id}: {_text(record.data)}",
            promise="entities, or RecordRejected with a known category and a message",
            hint="read with care: any field may be missing, null or of another type",
        )

    def test_nothing_is_a_float(self) -> None:
        """Neither records nor entities hold a float, which is never exact."""
        reading = self.known()
        for record in reading.records:
            for path, value in inside(record.data):
                if isinstance(value, float):
                    breach(
                        f"the record {record.id} holds the float {value!r} at {path}",
                        promise="numbers with a point are exact",
                        hint="response.json() gives Decimal; json.loads(..., parse_float=str)",
                    )
        for entity in reading.entities():
            for path, value in inside(entity):
                if isinstance(value, float):
                    breach(
                        f"the {entity.kind} {entity.id} holds the float {value!r} at {path}",
                        promise="amounts are Money, quantities and prices Decimal",
                        hint="Money.of(text) reads an exact amount",
                    )

    def test_dates_are_dates(self) -> None:
        """A date of an entity is a calendar day, never a moment."""
        for entity in self.known().entities():
            for path, value in inside(entity):
                if isinstance(value, dt.datetime):
                    breach(
                        f"the {entity.kind} {entity.id} holds the moment {value} at {path}",
                        promise="a day, in the time zone of the source's books",
                        hint="moment.astimezone(zone).date()",
                    )

    def test_entities_can_be_stored(self) -> None:
        """Every entity comes back from the store as it was."""
        for entity in self.known().entities():
            # floats and moments have a test of their own
            if any(isinstance(value, float | dt.datetime) for _, value in inside(entity)):
                continue
            try:
                back: object = load(dump(entity))
            except Exception as error:  # noqa: BLE001 - it is told
                back = f"{type(error).__name__}: {error}"
            if back != entity:
                breach(
                    f"the {entity.kind} {entity.id} came back as {back!r:.200}",
                    promise="entities of the model, with the types that the model says",
                    hint="fields of text hold text: str(number)",
                )

    @applies(lambda type_: type_.balance is not None)
    def test_the_balance_is_what_the_entities_move(self) -> None:
        """balance() of a record is the change that its entities make; it never raises."""
        for record in self.known().records:
            self._balances(record)
        self._hostile(self._balances)

    def _balances(self, record: RawRecord) -> None:
        __tracebackhide__ = True
        balance = cast("Callable[[RawRecord], Money | None]", self.type.balance)
        try:
            told = str(balance(record))
            agrees = _agrees(balance(record), self._moved(record))
        except Exception as error:  # noqa: BLE001 - it is told
            told, agrees = f"{type(error).__name__}: {error}", False
        if not agrees:
            moved = " + ".join(map(str, self._moved(record) or ())) or "nothing"
            breach(
                f"balance() of the record {record.id} is {told}, its entities move {moved}: "
                f"{_text(record.data)}",
                promise="the proof of agreement counts what the entities move",
                hint="money out of the account is negative; None where it cannot be read",
            )

    def _moved(self, record: RawRecord) -> list[Money] | None:
        """What the entities of a record move; None where it is rejected."""
        try:
            entities = list(self.type.normalise(record))
        except Exception:  # noqa: BLE001 - what is not a rejection has a test of its own
            return None
        return [amount for entity in entities if (amount := amount_of(entity)) is not None]

    def test_a_record_becomes_what_is_written_beside_it(self, pair: Pair, request: Any) -> None:
        """A golden record means exactly what stands in the file beside it."""
        found = self._outcome(_record(pair.read()))
        difference = pair.difference(found, accept=request.config.getoption("--accept"))
        if difference:
            breach(
                f"{pair.name}:\n{difference}",
                promise="the record means what is written beside it",
                hint="if the new meaning is right: pytest --accept, and read the difference",
            )

    def test_no_golden_file_stands_alone(self, folder: Path) -> None:
        """Every expectation has its input, and there is one pair at least."""
        alone = orphans(folder)
        if alone or not pairs(folder):
            breach(
                f"in {folder}: {', '.join(alone) or 'no pair at all'}",
                promise="an input, and beside it what it becomes",
                hint="name.json is the input, name.expected.json what it becomes",
            )

    def _outcome(self, record: RawRecord) -> dict[str, Any]:
        """What a record becomes, as plain JSON."""
        balance = self.type.balance(record) if self.type.balance else None
        found: dict[str, Any] = {"balance": None if balance is None else balance.text()}
        try:
            entities = list(self.type.normalise(record))
        except RecordRejected as error:
            rejected = {"category": error.category, "field": error.field, "message": error.message}
            return {**found, "rejected": rejected}
        return {**found, "entities": [json.loads(dump(entity)) for entity in entities]}


def _record(raw: Mapping[str, Any]) -> RawRecord:
    record = RawRecord(**raw)
    return evolve(record, makes=frozenset(record.makes))


def _agrees(told: Money | None, moved: Sequence[Money] | None) -> bool:
    if moved is None:
        return told is None or isinstance(told, Money)
    if told is None or not moved:
        return not moved and not told
    return told == sum(moved[1:], start=moved[0])


def _text(data: object) -> str:
    return f"{data!r:.300}"


__all__ = ["MeaningContract"]
