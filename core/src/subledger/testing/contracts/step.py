"""What every step promises: a pure verdict on each record, with a reason where it waits."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from attrs import define

from subledger.config.secrets import SecretReader
from subledger.config.structure import Structurer
from subledger.guarding.shape import fault
from subledger.ledger.books import BookIndex
from subledger.model import Entity
from subledger.model.kinds import ACCOUNT, CUSTOMER, ITEM, VENDOR
from subledger.model.stored import dump
from subledger.ports import BookEntry, Keep, Step, StepType, Verdict
from subledger.testing import builders
from subledger.testing.contracts.base import Contract, breach
from subledger.testing.watching import Watch, watching

_WAITS = "a Hold or a Skip tells the owner of the books the cause and what to do"


def specimens() -> Sequence[Entity]:
    """One record of every sort that a source may hand over."""
    invoice, bill = builders.invoice(), builders.bill()
    return (
        *(builders.purchase(), builders.merchant_credit(), builders.fee(), builders.transfer()),
        *(builders.rebate(), invoice, builders.credit_memo(), builders.payment(pays=invoice)),
        *(builders.refund(), bill, builders.bill_payment(pays=bill), builders.customer()),
        *(builders.vendor(), builders.item(), builders.attachment(invoice)),
    )


@define
class _Quiet(Watch):
    """Sees files that are read, too."""

    def audit(self, event: str, args: tuple[Any, ...]) -> None:
        """Takes an audit event."""
        source = str(args[0]) if args else ""
        if event == "open" and not source.endswith((".py", ".pyc", ".so")):
            self.blocking.append(f"open of {source}")
        else:
            super().audit(event, args)


class StepContract(Contract):
    """The contract of every step.

    ``settings`` are tables of the step as they stand in TOML; every test runs with each of them.
    ``entities`` are the records that it judges, ``entries`` what the books hold.
    """

    type: ClassVar[StepType[Any]]
    settings: ClassVar[Sequence[Mapping[str, Any]]] = ({},)
    entities: ClassVar[Sequence[Entity]] = ()
    entries: ClassVar[Sequence[BookEntry]] = (
        BookEntry(kind=ACCOUNT, id="1", name="Travel"),
        BookEntry(kind=VENDOR, id="2", name="Corner Shop"),
        BookEntry(kind=CUSTOMER, id="3", name="Silva Dental"),
        BookEntry(kind=ITEM, id="4", name="Managed workstation"),
    )

    def step(self, table: Mapping[str, Any]) -> Step:
        """A step of these settings."""
        reader = SecretReader(folder=Path(), environment={})
        step: Step = self.type.make(Structurer(reader).read(table, self.type.config))
        return step

    def books(self) -> BookIndex:
        """The books that the step may look into."""
        return BookIndex(entries=self.entries, closing_date=dt.date(2020, 1, 1))

    def _judged(self) -> Iterator[tuple[Step, Entity, Verdict]]:
        for table in self.settings:
            step = self.step(table)
            for entity in (*specimens(), *self.entities):
                yield step, entity, self._verdict(step, entity)

    def _verdict(self, step: Step, entity: Entity) -> Verdict:
        try:
            return step.apply(entity, self.books())
        except Exception as error:  # noqa: BLE001 - that is what the contract is about
            breach(
                f"apply() raised {error!r} on {entity.kind} {entity.id}",
                promise="a verdict on every record, whatever its kind",
                hint="return Keep(entity) for what the step is not about, Hold(finding) for a hole",
            )

    def test_every_record_gets_a_verdict(self) -> None:
        """Keep, Hold or Skip, never an exception, also for kinds that the step is not about."""
        __tracebackhide__ = True
        for _step, entity, verdict in self._judged():
            flaw = fault(verdict, Verdict)
            if flaw:
                breach(
                    f"apply() gave for {entity.kind} {entity.id}: {flaw}",
                    promise="Keep(entity), Hold(finding) or Skip(finding), of sound types",
                    hint="build them from subledger.ports; money is Money, a date is a date",
                )

    def test_what_waits_says_why(self) -> None:
        """A record that waits or is left out tells the cause and a way out."""
        __tracebackhide__ = True
        for _step, entity, verdict in self._judged():
            finding = getattr(verdict, "finding", None)
            if finding is None:
                continue
            texts = (finding.subject, finding.message, finding.way_out)
            if not all(str(text).strip() for text in texts):
                breach(
                    f"{entity.kind} {entity.id} waits with {finding!r}",
                    promise=_WAITS,
                    hint="fill subject and message; the category brings a hint unless you give one",
                )

    def test_it_decides_alike(self) -> None:
        """The same record gets the same verdict, from this step and from another one like it."""
        __tracebackhide__ = True
        again = [verdict for _step, _entity, verdict in self._judged()]
        for (step, entity, verdict), other in zip(self._judged(), again, strict=True):
            if not verdict == other == self._verdict(step, entity):
                breach(
                    f"{entity.kind} {entity.id} got {verdict!r}, then another verdict",
                    promise="a verdict follows from the record, the settings and the books alone",
                    hint="no clock, no chance, no memory of records that were judged before",
                )

    def test_it_does_no_io(self) -> None:
        """It reads no file, asks no network and waits for nothing while it judges."""
        __tracebackhide__ = True
        watch = _Quiet()
        for table in self.settings:
            step = self.step(table)
            for entity in (*specimens(), *self.entities):
                self._verdict(step, entity)  # what is imported late is not what this is about
                with watching(watch, calls=True):
                    self._verdict(step, entity)
        if watch.blocking:
            breach(
                "; ".join(sorted(set(watch.blocking))[:3]),
                promise="judging is a computation: a flow judges thousands of records at a time",
                hint="read files in make(config); ask the books that apply() is given",
            )

    def test_it_leaves_its_input_alone(self) -> None:
        """The record that it was given is what it was, also inside of its mappings."""
        __tracebackhide__ = True
        for table in self.settings:
            step = self.step(table)
            for entity in (*specimens(), *self.entities):
                before = dump(entity)
                self._verdict(step, entity)
                if dump(entity) != before:
                    breach(
                        f"apply() changed {entity.kind} {entity.id} in place",
                        promise="a changed record is another one: Keep(evolve(entity, ...))",
                        hint="copy mappings before you add to them: {**entity.detail, ...}",
                    )

    def test_it_keeps_the_record(self) -> None:
        """What it keeps is still the same record: its kind and identifier do not change."""
        __tracebackhide__ = True
        for _step, entity, kept in self._kept():
            if (kept.kind, kept.id) != (entity.kind, entity.id):
                breach(
                    f"apply() made {kept.kind} {kept.id} of {entity.kind} {entity.id}",
                    promise="one record in, the same record out",
                    hint="evolve the entity that apply() was given; leave kind and id",
                )

    def test_twice_is_as_once(self) -> None:
        """What it has completed it leaves as it is when it sees it again."""
        __tracebackhide__ = True
        for step, entity, kept in self._kept():
            again = self._verdict(step, kept)
            if again != Keep(kept):
                breach(
                    f"{entity.kind} {entity.id} was kept as {kept!r}, then judged {again!r}",
                    promise="a record is judged again whenever something changes; nothing adds up",
                    hint="set what is missing instead of adding to what is there",
                )

    def _kept(self) -> Iterator[tuple[Step, Entity, Entity]]:
        for step, entity, verdict in self._judged():
            if isinstance(verdict, Keep):
                yield step, entity, verdict.entity


__all__ = ["StepContract", "specimens"]
